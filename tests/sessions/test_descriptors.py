"""What pictures look like, for samplers that ask."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.samplers import SAMPLERS
from pilotage.sessions.attributes import descriptors_of
from pilotage.store import RoundRow, SampleRow


def states(lab: Any) -> list[Any]:
    return [row.sampler_state for row in lab.store.list(RoundRow)]


def test_an_archive_sorts_the_pictures_of_a_session_by_how_they_look(steer: Any, lab: Any) -> None:
    session = steer(sampler="archive")
    for _ in range(2):
        session.step()
        session.pick(1)
    assert [state.get("behaviour") for state in states(lab)] == [None, "looks"]
    assert states(lab)[1]["coverage"] > 0


def test_descriptors_are_the_measured_numbers_by_their_names(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    samples = lab.store.list(SampleRow)
    found = descriptors_of(lab.store, [sample.id for sample in samples])
    assert len(found) == len(samples) == 4
    for sample in samples:
        expected = [sample.statistics[name] for name in sorted(sample.statistics)]
        assert list(found[sample.id]) == expected
        assert np.isfinite(expected).all()
    assert len(set(found.values())) == 4


def test_what_was_never_rendered_looks_like_nothing(lab: Any) -> None:
    assert descriptors_of(lab.store, ["smp_unknown"]) == {}


def test_only_the_archive_asks_for_looks() -> None:
    assert [kind for kind in SAMPLERS.entries() if SAMPLERS.build(kind).needs_descriptors] == ["archive"]
