"""A profile as a list of events: versions, limits, consent, taking back, in and out as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.labs.language.profiles import KINDS, Profile

AXES = ("confidence", "creativity", "detail_level", "formality", "friendliness", "sentiment")
CONSENT = {"kind": "consent", "given": True}
PAIR = {"kind": "compared", "options": [{"formality": -0.8}, {"formality": 0.8}], "best": 1}
UP = {"kind": "reaction", "reaction": "thumbs_up", "doses": {"formality": 0.2}}
BY_HAND = {"kind": "doses_set", "doses": {"formality": 0.6}}
ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "doses_set": {"doses": {"formality": 0.5}},
    "axes_removed": {"removed": ["sentiment"]},
    "reset": {"what": "answers"},
    "consent": {"given": True},
    "taken_back": {"event": 1},
    "compared": {"options": [{"formality": -0.5}, {"formality": 0.5}, {}], "best": 2, "confidence": 3},
    "amount": {"options": [{"formality": 0.5}], "axis": "formality", "amount": "too_much"},
    "reaction": {"reaction": "copied", "doses": {"formality": 0.1}},
    "time_spent": {"seconds": 40.0, "words": 120, "doses": {"formality": 0.1}},
    "edited": {"doses": {"formality": 0.1}, "before": {"formality": 0.3}, "after": {"formality": -0.2}},
    "erased": {},
    "remarked": {"doses": {}, "axis": "formality", "wish": -1, "words": "too stiff"},
}


def told(*events: dict[str, Any], **settings: Any) -> Profile:
    profile = Profile(id="p", owner="ada", axes=AXES, **settings)
    for event in events:
        profile = profile.record(event)
    return profile


def everything() -> Profile:
    return told(CONSENT, *({"kind": kind, **data} for kind, data in ONE_OF_EACH.items()))


def test_every_kind_of_event_is_recorded_and_read_back_from_the_export() -> None:
    assert set(ONE_OF_EACH) == set(KINDS)
    profile = everything()
    assert Profile.parse(profile.export()) == profile
    assert Profile.parse(json.loads(profile.export())) == profile
    assert Profile.parse(profile.export()).doses() == profile.doses()


def test_a_dose_set_by_hand_is_exactly_the_dose() -> None:
    profile = told({"kind": "doses_set", "doses": {"formality": 0.8, "creativity": -0.2}})
    assert profile.doses() == {"creativity": -0.2, "formality": 0.8}
    assert told(PAIR, PAIR, {"kind": "doses_set", "doses": {"formality": -0.37}}).doses() == {"formality": -0.37}


def test_what_is_removed_is_not_steered_until_something_is_said_of_it_again() -> None:
    profile = told(PAIR, {"kind": "doses_set", "doses": {"sentiment": 0.4}})
    removed = profile.record({"kind": "axes_removed", "removed": ["formality", "sentiment"]})
    assert removed.doses() == {}
    assert set(removed.record(PAIR).doses()) == {"formality"}


@pytest.mark.parametrize(
    ("what", "kept"),
    [("doses", {"formality", "creativity"}), ("answers", {"sentiment", "creativity"}),
     ("signals", {"sentiment", "formality"}), ("all", set())],
)  # fmt: skip
def test_a_reset_forgets_what_it_names_and_nothing_else(what: str, kept: set[str]) -> None:
    remark = {"kind": "remarked", "doses": {}, "axis": "creativity", "wish": 1}
    profile = told(CONSENT, {"kind": "doses_set", "doses": {"sentiment": 0.4}}, PAIR, remark)
    assert set(profile.record({"kind": "reset", "what": what}).doses()) == kept


def test_every_revision_can_be_had_again() -> None:
    profile = everything()
    for revision in range(profile.revision + 1):
        assert profile.at(revision).events == profile.events[:revision]
    with pytest.raises(InvalidInputError) as error:
        profile.at(profile.revision + 1)
    assert error.value.field == "revision"


def test_what_is_taken_back_never_happened_and_can_be_given_back() -> None:
    once = told(PAIR)
    twice = once.record({**PAIR, "best": 0})
    undone = twice.record({"kind": "taken_back", "event": 1})
    assert undone.doses() == once.doses() != twice.doses()
    assert undone.record({"kind": "taken_back", "event": 2}).doses() == twice.doses()


def test_a_signal_without_consent_is_refused_and_nothing_is_kept() -> None:
    with pytest.raises(ConflictError, match="consent"):
        told(UP)
    assert told(CONSENT, UP).doses() != {}


def test_withdrawing_consent_forgets_what_signals_taught_for_good() -> None:
    learned = told(CONSENT, PAIR, UP, UP)
    withdrawn = learned.record({"kind": "consent", "given": False})
    assert withdrawn.doses() == told(PAIR).doses() != learned.doses()
    assert withdrawn.record(CONSENT).doses() == withdrawn.doses()
    with pytest.raises(InvalidInputError) as error:
        withdrawn.record({"kind": "taken_back", "event": withdrawn.revision - 1})
    assert error.value.field == "event.event"


def test_signals_that_count_no_more_can_be_erased_and_all_else_stays() -> None:
    stiff = {"kind": "remarked", "doses": {}, "axis": "formality", "wish": -1, "words": "a secret"}
    profile = told(CONSENT, PAIR, stiff, {"kind": "reset", "what": "signals"}, UP, {"kind": "taken_back", "event": 1})
    erased = profile.erased()
    assert "secret" in profile.export()
    assert "secret" not in erased.export()
    assert erased.doses() == profile.doses()
    assert [event.kind for event in erased.events].count("erased") == 1
    assert Profile.parse(erased.export()) == erased


@pytest.mark.parametrize(
    "before",
    [
        [PAIR, BY_HAND, UP],
        [BY_HAND, PAIR, UP, UP],
        [BY_HAND, UP, PAIR, UP],
        [PAIR, {"kind": "axes_removed", "removed": ["formality"]}, UP],
        [PAIR, UP, {"kind": "axes_removed", "removed": ["formality"]}],
        [BY_HAND, UP, {"kind": "reset", "what": "signals"}, UP, {"kind": "taken_back", "event": 2}],
    ],
)  # fmt: skip
def test_erasing_changes_no_present_dose(before: list[dict[str, Any]]) -> None:
    profile = told(CONSENT, *before, {"kind": "consent", "given": False})
    erased = profile.erased()
    assert not [event for event in erased.events if event.kind == "reaction"]
    assert (erased.doses(), erased.state.active) == (profile.doses(), profile.state.active)
    assert Profile.parse(erased.export()) == erased


def test_no_more_axes_are_active_than_allowed() -> None:
    profile = told({"kind": "doses_set", "doses": {"formality": 0.1, "creativity": 0.1}}, max_active=2)
    with pytest.raises(InvalidInputError, match="3 axes would be active") as error:
        profile.record({"kind": "doses_set", "doses": {"sentiment": 0.5}})
    assert error.value.field == "event.doses"
    freed = profile.record({"kind": "axes_removed", "removed": ["creativity"]})
    assert set(freed.record({"kind": "doses_set", "doses": {"sentiment": 0.5}}).doses()) == {"formality", "sentiment"}


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"kind": "doses_set", "doses": {"formality": 1.2}}, "event.doses.formality"),
        ({"kind": "doses_set", "doses": {"formality": float("nan")}}, "event.doses.formality"),
        ({"kind": "doses_set", "doses": {"loudness": 0.2}}, "event.doses"),
        ({"kind": "doses_set", "doses": {}}, "event.doses"),
        ({"kind": "compared", "options": [{"formality": 0.1}], "best": 0}, "event.options"),
        ({"kind": "compared", "options": [{}, {"formality": 0.1}], "best": 2}, "event"),
        ({"kind": "compared", "options": [{}, {"formality": 0.1}], "best": None, "ties_offered": False}, "event"),
        ({"kind": "amount", "options": [{}], "axis": "loudness", "amount": "too_much"}, "event.axis"),
        ({"kind": "compared", "options": [{}, {"loudness": 0.1}], "best": 0}, "event.options"),
        ({"kind": "axes_removed", "removed": ["loudness"]}, "event.removed"),
        ({"kind": "remarked", "doses": {}, "axis": "formality", "wish": 2}, "event.wish"),
        ({"kind": "edited", "doses": {}, "before": {"formality": 0.1}, "after": {"sentiment": 0.1}}, "event"),
        ({"kind": "taken_back", "event": 0}, "event.event"),
        ({"kind": "shouted"}, "event.kind"),
    ],
)
def test_what_cannot_be_meant_names_the_field_and_is_not_recorded(event: dict[str, Any], field: str) -> None:
    profile = told()
    with pytest.raises(InvalidInputError) as error:
        profile.record(event)
    assert error.value.field == field
    assert profile.revision == 0


@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        ({"events": [{"kind": "doses_set", "doses": {"formality": 7}}]}, "profile.events.0.doses.formality"),
        ({"events": [UP]}, "profile.events.0.kind"),
        ({"axes": []}, "profile.axes"),
        ({"format": "something else"}, "profile.format"),
        ({"version": 2}, "profile.version"),
    ],
)
def test_an_import_that_does_not_hold_together_names_the_field(spoilt: dict[str, Any], field: str) -> None:
    data = {**json.loads(told(PAIR).export()), **spoilt}
    kind = ConflictError if field.endswith(".kind") else InvalidInputError
    with pytest.raises(kind) as error:
        Profile.parse(data)
    assert error.value.field == field


def test_json_that_is_nested_too_deep_is_no_profile() -> None:
    with pytest.raises(InvalidInputError, match="not a profile"):
        Profile.parse('{"events": ' + "[" * 100_000)


def test_one_profile_is_set_compared_and_learned_from_in_one_session() -> None:
    profile = told(CONSENT, {"kind": "doses_set", "doses": {"formality": 0.6}})
    by_hand = profile.doses()["formality"]
    options = [{"formality": 0.6, "sentiment": -0.7}, {"formality": 0.6, "sentiment": 0.7}]
    for _ in range(4):
        profile = profile.record({"kind": "compared", "options": options, "best": 1})
    compared = profile.doses()
    assert compared["sentiment"] > 0.2
    assert abs(compared["formality"] - by_hand) < 0.15
    for _ in range(6):
        stiff = {"kind": "remarked", "doses": profile.doses(), "axis": "formality", "wish": -1, "words": "too stiff"}
        profile = profile.record(stiff)
    assert profile.doses()["formality"] < compared["formality"] - 0.1
    assert profile.doses()["sentiment"] > 0.2
    assert profile.record({"kind": "doses_set", "doses": {"formality": 0.9}}).doses()["formality"] == 0.9


def test_a_long_profile_is_read_back_as_fast_as_it_is_long() -> None:
    remark = {"kind": "remarked", "doses": {"formality": 0.1}, "axis": "formality", "wish": -1}
    data = json.loads(told(CONSENT).export())
    steps = {n: _steps(lambda n=n: Profile.parse({**data, "events": [CONSENT, *[remark] * n]})) for n in (100, 400)}
    assert steps[400] < 5 * steps[100]


def _steps(act: Callable[[], object]) -> int:
    """Python calls that an act takes: the same on every machine."""
    count = 0

    def counted(_frame: object, what: str, _arg: object) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count
