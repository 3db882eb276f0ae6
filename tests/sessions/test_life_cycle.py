"""A session's whole life against a model of it: whatever is done in whatever order, crashes included."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import memory_lab
from pilotage.core.errors import ConflictError
from pilotage.core.progress import CancelToken, Step
from pilotage.elicitation import incumbent
from pilotage.jobs import InlineEngine
from pilotage.sessions.acts import Submission
from pilotage.sessions.history import judgements_of
from pilotage.store import AnswerRow, ArtifactRow, CandidateRow, RoundRow, SessionRow

SOAK = int(os.environ.get("PILOTAGE_SOAK", "0"))
CONFIG = {"model": "analytic", "seed": 11, "candidates": 3, "request": {"prompt": "a disc"},
          "preference_model": "winner_average", "sampler": "local"}  # fmt: skip
slots = st.integers(0, 2)


@dataclass
class Expected:
    """What the session should be: the slots answered so far, the round in the making, and how it stands."""

    answered: list[int]
    attempt: int = 0
    open: str = ""  # "", "asked" or "shown"
    state: str = "active"


class Crash(BaseException):
    """The process dies here."""


class LifeCycle(RuleBasedStateMachine):
    """Acts on one session, with its model beside it."""

    @initialize()
    def begin(self) -> None:
        self.lab = memory_lab(Settings())
        self.id = self.lab.create_session(CONFIG).id
        self.expected = Expected([])
        self.acknowledged: set[str] = set()
        self.shown: dict[Any, Any] = {}

    @property
    def rounds(self) -> list[RoundRow]:
        rows = self.lab.store.list(RoundRow, where={"session_id": self.id})
        return [row for row in rows if row.state != "superseded"]

    def places(self) -> list[Any]:
        rows = self.lab.store.list(CandidateRow, where={"round_id": self.rounds[-1].id})
        return [(row.role, row.z, row.seed) for row in rows]

    @rule()
    def ask(self) -> None:
        """Twice, as a double click would."""
        if self.expected.state != "active" or self.expected.open == "shown":
            for _ in range(2):
                with pytest.raises(ConflictError):
                    self.lab.request_round(self.id)
            return
        assert self.lab.request_round(self.id).id == self.lab.request_round(self.id).id
        if not self.expected.open:
            self.expected.open, self.expected.attempt = "asked", 0

    @precondition(lambda self: self.expected.open == "asked" and self.expected.state == "active")
    @rule()
    def make(self) -> None:
        job_id = self.lab.request_round(self.id).job.id
        assert self.lab.wait(job_id).state == "succeeded"
        self.expected.open = "shown"
        key = (tuple(self.expected.answered), self.expected.attempt)
        assert self.shown.setdefault(key, self.places()) == self.places()  # the same answers, the same pictures

    @precondition(lambda self: self.expected.open == "asked" and self.expected.state == "active")
    @rule(phase=st.sampled_from(["loading", "believing", "proposing", "generating", "saving"]))
    def crash(self, phase: str) -> None:
        """The process ends in the middle of a round; another opens what it left."""

        def die(step: Step) -> None:
            if step.phase == phase:
                raise Crash

        job = self.lab.request_round(self.id).job
        payload = {"round_id": self.rounds[-1].id, "model": "analytic"}
        with suppress(Crash):
            self.lab.verbs()["step"](payload, progress=die, cancel=CancelToken())
        again = Lab(self.lab.store, self.lab.artifacts, ModelCatalog(Settings()))
        again.use_engine(InlineEngine(again.store, again.verbs()))
        self.lab = again
        assert self.lab.get_job(job.id).state == "queued"
        if self.rounds[-1].state == "awaiting":
            self.expected.open = "shown"

    @precondition(lambda self: self.expected.open == "shown" and self.expected.state != "completed")
    @rule(slot=slots, at_once=st.booleans())
    def answer(self, slot: int, at_once: bool) -> None:
        round_ = self.rounds[-1]
        ids = [row.id for row in self.lab.store.list(CandidateRow, where={"round_id": round_.id})]
        sent = Submission(answer={"kind": "ranking", "order": [ids[slot]]}, next_round=at_once)
        for _ in range(2):  # sent twice it is one answer
            answered = self.lab.answer(self.id, round_.index, sent)
        self.acknowledged.add(answered.answer.id)
        self.expected.answered.append(slot)
        self.expected.attempt = 0
        self.expected.open = "asked" if at_once and self.expected.state == "active" else ""

    @rule()
    def undo(self) -> None:
        if not self.expected.answered or self.expected.state == "completed":
            with pytest.raises(ConflictError):
                self.lab.undo(self.id)
            return
        self.lab.undo(self.id)
        self.expected.answered.pop()
        self.expected.open = "shown"
        self.expected.attempt = self.rounds[-1].attempt

    @precondition(lambda self: self.expected.answered and self.expected.state != "completed")
    @rule(data=st.data())
    def revert(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(1, len(self.expected.answered)))
        for _ in range(2):
            self.lab.revert(self.id, index)
        del self.expected.answered[index - 1 :]
        self.expected.open = "shown"
        self.expected.attempt = self.rounds[-1].attempt

    @precondition(lambda self: self.expected.open == "shown" and self.expected.state == "active")
    @rule()
    def regenerate(self) -> None:
        round_id = self.rounds[-1].id
        assert self.lab.regenerate(self.id, round_id).id == self.lab.regenerate(self.id, round_id).id
        self.expected.open = "asked"
        self.expected.attempt += 1

    @rule()
    def pause_or_resume(self) -> None:
        if self.expected.state == "completed":
            return
        if self.expected.state == "active":
            self.lab.pause(self.id)
            self.expected.state = "paused"
        else:
            self.lab.resume(self.id)
            self.expected.state = "active"

    @precondition(lambda self: self.expected.answered)
    @rule()
    def finish_or_reopen(self) -> None:
        if self.expected.state == "completed":
            self.lab.reopen(self.id)
            self.expected.state = "active"
        else:
            self.lab.finish(self.id, self.lab.get_session(self.id).incumbent_id)
            self.expected.state = "completed"

    @precondition(lambda self: self.expected.answered)
    @rule()
    def branch_and_go_on_there(self) -> None:
        parent = self.lab.get_session(self.id)
        child = self.lab.branch(self.id)
        assert self.lab.get_session(self.id).model_copy(update={"branches": []}) == parent.model_copy(
            update={"branches": []}
        )
        last = [round_ for round_ in parent.round_views if round_.shown_at][-1]
        self.id = child.id
        self.expected = Expected(self.expected.answered[: last.index - 1], last.attempt, "shown")

    @invariant()
    def it_stands_as_expected(self) -> None:
        session = self.lab.store.get(SessionRow, self.id)
        states = [(round_.index, round_.state) for round_ in self.rounds]
        n = len(self.expected.answered)
        waiting = {"": set(), "shown": {"awaiting"}, "asked": {"queued", "rendering", "failed"}}[self.expected.open]
        assert states[:n] == [(i + 1, "answered") for i in range(n)]
        assert len(states) == n + bool(waiting)
        assert not waiting or (states[n][0] == n + 1 and states[n][1] in waiting)
        assert (session.state, session.answers) == (self.expected.state, n)

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        store = self.lab.store
        assert self.acknowledged <= {row.id for row in store.list(AnswerRow)}
        assert all(self.lab.artifacts.has(row.id) for row in store.list(ArtifactRow))

    @invariant()
    def the_incumbent_is_what_the_answers_say(self) -> None:
        session = self.lab.store.get(SessionRow, self.id)
        best = incumbent(judgements_of(self.lab.store, session))
        assert session.incumbent_id == (best.candidate if best else None)

    @invariant()
    def every_round_follows_the_one_before(self) -> None:
        ids = [None, *(round_.id for round_ in self.rounds)]
        assert [round_.parent_id for round_ in self.rounds] == ids[:-1]


LifeCycle.TestCase.settings = settings(
    max_examples=max(20, SOAK), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLifeCycle = LifeCycle.TestCase
