"""What ships: axes with texts of our own writing, their calibrated packs for the default model, what these do."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pilotage.core.errors import NotFoundError
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_files import read_axis
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.packs import VectorPack, read_pack

AXES_FOLDER = Path(__file__).parent / "axes"
PACKS_FOLDER = Path(__file__).parent / "packs"
FIRST = ("formality", "sentiment", "detail_level", "confidence", "friendliness", "creativity")  # then the outings


def builtin_names() -> tuple[str, ...]:
    """Names of the axes that ship, everyday ones first."""
    there = sorted(path.stem for path in AXES_FOLDER.glob("*.json"))
    return (*(name for name in FIRST if name in there), *(name for name in there if name not in FIRST))


@cache
def builtin_axis(name: str) -> Axis:
    """An axis that ships.

    Raises:
        NotFoundError: none of that name.
    """
    if name not in builtin_names():
        raise NotFoundError(f"no axis {name[:60]!r} ships", field="axis", hint=f"One of: {', '.join(builtin_names())}.")
    return read_axis(AXES_FOLDER / f"{name}.json")


@cache
def builtin_packs() -> dict[str, VectorPack]:
    """The calibrated packs that ship, by axis."""
    packs = {name: PACKS_FOLDER / f"{name}.safetensors" for name in builtin_names()}
    return {name: read_pack(path) for name, path in packs.items() if path.is_file()}


@cache
def builtin_report(name: str) -> AxisReport | None:
    """What was measured of the pack that ships, by `scripts/build_axes.py`; None if none ships."""
    path = PACKS_FOLDER / f"{name}.json"
    if name not in builtin_names() or not path.is_file():
        return None
    return AxisReport.model_validate_json(path.read_text(encoding="utf-8"))
