"""`python -m pilotage.api.snapshot` rewrites the committed OpenAPI document, from which the web's types are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pilotage.api.app import create_app
from pilotage.app.settings import Settings
from pilotage.app.wiring import memory_lab

FILE = Path(__file__).with_name("openapi.json")


def document() -> dict[str, Any]:
    """The OpenAPI document of the code as it is."""
    settings = Settings(token="")
    return create_app(memory_lab(settings), settings, port=8360).openapi()


def render() -> str:
    """The snapshot's text."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(render())
