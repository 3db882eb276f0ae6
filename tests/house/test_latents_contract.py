"""The contract of the latent lab is whole: all of its 90 rows stand, each held by tests that exist, or open."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "latents-contract.md"
SIZES = {"A": 12, "B": 10, "C": 11, "D": 10, "E": 11, "F": 3, "G": 13, "H": 8, "I": 4, "J": 8}
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \| (open|`tests/[^|]+`) \|$", flags=re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> dict[str, str]:
    """Row -> what holds it."""
    found = ROW.findall(PAGE.read_text())
    held = {row: by for row, _, by in found}
    assert len(found) == len(held), "a row stands twice"
    return held


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_row_of_the_contract_stands_once() -> None:
    assert sum(SIZES.values()) == 90
    assert list(rows()) == [f"{part}{n}" for part, size in SIZES.items() for n in range(1, size + 1)]


def test_every_row_is_held_by_tests_that_exist_or_is_open() -> None:
    for row, by in rows().items():
        named = TEST.findall(by)
        assert by == "open" or ", ".join(f"`{path}::{test}`" for path, test in named) == by, row
        for path, test in named:
            assert test in names_in(ROOT / path), f"{row}: no {test} in {path}"
