"""`python -m training.starter.ship [--profile NAME]`: put a judged pipeline in the place of the one that ships.

The weights go to `pilotage_starter`, the sheets to `docs/starter` as WebP, and the figures into the model card.
Refuses a folder whose stages are not done, or that is larger than the repository takes.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image

import pilotage_starter
from training.starter.paths import Workspace, open_workspace, write_whole
from training.starter.recipe import RecipeError

CARD: Final = pilotage_starter.path().parent / "MODEL_CARD.md"
SHEETS: Final = Path(__file__).resolve().parents[2] / "docs" / "starter"
MEGABYTES: Final = 70
_FIGURES = re.compile(r"(?<=<!-- figures -->\n\n).*?(?=\n<!-- end of figures -->)", re.DOTALL)
__all__ = ["CARD", "MEGABYTES", "SHEETS", "figures", "ship"]


def figures(metrics: Mapping[str, Any]) -> str:
    """The model card's table of a `metrics.json`."""
    lines = ["| what | figure | bar | of |", "|---|---|---|---|"]
    for row in metrics["rows"]:
        bar = "" if row["bar"] is None else f"{row['bar']:g}{'' if row['holds'] else ', MISSED'}"
        lines.append(f"| {row['metric']} | {row['ours']:.3f} | {bar} | {row['n']} |")
    return "\n".join(lines) + "\n"


def ship(space: Workspace, *, pipeline: Path, sheets: Path, card: Path) -> float:
    """Replace the folders, each complete before the old one goes; write the card's figures.

    Returns:
        Megabytes of the new folder.

    Raises:
        RecipeError: nothing judged to ship, or too large.
    """
    if not (space.done("evaluate") and space.done("sheets")):
        raise RecipeError(f"profile {space.profile.name} is not trained, judged and drawn to its end")
    size = sum(path.stat().st_size for path in space.pipeline.rglob("*") if path.is_file()) / 1e6
    if size > MEGABYTES:
        raise RecipeError(f"{size:.1f} MB are more than {MEGABYTES}")
    metrics = json.loads((space.pipeline / "metrics.json").read_text(encoding="utf-8"))
    text, found = _FIGURES.subn(lambda _: figures(metrics), card.read_text(encoding="utf-8"))
    if found != 1:
        raise RecipeError(f"{card.name} has no place for figures")
    with _replacing(pipeline) as part:
        shutil.copytree(space.pipeline, part, dirs_exist_ok=True)
    with _replacing(sheets) as part:
        for sheet in sorted(space.of("sheets").glob("*.png")):
            with Image.open(sheet) as picture:
                picture.save(part / f"{sheet.stem}.webp", quality=90, method=6)
    write_whole(card, text.encode())
    return size


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A fresh folder that takes the place of `folder` once it is filled."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    yield part
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, and ship."""
    parser = argparse.ArgumentParser(prog="training.starter.ship", description="Ship a trained starter model.")
    parser.add_argument("--profile", default="cpu", help="a table of recipe.toml")
    parser.add_argument("--root", type=Path, default=None, help="where it was trained (default: build/starter)")
    given = parser.parse_args(arguments)
    try:
        space = open_workspace(given.profile, given.root)
        size = ship(space, pipeline=pilotage_starter.path(), sheets=SHEETS, card=CARD)
    except RecipeError as fault:
        parser.error(str(fault))
    print(f"{size:.1f} MB in {pilotage_starter.path()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
