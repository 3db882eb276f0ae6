"""Answers that try something near the profile, so that what a person does with them teaches it."""

from __future__ import annotations

import pytest

from pilotage.bench.profiles_steerlab import Multiplying
from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.profiles import Profile, next_doses
from pilotage.labs.language.profiles.learn import REACH

AXES = ("detail_level", "formality")


def willing() -> Profile:
    return Profile(id="p", axes=AXES).record({"kind": "consent", "given": True})


def test_answers_stay_near_the_profile_and_differ_from_it_and_from_each_other() -> None:
    little = {"kind": "compared", "options": [{"formality": 0.8, "detail_level": 0.9}, {"formality": 1.0}], "best": 1}
    profile = willing().record(little)
    tried = [next_doses(profile, seed=seed) for seed in range(20)]
    for doses in tried:
        for axis, dose in profile.doses().items():
            assert abs(doses[axis] - dose) <= REACH + 1e-9
            assert -1 <= doses[axis] <= 1
    assert len({tuple(doses.items()) for doses in tried}) > 5  # many reach as far as they may
    assert next_doses(profile, seed=3) == tried[3]


@pytest.mark.parametrize("explore", [True, False])
def test_without_consent_or_with_the_switch_off_answers_have_the_profiles_own_doses(explore: bool) -> None:
    by_hand = {"kind": "doses_set", "doses": {"formality": 0.4}}
    assert next_doses(Profile(id="p", axes=AXES).record(by_hand), explore=explore) == {"formality": 0.4}
    assert next_doses(willing().record(by_hand), explore=False) == {"formality": 0.4}


def test_at_first_the_axes_of_the_profile_are_tried_as_many_as_may_be_active() -> None:
    assert set(next_doses(willing())) == set(AXES)
    few = Profile(id="p", axes=AXES, max_active=1).record({"kind": "consent", "given": True})
    assert set(next_doses(few)) == {"detail_level"}
    assert set(next_doses(few, axes=("formality",))) == {"formality"}


def test_what_was_removed_is_not_tried_again_unless_it_is_named() -> None:
    removed = willing().record({"kind": "doses_set", "doses": {"formality": 0.4}})
    removed = removed.record({"kind": "axes_removed", "removed": ["formality"]})
    assert set(next_doses(removed)) == {"detail_level"}
    assert set(next_doses(removed, axes=("formality",))) == {"formality"}
    assert next_doses(removed.record({"kind": "axes_removed", "removed": ["detail_level"]})) == {}


def test_no_more_axes_are_tried_than_may_be_active() -> None:
    full = Profile(id="p", axes=AXES, max_active=1).record({"kind": "consent", "given": True})
    full = full.record({"kind": "doses_set", "doses": {"formality": 0.4}})
    assert set(next_doses(full)) == {"formality"}
    with pytest.raises(InvalidInputError, match="2 axes would be active") as error:
        next_doses(full, axes=("detail_level",))
    assert error.value.field == "axes"


def test_thumbs_alone_leave_zero_where_multiplying_never_does() -> None:
    """SteerLab starts at 0 and multiplies by 1.1 for a thumb up: 0 for ever, however often it is praised."""
    theirs, ours = Multiplying(), willing()
    for _ in range(12):
        theirs.hear(theirs.doses(), "thumbs_up")
        doses = next_doses(ours, axes=AXES)
        liked = doses["formality"] > 0 and doses["formality"] > ours.doses().get("formality", 0.0)
        reaction = "thumbs_up" if liked else "thumbs_down"
        ours = ours.record({"kind": "reaction", "reaction": reaction, "doses": doses})
    assert set(theirs.doses().values()) == {0.0}
    assert ours.doses()["formality"] > 0.15


def test_edits_move_the_profile_where_a_fixed_confidence_below_the_bar_never_does() -> None:
    """SteerLab gives an edit the confidence .6 and applies nothing below .7."""
    edit = {"kind": "edited", "doses": {"formality": 0.2}, "before": {"formality": 0.2}, "after": {"formality": -0.4}}
    assert willing().record(edit).doses()["formality"] < -0.05


def test_an_unknown_axis_is_named() -> None:
    with pytest.raises(InvalidInputError) as error:
        next_doses(willing(), axes=("loudness",))
    assert error.value.field == "axes"
