"""Write the pages of docs/ that the code decides: errors, strategies, events, routes, configuration, terminal.

`--check` writes nothing and fails if a page differs from the code.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

import pilotage
from pilotage.app.advice import advice, keys
from pilotage.core.errors import PilotageError
from pilotage.core.strategies import StrategyTable
from pilotage.elicitation import TAGS, Answer
from pilotage.records import Payload

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOT_ROOMS = ("pilotage.__main__", "pilotage.testing", "pilotage.web", "pilotage.store.migrations")


def modules() -> Iterator[Any]:
    """Every module of every room, imported."""
    for found in pkgutil.walk_packages(pilotage.__path__, "pilotage."):
        if not found.name.startswith(NOT_ROOMS):
            yield importlib.import_module(found.name)


def descendants(base: type) -> list[type]:
    """All subclasses that our own rooms define, nearest first, each once."""
    found = dict.fromkeys(sub for direct in base.__subclasses__() for sub in (direct, *descendants(direct)))
    return [cls for cls in found if cls.__module__.startswith("pilotage.")]


def first_line(thing: Any) -> str:
    """The first sentence block of a docstring, on one line."""
    return " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split())


def errors_page() -> str:
    """Every error with its code and its HTTP status, and the codes that the API adds."""
    from pilotage.api.problems import MEANINGS

    errors = sorted((PilotageError, *descendants(PilotageError)), key=lambda error: error.code)
    rows = [
        f"| `{error.code}` | `{error.__name__}` | `{parent_of(error)}` | {MEANINGS[error.code].status} "
        f"| {first_line(error)} |"
        for error in errors
    ]
    own = sorted(MEANINGS.keys() - {error.code for error in errors})
    told = [f"| `{code}` | {MEANINGS[code].status} | {MEANINGS[code].title} |" for code in own]
    return page(
        "Errors",
        """Every error that Pilotage raises on purpose descends from `PilotageError` and has a `code` that stays the
same from release to release: match on it, not on the message. `hint` says what to do next, `field` names the
input at fault (`request.width`), `facts` holds whatever else a program may want. The API answers with the same
code as `application/problem+json`; the terminal prints message and hint.""",
        "| code | class | is a | status | when |\n|---|---|---|---|---|\n" + "\n".join(rows)
        + "\n\n## Of the API alone\n\n| code | status | what it says |\n|---|---|---|\n" + "\n".join(told),
    )  # fmt: skip


def parent_of(error: type) -> str:
    """The class above, in the error tree."""
    return error.__mro__[1].__name__


def tables() -> dict[str, StrategyTable[Any]]:
    """Every strategy table by its noun, in the alphabet's order."""
    found = {id(v): v for m in modules() for v in vars(m).values() if isinstance(v, StrategyTable)}
    return {table.noun: table for table in sorted(found.values(), key=lambda table: table.noun)}


def strategies_page() -> str:
    """Every kind of every strategy table; their settings stand on the page of the configuration."""
    parts = []
    for noun, table in tables().items():
        parts.append(f"## {noun.capitalize()}")
        baselines = []
        for kind, entry in table.entries().items():
            place = f"configuration.md#{noun.replace(' ', '-')}-{kind}"
            more = f" [Settings]({place})" if keys(entry.config) else ""
            if entry.is_baseline:
                baselines.append(f"| `{kind}` | {first_line(entry.config)} |")
            else:
                parts.append(f"### `{kind}`\n\n{first_line(entry.config)}{more}")
        if baselines:
            head = f"### {noun.capitalize()}: baselines to compare with\n\n| kind | what it does |\n|---|---|\n"
            parts.append(head + "\n".join(baselines))
    parts.append("## Answer\n\nWhat a person says about a round; a session takes the kinds that it was made with.")
    for answer in get_args(get_args(Answer)[0]):
        kind = answer.model_fields["kind"].default
        parts.append(f"### `{kind}`\n\n{first_line(answer)}\n\n{settings_of(answer)}")
    parts.append("## Tag\n\nWhat a person says of one picture; any other word is kept as written.\n\n" + tags_table())
    return page(
        "Strategies",
        """A strategy is chosen by its `kind` and set by the values that [configuration.md](configuration.md) lists. The
same names work in Python, in a configuration file, in the API and in the forms of the app; unknown names and values
out of range are refused, by field.""",
        "\n\n".join(parts),
    )


def tags_table() -> str:
    """Every tag with what it is evidence of."""
    rows = ["| tag | says of a picture |", "| --- | --- |"]
    for name, tag in TAGS.items():
        measured = f"{'more' if tag.wish > 0 else 'less'} {tag.statistic} is wanted, where that can be measured; else "
        rows.append(f"| `{name}` | {measured if tag.wish else ''}it is {'' if tag.good else 'not '}good enough |")
    return "\n".join(rows)


def settings_of(config: type[BaseModel], room: str = "", kind: str = "") -> str:
    """The settings of one config as a table, with advice where a room is given; empty when there are none."""
    fields = keys(config)
    if not fields:
        return ""
    cells = {
        name: [default_of(schema), range_of(schema), schema.get("description", "")] for name, schema in fields.items()
    }
    titles = ["setting", "default", "takes", "meaning"]
    if room:
        titles.append("when to change it")
        cells = {name: [*row, advice(room, name, kind)] for name, row in cells.items()}
    rows = ([f"`{name}`", *(cell.replace("|", "\\|") for cell in row)] for name, row in cells.items())
    return "\n".join(f"| {' | '.join(row)} |" for row in (titles, ["---"] * len(titles), *rows))


def default_of(schema: Mapping[str, Any]) -> str:
    """A setting's default, as it is written in JSON or Python alike."""
    if "default" not in schema:
        return "required"
    value = schema["default"]
    return "none" if value is None or value in ("", [], {}) else f"`{value}`"


def range_of(schema: Mapping[str, Any]) -> str:
    """A setting's type and limits in a few words."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(range_of(part) for part in schema["anyOf"] if part.get("type") != "null")
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    said = [f"{sign} {schema[name]:.12g}" for name, sign in limits.items() if name in schema]
    name = schema.get("type", "a value")
    return ", ".join(({"array": "list", "object": "map"}.get(name, name), *said))


def events_page() -> str:
    """Every event of the log, with its payload."""
    list(modules())
    payloads = (cls for cls in descendants(Payload) if isinstance(getattr(cls, "type", None), str))
    parts = []
    for payload in sorted(payloads, key=lambda payload: payload.type):
        names = ", ".join(f"`{name}`" for name in payload.model_fields) or "nothing"
        parts.append(f"| `{payload.type}` | {payload.version} | {first_line(payload)} | {names} |")
    return page(
        "Events",
        """All that happens is appended to one log and never changed. Each line has `seq` (its place in the one global
order, which is also the id of the event stream), `topic` (the session, run or job that it is about), `type`,
`version`, `at` (UTC) and `data`, whose fields stand below. An older version is upgraded when it is read.""",
        "| type | version | when | data |\n|---|---|---|---|\n" + "\n".join(parts),
    )


def settings_sections() -> Iterator[str]:
    """Every kind with its settings; baselines that are set alike stand together."""
    for noun, table in tables().items():
        alike: dict[str, list[str]] = {}
        for kind, entry in table.entries().items():
            told = settings_of(entry.config, noun, kind)
            if entry.is_baseline:
                alike.setdefault(told, []).append(f"`{kind}`")
            elif told:
                yield f"### {noun.capitalize()} `{kind}`\n\n{first_line(entry.config)}\n\n{told}"
        for told, kinds in alike.items():
            rest = " and others alike\n\nBaselines to compare with: " + ", ".join(kinds) + "." if kinds[1:] else ""
            yield f"### {noun.capitalize()} {kinds[0]}{rest}\n\n{told}"


def configuration_page() -> str:
    """Settings of a session, of a request and of the lab."""
    from pilotage.app.settings import Settings
    from pilotage.models import GenerationRequest
    from pilotage.sessions.config import SessionConfig

    strategies = "\n\n".join(settings_sections())
    return page(
        "Configuration",
        """The same keys work as arguments of `pilotage.Session`, in the file of `pilotage new --config`, in the API
and in the app's form. Unknown keys and values out of range are refused, by field, before any work.
`pilotage new --template` prints a file to fill in, with all of this as comments.""",
        f"""## A session

{settings_of(SessionConfig, "session")}

## A request

What is asked of the model, under the key `request`; what is left out becomes the model's own default.

{settings_of(GenerationRequest, "request")}

## Strategies

Under the keys `basis`, `sampler` and `preference_model`: a kind alone (`sampler: sobol`), or a kind with settings
(`sampler: {{kind: local, radius: 0.3}}`). What each kind does stands in [strategies.md](strategies.md).

{strategies}

## The lab

Read from the environment, as `PILOTAGE_HOME`, `PILOTAGE_DEVICE` and so on; the command line wins.

{settings_of(Settings, "lab")}""",
    )


def routes_page() -> str:
    """Every route, with what it does and answers."""
    from pilotage.api.app import create_app
    from pilotage.app.settings import Settings
    from pilotage.app.wiring import memory_lab

    described = create_app(memory_lab(), Settings()).openapi()
    by_subject: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            done = " ".join(str(told.get("description", "")).split("\n\n")[0].split())
            good = ", ".join(status for status in told["responses"] if status < "4")
            rows = by_subject.setdefault((told.get("tags") or ["other"])[0], [])
            rows.append(f"| `{method.upper()}` | `{path}` | {done} | {good} |")
    head = "| method | address | what it does | answers |\n|---|---|---|---|\n"
    return page(
        "Routes",
        """Every address of the API. Bodies and answers are described by `/openapi.json` and shown at `/docs`; how
answers, faults, pages and the event stream work stands in [api.md](api.md).""",
        "\n\n".join(f"## {name.capitalize()}\n\n{head}" + "\n".join(rows) for name, rows in by_subject.items()),
    )


def terminal_page() -> str:
    """The help of every command."""
    import click

    from pilotage.cli.main import main as command

    parts = [
        f"## `{' '.join(names)}`\n\n```text\n{said}\n```"
        for names, said in helps(command, click.Context(command, info_name="pilotage", max_content_width=100))
    ]
    return page(
        "Terminal",
        """The `pilotage` command. Each command calls the same verb as the app and the library; `--json` prints one
object for scripts, and the exit code says how it ended.""",
        "\n\n".join(parts),
    )


def helps(command: Any, context: Any) -> Iterator[tuple[list[str], str]]:
    """(names, help) of a command and of those below it."""
    import click

    yield context.command_path.split(), "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from helps(below, click.Context(below, parent=context, info_name=name))


def page(title: str, introduction: str, body: str) -> str:
    """A whole page."""
    note = "<!-- Written by `make reference`; edit the docstrings instead. -->"
    return f"# {title}\n\n{note}\n\n{introduction}\n\n{body}\n"


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors_page,
    "strategies.md": strategies_page,
    "events.md": events_page,
    "routes.md": routes_page,
    "configuration.md": configuration_page,
    "cli.md": terminal_page,
}


def outdated() -> dict[str, str]:
    """Name -> wanted text of each page that differs from the code."""
    list(modules())
    wanted = {name: write() for name, write in PAGES.items()}
    return {
        name: text for name, text in wanted.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != text
    }


def main() -> int:
    """Write the pages, or with --check tell which are out of date."""
    pages = outdated()
    if "--check" in sys.argv[1:]:
        print("\n".join(f"docs/{name} differs from the code: run `make reference`" for name in pages)
              or "reference: up to date")  # fmt: skip
        return bool(pages)
    for name, text in pages.items():
        (DOCS / name).write_text(text)
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
