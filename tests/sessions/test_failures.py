"""Faults: one bad row is one bad picture, a failed round is asked for again, nothing acknowledged is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pilotage.core.errors import GenerationError, InvalidInputError, JobCancelledError, NotFoundError
from pilotage.models import AnalyticModel, Output
from pilotage.store import CandidateRow, JobRow, RunRow, SampleRow
from pilotage.testing.faulty import Fault, FaultyModel, Outputs


def raising(error: BaseException, *calls: int) -> Fault:
    """Raise at these calls."""

    def fault(call: int, outputs: Outputs) -> Outputs:
        if call in calls:
            raise error
        return outputs

    return fault


def places(round_: Any) -> list[Any]:
    return [(candidate.id, candidate.z, candidate.seed) for candidate in round_.candidates]


@pytest.fixture
def on(steer: Any, lab: Any) -> Callable[[Fault], Any]:
    """A session on a model with this fault."""
    return lambda fault: steer(model=lab.catalog.add(FaultyModel(fault)))


def test_a_round_is_one_call_of_the_model(steer: Any, lab: Any) -> None:
    model = FaultyModel(lambda call, outputs: outputs)
    session = steer(model=lab.catalog.add(model))
    session.step()
    session.pick(1)
    session.step()
    assert model.batches == [4, 3]


def test_one_row_that_fails_fails_alone(on: Any, lab: Any) -> None:
    session = on(lambda call, out: (*out[:2], replace(out[2], media=None, error="not a number"), *out[3:]))
    round_ = session.step()
    assert [candidate.state for candidate in round_.candidates] == ["ready", "ready", "failed", "ready"]
    assert (round_.candidates[2].artifact, round_.candidates[2].error) == (None, "not a number")
    with pytest.raises(InvalidInputError):
        session.pick(2)
    session.pick(3)
    assert session.step().state == "awaiting"


def test_a_batch_that_fails_marks_the_round_and_asking_again_renders_the_same_candidates(on: Any, lab: Any) -> None:
    session = on(raising(GenerationError("out of memory"), 1))
    job = session.try_step()
    failed = session.last()
    assert (job.state, failed.state) == ("failed", "failed")
    assert failed.error["code"] == job.error["code"] == "generation_failed"
    again = session.step()
    assert (again.index, again.state, again.error) == (1, "awaiting", None)
    assert places(again) == places(failed)
    assert len(session.view.round_views) == 1


def test_a_batch_without_any_picture_is_a_failed_round(on: Any) -> None:
    session = on(lambda call, out: tuple(Output(None, "black") for _ in out) if call == 1 else out)
    assert session.try_step().state == "failed"
    assert "black" in session.last().error["message"]
    assert session.step().state == "awaiting"


def test_a_bug_in_a_model_leaves_a_round_that_can_be_asked_for_again(on: Any) -> None:
    session = on(raising(RuntimeError("a bug"), 1))
    job = session.try_step()
    assert job.error["code"] == "internal"
    assert session.last().state == "failed"
    assert session.step().state == "awaiting"


def test_a_crash_between_proposal_and_render_finds_the_same_candidates_again(on: Any, lab: Any) -> None:
    session = on(raising(KeyboardInterrupt(), 1))
    requested = lab.request_round(session.id)
    with pytest.raises(KeyboardInterrupt):
        lab.wait(requested.job.id)
    committed = lab.store.list(CandidateRow)
    assert [row.state for row in committed] == ["proposed"] * 4
    round_ = session.step()
    assert places(round_) == [(row.id, row.z, row.seed) for row in committed]
    kept = {"forecast", "why", "created_at"}  # the rows themselves, not equal ones made again
    assert [row.model_dump(include=kept) for row in lab.store.list(CandidateRow)] == [
        row.model_dump(include=kept) for row in committed
    ]
    assert [event.type for event in lab.store.events(topic=session.id)].count("round.proposed") == 1


def test_an_answer_is_never_lost_to_a_round_that_fails_after_it(on: Any) -> None:
    session = on(raising(GenerationError("no luck"), 2))
    session.step()
    session.pick(2)
    assert session.try_step().state == "failed"
    assert (session.view.answers, session.view.round_views[0].state) == (1, "answered")
    assert session.step().index == 2


def test_cancelling_stops_within_a_step_keeps_no_picture_and_the_round_can_be_asked_for_again(
    steer: Any, new_lab: Any
) -> None:
    stopped: list[str] = []

    def stop_once(step: Any) -> None:
        if step.phase == "generating" and step.done == 2 and not stopped:
            stopped.append(requested.job.id)
            lab.cancel(requested.job.id)

    lab = new_lab(progress=stop_once)
    session = steer(lab=lab)
    requested = lab.request_round(session.id)
    assert lab.wait(requested.job.id).state == "cancelled"
    assert session.last().error["code"] == JobCancelledError.code
    assert [run.state for run in lab.store.list(RunRow)] == ["cancelled"]
    assert lab.store.list(SampleRow) == []
    proposed = places(session.last())
    assert places(session.step()) == proposed


def test_a_round_cancelled_before_it_began_can_be_asked_for_again(steer: Any, lab: Any) -> None:
    session = steer()
    requested = lab.request_round(session.id)
    assert lab.cancel(requested.job.id).state == "cancelled"
    assert session.step().state == "awaiting"


def test_cancelling_what_has_ended_changes_nothing(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    session.step()
    before = snapshot(lab.store)[0]
    lab.cancel(session.last().job.id)
    assert snapshot(lab.store)[0] == before


def test_a_model_that_is_missing_is_refused_before_a_session_exists(steer: Any, lab: Any, snapshot: Any) -> None:
    before = snapshot(lab.store)
    with pytest.raises(NotFoundError) as caught:
        steer(model="./no/such/folder")
    assert caught.value.field == "model"
    assert caught.value.hint
    assert snapshot(lab.store) == before


def test_a_model_whose_weights_changed_does_not_go_on_in_the_old_coordinates(
    steer: Any, lab: Any, restarted: Any
) -> None:
    session = steer(model=lab.catalog.add(AnalyticModel(5, side=64, ref="mine")))
    session.step()
    session.pick(1)
    session.lab = restarted(lab, AnalyticModel(5, side=32, ref="mine"))
    job = session.try_step()
    assert (job.state, job.error["code"]) == ("failed", "conflict")
    assert "changed" in job.error["message"]


def test_a_session_goes_on_after_a_restart_as_if_there_had_been_none(steer: Any, new_lab: Any, restarted: Any) -> None:
    told = []
    for interrupted in (False, True):
        lab = new_lab()
        session = steer(lab=lab, model=lab.catalog.add(AnalyticModel(ref="mine")))
        session.step()
        session.pick(2)
        if interrupted:
            session.lab = restarted(lab, AnalyticModel(ref="mine"))
        told.append([(c.z, c.seed, c.artifact) for c in session.step().candidates])
    assert told[0] == told[1]


def test_a_round_is_asked_for_again_before_the_job_that_failed_it_has_ended(on: Any, lab: Any) -> None:
    session = on(raising(GenerationError("a bad moment"), 1))
    failed = session.try_step()
    assert session.last().state == "failed"
    with lab.store.transaction() as tx:  # as it is between the two writes
        row = tx.get(JobRow, failed.id)
        tx.put(row.model_copy(update={"state": "running", "worker_id": "elsewhere:0", "ended_at": None}))
    asked = lab.request_round(session.id)
    assert (asked.state, asked.job.state) == ("queued", "queued")
    assert lab.wait(asked.job.id).state == "succeeded"
    assert session.last().state == "awaiting"
