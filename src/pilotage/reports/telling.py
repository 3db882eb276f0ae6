"""One round told: its rows put together with what the page saw of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pilotage.elicitation import ANSWER, Judgement, incumbent
from pilotage.models.requests import GenerationRequest
from pilotage.records import Event
from pilotage.reports.chapters import Badge, Chapter, Picture, Said, Work
from pilotage.reports.record import Record
from pilotage.sessions.config import asks_in_turn
from pilotage.sessions.forecasts import OPEN_ROLES
from pilotage.sessions.repeats import agrees, repeat_of
from pilotage.sessions.style import kinds_in
from pilotage.store import AnswerRow, CandidateRow, JobRow, MarkRow, RoundRow, RunRow, SampleRow, SessionRow


class Telling:
    """A record, laid out so that each of its rounds can be told."""

    def __init__(
        self, record: Record, events: Sequence[Event], judgements: Sequence[Judgement], moves: Sequence[Any]
    ) -> None:
        self.session, rows = record.session, record.rows
        self.rounds: dict[str, RoundRow] = {row.id: row for row in rows[RoundRow]}
        self.jobs: dict[str, JobRow] = {row.id: row for row in rows[JobRow]}
        self.runs: dict[str, RunRow] = {row.id: row for row in rows[RunRow]}
        self.samples: dict[str, SampleRow] = {row.id: row for row in rows[SampleRow]}
        self.pinned = {mark.sample_id for mark in rows[MarkRow] if mark.pinned}
        self.candidates: dict[str, list[CandidateRow]] = {row.id: [] for row in rows[RoundRow]}
        self.answers: dict[str, list[AnswerRow]] = {row.id: [] for row in rows[RoundRow]}
        for candidate in sorted(rows[CandidateRow], key=lambda row: row.slot):
            self.candidates[candidate.round_id].append(candidate)
        for answer in rows[AnswerRow]:
            self.answers[answer.round_id].append(answer)
        self.first_shown = self._first_shown()
        self.seen: dict[str, list[Event]] = {}
        for event in events:
            if event.type.startswith("page."):
                self.seen.setdefault(event.data["round_id"], []).append(event)
        self.bests = self._bests(judgements)
        answered = [row.id for row in self._counted() if row.state == "answered"]
        self.moves = dict(zip(answered, moves, strict=True))

    def _counted(self) -> list[RoundRow]:
        counted = [row for row in self.rounds.values() if row.state != "superseded"]
        return sorted(counted, key=lambda row: row.index)

    def _first_shown(self) -> dict[str, int]:
        """Sample -> the index of the round that showed it first."""
        first: dict[str, int] = {}
        for row in sorted(self.rounds.values(), key=lambda row: (row.index, row.take)):
            for candidate in self.candidates[row.id]:
                first.setdefault(candidate.sample_id or candidate.id, row.index)
        return first

    def _bests(self, judgements: Sequence[Judgement]) -> dict[str, tuple[str | None, str | None]]:
        """Round -> the best so far before and after its answer."""
        bests: dict[str, tuple[str | None, str | None]] = {}
        before, done = None, 0
        for row in self._counted():
            after = before
            if row.state == "answered":
                done += 1
                best = incumbent(judgements[:done])
                after = best.candidate if best else None
            bests[row.id] = (before, after)
            before = after
        return bests


def chapter_of(telling: Telling, row: RoundRow) -> Chapter:
    """A round as it is told."""
    answers = sorted(telling.answers[row.id], key=lambda answer: answer.created_at)
    counts = next((answer for answer in reversed(answers) if answer.retracted_at is None), None)
    before, after = telling.bests.get(row.id, (None, None))
    same = {name: getattr(row, name) for name in Chapter.model_fields if name in RoundRow.model_fields}
    told = bool(answers) or row.forecasts_shown
    return Chapter(
        **same, prompt=_prompt_of(telling.session, row),
        asked=counts.kind if counts else kinds_in(telling.session, row.index)[0],
        pictures=[_picture(telling, row, one, counts, after, told=told) for one in telling.candidates[row.id]],
        answer=_said(telling, counts) if counts else None,
        retracted=[_said(telling, answer) for answer in answers if answer.retracted_at is not None],
        counts_for_calibration=counts is not None and len(_firsts(counts)) == 1 and not row.forecasts_shown,
        **_again(telling, row, counts), moved=telling.moves.get(row.id),
        best_before=before, best_after=after, work=_work(telling, row),
    )  # fmt: skip


def _prompt_of(session: SessionRow, row: RoundRow) -> str | None:
    if not asks_in_turn(session.config):
        return None
    return GenerationRequest.model_validate(session.config["request"]).in_round(row.index).prompt


def _picture(
    telling: Telling, round_: RoundRow, row: CandidateRow, answer: AnswerRow | None, best: str | None, *, told: bool
) -> Picture:
    sample = telling.samples.get(row.sample_id or "")
    forecast = row.forecast if told else {}
    seen = telling.seen.get(round_.id, ())
    is_open = told or row.role in OPEN_ROLES
    return Picture(
        id=row.id, place=row.slot + 1, state=row.state, artifact=sample.artifact if sample else None,
        role=row.role if is_open else None, why=row.why if told else None,
        badges=_badges(telling, row), z=row.z, seed=row.seed, p_best=forecast.get("p_best"),
        mean=forecast.get("mean"), sd=forecast.get("sd"), chosen=answer is not None and _is_first(answer, row.id, best),
        first_round=telling.first_shown[row.sample_id or row.id] if is_open else round_.index, attempt=row.attempt,
        comment=str(answer.comments.get(row.id, "")) if answer else "",
        tags=answer.tags.get(row.id, []) if answer else [],
        zoomed=Counter(e.data["candidate_id"] for e in seen if e.type == "page.zoomed")[row.id], error=row.error,
    )  # fmt: skip


def _again(telling: Telling, row: RoundRow, answer: AnswerRow | None) -> dict[str, Any]:
    """Of a round that showed another's set again: which one's, and whether the same was chosen."""
    source = telling.rounds.get(repeat_of(row) or "")
    if source is None:
        return {}
    before = next((one for one in telling.answers[source.id] if one.retracted_at is None), None)
    shown = {one.id: one.sample_id for id_ in (row.id, source.id) for one in telling.candidates[id_]}
    same = agrees(answer, before, shown) if answer and before else None
    return {"repeat_of": source.index, "same_again": same}


def _is_first(answer: AnswerRow, candidate_id: str, best: str | None) -> bool:
    """Whether the answer put this candidate first; of equals it is the one that became the best so far."""
    firsts = _firsts(answer)
    return candidate_id in firsts and (len(firsts) == 1 or candidate_id == best)


def _firsts(answer: AnswerRow) -> tuple[str, ...]:
    """The candidates that the answer put first, none of them before another."""
    return ANSWER.validate_python(answer.answer).first


def _badges(telling: Telling, row: CandidateRow) -> list[Badge]:
    session = telling.session
    holds: dict[Badge, bool] = {
        "baseline": row.role == "baseline", "incumbent": row.role == "incumbent",
        "carried": row.carried_from is not None, "pinned": row.role == "pinned" or row.sample_id in telling.pinned,
        "final": row.id == session.final_id,
    }  # fmt: skip
    return [badge for badge, is_so in holds.items() if is_so]


def _said(telling: Telling, row: AnswerRow) -> Said:
    seen = telling.seen.get(row.round_id, ())
    begun = [e.data["ms"] for e in seen if e.type == "page.answer_begun" and e.data["ms"] is not None]
    same = {name: getattr(row, name) for name in Said.model_fields if name in AnswerRow.model_fields}
    return Said(
        **same, at=row.created_at, begun_ms=min(begun, default=None),
        failed_sends=sum(e.type == "page.answer_failed" for e in seen),
    )  # fmt: skip


def _work(telling: Telling, row: RoundRow) -> Work | None:
    job, run = telling.jobs.get(row.job_id or ""), telling.runs.get(row.run_id or "")
    if job is None:
        return None
    begun = [(phase, datetime.fromisoformat(at)) for phase, at, *_ in job.phases]
    ends = [*(at for _, at in begun[1:]), job.ended_at]
    phases = [(phase, at, _seconds(at, end)) for (phase, at), end in zip(begun, ends, strict=True)] if begun else []
    return Work(
        state=job.state, phases=phases, seconds=_seconds(job.started_at, job.ended_at), error=job.error,
        timings_ms=run.timings_ms if run else {}, device=run.environment.get("device") if run else None,
    )  # fmt: skip


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start).total_seconds(), 3) if start and end else None
