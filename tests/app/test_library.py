"""`ask` and `tell`: the loop in a script or a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pilotage
from pilotage import Session, from_callable
from pilotage.core.errors import (
    ConflictError,
    GenerationError,
    InvalidInputError,
    RoundClosedError,
    UnsupportedInputError,
)
from pilotage.models import AnalyticModel


@pytest.fixture
def session() -> Session:
    return Session("a disc", model="analytic", seed=3)


def test_the_public_names_are_there_and_no_others() -> None:
    assert all(getattr(pilotage, name) is not None for name in pilotage.__all__)
    with pytest.raises(AttributeError):
        _ = pilotage.steer  # type: ignore[attr-defined]


def test_asking_shows_a_round_and_asking_again_the_same_one(session: Session) -> None:
    first, again = session.ask(), session.ask()
    assert [candidate.id for candidate in first] == [candidate.id for candidate in again]
    assert (first.index, len(first), repr(first)) == (1, 4, "Round 1: 4 candidates")
    assert first[0].z == [0.0] * 5


@pytest.mark.parametrize("say", [lambda r: r[2], lambda r: 2, lambda r: r[2].id, lambda r: [2, 0], lambda r: (r[2], 1)])
def test_the_best_is_told_by_object_place_or_id_alone_or_first_of_several(session: Session, say: Any) -> None:
    round_ = session.ask()
    answered = session.tell(say(round_))
    assert answered.state == "answered"
    assert session.best.id == round_[2].id
    assert session.ask()[0].z == round_[2].z


def test_any_other_answer_is_told_as_data(session: Session) -> None:
    round_ = session.ask()
    session.tell({"kind": "ratings", "stars": {round_[1].id: 5, round_[0].id: 2}})
    assert session.best.id == round_[1].id
    assert session.belief.answers == 1
    assert (session.advice.answers, session.advice.verdict) == (1, "cannot_tell")


def test_tags_and_confidence_are_told_with_the_answer(session: Session) -> None:
    shown = session.ask()
    answered = session.tell(shown[1], tags={shown[2].id: ["too_dark"]}, confidence=3).answer
    assert answered is not None
    assert (answered.tags, answered.confidence) == ({shown[2].id: ["too_dark"]}, 3)


def test_impossible_confidence_is_refused_by_field(session: Session) -> None:
    session.ask()
    with pytest.raises(InvalidInputError) as caught:
        session.tell(1, confidence=4)
    assert caught.value.field == "confidence"


def test_forecasts_come_back_with_the_answer(session: Session) -> None:
    session.ask()
    assert sum(candidate.forecast["p_best"] for candidate in session.tell(1).candidates) == pytest.approx(1)


@pytest.mark.parametrize("bad", [4, -1, "cnd_nobody", [], [1, 1], {"kind": "telepathy"}])
def test_what_is_no_answer_is_refused_and_the_round_stays_open(session: Session, bad: Any) -> None:
    session.ask()
    with pytest.raises(InvalidInputError):
        session.tell(bad)
    assert session.view.round_views[-1].state == "awaiting"


def test_telling_before_asking_and_twice_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInputError, match="no round"):
        session.tell(0)
    with pytest.raises(InvalidInputError, match="nothing is best"):
        _ = session.best
    session.ask()
    session.tell(1)
    with pytest.raises(RoundClosedError):
        session.tell(2)


def test_a_picture_is_saved_byte_for_byte_with_the_ending_it_needs(session: Session, tmp_path: Path) -> None:
    candidate = session.ask()[1]
    path = candidate.save(tmp_path / "picture")
    assert path.name == "picture.png"
    assert candidate.media is not None
    assert path.read_bytes() == candidate.media.data


def test_a_notebook_shows_a_round_as_pictures(session: Session) -> None:
    round_ = session.ask()
    page = round_._repr_html_()
    assert page.count("<img") == 4
    assert "data:image/png;base64," in page
    assert round_[0]._repr_png_().startswith(b"\x89PNG")


def test_settings_of_the_request_and_of_the_session_are_keywords_of_one_call() -> None:
    session = Session("a disc", model="analytic", candidates=3, sampler="sobol", seed=1)
    assert (len(session.ask()), session.view.config["sampler"]["kind"]) == (3, "sobol")
    with pytest.raises(UnsupportedInputError):
        Session("a disc", model="analytic", steps=5)
    with pytest.raises(InvalidInputError, match="smapler"):
        Session("a disc", model="analytic", smapler="sobol")


def test_progress_is_told_to_whoever_asks() -> None:
    phases: list[str] = []
    Session(model="analytic", progress=lambda step: phases.append(step.phase)).ask()
    assert list(dict.fromkeys(phases)) == [
        "loading", "encoding", "reading", "believing", "proposing", "generating", "saving",
    ]  # fmt: skip


def test_a_function_of_numbers_is_steered_within_its_bounds() -> None:
    seen = []

    def bowl(x: np.ndarray) -> float:
        seen.append(x.copy())
        return float(((x - [3.0, 12.0]) ** 2).sum())

    session = Session(model=from_callable(bowl, 2, bounds=[(0, 4), (10, 20)]), seed=2)
    for _ in range(8):
        round_ = session.ask()
        values = [float(candidate.media.text()) for candidate in round_ if candidate.media]
        session.tell(int(np.argmin(values)))
    points = np.array(seen)
    assert (points >= [0, 10]).all()
    assert (points <= [4, 20]).all()
    assert float(session.best.media.text()) < 2.0  # at the centre it is 10


def test_a_function_that_fails_somewhere_costs_only_that_candidate() -> None:
    def fussy(x: np.ndarray) -> float:
        if x[0] > 0.05:
            raise ValueError("too far")
        return float(x[0])

    round_ = Session(model=from_callable(fussy, 1), seed=0, candidates=6).ask()
    failed = [candidate for candidate in round_ if candidate.media is None]
    assert 0 < len(failed) < 6
    assert all("too far" in candidate.view.error for candidate in failed)
    assert "failed" in round_._repr_html_()
    with pytest.raises(GenerationError):
        failed[0].save("nowhere")


def test_a_model_of_your_own_is_used_as_it_is() -> None:
    model = AnalyticModel(2, side=16, ref="mine")
    session = Session(model=model)
    assert session.ask()[0].media.pixels().shape == (16, 16, 3)
    assert session.view.model == "mine"


def test_two_functions_are_two_models(lab: Any) -> None:
    one = Session(model=from_callable(lambda x: "one", 1), lab=lab)
    two = Session(model=from_callable(lambda x: "two", 1), lab=lab)
    assert one.ask()[0].media.text() == "one"
    assert two.ask()[0].media.text() == "two"
    assert Session(model=from_callable(lambda x: "three", 1)).ask()[0].media.text() == "three"


def test_the_best_moves_toward_what_is_always_picked() -> None:
    target = np.array([0.5, -0.3, 0.2])
    session = Session(model=AnalyticModel(3, ref="scene"), seed=5)
    for _ in range(10):
        round_ = session.ask()
        session.tell(int(np.argmin([np.linalg.norm(np.array(candidate.z) - target) for candidate in round_])))
    assert np.linalg.norm(np.array(session.best.z) - target) < 0.2 < np.linalg.norm(target)


def test_closed_errors_are_conflicts() -> None:
    assert issubclass(RoundClosedError, ConflictError)


def test_what_is_told_of_a_style_calibration_are_those_to_keep() -> None:
    session = Session("a disc", model="analytic", seed=3, style_probes=9)
    assert len(session.ask()) == 9
    told = session.tell([4, 1])
    names = [candidate.id for candidate in told.candidates]
    assert told.answer is not None
    assert told.answer.answer["kept"] == [names[4], names[1]]
    assert told.answer.answer["favourite"] == names[4]
    assert session.ask()[0].z == told.candidates[4].z


def test_a_session_is_called_as_it_was_named_else_as_its_prompt_else_as_its_model(lab: Any) -> None:
    ball = {"model": "analytic", "request": {"prompt": "a disc"}}
    assert lab.create_session({**ball, "name": "mine"}).name == "mine"
    assert lab.create_session(ball).name == "a disc"
    assert lab.create_session({"model": "analytic", "request": {}}).name == lab.show_model("analytic").name
