"""A session's settings as a YAML file to fill in: every key with its default, its meaning and when to change it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel

from pilotage.app.advice import advice, keys
from pilotage.core.strategies import StrategyTable
from pilotage.models import GenerationRequest
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS
from pilotage.sessions.config import SessionConfig
from pilotage.spaces import BASES, PROFILES

TABLES: Mapping[str, StrategyTable[Any]] = {
    "basis": BASES, "sampler": SAMPLERS, "preference_model": PREFERENCE_MODELS,
}  # fmt: skip
_WIDTH = 110
_HEAD = """\
A session of Pilotage: pilotage new --config THIS_FILE
A line that begins with "# " and a key shows a default; take the "# " away to change it."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def template(config: Mapping[str, Any] = _NOTHING, *, suits: Mapping[str, Any] = _NOTHING) -> str:
    """The file's text; what it holds as it is makes the session of `config`, a session of defaults without one.

    `config` is as a session takes it, whole or in part; what is a default in it stays a comment. `suits` are the
    defaults that its model has of its own.

    Raises:
        ValidationError: `config` is none.
    """
    request = {"prompt": "", **config.get("request", {})}
    SessionConfig.model_validate({**config, "request": request})
    lines = [*_comment(_HEAD), "", *_comment(advice("session", "request")), "request:"]
    for key, schema in keys(GenerationRequest).items():
        asked = _yaml(key, request[key]) if key == "prompt" else _line(key, schema, request)
        given = [*_key(key, schema, "request"), asked]
        lines += [f"  {line}" for line in given]
    for key, schema in keys(SessionConfig).items():
        if key != "request":
            line = _line(key, {**schema, "default": suits[key]} if key in suits else schema, config)
            lines += ["", *_key(key, schema, "session"), *_choices(key), line]
    return "\n".join(lines) + "\n"


def _line(key: str, schema: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """`key: value`; as a comment where the value is the default."""
    default = schema.get("default")
    if key in given and not _same(key, given[key], default):
        return _yaml(key, given[key])
    return f"# {_yaml(key, default)}"


def _same(key: str, value: Any, default: Any) -> bool:
    """Whether two values of a key are one; a strategy is the same with its defaults written out."""
    table = TABLES.get(key)
    return bool(table.parse(value) == table.parse(default)) if table else bool(value == default)


def _key(key: str, schema: Mapping[str, Any], room: str) -> list[str]:
    return _comment(f"{schema.get('description', '')} {advice(room, key)}".strip())


def _choices(key: str) -> list[str]:
    """What a key can be, where words alone don't tell."""
    if key == "dimension":
        return [f"#   {profile.name}: {profile.advice}" for profile in PROFILES]
    rows = TABLES[key].entries() if key in TABLES else {}
    lines = [line for kind, row in rows.items() if not row.is_baseline for line in _kind(key, kind, row.config)]
    baselines = ", ".join(kind for kind, row in rows.items() if row.is_baseline)
    return lines + (_indented(f"Baselines to compare with: {baselines}") if baselines else [])


def _kind(key: str, kind: str, config: type[BaseModel]) -> Iterator[str]:
    said = " ".join((config.__doc__ or "").strip().split("\n\n")[0].split())
    yield from _indented(f"{kind}: {said}")
    defaults = {name: schema["default"] for name, schema in keys(config).items() if "default" in schema}
    if defaults:
        yield f"#     with its settings: {_yaml(key, {'kind': kind, **defaults})}"


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="#   ", subsequent_indent="#     ")


def _comment(text: str) -> list[str]:
    return [f"#: {line}" for paragraph in text.splitlines() for line in textwrap.wrap(paragraph, _WIDTH)]


def _yaml(key: str, value: Any) -> str:
    said = yaml.safe_dump([value], allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000)
    return f"{key}: {said.strip()[1:-1]}"
