"""What pictures look like in numbers, and along which direction of a session's space each number grows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.special import betainc

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features.statistics import Statistics
from pilotage.sessions.loading import by_id
from pilotage.store import CandidateRow, Reader, SampleRow, SessionRow

CHANCE = 0.1  # how often a direction may be found where there is none


def statistics_of(media: Media) -> dict[str, float] | None:
    """The picture statistics by name; None if it is no picture."""
    if not media.is_image:
        return None
    features = Statistics()
    return dict(zip(features.names, map(float, features.describe(media)), strict=True))


def directions_of(reader: Reader, session: SessionRow, statistics: Iterable[str]) -> dict[str, list[float]]:
    """Statistic -> (d,) unit vector in unit coordinates along which it grows over the session's shown pictures.

    A statistic is left out where there is nothing to tell by: see `growth`.
    """
    names = sorted(set(statistics))
    if not names:
        return {}
    shown = reader.list(CandidateRow, where={"session_id": session.id, "state": "ready"})
    seen = by_id(reader, SampleRow, (candidate.sample_id for candidate in shown))
    measured = [row for row in seen.values() if row.z is not None and row.statistics is not None]
    measured.sort(key=lambda row: (row.z, row.seed))  # the same places give the same digits, whatever their ids
    u = np.array([row.z for row in measured], dtype=np.float64).reshape(-1, session.dimension) / session.radius
    found = {name: growth(u, np.array([(row.statistics or {})[name] for row in measured])) for name in names}
    return {name: direction.tolist() for name, direction in found.items() if direction is not None}


def descriptors_of(reader: Reader, samples: Iterable[str]) -> dict[str, tuple[float, ...]]:
    """Sample -> how its picture looks in numbers, by the statistics' names; samples that are no pictures are left out.

    The numbers were measured when the picture was made, so no picture is read.
    """
    rows = by_id(reader, SampleRow, samples)
    return {
        key: tuple(value for _, value in sorted(row.statistics.items()))
        for key, row in rows.items()
        if row.statistics is not None
    }


def growth(u: Array, values: Array) -> Array | None:
    """(d,) unit vector along which `values` (n,) at `u` (n, d) grow fastest, by linear regression.

    None with fewer than d + 2 places, and where chance alone would explain as much more often than once in ten.

    Source: without a relation the unexplained share, 1 - R squared, is Beta((n - d - 1) / 2, d / 2): the F test.
    """
    n, dim = u.shape
    if n < dim + 2:
        return None
    centred, spread = u - u.mean(axis=0), values - values.mean()
    slope = np.linalg.lstsq(centred, spread, rcond=None)[0]
    total, length = float(spread @ spread), float(np.linalg.norm(slope))
    if total == 0.0 or length == 0.0:
        return None
    unexplained = float(((spread - centred @ slope) ** 2).sum()) / total
    if betainc((n - dim - 1) / 2, dim / 2, min(unexplained, 1.0)) > CHANCE:
        return None
    return np.asarray(slope / length)
