"""Sessions about texts: a language model steered by doses, through the same verbs as pictures."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.lab import Lab
from pilotage.app.library import Session
from pilotage.app.settings import Settings
from pilotage.app.wiring import memory_lab
from pilotage.core.errors import InvalidInputError, NotFoundError, PilotageError, UnsupportedInputError
from pilotage.labs.language.profiles import Profile, next_question
from pilotage.sessions.history import judgements_of, posterior_of
from pilotage.sessions.views import RoundView
from pilotage.store import SessionRow
from pilotage.testing.tiny_language import save
from pilotage.testing.tiny_packs import tiny_pack

PROMPTS = ("Greet me", "Say no", "Thank me")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save("llama", tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def lab(folder: Path) -> Lab:
    lab = memory_lab(Settings(device="cpu"))
    for seed, name in enumerate(("formality", "sentiment")):
        lab.steering.keep(tiny_pack(lab.catalog.language(str(folder)), name, seed=seed))
    return lab


@pytest.fixture
def config(folder: Path) -> dict[str, Any]:
    request = {"prompts": PROMPTS, "max_tokens": 8}
    return {"request": {"prompt": "", **request}, "model": f"{folder}?axes=formality,sentiment", "seed": 5}


def played(lab: Lab, config: dict[str, Any], rounds: int) -> str:
    """A session of which the first candidate was always picked."""
    session = Session.open(lab.create_session(config).id, lab)
    for _ in range(rounds):
        session.tell({"kind": "pairwise", **_pair(session)})
    return session.id


def _pair(session: Session) -> dict[str, str]:
    winner, loser, *_ = session.ask()
    return {"winner": winner.id, "loser": loser.id}


def texts(lab: Lab, round_: RoundView) -> list[str]:
    return [lab.get_media(one.artifact or "").text() for one in round_.candidates]


def test_each_round_asks_the_next_prompt_of_all_its_candidates_with_one_noise(lab: Lab, config: dict[str, Any]) -> None:
    session = lab.get_session(played(lab, config, 4))
    assert [round_.prompt for round_ in session.round_views] == [*PROMPTS, PROMPTS[0]]
    assert session.prompt == PROMPTS[0]
    for round_ in session.round_views:
        run = lab.get_run(round_.run_id or "")
        assert run.stages[0]["request"]["prompt"] == round_.prompt
        assert len(run.samples) == 2
        assert len({candidate.seed for candidate in round_.candidates}) == 1
        assert len(set(texts(lab, round_))) == 2
    first, *_, last = session.round_views
    assert first.candidates[0].seed != last.candidates[0].seed


def test_a_session_has_the_settings_that_suit_texts_unless_others_are_asked_for(
    lab: Lab, config: dict[str, Any]
) -> None:
    plain = lab.get_session(lab.create_session(config).id)
    assert plain.config["sampler"]["kind"] == "informative"
    assert plain.config["candidates"] == 2
    assert plain.query_kinds == ["pairwise", "tie", "undecided"]
    other = lab.check_config({**config, "sampler": "auto", "candidates": 4})
    assert other.sampler["kind"] == "auto"
    assert other.candidates == 4


def test_the_space_is_the_box_of_the_doses(lab: Lab, config: dict[str, Any]) -> None:
    session = lab.get_session(played(lab, config, 1))
    assert (session.dimension, session.region, session.radius) == (2, "box", 1.0)
    axis = session.axes[0]
    assert (axis["name"], axis["negative"], axis["positive"]) == ("formality", "less formality", "more formality")
    assert axis["source"] == "dose"
    assert session.config["scales"] == "none"


def test_the_texts_come_again_byte_for_byte(lab: Lab, config: dict[str, Any]) -> None:
    first = played(lab, config, 3)
    check = lab.wait(lab.verify_replay(first).id).result
    assert check is not None
    assert (check["equal"], check["different"], check["missing"]) == (6, 0, 0)
    again = lab.get_session(played(lab, config, 3))
    for one, other in zip(lab.get_session(first).round_views, again.round_views, strict=True):
        assert [c.z for c in one.candidates] == [c.z for c in other.candidates]
        assert texts(lab, one) == texts(lab, other)


def test_the_best_so_far_answers_the_new_prompt_too_where_the_sampler_shows_it(
    lab: Lab, config: dict[str, Any]
) -> None:
    session = lab.get_session(played(lab, {**config, "sampler": "auto"}, 3))
    last = session.round_views[-1]
    best = last.candidates[0]
    assert best.role == "incumbent"
    assert best.carried_from is None
    assert best.z == session.round_views[1].candidates[0].z
    assert best.artifact != session.round_views[1].candidates[0].artifact


def test_a_branch_goes_on_with_the_prompts_in_turn(lab: Lab, config: dict[str, Any]) -> None:
    child = Session.open(played(lab, config, 2), lab).branch()
    child.tell({"kind": "pairwise", **_pair(child)})
    child.ask()
    assert child.view.round_views[-1].prompt == PROMPTS[2]


def test_too_much_of_an_axis_is_a_wish_that_the_belief_hears(lab: Lab, config: dict[str, Any]) -> None:
    sides = []
    for word in ("more", "less"):
        session = Session.open(lab.create_session(config).id, lab)
        asked = session.ask()
        tags = {one.id: [f"{word} more formality"] for one in asked}
        session.tell({"kind": "undecided", "why": "different"}, tags=tags)
        sides.append(session.belief.axes[0].best)
    assert sides[0] > sides[1]


@pytest.mark.parametrize(
    ("axes", "kind"),
    [("", InvalidInputError), ("formality,formality", InvalidInputError), ("nonsense", NotFoundError),
     ("friendliness", UnsupportedInputError)],
)  # fmt: skip
def test_axes_that_there_are_not_are_refused_before_anything_is_stored(
    lab: Lab, config: dict[str, Any], folder: Path, axes: str, kind: type[PilotageError]
) -> None:
    before = len(lab.list_sessions(limit=500)[0])
    with pytest.raises(kind) as caught:
        lab.create_session({**config, "model": f"{folder}?axes={axes}"})
    assert caught.value.field == "model"
    assert len(lab.list_sessions(limit=500)[0]) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [({"request": {"prompt": ""}}, "request.prompt"),
     ({"request": {"prompt": "", "prompts": ["a", " "]}}, "request.prompts.1"),
     ({"request": {"prompt": "a", "max_tokens": 513}}, "request.max_tokens"),
     ({"request": {"prompt": "a", "steps": 3}}, "request.steps"),
     ({"axes": ["red | blue"]}, "axes"), ({"repeats": 5}, "repeats")],
)  # fmt: skip
def test_what_texts_do_not_take_is_refused_by_field(
    lab: Lab, config: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.create_session({**config, **change})
    assert caught.value.field == field


def test_pictures_take_no_prompts_in_turn(lab: Lab) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        lab.create_session({"request": {"prompt": "a", "prompts": ["a", "b"]}, "model": "analytic"})
    assert caught.value.field == "request.prompts"


def test_the_weights_are_those_of_the_chat_and_are_loaded_and_counted_once(
    lab: Lab, config: dict[str, Any], folder: Path
) -> None:
    played(lab, config, 1)
    ref, weights = lab.catalog.weights(config["model"])
    assert ref == str(folder)
    assert weights is lab.catalog.language(str(folder))
    assert weights.loaded
    weights.unload()
    assert not lab.catalog.get(config["model"]).loaded


def test_vectors_that_were_built_anew_end_the_session_rather_than_change_its_meaning(
    lab: Lab, config: dict[str, Any], folder: Path
) -> None:
    session = Session.open(played(lab, config, 1), lab)
    model = lab.catalog.language(str(folder))
    old = lab.steering.packs(model.fingerprint())["sentiment"]
    lab.steering.keep(tiny_pack(model, "sentiment", seed=9))
    try:
        with pytest.raises(PilotageError) as caught:
            session.ask()
        assert caught.value.code == "conflict"
    finally:
        lab.steering.keep(old)
    assert len(session.ask()) == 2


def test_a_profile_takes_the_doses_and_each_answer_once_and_gives_them_back(lab: Lab, config: dict[str, Any]) -> None:
    session_id = played(lab, config, 3)
    profile = lab.create_profile(axes=["formality", "sentiment"])
    taken = lab.take_doses(session_id, profile.id)
    assert [event["kind"] for event in taken.model_dump()["events"]] == ["compared"] * 3 + ["doses_set"]
    ideal, _ = posterior_of(row := lab.store.get(SessionRow, session_id), judgements_of(lab.store, row)).ideal()
    assert [taken.doses[axis] for axis in ("formality", "sentiment")] == pytest.approx(ideal.clip(-1, 1), abs=1e-3)
    Session.open(session_id, lab).tell({"kind": "pairwise", **_pair(Session.open(session_id, lab))})
    again = lab.take_doses(session_id, profile.id, "favourite")
    assert again.revision == taken.revision + 2
    best = Session.open(session_id, lab).best
    assert [again.doses[axis] for axis in ("formality", "sentiment")] == best.z
    back = lab.record(profile.id, [{"kind": "taken_back", "event": event} for event in range(again.revision)])
    assert back.doses == {}


def test_a_profile_hears_of_a_session_what_it_would_have_heard_itself(lab: Lab, config: dict[str, Any]) -> None:
    session = lab.get_session(played(lab, config, 2))
    told = lab.create_profile(axes=["formality", "sentiment"])
    for round_ in session.round_views:
        options = [dict(zip(("formality", "sentiment"), one.z, strict=True)) for one in round_.candidates]
        lab.record(told.id, [{"kind": "compared", "options": options, "best": 0}])
    taken = lab.create_profile(axes=["formality", "sentiment"])
    lab.take_doses(session.id, taken.id)
    lab.record(taken.id, [{"kind": "taken_back", "event": 2}])
    assert lab.get_profile(taken.id).doses == lab.get_profile(told.id).doses


def test_doses_go_only_where_they_belong(lab: Lab, config: dict[str, Any]) -> None:
    pictures = Session(model="analytic", lab=lab)
    pictures.tell(pictures.ask()[0])
    foreign = lab.create_profile(axes=["creativity"])
    texts_ = lab.create_session(config)
    for session_id, field in ((pictures.id, "session_id"), (texts_.id, "")):
        with pytest.raises(InvalidInputError) as caught:
            lab.take_doses(session_id, foreign.id)
        assert caught.value.field == field
    assert lab.get_profile(foreign.id).revision == 0
    taken = lab.take_doses(played(lab, config, 1), foreign.id)
    assert taken.axes == ["creativity", "formality", "sentiment"], "a profile takes up axes that it had not"
    assert taken.doses.keys() <= {"formality", "sentiment"}


def test_a_session_finds_the_doses_of_a_person_as_well_as_a_profile_does(lab: Lab, config: dict[str, Any]) -> None:
    axes = ("formality", "sentiment")
    missed = []
    for seed, target in enumerate(((0.6, -0.4), (-0.7, 0.5), (-0.3, -0.6), (0.8, 0.8))):
        session = Session.open(lab.create_session({**config, "seed": seed}).id, lab)
        profile = Profile(id=f"p{seed}", axes=axes)
        for _ in range(8):
            ranked = sorted(session.ask(), key=lambda one: math.dist(one.z, target))
            session.tell({"kind": "pairwise", "winner": ranked[0].id, "loser": ranked[1].id})
            asked = next_question(profile, PROMPTS, axes=axes, seed=seed)
            best = min((0, 1), key=lambda place: math.dist([asked.options[place][axis] for axis in axes], target))
            profile = profile.record({"kind": "compared", "options": asked.options, "best": best})
        row = lab.store.get(SessionRow, session.id)
        ideal, _ = posterior_of(row, judgements_of(lab.store, row)).ideal()
        known = profile.doses()
        missed.append((math.dist(ideal.clip(-1, 1), target), math.dist([known[axis] for axis in axes], target)))
    ours, theirs = (sum(far) / len(missed) for far in zip(*missed, strict=True))
    assert ours < 0.4, missed  # of sides of 2; 0.77 is missed at random
    assert ours < theirs + 0.15, missed


def test_it_is_told_compared_taken_away_and_opened_elsewhere_as_any_session(
    lab: Lab, config: dict[str, Any], tmp_path: Path
) -> None:
    session_id = played(lab, config, 2)
    lab.finish(session_id, Session.open(session_id, lab).best.id)
    story = lab.report(session_id)
    assert [chapter.prompt for chapter in story.chapters] == ["Greet me", "Say no"]
    assert len(lab.compare([session_id, played(lab, config, 1)])) == 2
    assert lab.get_advice(session_id).sentence
    assert lab.export_table("answers", tmp_path / "answers.csv")
    lab.bundle(session_id, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        page = packed.read("report.html").decode()
    literal, _ = json.JSONDecoder().raw_decode(page.split("const DATA = JSON.parse(")[1])
    data = json.loads(literal)
    assert set(texts(lab, lab.get_session(session_id).round_views[0])) <= set(data["written"].values())
    elsewhere = memory_lab(Settings(device="cpu"))
    came = elsewhere.import_bundle(tmp_path / "one.zip")
    for one, other in zip(lab.get_session(session_id).round_views, came.round_views, strict=True):
        assert texts(elsewhere, other) == texts(lab, one)
        assert other.prompt == one.prompt
