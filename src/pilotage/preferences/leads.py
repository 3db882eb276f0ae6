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
class Block:
    """All contests of one size, which are next to each other.

    Attributes:
        size: how many leads each has.
        contests: which of the contests they are.
        leads: which of the rows are theirs.
    """

    size: int
    contests: slice
    leads: slice

    def of(self, values: Array) -> Array:
        """(n_contests, size, …) a view of (n, …) values of all leads."""
        part = values[self.leads]
        return part.reshape(-1, self.size, *part.shape[1:])


@dataclass(frozen=True, slots=True)
class Leads:
    """Linear forms `rows x + offsets` of the latents: first one a line, then each winner's lead over each rival.

    Where all leads of a stage are multiples of one number (a pair, a rating, a slope), that number stands for them, and
    they lie on a line. The other stages are contests, ordered by size.

    Attributes:
        rows: (n, n_latents).
        offsets: (n,).
        stage: (n,) the index of the stage that each row is of.
        lines: of the first rows' stages.
        contests: (n_contests,) the index of each contest's stage.
        contest: (n - n_lines,) the contest, by its place in `contests`, that each of the other rows is of.
        starts: (n_contests,) where the rows of each begin, counted after the lines.
        blocks: the contests of each size.
        options: (n_stages,) how many options each stage had.
    """

    rows: Array
    offsets: Array
    stage: Indices
    lines: Lines
    contests: Indices
    contest: Indices
    starts: Indices
    blocks: tuple[Block, ...]
    options: Array

    @property
    def n_lines(self) -> int:
        """How many rows are no leads in contests."""
        return len(self.lines.gains)

    def total(self, values: Array) -> Array:
        """(n_contests,) sums of (n,) values over the leads of each contest."""
        if len(self.starts) == 0:
            return np.zeros(0)
        return np.asarray(np.add.reduceat(values[self.n_lines :], self.starts))

    def each(self, values: Array) -> Array:
        """(n,) each lead its contest's of (n_contests,) values; 0 for lines."""
        found = np.zeros(len(self.offsets))
        found[self.n_lines :] = values[self.contest]
        return found


def leads_of(choices: Choices) -> Leads:
    """The leads of all stages in which something is chosen."""
    lined, contested = list[tuple[int, Array, Array, Array]](), list[tuple[int, Array, Array]]()
    for stage, won in enumerate(choices.winners):
        rivals = [k for k, offset in enumerate(choices.offsets[stage].tolist()) if k != won and offset > -np.inf]
        rows = choices.forms[stage, won] - choices.forms[stage, rivals]
        margins = choices.offsets[stage, won] - choices.offsets[stage, rivals]
        if not rows.any():
            continue
        number = rows[np.abs(rows).sum(axis=1).argmax()]
        gains = rows @ number / (number @ number)
        if len(rows) == 1 or np.abs(rows - gains[:, None] * number).max() <= 1e-12:
            lined.append((stage, number, gains, margins))
        else:
            contested.append((stage, rows, margins))
    contested.sort(key=lambda contest: len(contest[1]))
    n, sizes = choices.forms.shape[2], np.array([len(rows) for _, rows, _ in contested], dtype=np.intp)
    contests = np.array([stage for stage, _, _ in contested], dtype=np.intp)
    return Leads(
        rows=np.concatenate([
            np.array([number for _, number, _, _ in lined]).reshape(len(lined), n), *(rows for _, rows, _ in contested)
        ]),
        offsets=np.concatenate([np.zeros(len(lined)), *(margins for _, _, margins in contested)]),
        stage=np.concatenate([np.array([line[0] for line in lined], dtype=np.intp), np.repeat(contests, sizes)]),
        lines=Lines(_padded([gains for _, _, gains, _ in lined], 0.0), _padded([m for _, _, _, m in lined], np.inf)),
        contests=contests,
        contest=np.repeat(np.arange(len(sizes)), sizes),
        starts=np.cumsum(sizes) - sizes,
        blocks=_blocks(sizes, len(lined)),
        options=np.isfinite(choices.offsets).sum(axis=1).astype(np.float64),
    )  # fmt: skip


def _blocks(sizes: Indices, first: int) -> tuple[Block, ...]:
    """Of (n_contests,) ascending sizes, whose leads begin at row `first`."""
    blocks, contest = list[Block](), 0
    for size, n in zip(*np.unique(sizes, return_counts=True), strict=True):
        blocks.append(Block(int(size), slice(contest, contest + int(n)), slice(first, first + int(size * n))))
        contest, first = contest + int(n), first + int(size * n)
    return tuple(blocks)


def _padded(rows: list[Array], filling: float) -> Array:
    """(n, width) of rows of different lengths."""
    width = max((len(row) for row in rows), default=1)
    padded = np.full((len(rows), width), filling)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    return padded
