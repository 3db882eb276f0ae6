"""A run as one page that opens by a double click: its numbers in it, its pictures beside it, no server."""

from __future__ import annotations

import json
import re
from importlib.resources import files

from pilotage.app.run_page.facts import facts_of
from pilotage.core.hashing import canonical_json
from pilotage.labs.latents.folder import RunFolder

_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def run_page(folder: RunFolder) -> str:
    """The page, to lie in the run's folder: one classic script with the data in it. It follows from the files alone.

    Raises:
        InvalidInputError: a file of the run is damaged.
    """
    # Without `<` the text can neither end the script nor begin a comment in it. It is parsed, not evaluated.
    text = json.dumps(canonical_json(facts_of(folder)), ensure_ascii=False).translate(_UNSAFE)
    dark = r"@media (prefers-color-scheme: dark) { :root \1 }"
    tokens = re.sub(r':root\[data-theme="dark"\] (\{[^}]*\})', dark, _part("pilotage.reports.page", "tokens.css"))
    parts = {
        "style": tokens + _part(__package__, "run.css"),
        "data": f"const RUN = JSON.parse({text})",
        "script": _part(__package__, "map.js") + _part(__package__, "run.js"),
    }
    return re.sub(r"/\*(style|data|script)\*/", lambda place: parts[place[1]], _part(__package__, "run.html"))


def _part(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")
