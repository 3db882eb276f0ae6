"""Each observation model moves the belief the way that it must, and old signals count less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.labs.language.profiles import Belief, Profile
from pilotage.labs.language.profiles.observing import FORGOTTEN, HALF_LIFE, heard
from pilotage.labs.language.profiles.signals import Reaction
from pilotage.labs.language.profiles.state import Said

AXES = ("detail_level", "formality")
HERE = {"formality": 0.2, "detail_level": 0.0}


def believed(*events: dict[str, Any]) -> Belief:
    profile = Profile(id="p", axes=AXES).record({"kind": "consent", "given": True})
    for event in events:
        profile = profile.record(event)
    return profile.belief()


def pair(low: float, high: float, best: int | None, **more: Any) -> dict[str, Any]:
    return {"kind": "compared", "options": [{"formality": low}, {"formality": high}], "best": best, **more}


def react(reaction: str, formality: float = 0.5) -> dict[str, Any]:
    return {"kind": "reaction", "reaction": reaction, "doses": {"formality": formality}}


RISES: dict[str, dict[str, Any]] = {
    "a pair": pair(-0.5, 0.5, 1),
    "a best of three": {"kind": "compared", "best": 2,
                        "options": [{"formality": -0.5}, {"formality": 0.0}, {"formality": 0.5}]},
    "too little": {"kind": "amount", "options": [{"formality": 0.1}], "axis": "formality", "amount": "too_little"},
    "a thumb up": react("thumbs_up"),
    "a copy": react("copied"),
    "a thumb down on the other side": react("thumbs_down", -0.5),
    "another answer wanted on the other side": react("regenerated", -0.5),
    "long reading": {"kind": "time_spent", "seconds": 60, "words": 200, "doses": {"formality": 0.5}},
    "skipping on the other side": {"kind": "time_spent", "seconds": 3, "words": 200, "doses": {"formality": -0.5}},
    "an edit": {"kind": "edited", "doses": {}, "before": {"formality": 0.4}, "after": {"formality": 0.9}},
    "a remark": {"kind": "remarked", "doses": HERE, "axis": "formality", "wish": 1},
}  # fmt: skip


@pytest.mark.parametrize("case", RISES)
def test_what_speaks_for_more_of_an_axis_raises_its_dose_and_the_mirror_image_lowers_it(case: str) -> None:
    event = RISES[case]
    up, down = believed(event), believed(mirrored(event))
    assert up.ideal["formality"] > 0.005
    assert up.p_positive["formality"] > 0.5
    assert down.ideal["formality"] == pytest.approx(-up.ideal["formality"], abs=0.02)
    if "detail_level" in up.ideal:
        assert up.ideal["detail_level"] == pytest.approx(0.0, abs=0.05)


def mirrored(event: dict[str, Any]) -> dict[str, Any]:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: -dose for key, dose in value.items()}
        return [turned(one) for one in value]

    flipped = {key: turned(value) for key, value in event.items() if key in ("doses", "options", "before", "after")}
    other = {"too_little": "too_much"}
    said = {"wish": -event["wish"]} if "wish" in event else {}
    said |= {"amount": other[event["amount"]]} if "amount" in event else {}
    return {**event, **flipped, **said}


def test_weaker_signals_move_less() -> None:
    thumb, copy = believed(react("thumbs_up")), believed(react("copied"))
    read = believed(RISES["long reading"])
    assert thumb.ideal["formality"] > copy.ideal["formality"] > read.ideal["formality"] > 0


def test_time_that_says_nothing_moves_nothing() -> None:
    profile = Profile(id="p", axes=AXES).record({"kind": "consent", "given": True})
    for seconds in (20, 2000):  # neither read nor skipped; walked away
        quiet = {"kind": "time_spent", "seconds": seconds, "words": 200, "doses": {"formality": 0.5}}
        assert profile.record(quiet).belief().judgements == ()


def test_about_equal_says_that_the_ideal_lies_between() -> None:
    lopsided = believed(pair(-0.2, 0.8, None), pair(-0.2, 0.8, None))
    assert 0.05 < lopsided.ideal["formality"] < 0.6
    assert lopsided.sd["formality"] < 0.577


def test_a_scorers_bias_does_not_move_the_belief() -> None:
    def edited(bias: float) -> dict[str, Any]:
        scores = {"before": {"formality": bias}, "after": {"formality": bias + 0.4}}
        return {"kind": "edited", "doses": {"formality": 0.1}, **scores}

    assert believed(edited(0.5)).ideal == pytest.approx(believed(edited(-0.5)).ideal, abs=1e-9)


def test_a_certain_answer_moves_more_than_a_guess() -> None:
    guess, certain = believed(pair(-0.5, 0.5, 1, confidence=1)), believed(pair(-0.5, 0.5, 1, confidence=3))
    assert certain.ideal["formality"] > guess.ideal["formality"] + 0.02


def test_a_dose_by_hand_is_less_sure_with_all_that_is_said_since() -> None:
    by_hand = {"kind": "doses_set", "doses": {"formality": 0.6}}
    nothing = {"kind": "edited", "doses": {}, "before": {"detail_level": 0.0}, "after": {"detail_level": 0.0}}
    sds = [believed(by_hand, *[nothing] * n).sd["formality"] for n in (0, 1, 4, 16)]
    assert sds == sorted(sds)
    assert sds[0] == pytest.approx(0.05)
    assert sds[-1] < 0.577


def test_signals_count_less_with_age_by_halves_and_then_not_at_all() -> None:
    thumb = Reaction(reaction="thumbs_up", doses={"formality": 0.5})
    ages = (0, HALF_LIFE, 2 * HALF_LIFE)
    said = [heard(Said(thumb, 0, 1), AXES, age=age) for age in ages]
    assert [one.temperature**-2 for one in said if one] == pytest.approx([1.0, 0.5, 0.25])
    assert heard(Said(thumb, 0, 1), AXES, age=FORGOTTEN * HALF_LIFE) is None


def test_old_signals_give_way_to_new_ones_and_answers_do_not_age() -> None:
    remark = {"kind": "remarked", "doses": {}, "axis": "formality", "wish": 1}
    counter = {**remark, "wish": -1}
    changed = believed(*[remark] * 8, *[counter] * 8)
    assert changed.ideal["formality"] < -0.01
    profile = Profile(id="p", axes=AXES).record({"kind": "consent", "given": True}).record(pair(-0.5, 0.5, 1))
    for _ in range(3):
        profile = profile.record(react("thumbs_up"))
    state = profile.state
    assert [state.age(one) for one in state.said] == [3, 2, 1, 0]
    assert [one.temperature > 1 for one in profile.belief().judgements] == [False, True, True, False]


def test_a_belief_depends_on_the_events_alone() -> None:
    events = (pair(-0.5, 0.5, 1), react("thumbs_down", 0.9), RISES["a remark"])
    one, other = believed(*events), believed(*events)
    probe = np.array([[0.3, -0.2], [0.1, 0.9]])
    assert np.array_equal(one.posterior.mean_cov(probe)[0], other.posterior.mean_cov(probe)[0])
