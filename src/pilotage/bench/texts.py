"""Configs as the command line has them."""

from __future__ import annotations

from typing import Any

import yaml

from pilotage.core.errors import InvalidInputError


def yaml_mapping(text: str) -> dict[str, Any]:
    """What a text of the command line says.

    Raises:
        InvalidInputError: not a YAML mapping.
    """
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as cause:
        raise InvalidInputError(f"not a YAML mapping: {text}") from cause
    if not isinstance(value, dict):
        raise InvalidInputError(f"not a YAML mapping: {text}")
    return value
