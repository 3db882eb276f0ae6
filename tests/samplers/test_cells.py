"""The archive's cells, against the package `ribs`."""

from __future__ import annotations

import numpy as np
import pytest
from ribs.archives import CVTArchive, ProximityArchive

from pilotage.samplers.cells import Archive, lloyd


@pytest.fixture(params=range(3))
def archive(request: pytest.FixtureRequest) -> Archive:
    rng = np.random.default_rng(request.param)
    return Archive(rng.uniform(-1, 1, (12, 3)), rng.uniform(-1, 1, (40, 3)), rng.standard_normal(40))


@pytest.fixture
def theirs(archive: Archive) -> CVTArchive:
    found = CVTArchive(
        solution_dim=1, centroids=archive.centroids, ranges=[(-1, 1)] * 3, qd_score_offset=float(archive.values.min())
    )
    found.add(np.arange(40)[:, None], archive.values, archive.behaviours)
    return found


def test_elites_are_those_of_ribs(archive: Archive, theirs: CVTArchive) -> None:
    rows = theirs.data(["index", "solution"])
    assert archive.elites == {int(cell): int(row[0]) for cell, row in zip(rows["index"], rows["solution"], strict=True)}


def test_coverage_and_qd_score_are_those_of_ribs(archive: Archive, theirs: CVTArchive) -> None:
    assert archive.coverage == pytest.approx(theirs.stats.coverage)
    assert archive.qd_score == pytest.approx(theirs.stats.qd_score)


def test_cells_of_places_are_those_of_ribs(archive: Archive, theirs: CVTArchive) -> None:
    places = np.random.default_rng(9).uniform(-1, 1, (200, 3))
    np.testing.assert_array_equal(archive.cells_of(places), theirs.index_of(places))


def test_novelty_is_that_of_ribs(archive: Archive) -> None:
    theirs = ProximityArchive(solution_dim=1, measure_dim=3, k_neighbors=3, novelty_threshold=0.0)
    theirs.add(np.zeros((40, 1)), archive.values, archive.behaviours)
    places = np.random.default_rng(9).uniform(-1, 1, (20, 3))
    np.testing.assert_allclose(archive.novelty(places), theirs.compute_novelty(places))


def test_a_peak_is_better_than_the_elites_nearest_to_it() -> None:
    line = np.linspace(0, 1, 9)[:, None]
    values = np.array([0.0, 1, 2, 1, 0, 1, 3, 1, 0])
    assert Archive(line, line, values).peaks == [6, 2]


def test_cells_are_of_about_equal_size() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    means = lloyd(points, 16)
    counts = np.bincount(np.linalg.norm(points[:, None] - means, axis=2).argmin(axis=1), minlength=16)
    assert counts.min() > 0.5 * counts.mean()
    assert counts.max() < 1.7 * counts.mean()
