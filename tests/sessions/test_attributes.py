"""Where an attribute grows: by the pictures that were shown, and only where they tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.media import Media
from pilotage.elicitation import TAGS, Critique
from pilotage.sessions.attributes import CHANCE, growth, statistics_of
from pilotage.sessions.history import judgements_of
from pilotage.store import SampleRow, SessionRow


def places(n: int, dim: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, dim))


def test_what_grows_evenly_is_found_exactly() -> None:
    direction = np.array([0.0, 0.6, -0.8])
    u = places(5, 3, seed=0)
    np.testing.assert_allclose(growth(u, 4 + 2.5 * u @ direction), direction, atol=1e-9)


def test_fewer_places_than_would_tell_give_nothing() -> None:
    u = places(4, 3, seed=0)
    assert growth(u, u[:, 0]) is None


@pytest.mark.parametrize("values", [np.full(9, 0.1), np.zeros(9)])
def test_what_never_changes_grows_nowhere(values: np.ndarray) -> None:
    assert growth(places(9, 3, seed=0), values) is None


def test_places_that_are_all_one_tell_nothing() -> None:
    assert growth(np.ones((9, 3)), np.arange(9.0)) is None


@pytest.mark.parametrize("n", [7, 12])
def test_chance_is_mistaken_for_growth_as_seldom_as_it_says(n: int) -> None:
    found = [growth(places(n, 5, seed), places(n, 1, seed + 10_000)[:, 0]) is not None for seed in range(1000)]
    assert np.mean(found) == pytest.approx(CHANCE, abs=0.03)


def test_a_noisy_attribute_is_found_once_enough_was_seen() -> None:
    direction = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    u = places(24, 5, seed=1)
    found = growth(u, u @ direction + 0.3 * places(24, 1, seed=2)[:, 0])
    assert found is not None
    assert found @ direction > 0.95


def tagged(session: Any, tag: str) -> Any:
    """The next round, answered with `tag` on its second picture."""
    ids = [candidate.id for candidate in session.step().candidates]
    return session.answer({"kind": "ranking", "order": [ids[0]]}, tags={ids[1]: [tag]}).answer


@pytest.mark.parametrize(("tag", "axis"), [("too_dark", 4), ("too_cold", 3)])  # dark ↔ light, cool ↔ warm
def test_a_tag_is_kept_with_where_its_attribute_was_seen_to_grow(steer: Any, lab: Any, tag: str, axis: int) -> None:
    session = steer(candidates=9)
    direction = tagged(session, tag).directions[TAGS[tag].statistic]
    assert np.linalg.norm(direction) == pytest.approx(1.0)
    assert direction[axis] > 0.8
    judgement = judgements_of(lab.store, lab.store.get(SessionRow, session.id))[-1]
    assert judgement.critiques == (Critique(judgement.items[1].candidate, tag, tuple(direction)),)


def test_the_same_seed_gives_the_same_direction_to_the_last_digit(steer: Any) -> None:
    one, same = (tagged(steer(candidates=9), "too_dark").directions for _ in range(2))
    assert one == same != {}


def test_after_too_dark_the_best_is_believed_to_be_lighter_and_after_too_bright_darker(steer: Any, lab: Any) -> None:
    believed = {}
    for tag in ("too_dark", "of its time", "too_bright"):
        session = steer(candidates=9, query_kinds=["undecided"])
        ids = [candidate.id for candidate in session.step().candidates]
        session.answer({"kind": "undecided", "why": "different"}, tags={ids[0]: [tag]})
        believed[tag] = lab.get_belief(session.id).axes[4].best
        session.step()
    assert believed["too_bright"] < believed["of its time"] - 0.1
    assert believed["of its time"] + 0.1 < believed["too_dark"]


def test_before_enough_was_shown_a_tag_has_no_direction(steer: Any, lab: Any) -> None:
    session = steer(candidates=4)
    assert tagged(session, "too_dark").directions == {}
    judgement = judgements_of(lab.store, lab.store.get(SessionRow, session.id))[-1]
    assert judgement.critiques[0].direction is None


def test_a_direction_is_measured_in_units_of_the_region(steer: Any) -> None:
    near, far = (tagged(steer(candidates=9, radius=radius), "too_dark") for radius in (0.5, 1.0))
    for answer in (near, far):
        assert answer.directions["brightness"][4] > 0.8


def test_each_picture_is_kept_with_what_it_looks_like(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    rows = lab.store.list(SampleRow)
    assert len(rows) == 4
    for row in rows:
        assert row.statistics == statistics_of(lab.get_media(row.artifact))
        assert 0 < row.statistics["brightness"] < 1


def test_words_and_numbers_look_like_nothing() -> None:
    assert statistics_of(Media.from_number(1.0)) is None
    assert statistics_of(Media.from_text("a fox")) is None
