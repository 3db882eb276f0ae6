"""When to change a setting, in a sentence each: the advice that documents and templates give beside the schemas."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

UNADVISED = ("kind", "version")  # names, not choices


def advice(room: str, key: str, kind: str = "") -> str:
    """What is advised on a key of `session`, `request`, `lab`, or of a strategy's room and kind; empty if nothing."""
    said = every_advice().get(room, {})
    special = said.get(kind, {})
    return str(special[key] if key in special else said.get(key, ""))


def keys(config: type[BaseModel]) -> Mapping[str, Mapping[str, Any]]:
    """The keys of a config that a person can set, with their schemas."""
    return {key: schema for key, schema in config.model_json_schema()["properties"].items() if key not in UNADVISED}


@cache
def every_advice() -> Mapping[str, Any]:
    """All of it, as it stands in the file: room -> key -> advice, and room -> kind -> key -> advice."""
    return tomllib.loads(files("pilotage.app").joinpath("advice.toml").read_text("utf-8"))
