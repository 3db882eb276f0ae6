"""The documents can't rot: their tables are complete, their links lead somewhere, their code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import click
import pytest
from pydantic import BaseModel

import write_reference
from pilotage.api.problems import MEANINGS
from pilotage.app.advice import advice, every_advice, keys
from pilotage.app.settings import Settings
from pilotage.cli.main import main
from pilotage.core.errors import PilotageError
from pilotage.elicitation import Answer
from pilotage.models import GenerationRequest
from pilotage.records import Payload
from pilotage.sessions.config import SessionConfig

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
BLOCK = re.compile(r"^```python run\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)\[[^\]]+\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text())


def anchors(page: Path) -> set[str]:
    """What `#…` may name on a page: its headings, as web hosts and editors spell them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_reference_pages_say_what_the_code_says() -> None:
    assert sorted(write_reference.outdated()) == [], "run `make reference`"


def described() -> str:
    """All that the documents say."""
    return "\n".join(page.read_text() for page in PAGES)


def test_every_kind_error_event_route_and_command_is_documented() -> None:
    from pilotage.api.app import create_app
    from pilotage.app.wiring import memory_lab

    list(write_reference.modules())
    routes = create_app(memory_lab(), Settings()).openapi()["paths"]
    events = [cls.type for cls in write_reference.descendants(Payload) if isinstance(getattr(cls, "type", None), str)]
    kinds = [kind for table in write_reference.tables().values() for kind in table.entries()]
    codes = {error.code for error in write_reference.descendants(PilotageError)} | set(MEANINGS)
    commands = [" ".join(names) for names, _ in write_reference.helps(main, click.Context(main, info_name="pilotage"))]
    answers = [answer.model_fields["kind"].default for answer in get_args(get_args(Answer)[0])]
    exists = [*(f"| `{method.upper()}` | `{path}`" for path, on in routes.items() for method in on)]
    exists += [f"`{name}`" for name in (*events, *kinds, *codes, *commands, *answers)]
    assert len(exists) > 100
    text = described()
    assert [name for name in exists if name not in text] == []


def rooms() -> dict[str, type[BaseModel]]:
    """Everything that a person can set, by the room and kind that its advice stands under."""
    kinds = {
        f"{noun}/{kind}": entry.config
        for noun, table in write_reference.tables().items()
        for kind, entry in table.entries().items()
    }
    return {"session/": SessionConfig, "request/": GenerationRequest, "lab/": Settings, **kinds}


def test_every_setting_has_its_meaning_and_its_advice() -> None:
    missing = [
        f"{room}: {key}"
        for room, config in rooms().items()
        for key, schema in keys(config).items()
        if not advice(room.split("/")[0], key, room.split("/")[1])
        or not (schema.get("description") or key in ("request", "assets"))  # objects: their own table tells
    ]
    assert missing == [], "say in src/pilotage/app/advice.toml when to change it, and in the schema what it is"


def test_no_advice_is_on_a_setting_that_is_gone() -> None:
    settable: dict[str, set[str]] = {}
    for room, config in rooms().items():
        noun, kind = room.split("/")
        settable.setdefault(noun, set()).update(keys(config), [kind])
        settable[room] = set(keys(config))
    for noun, said in every_advice().items():
        assert said.keys() <= settable[noun], noun
        for kind, special in said.items():
            assert isinstance(special, str) or special.keys() <= settable[f"{noun}/{kind}"], kind


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    text = re.sub(r"<!--.*?-->", "", page.read_text(), flags=re.DOTALL)
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path) if path else page
        assert found.exists(), f"{target} in {name_of(page)}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{target} in {name_of(page)}"


@pytest.mark.starter
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=name_of)
def test_the_blocks_marked_run_do_run(page: Path, tmp_path: Path) -> None:
    code = "\n".join(blocks(page))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_make_command_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z-]+)`", page.read_text())}
    assert {"demo", "test"} <= targets
    assert named <= targets


def test_every_decision_has_its_four_parts_and_its_own_number() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04d}" for n in range(1, len(pages) + 1)]
    for page in pages:
        headings = re.findall(r"^## (.+)$", page.read_text(), flags=re.MULTILINE)
        assert headings == ["Context", "Choice", "Cost", "What would change it"], page.name
