"""What the pages on language say of the axes that ship is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pilotage.labs.language.builtin import builtin_names, builtin_packs

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(("page", "after"), [("language.md", "Of [the axes that ship](axes.md),"), ("axes.md", "")])
def test_the_axes_said_to_have_packs_are_those_that_do(page: str, after: str) -> None:
    text = (DOCS / page).read_text()
    said = re.search(rf"{re.escape(after)}\s*((?:`\w+`(?:, | and |,\n)?)+)\s+(?:have|ship with) packs", text)
    assert said, "no sentence names them"
    assert sorted(re.findall(r"`(\w+)`", said[1])) == sorted(builtin_packs())


def test_the_data_card_has_a_row_for_each_axis_that_ships() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "axes.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(builtin_names())
