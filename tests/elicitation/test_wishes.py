"""Wishes about axes: what is one, which way it goes, and what it does to the likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.elicitation import TIE, Critique, Item, Judgement, Ranking, Slope, stages, wish_directions
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.spaces import Region

POLES = [("red", "blue"), ("small", "large")]
REGION = Region(2)


@pytest.mark.parametrize(
    ("tag", "direction"),
    [("more blue", [1, 0]), ("more red", [-1, 0]), ("less blue!", [-1, 0]), ("less small?", [0, 1]),
     ("Large is right", [0, 1]), ("blue doesn't matter", [1, 0]), ("SMALL doesn’t matter", [0, -1]),
     ("more green", None), ("blue", None), ("more", None)],
)  # fmt: skip
def test_a_wish_names_a_pole_and_a_side(tag: str, direction: list[float] | None) -> None:
    assert wish_directions([tag], POLES).get(tag) == direction


def judged(tag: str | None) -> Judgement:
    """The prompt is picked over one place; perhaps with a wish about it."""
    items = (Item("a", "a", (0.0, 0.0)), Item("b", "b", (0.0, 0.5)))
    said = () if tag is None else (Critique("a", tag, tuple(wish_directions([tag], POLES)[tag])),)
    return Judgement(items, Ranking(order=("a",)), critiques=said)


def moved(tag: str | None) -> tuple[float, float]:
    """(mean, sd) of the ideal along the first axis."""
    mean, covariance = PREFERENCE_MODELS.build("laplace_gp").fold(REGION, [judged(tag)]).ideal()
    return float(mean[0]), float(np.sqrt(covariance[0, 0]))


def test_more_moves_the_ideal_there_the_more_the_more_it_matters() -> None:
    much, some, little = (moved(tag)[0] for tag in ("more blue!", "more blue", "more blue?"))
    assert much > some > little > moved(None)[0] + 0.02
    assert moved("less blue")[0] == pytest.approx(-some, abs=1e-6)
    assert moved("more red")[0] == pytest.approx(-some, abs=1e-6)


def test_right_as_it_is_moves_nothing_and_makes_surer() -> None:
    (mean, sd), (before, sd_before) = moved("blue is right"), moved(None)
    assert mean == pytest.approx(before, abs=1e-6)
    assert sd < sd_before - 0.02
    assert moved("blue is right!")[1] < sd


def test_what_does_not_matter_is_level_wherever_a_picture_was_shown_and_right_only_at_its_own() -> None:
    far = np.array([[0.9, 0.0], [-0.9, 0.0]])

    def range_of(tag: str | None) -> float:
        """How much utility is expected to change along the first axis."""
        items = tuple(Item(name, name, (x, y)) for name, x, y in (("a", -0.6, 0.0), ("b", 0.6, 0.3), ("c", 0.0, -0.3)))
        said = () if tag is None else (Critique("a", tag, tuple(wish_directions([tag], POLES)[tag])),)
        judgement = Judgement(items, Ranking(order=("c", "b")), critiques=said)
        mean, covariance = PREFERENCE_MODELS.build("laplace_gp").fold(REGION, [judgement]).mean_cov(far)
        return float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1] + (mean[0] - mean[1]) ** 2)

    assert range_of("blue doesn't matter") < 0.8 * range_of("blue is right")
    assert range_of("blue doesn't matter") < 0.8 * range_of(None)


def test_right_is_likeliest_where_the_slope_is_none_and_falls_the_same_way_on_both_sides() -> None:
    (stage,) = (one for one in stages(judged("blue is right"), 0) if len(one.forms) == 3)

    def log_p(slope: float) -> float:
        values = {TIE: -1.0, Slope("a", (1.0, 0.0)): slope}
        logits = np.array([sum(w * values[name] for name, w in form.weights) for form in stage.forms])
        return float(logits[stage.winner] - np.log(np.exp(logits).sum()))

    slopes = np.linspace(-20, 20, 81)
    heights = np.array([log_p(slope) for slope in slopes])
    assert slopes[heights.argmax()] == 0
    assert heights == pytest.approx(heights[::-1])
    assert (np.diff(heights, 2) <= 1e-12).all(), "it would not be log-concave"


def test_a_word_that_is_no_wish_says_nothing() -> None:
    bare = judged(None)
    free = Judgement(bare.items, bare.answer, critiques=(Critique("a", "not my fox"),))
    assert stages(free, 0) == stages(bare, 0)
