"""Questions that tell most, on the person's own prompts, along the axes asked about; and when to stop asking."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, xlogy

from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.profiles import Profile, advice, next_question
from pilotage.labs.language.profiles.calibrate import most_informative

AXES = ("detail_level", "formality", "sentiment")
PROMPTS = ("one", "two", "three")
TWO = ("detail_level", "formality")


def answered(target: dict[str, float], n: int, *, axes: tuple[str, ...] = TWO, seed: int = 0) -> Profile:
    """A profile of somebody who never errs, after `n` pairs."""
    profile = Profile(id="p", axes=AXES)
    for _ in range(n):
        options = next_question(profile, PROMPTS, axes=axes, seed=seed).options
        far = [sum((doses.get(axis, 0.0) - want) ** 2 for axis, want in target.items()) for doses in options]
        profile = profile.record({"kind": "compared", "options": options, "best": int(np.argmin(far))})
    return profile


def test_the_pair_chosen_is_the_one_of_most_mutual_information() -> None:
    draws = np.random.default_rng(3).normal(scale=3.0, size=(50, 7))
    told = {}
    for i in range(7):
        for j in range(i + 1, 7):
            p = 0.9 * expit(draws[:, i] - draws[:, j]) + 0.05
            entropy = [-(xlogy(q, q) + xlogy(1 - q, 1 - q)) for q in (p.mean(), p)]
            told[i, j] = entropy[0] - np.mean(entropy[1])
    picks, information = most_informative(draws, 2, lapse=0.1)
    assert tuple(picks) == max(told, key=lambda key: told[key])
    assert information == pytest.approx(max(told.values()))


def test_another_text_never_tells_less() -> None:
    draws = np.random.default_rng(4).normal(scale=2.0, size=(80, 9))
    told = [most_informative(draws, n, lapse=0.0)[1] for n in (2, 3, 4)]
    assert told == sorted(told)
    assert len(set(most_informative(draws, 4, lapse=0.0)[0])) == 4


def test_questions_go_through_the_prompts_in_turn_and_share_their_sampling_seed() -> None:
    profile, prompts, seeds = Profile(id="p", axes=AXES), [], []
    for _ in range(4):
        question = next_question(profile, PROMPTS, axes=TWO)
        assert question == next_question(profile, PROMPTS, axes=TWO)
        prompts.append(question.prompt)
        seeds.append(question.sampling_seed)
        profile = profile.record({"kind": "compared", "options": question.options, "best": 0})
    assert prompts == ["one", "two", "three", "one"]
    assert len(set(seeds)) == 4
    assert (
        next_question(profile, PROMPTS, axes=TWO, seed=1).options != next_question(profile, PROMPTS, axes=TWO).options
    )


def test_only_the_axes_asked_about_differ_and_the_others_keep_their_doses() -> None:
    profile = Profile(id="p", axes=AXES).record({"kind": "doses_set", "doses": {"sentiment": 0.4}})
    for n in (2, 4):
        options = next_question(profile, PROMPTS, axes=("formality",), n=n).options
        assert len(options) == n
        assert all(set(doses) == {"formality", "sentiment"} and doses["sentiment"] == 0.4 for doses in options)
        assert len({doses["formality"] for doses in options}) == n
        assert all(-1 <= doses["formality"] <= 1 for doses in options)


def test_axes_are_told_apart_where_a_diagonal_bisection_cannot() -> None:
    """SteerLab moves all axes together, so somebody who wants more of one and less of the other is never found."""
    target = {"detail_level": 0.7, "formality": -0.7}
    found = answered(target, 8).doses()
    assert found["detail_level"] > 0.35
    assert found["formality"] < -0.35
    assert answered({"detail_level": 0.7, "formality": 0.7}, 8).doses()["formality"] > 0.35


def test_advice_has_numbers_that_shrink_and_stops_in_the_end() -> None:
    target = {"detail_level": 0.3, "formality": -0.5}
    early, late = advice(answered(target, 2)), advice(answered(target, 14))
    assert not early.stop
    assert late.stop
    assert all(late.error[axis] < early.error[axis] for axis in TWO)
    assert late.low is not None
    assert late.left is not None
    assert late.high is not None
    assert late.low <= late.left <= late.high
    assert (early.answers, late.answers) == (2, 14)


def test_what_is_left_is_counted_from_the_doses_that_are_steered_by() -> None:
    profile = answered({"detail_level": 0.3, "formality": -0.9}, 8)
    removed = advice(profile.record({"kind": "axes_removed", "removed": ["formality"]}))
    assert removed.left is not None
    assert removed.left > 2 * (advice(profile).left or 1.0), "formality is steered at 0 by now"


def test_before_anything_is_said_there_is_nothing_to_advise() -> None:
    nothing = advice(Profile(id="p", axes=AXES))
    assert (nothing.stop, nothing.left, nothing.answers) == (False, None, 0)
    by_hand = advice(Profile(id="p", axes=AXES).record({"kind": "doses_set", "doses": {"formality": 0.4}}))
    assert (by_hand.stop, by_hand.left) == (False, None)


def test_unless_axes_are_named_those_that_are_active_or_may_be_are_asked_about() -> None:
    profile = Profile(id="p", axes=AXES, max_active=2).record({"kind": "axes_removed", "removed": ["formality"]})
    assert set(next_question(profile, PROMPTS).options[0]) == {"detail_level", "sentiment"}
    active = profile.record({"kind": "doses_set", "doses": {"sentiment": 0.4}})
    assert set(next_question(active, PROMPTS).options[0]) == {"sentiment"}
    with pytest.raises(InvalidInputError, match="every axis was removed"):
        next_question(profile.record({"kind": "axes_removed", "removed": ["detail_level", "sentiment"]}), PROMPTS)


def test_a_question_whose_answer_would_be_refused_is_not_asked() -> None:
    both = {"kind": "doses_set", "doses": {"detail_level": 0.1, "formality": 0.1}}
    full = Profile(id="p", axes=AXES, max_active=2).record(both)
    with pytest.raises(InvalidInputError, match="3 axes would be active") as error:
        next_question(full, PROMPTS, axes=("sentiment",))
    assert error.value.field == "axes"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"axes": ("loudness",)}, "axes"),
        ({"prompts": ()}, "prompts"),
        ({"n": 1}, "n"),
        ({"n": 9}, "n"),
    ],
)
def test_a_question_that_cannot_be_asked_names_the_field(given: dict[str, Any], field: str) -> None:
    asked = {"prompts": PROMPTS, "axes": TWO, **given}
    with pytest.raises(InvalidInputError) as error:
        next_question(Profile(id="p", axes=AXES), **asked)
    assert error.value.field == field
