"""What each tag is evidence of."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.elicitation import TAGS, THRESHOLD, Critique, Slope, Undecided, stages
from pilotage.features.statistics import Statistics
from pilotage.testing.answers import gradient, said

SAID = Undecided(why="different")  # which says nothing itself
LEVEL = {"a": 0.0, "b": 0.0, THRESHOLD: 0.0}


@pytest.mark.parametrize("tag", TAGS)
def test_praise_raises_a_candidate_over_the_threshold_and_blame_lowers_it(tag: str) -> None:
    slopes = gradient(said(SAID, critiques=(Critique("b", tag),)), LEVEL)
    assert (slopes["b"] > 0) is TAGS[tag].good
    assert slopes["b"] == -slopes[THRESHOLD]
    assert slopes["a"] == 0.0


@pytest.mark.parametrize(("tag", "better"), [("too_dark", (0.6, 0.8)), ("too_bright", (-0.6, -0.8))])
def test_a_measured_fault_says_which_way_is_better(tag: str, better: tuple[float, float]) -> None:
    judgement = said(SAID, critiques=(Critique("b", tag, (0.6, 0.8)),))
    slope = Slope("b", better)
    assert gradient(judgement, {slope: 0.0}) == {slope: 0.5}


def test_what_is_no_fault_of_an_attribute_has_no_direction() -> None:
    measured = stages(said(SAID, critiques=(Critique("b", "wrong_subject", (1.0, 0.0)),)), 0)
    assert measured == stages(said(SAID, critiques=(Critique("b", "wrong_subject"),)), 0)


def test_severe_faults_say_more_than_minor_ones() -> None:
    minor, severe = (
        gradient(said(SAID, critiques=(Critique("b", f"{how}_artifacts"),)), LEVEL)["b"] for how in ("minor", "severe")
    )
    assert severe < minor < 0


def test_a_free_word_is_no_evidence() -> None:
    assert stages(said(SAID, critiques=(Critique("b", "moody"),)), 0) == ()


def test_confidence_in_the_choice_leaves_what_was_said_of_a_picture_alone() -> None:
    guess, sure = (said(SAID, critiques=(Critique("b", "too_dark"),), confidence=c) for c in (1, 3))
    assert stages(guess, 0) == stages(sure, 0)


def test_every_attribute_is_a_statistic_of_pictures_and_has_a_wish() -> None:
    for tag in TAGS.values():
        assert (tag.statistic is None) is (tag.wish == 0)
        assert tag.statistic is None or tag.statistic in Statistics().names
        assert np.isfinite(tag.temperature)
        assert tag.temperature > 0
