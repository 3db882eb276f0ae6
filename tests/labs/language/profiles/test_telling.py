"""What a profile tells of itself, what it suggests, and the remarks that it understands."""

from __future__ import annotations

import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.profiles import CONTEXTS, Profile, explain, suggestions, wishes_in
from pilotage.labs.language.profiles.remarks import WORDS

AXES = tuple(WORDS)


def learned() -> Profile:
    profile = Profile(id="p", axes=AXES).record({"kind": "consent", "given": True})
    for event in (
        {"kind": "doses_set", "doses": {"sentiment": 0.3}},
        {"kind": "compared", "options": [{"formality": -0.8}, {"formality": 0.8}], "best": 0},
        {"kind": "remarked", "doses": {"formality": 0.1}, "axis": "formality", "wish": -1, "words": "too stiff"},
        {"kind": "reaction", "reaction": "thumbs_up", "doses": {"formality": 0.6}},
    ):
        profile = profile.record(event)
    return profile


def test_each_axis_is_explained_by_the_events_that_moved_it_the_strongest_first() -> None:
    told = {one.axis: one for one in explain(learned())}
    formality = told["formality"]
    assert formality.dose < 0
    assert formality.p_positive < 0.5
    assert formality.by_hand is None
    pulls = {ground.event: ground.pull for ground in formality.grounds}
    assert set(pulls) == {2, 3, 4}
    assert pulls[2] < 0
    assert pulls[3] < 0
    assert pulls[4] > 0
    strengths = [abs(ground.pull) for ground in formality.grounds]
    assert strengths == sorted(strengths, reverse=True)
    assert {ground.kind for ground in formality.grounds} == {"compared", "remarked", "thumbs_up"}
    assert told["sentiment"].by_hand == 1


def test_what_was_set_by_hand_alone_rests_on_that_alone() -> None:
    profile = Profile(id="p", axes=AXES).record({"kind": "doses_set", "doses": {"sentiment": 0.3}})
    (only,) = explain(profile)
    assert (only.axis, only.dose, only.grounds, only.by_hand) == ("sentiment", 0.3, (), 0)
    assert explain(Profile(id="p", axes=AXES)) == ()


@pytest.mark.parametrize("context", CONTEXTS)
def test_suggestions_can_be_set_by_hand_at_once(context: str) -> None:
    for one in suggestions(context, axes=AXES):
        assert Profile(id="p", axes=AXES).record({"kind": "doses_set", "doses": one.doses}).doses() == one.doses


def test_suggestions_speak_of_the_axes_that_there_are() -> None:
    assert {axis for one in suggestions(axes=("formality",)) for axis in one.doses} == {"formality"}
    assert suggestions("creative_writing", axes=("age",)) == ()
    with pytest.raises(InvalidInputError) as error:
        suggestions("shouting", axes=AXES)
    assert error.value.field == "context"


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("Too stiff!", {"formality": -1}),
        ("that is way too long and too cold", {"detail_level": -1, "friendliness": 1}),
        ("more detail please", {"detail_level": 1}),
        ("not friendly enough", {"friendliness": 1}),
        ("isn't so formal enough", {"formality": 1}),
        ("less formal, more creative", {"formality": -1, "creativity": 1}),
        ("make it shorter", {"detail_level": -1}),
        ("a bit friendlier", {"friendliness": 1}),
        ("Warmer, please", {"friendliness": 1}),
        ("too formal, no, too casual", {}),
        ("not formal", {}),
        ("I no longer work there; it is a longer story.", {}),
        ("What is the capital of France?", {}),
    ],
)
def test_remarks_in_plain_words_are_wishes_along_axes(text: str, wished: dict[str, int]) -> None:
    assert wishes_in(text, axes=AXES) == wished
    assert wishes_in(text, axes=()) == {}
