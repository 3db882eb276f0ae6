"""Choices seen as leads of the winner over each rival: what every stage cuts, or bends, of the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.shapes import Array
from pilotage.preferences.likelihood import Choices
from pilotage.preferences.lines import Lines

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Leads:
    """Linear forms `rows x + offsets` of the latents: first each winner's lead over each rival, then one a line.

    Where all leads of a stage are multiples of one number (a pair, a rating, a slope), that number stands for them.

    Attributes:
        rows: (n, n_latents).
        offsets: (n,).
        starts: (n_contests,) where the leads of each stage begin that is not a line; they come first.
        contests: (n_contests,) the index of each of these stages.
        lines: of the other stages, whose numbers are the last rows.
        lined: (n_lines,) the index of each of these.
        options: (n_stages,) how many options each stage had.
        sizes: (n_contests,) how many leads each contest has.
        stage: (n,) the index of the stage that each row is of.
        contest: (n,) the contest, by its place in `contests`, that each row is of; lines are counted on from there.
    """

    rows: Array
    offsets: Array
    starts: Indices
    contests: Indices
    lines: Lines
    lined: Indices
    options: Array
    sizes: Indices
    contest: Indices
    stage: Indices

    @property
    def n_cuts(self) -> int:
        """How many rows are leads in contests."""
        return len(self.offsets) - len(self.lined)

    def total(self, values: Array) -> Array:
        """(n_contests, …) sums of (n, …) values over the leads of each contest."""
        if len(self.starts) == 0:
            return np.zeros((0, *values.shape[1:]))
        return np.asarray(np.add.reduceat(values[: self.n_cuts], self.starts, axis=0))

    def each(self, values: Array) -> Array:
        """(n, …) each lead its contest's of (n_contests, …) values; 0 for lines."""
        if len(self.lined) == 0:
            return values[self.contest]
        return np.concatenate([values, np.zeros((len(self.lined), *values.shape[1:]))])[self.contest]


def leads_of(choices: Choices) -> Leads:
    """The leads of all stages in which something is chosen."""
    contests, lined = list[int](), list[int]()
    blocks, ahead, numbers = list[Array](), list[Array](), list[tuple[Array, Array, Array]]()
    for stage, won in enumerate(choices.winners):
        rival = np.isfinite(choices.offsets[stage])
        rival[won] = False
        rows = choices.forms[stage, won] - choices.forms[stage, rival]
        margins = choices.offsets[stage, won] - choices.offsets[stage, rival]
        if not rows.any():
            continue
        number = rows[np.abs(rows).sum(axis=1).argmax()]
        gains = rows @ number / (number @ number)
        if np.allclose(rows, np.outer(gains, number), rtol=0.0, atol=1e-12):
            lined.append(stage)
            numbers.append((number, gains, margins))
        else:
            contests.append(stage)
            blocks.append(rows)
            ahead.append(margins)
    n, sizes = choices.forms.shape[2], np.array([len(block) for block in blocks], dtype=np.intp)
    rows = np.append(sizes, np.ones(len(lined), dtype=np.intp))
    return Leads(
        rows=np.concatenate([*blocks, np.array([row for row, _, _ in numbers]).reshape(len(numbers), n)]),
        offsets=np.concatenate([*ahead, np.zeros(len(lined))]),
        starts=np.cumsum(sizes) - sizes,
        contests=np.array(contests, dtype=np.intp),
        lines=Lines(_padded([gains for _, gains, _ in numbers], 0.0), _padded([b for _, _, b in numbers], np.inf)),
        lined=np.array(lined, dtype=np.intp),
        options=np.isfinite(choices.offsets).sum(axis=1).astype(np.float64),
        sizes=sizes,
        contest=np.repeat(np.arange(len(rows)), rows),
        stage=np.repeat(np.array([*contests, *lined], dtype=np.intp), rows),
    )


def _padded(rows: list[Array], filling: float) -> Array:
    """(n, width) of rows of different lengths."""
    width = max((len(row) for row in rows), default=1)
    padded = np.full((len(rows), width), filling)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    return padded
