"""A session's settings from a YAML file and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from pilotage.core.errors import InvalidInputError


def read_config(file: Path | None, given: dict[str, Any], pairs: Sequence[str]) -> dict[str, Any]:
    """The file's settings, overridden by what the command line gives.

    Raises:
        InvalidInputError: the file is not a YAML mapping, or a pair is not KEY=VALUE.
    """
    config = _mapping(file) if file else {}
    for path, value in given.items():
        if value not in (None, "", []):
            _put(config, path, value)
    for pair in pairs:
        path, equals, text = pair.partition("=")
        if not equals:
            raise InvalidInputError(f"{pair!r} is not KEY=VALUE", field="set")
        _put(config, path, _value(path, text))
    config.setdefault("request", {"prompt": ""})
    return config


def _mapping(file: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as cause:
        raise InvalidInputError(f"{file} is not YAML: {cause}", field="config") from cause
    if not isinstance(data, dict):
        raise InvalidInputError(f"{file} must hold a mapping", field="config")
    return data


def _value(path: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as cause:
        raise InvalidInputError(f"{text!r} is not a YAML value", field=path, hint="Quote it.") from cause


def _put(config: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        config = config.setdefault(name, {})
        if not isinstance(config, dict):
            raise InvalidInputError(f"{path} has no place: {name} is a value", field=path)
    config[last] = value
