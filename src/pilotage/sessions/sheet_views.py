"""The sheet of a round as the page lays it out: where the pictures lie is plain to see, so it is told at once."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from pilotage.store import CandidateRow, RoundRow

FLAT = 1e-6  # unit coordinates: farther than this from a sheet is not on it


class SheetView(BaseModel):
    """The line or plane of a round's candidates, in unit coordinates: a place is `centre + half_width * grid @ basis`.

    `level` counts how often it was zoomed in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: int
    centre: list[float]
    basis: list[list[float]]
    half_width: float


def sheet_of(round_: RoundRow) -> SheetView | None:
    """The sheet that a round's proposals were laid on; None for most samplers."""
    state = round_.sampler_state
    if not SheetView.model_fields.keys() <= state.keys():
        return None
    return SheetView(**{name: state[name] for name in SheetView.model_fields})


def grid_of(row: CandidateRow, sheet: SheetView | None, radius: float) -> list[float] | None:
    """A candidate's coordinates on the sheet; -1 and 1 are its ends. None for one that does not lie on it."""
    if sheet is None:
        return None
    basis, step = np.array(sheet.basis), np.array(row.z) / radius - np.array(sheet.centre)
    grid = basis @ step
    if np.abs(step - grid @ basis).max() > FLAT:
        return None
    return [round(float(value), 6) for value in grid / sheet.half_width]
