"""Quality and diversity: the best of many kinds, each round from kinds of its own."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.cells import Archive, nearest
from pilotage.samplers.fallback import NO_CHOICE, steps_instead
from pilotage.samplers.looks import centroids, shown_once
from pilotage.samplers.plane import expected_improvement
from pilotage.samplers.pool import everywhere, unseen
from pilotage.samplers.reasons import proposals


class ArchiveConfig(SamplerConfig, frozen=True):
    """The best of many kinds: pictures are sorted by how they look, and every proposal is of another kind."""

    kind: Literal["archive"] = "archive"
    cells: int = Field(32, ge=12, le=256, description="Kinds that are told apart.")
    iso: float = Field(0.1, gt=0, le=1, description="How far a child lies from its parent, in unit coordinates.")
    line: float = Field(0.2, ge=0, le=1, description="How far it leads towards another parent, as a share of the way.")
    n_pool: int = Field(384, ge=64, le=2048, description="Places scored per round.")


class ArchiveSampler(Sampler):
    """A round betters the peaks of the archive, and one of it looks where it holds least; no two lie in one cell.

    Source: IsoLine emitter, Vassiliades and Mouret 2018 (arXiv 1804.03906); expected improvement over a cell's own
    elite, BOP-Elites, Kent and Branke 2020 (arXiv 2005.04320).
    Differs: elites are those of the posterior mean, folded from the history each time; the cells of places not yet
    rendered are foretold by a straight-line fit of how the pictures look.
    """

    needs_descriptors: ClassVar[bool] = True

    def __init__(self, config: ArchiveConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Greatest improvement first; each tells its cell, what it may add to the nearest elite, and its novelty."""
        if view.incumbent is None:
            return steps_instead(view, n, because=NO_CHOICE, rng=rng)
        places, behaviours, looks = shown_once(view)
        values = view.posterior.mean_cov(places)[0]
        archive = Archive(centroids(view.region, max(self.config.cells, 4 * n), looks), behaviours, values)
        pool = self._pool(view, places[list(archive.elites.values())], n, rng)
        seen = looks(pool)
        cells, novelty, gains = archive.cells_of(seen), archive.novelty(seen), _gains(view, archive, pool, seen)
        better = _peak_picks(archive, seen, cells, gains, archive.peaks[: n + 1])[: max(1, n - 1)]
        picks = better + _new_picks(view, archive, pool, cells, novelty, taken=better)[: n - len(better)]
        picks += [i for i in np.argsort(-gains).tolist() if i not in picks][: n - len(picks)]  # all may look alike
        told = {"cell": cells, "improvement": gains, "novelty": novelty}
        facts = [{**{name: of[i].item() for name, of in told.items()}, "pool_size": len(pool)} for i in picks]
        state = {
            "coverage": archive.coverage, "qd_score": archive.qd_score, "cells": len(archive.centroids),
            "peaks": len(archive.peaks), "behaviour": "place" if looks.weights is None else "looks",
        }  # fmt: skip
        roles = ["variety"] * len(better) + ["explore"] * (n - len(better))
        return proposals(view, pool[picks], roles=roles, state=state, facts=facts)

    def _pool(self, view: View, elites: Array, n: int, rng: np.random.Generator) -> Array:
        """(about n_pool, d) places from all over the region, and children of the elites."""
        size = max(self.config.n_pool, 32 * n)
        one, other = elites[rng.integers(len(elites), size=(2, size // 2))]
        aside = self.config.iso * rng.standard_normal(one.shape) / np.sqrt(view.region.dim)
        along = self.config.line * rng.standard_normal((len(one), 1)) * (other - one)
        return unseen(view, np.vstack([everywhere(view, size - size // 2, rng=rng), one + aside + along]))


def _gains(view: View, archive: Archive, pool: Array, seen: Array) -> Array:
    """(n_pool,) the expected improvement of each place over the elite that is nearest to it in behaviour."""
    mean, cov = view.posterior.mean_cov(pool)
    elites = list(archive.elites.values())
    bars = archive.values[elites][nearest(seen, archive.behaviours[elites])]
    return expected_improvement(mean - bars, np.sqrt(np.maximum(np.diag(cov), 0.0)))


def _peak_picks(archive: Archive, seen: Array, cells: Array, gains: Array, peaks: list[int]) -> list[int]:
    """The place that betters each of the peaks most, greatest gain first, each in a cell of its own."""
    elites = list(archive.elites.values())
    owners = np.array(elites)[nearest(seen, archive.behaviours[elites])]
    picks: list[int] = []
    for peak in sorted(peaks, key=lambda peak: -gains[owners == peak].max(initial=-np.inf)):
        free = (owners == peak) & ~np.isin(cells, cells[picks])
        if free.any():
            picks.append(int(np.where(free, gains, -np.inf).argmax()))
    return picks


def _new_picks(
    view: View, archive: Archive, pool: Array, cells: Array, novelty: Array, *, taken: list[int]
) -> list[int]:
    """The most novel place of each cell not `taken`: cells that hold least first, then those that may be liked most."""
    mean, cov = view.posterior.mean_cov(pool)
    hopes = mean + np.sqrt(np.maximum(np.diag(cov), 0.0))
    held = np.bincount(archive.cells_of(archive.behaviours), minlength=len(archive.centroids))
    free = [int(cell) for cell in np.unique(cells) if cell not in cells[taken]]
    free.sort(key=lambda cell: (held[cell], -hopes[cells == cell].max()))
    return [int(np.where(cells == cell, novelty, -np.inf).argmax()) for cell in free]
