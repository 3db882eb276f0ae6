"""The report as one file: it opens from a folder, without a server, and its data can't become markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files

from pilotage.core.hashing import canonical_json
from pilotage.reports.story import Story

_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def report_page(
    story: Story, pictures: Mapping[str, str], exported_at: datetime, written: Mapping[str, str] | None = None
) -> str:
    """The page: one classic script with the data in it, one style, pictures beside it.

    Args:
        story: what is told.
        pictures: artifact -> its path relative to the page; one that isn't there is told as missing.
        exported_at: shown at the end.
        written: artifact -> its words, of those that are texts: they stand in the page itself.
    """
    data = {
        "story": story.model_dump(mode="json"), "pictures": dict(pictures), "written": dict(written or {}),
        "exported_at": exported_at.isoformat(),
    }  # fmt: skip
    # Without `<` the text can neither end the script nor begin a comment in it. It is parsed, not evaluated.
    text = json.dumps(canonical_json(data), ensure_ascii=False).translate(_UNSAFE)
    parts = {
        "style": "\n".join((_part("tokens.css"), _part("report.css"))),
        "data": f"const DATA = JSON.parse({text})",
        "script": _part("report.js"),
    }
    return re.sub(r"/\*(style|data|script)\*/", lambda place: parts[place[1]], _part("report.html"))


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
