"""Tastes: closed forms of what is liked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import Item
from pilotage.simulation import TASTES, Thing


def at(*u: float, features: Mapping[str, float] | None = None, embedding: tuple[float, ...] = ()) -> Thing:
    return Thing(Item("a", "a", u), features or {}, embedding)


def test_a_point_is_liked_by_weighted_distance() -> None:
    taste = TASTES.build({"kind": "point", "target": [0.5, 0.0], "sharpness": 8.0, "weights": [1.0, 4.0]})
    assert taste.utility([at(0.5, 0.0), at(0.5, 0.5), at(-0.5, 0.0)], []) == pytest.approx([0.0, -4.0, -4.0])


def test_a_tolerant_judge_likes_all_that_is_near() -> None:
    taste = TASTES.build({"kind": "point", "target": [0.0], "tolerance": 0.3})
    assert taste.config.objective == "neighbourhood"
    near, edge, far = taste.utility([at(0.1), at(-0.3), at(0.5)], [])
    assert near == edge == 0 > far


def test_wishes_are_the_slopes_of_a_look() -> None:
    taste = TASTES.build({"kind": "look", "target": {"brightness": 0.7, "edges": 0.2}, "sharpness": 50.0})
    here = {"brightness": 0.4, "edges": 0.5}
    for name, wish in taste.wishes(at(features=here)).items():
        up, down = ({**here, name: here[name] + step} for step in (1e-5, -1e-5))
        high, low = taste.utility([at(features=up), at(features=down)], [])
        assert wish == pytest.approx((high - low) / 2e-5, rel=1e-4)


def test_attributes_are_added_up() -> None:
    taste = TASTES.build({"kind": "attributes", "worth": {"warmth": 2.0, "edges": -1.0}})
    assert taste.utility([at(features={"warmth": 0.5, "edges": 0.25})], []) == pytest.approx([0.75])


def test_a_text_is_liked_by_its_angle() -> None:
    taste = TASTES.build({"kind": "text", "text": "a red boat", "embedding": [3.0, 0.0], "sharpness": 10.0})
    along, across = taste.utility([at(embedding=(2.0, 0.0)), at(embedding=(0.0, 5.0))], [])
    assert (along, across) == pytest.approx((10.0, 0.0))


def test_what_is_unlike_all_that_was_kept_is_worth_more() -> None:
    taste = TASTES.build({"kind": "centres", "centres": [[0.8, 0.0], [-0.8, 0.0]], "novelty": 3.0, "reach": 0.5})
    assert taste.config.objective == "multi-centre"
    both = [at(0.8, 0.0), at(-0.8, 0.0)]
    assert taste.utility(both, []) == pytest.approx([3.0, 3.0])
    assert taste.utility(both, [at(0.8, 0.0)]) == pytest.approx([0.0, 3.0])
    assert taste.utility(both, [at(0.8, 0.25)])[0] == pytest.approx(1.5)


@pytest.mark.parametrize("taste", [{"kind": "point"}, {"kind": "point", "target": []}, {"kind": "smell"}])
def test_a_taste_that_is_none_is_refused(taste: Mapping[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        TASTES.build(taste)


def test_places_of_another_dimension_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        TASTES.build({"kind": "point", "target": [0.0, 0.0]}).utility([at(0.1)], [])
    assert np.isfinite(TASTES.build({"kind": "point", "target": [0.0]}).utility([at(0.1)], [])).all()
