"""Retry one: a candidate that failed is rendered again alone, with other noise, while its round waits."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import ConflictError, InvalidInputError, RoundClosedError
from pilotage.models import Output
from pilotage.testing.faulty import FaultyModel


def failing_second(*calls: int) -> Any:
    """In these calls the second row comes out black (the only row, if it is alone)."""

    def fault(call: int, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        if call not in calls:
            return outputs
        bad = min(1, len(outputs) - 1)
        return tuple(Output(None, "black") if i == bad else out for i, out in enumerate(outputs))

    return fault


@pytest.fixture
def broken(steer: Any, lab: Any) -> Any:
    """A session whose first round has one failed candidate; `again` names the later calls that fail, too."""

    def start(*again: int) -> Any:
        session = steer(model=lab.catalog.add(FaultyModel(failing_second(1, *again))))
        session.step()
        return session

    return start


def retry(session: Any, slot: int = 1) -> Any:
    return session.lab.wait(session.lab.retry_candidate(session.id, session.last().candidates[slot].id).id)


def test_a_failed_candidate_gets_its_picture_with_other_noise(broken: Any) -> None:
    session = broken()
    before = session.last().candidates[1]
    assert retry(session).state == "succeeded"
    after = session.last().candidates[1]
    assert (before.state, after.state, after.z, after.attempt) == ("failed", "ready", before.z, 1)
    assert after.artifact is not None
    assert after.seed != before.seed
    session.pick(1)
    assert session.view.incumbent_id == after.id


def test_a_retry_that_fails_can_be_tried_once_more(broken: Any) -> None:
    session = broken(2)
    assert retry(session).state == "failed"
    failed = session.last().candidates[1]
    assert (failed.state, failed.attempt) == ("failed", 1)
    assert "black" in failed.error
    assert retry(session).state == "succeeded"
    assert session.last().candidates[1].attempt == 2


def test_asking_twice_is_one_job(broken: Any) -> None:
    session = broken()
    candidate = session.last().candidates[1].id
    assert (
        session.lab.retry_candidate(session.id, candidate).id == session.lab.retry_candidate(session.id, candidate).id
    )


def test_a_candidate_with_a_picture_is_not_retried(broken: Any) -> None:
    session = broken()
    with pytest.raises(ConflictError):
        retry(session, 2)


def test_a_round_that_is_answered_takes_no_late_picture(broken: Any) -> None:
    session = broken()
    candidate = session.last().candidates[1].id
    job = session.lab.retry_candidate(session.id, candidate)
    answered = session.pick(2)
    assert session.lab.wait(job.id).state == "succeeded"
    assert session.last().candidates[1].state == "failed"
    assert session.last().answer == answered.answer
    with pytest.raises(RoundClosedError):
        session.lab.retry_candidate(session.id, candidate)


def test_a_comment_on_a_candidate_that_was_not_shown_is_refused(broken: Any) -> None:
    session = broken()
    with pytest.raises(InvalidInputError) as caught:
        session.pick(2, comments={session.last().candidates[1].id: "what was it?"})
    assert caught.value.field.startswith("comments.")


def test_a_candidate_without_a_picture_is_neither_marked_nor_final(broken: Any, lab: Any, snapshot: Any) -> None:
    session = broken()
    failed = session.last().candidates[1].id
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError, match="no picture"):
        lab.mark(session.id, failed, pinned=True)
    with pytest.raises(InvalidInputError, match="no picture"):
        lab.finish(session.id, failed)
    assert snapshot(lab.store) == before
    assert retry(session).state == "succeeded"
    assert lab.mark(session.id, failed, pinned=True).pinned


def test_a_picture_that_came_just_before_the_click_was_not_judged(broken: Any) -> None:
    session = broken()
    seen = [candidate.id for candidate in session.last().candidates if candidate.state == "ready"]
    retry(session)
    answered = session.pick(2, shown=seen)
    assert answered.answer.shown == seen
    session.step()
    with pytest.raises(InvalidInputError) as caught:
        session.pick(1, shown=["cnd_of_nobody"])
    assert caught.value.field == "shown"
