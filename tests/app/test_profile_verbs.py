"""Profiles of language in a lab: every act is kept, in order, and each revision can be had again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab, memory_lab
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.labs.language.builtin import builtin_names
from pilotage.labs.language.profiles.profile import MOST_AXES
from pilotage.store import ConversationRow, ProfileEventRow

AXES = ("formality", "sentiment")
FORMAL = {"kind": "doses_set", "doses": {"formality": 0.8}}
CONSENT = {"kind": "consent", "given": True}


@pytest.fixture(params=["disk", "memory"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path)) if request.param == "disk" else memory_lab(Settings(home=tmp_path))


def test_a_new_profile_steers_nothing_and_knows_all_axes(lab: Lab) -> None:
    made = lab.create_profile("mine", owner="ada")
    assert made.axes == list(builtin_names())
    assert (made.doses, made.active, made.revision, made.believed) == ({}, [], 0, ())
    assert [one.name for one in lab.list_profiles(owner="ada")[0]] == ["mine"]
    assert lab.list_profiles(owner="eve")[0] == []


def test_one_profile_is_told_in_all_three_ways(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    by_hand = lab.record(made.id, [FORMAL])
    assert by_hand.doses == {"formality": 0.8}
    question = lab.next_question(made.id, ["Write to my landlord."], axes=["sentiment"], seed=1)
    assert question.prompt == "Write to my landlord."
    assert {"sentiment", "formality"} == set(question.options[0])
    assert question.options[0]["sentiment"] != question.options[1]["sentiment"]
    best = max(range(2), key=lambda place: question.options[place]["sentiment"])
    compared = lab.record(made.id, [{"kind": "compared", "options": question.options, "best": best}])
    assert compared.doses["sentiment"] > 0
    assert compared.advice.answers == 1
    tried = lab.record(made.id, [CONSENT, {"kind": "reaction", "reaction": "thumbs_down", "doses": compared.doses}])
    assert {ground.kind for one in tried.believed for ground in one.grounds} >= {"compared", "thumbs_down"}
    doses = lab.next_doses(made.id, seed=3)
    away = {axis: abs(doses[axis] - tried.doses[axis]) for axis in tried.active}
    assert max(away.values()) <= 0.25 + 1e-9, away


def test_each_revision_can_be_had_again(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    lab.record(made.id, [FORMAL, {"kind": "doses_set", "doses": {"formality": -0.5}}])
    assert lab.get_profile(made.id).doses == {"formality": -0.5}
    before = lab.get_profile(made.id, 1)
    assert (before.doses, before.revision, before.newest) == ({"formality": 0.8}, 1, 2)
    with pytest.raises(InvalidInputError) as caught:
        lab.get_profile(made.id, 3)
    assert caught.value.field == "revision"


def test_events_that_came_meanwhile_are_not_overwritten(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    lab.record(made.id, [FORMAL], revision=0)
    with pytest.raises(ConflictError) as caught:
        lab.record(made.id, [FORMAL], revision=0)
    assert caught.value.field == "revision"
    assert lab.get_profile(made.id).revision == 1


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"kind": "wish"}, "events.1.kind"),
        ({"kind": "doses_set", "doses": {"formality": 1.2}}, "events.1.doses.formality"),
        ({"kind": "doses_set", "doses": {"formality": float("nan")}}, "events.1.doses.formality"),
        ({"kind": "doses_set", "doses": {"wit": 0.2}}, "events.1.doses"),
        ({"kind": "taken_back", "event": 9}, "events.1.event"),
    ],
)
def test_of_several_events_all_are_kept_or_none(lab: Lab, event: dict[str, object], field: str) -> None:
    made = lab.create_profile(axes=AXES)
    with pytest.raises(InvalidInputError) as caught:
        lab.record(made.id, [FORMAL, event])
    assert caught.value.field == field
    assert lab.get_profile(made.id).revision == 0


def test_signals_need_consent(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    with pytest.raises(ConflictError):
        lab.remark(made.id, "That was too stiff.", {"formality": 0.4})
    lab.record(made.id, [CONSENT])
    told = lab.remark(made.id, "That was too stiff.", {"formality": 0.4})
    assert told.doses["formality"] < 0
    assert lab.remark(made.id, "Thanks!", {"formality": 0.4}).revision == told.revision


def test_withdrawn_consent_erases_what_signals_said_from_the_store(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    lab.record(made.id, [CONSENT, FORMAL, {"kind": "reaction", "reaction": "copied", "doses": {"formality": 0.3}}])
    signalled = lab.get_profile(made.id, 3)
    assert signalled.believed[0].grounds
    told = lab.record(made.id, [{"kind": "consent", "given": False}])
    rows = lab.store.list(ProfileEventRow, where={"profile_id": made.id})
    assert [row.event["kind"] for row in rows] == ["consent", "doses_set", "erased", "consent"]
    assert (told.revision, told.doses) == (4, {"formality": 0.8})
    assert lab.get_profile(made.id) == told
    before = lab.get_profile(made.id, 3)
    assert before.doses == {"formality": 0.8}
    assert [one.grounds for one in before.believed] == [()], "nor does an earlier revision tell them"


def test_a_profile_goes_to_another_lab_with_all_that_was_said(lab: Lab, tmp_path: Path) -> None:
    made = lab.create_profile("mine", axes=AXES)
    told = lab.record(made.id, [FORMAL, CONSENT])
    there = local_lab(Settings(home=tmp_path / "there"))
    taken = there.import_profile(lab.export_profile(made.id))
    assert taken.id != made.id
    assert (taken.name, taken.doses, taken.events) == ("mine", told.doses, told.events)
    with pytest.raises(InvalidInputError) as caught:
        there.import_profile(json.dumps({"axes": ["formality"], "events": [{"kind": "wish"}], "id": "x"}))
    assert caught.value.field == "profile.events.0.kind"


def test_a_deleted_profile_leaves_nothing_and_its_conversations_go_on(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    lab.record(made.id, [FORMAL])
    now = lab.ports.clock()
    with lab.store.transaction() as tx:
        tx.put(ConversationRow(id="cnv_1", created_at=now, updated_at=now, model="smollm2", profile_id=made.id))
    lab.delete_profile(made.id)
    assert lab.store.get(ConversationRow, "cnv_1").profile_id is None
    assert not lab.store.list(ProfileEventRow, where={"profile_id": made.id})
    for act in (lab.get_profile, lab.delete_profile, lab.export_profile):
        with pytest.raises(NotFoundError):
            act(made.id)


def test_a_profile_of_an_axis_that_there_is_not_is_refused(lab: Lab) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.create_profile(axes=["formality", "../wit"])
    assert caught.value.field == "axes"


def wit(name: str) -> dict[str, object]:
    pairs = [{"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}."} for i in range(8)]
    return {"name": name, "poles": {"negative": "dry", "positive": "witty"}, "pairs": pairs}


def test_a_profile_takes_up_an_axis_that_was_made_after_it(lab: Lab) -> None:
    made = lab.create_profile(axes=AXES)
    lab.put_axis(wit("wit"))
    told = lab.record(made.id, [FORMAL, {"kind": "doses_set", "doses": {"wit": 0.4}}])
    assert (told.axes, told.doses["wit"]) == ([*AXES, "wit"], 0.4)
    assert lab.get_profile(made.id) == told


def test_more_axes_than_a_profile_takes_are_no_fault_of_a_new_one(lab: Lab) -> None:
    for number in range(MOST_AXES):
        lab.put_axis(wit(f"wit_{number}"))
    assert len(lab.create_profile().axes) == MOST_AXES
    last = f"wit_{MOST_AXES - 1}"
    lab.prefer("ada", "mine", {last: 0.3})
    assert lab.get_profile(lab.preferred("ada", "mine")).doses == {last: 0.3}
