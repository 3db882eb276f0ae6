"""What the pages on language say of the axes that ship is so."""

from __future__ import annotations

import re
from pathlib import Path

from pilotage.labs.language.builtin import builtin_names, builtin_packs

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_axes_said_to_have_packs_are_those_that_do() -> None:
    assert "[The axes that ship](axes.md) have packs" in (DOCS / "language.md").read_text()
    assert "All of them ship with packs" in (DOCS / "axes.md").read_text()
    assert sorted(builtin_packs()) == sorted(builtin_names())


def test_the_data_card_has_a_row_for_each_axis_that_ships() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "axes.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(builtin_names())
