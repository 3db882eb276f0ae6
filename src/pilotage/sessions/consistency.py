"""What must hold within one session: its rows refer to rows that are there, and its counts to what they count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set

from pilotage.elicitation import incumbent
from pilotage.sessions.history import judgements_of
from pilotage.sessions.style import first_index
from pilotage.sessions.views import View
from pilotage.store import (
    AnswerRow,
    CandidateRow,
    JobRow,
    MarkRow,
    Reader,
    RoundRow,
    Row,
    RunRow,
    SampleRow,
    SessionRow,
)


class Finding(View):
    """One thing that is wrong: a stable code, what it is about, and whether it was repaired."""

    code: str
    subject: str
    message: str
    repaired: bool = False


def session_findings(reader: Reader, session: SessionRow, purged: Set[str]) -> list[Finding]:
    """All that is wrong within a session.

    Args:
        reader: one moment of the store.
        session: which one.
        purged: ids of sessions that are gone for good; a branch may still name them.
    """
    where = {"session_id": session.id}
    rounds = reader.list(RoundRow, where=where)
    candidates = reader.list(CandidateRow, where=where)
    answers = reader.list(AnswerRow, where=where)
    found = [
        *_dangling_session(reader, session, purged), *_dangling(reader, session, candidates),
        *_rounds(reader, session, rounds, candidates, answers),
    ]  # fmt: skip
    if not found:  # what follows is read off the answers
        found += _folded(reader, session)
    return found


def _dangling_session(reader: Reader, session: SessionRow, purged: Set[str]) -> Iterator[Finding]:
    parent = session.parent_id
    if parent is not None and parent not in purged and reader.find(SessionRow, parent) is None:
        yield _dangling_finding(session.id, f"its parent {parent}")
    for id_ in (session.final_id, session.incumbent_id):
        if id_ is not None and reader.find(CandidateRow, id_) is None:
            yield _dangling_finding(session.id, f"candidate {id_}")


def _dangling(reader: Reader, session: SessionRow, candidates: Sequence[CandidateRow]) -> Iterator[Finding]:
    rounds = {round_.id for round_ in reader.list(RoundRow, where={"session_id": session.id})}
    samples = {row.sample_id for row in candidates if row.sample_id}
    samples |= {mark.sample_id for mark in reader.list(MarkRow, where={"session_id": session.id})}
    there = {row.id: row for row in reader.list(SampleRow, where={"id": tuple(samples)})}
    runs = _there(reader, RunRow, {row.run_id for row in there.values()})
    for id_ in sorted(samples - there.keys()):
        yield _dangling_finding(session.id, f"sample {id_}")
    for row in there.values():
        if row.run_id not in runs:
            yield _dangling_finding(row.id, f"run {row.run_id}")
    sources = _there(reader, CandidateRow, {row.carried_from for row in candidates if row.carried_from})
    for candidate in candidates:
        if candidate.round_id not in rounds:
            yield _dangling_finding(candidate.id, f"round {candidate.round_id}")
        if candidate.carried_from and candidate.carried_from not in sources:
            yield _dangling_finding(candidate.id, f"candidate {candidate.carried_from}")


def _rounds(
    reader: Reader, session: SessionRow, rounds: Sequence[RoundRow], candidates: Sequence[CandidateRow],
    answers: Sequence[AnswerRow],
) -> Iterator[Finding]:  # fmt: skip
    counting = [round_ for round_ in rounds if round_.state != "superseded"]
    first = first_index(session)
    if [round_.index for round_ in counting] != list(range(first, first + len(counting))):
        message = f"its rounds are not {first}, {first + 1}, … once each"
        yield Finding(code="round_order", subject=session.id, message=message)
    given = Counter(answer.round_id for answer in answers if answer.retracted_at is None)
    ready = Counter(row.round_id for row in candidates if row.state == "ready" and row.sample_id)
    jobs = _there(reader, JobRow, {round_.job_id for round_ in counting if round_.job_id})
    for round_ in counting:
        fault = _round_fault(round_, given[round_.id], ready[round_.id], has_job=round_.job_id in jobs)
        if fault:
            message = f"{session.id} round {round_.index} is {round_.state}, but {fault}"
            yield Finding(code="round_state", subject=round_.id, message=message)


def _round_fault(round_: RoundRow, answers: int, ready: int, *, has_job: bool) -> str:
    """Why a round's state can't be; empty if it can."""
    if answers != (1 if round_.state == "answered" else 0):
        return f"it has {answers} answers"
    if round_.state in ("answered", "awaiting") and not ready:
        return "nothing can be judged"
    if round_.state in ("queued", "rendering") and not has_job:
        return "no job makes it"
    return "no error says why" if round_.state == "failed" and not round_.error else ""


def _folded(reader: Reader, session: SessionRow) -> Iterator[Finding]:
    judgements = judgements_of(reader, session)
    best = incumbent(judgements)
    if (best.candidate if best else None) != session.incumbent_id:
        message = f"the best so far is {session.incumbent_id}, but the answers say {best.candidate if best else None}"
        yield Finding(code="incumbent", subject=session.id, message=message)
    if session.answers != len(judgements):
        message = f"{session.answers} answers are counted, {len(judgements)} are there"
        yield Finding(code="counts", subject=session.id, message=message)


def _there(reader: Reader, kind: type[Row], ids: Set[str]) -> set[str]:
    return {row.id for row in reader.list(kind, where={"id": tuple(ids)})}


def _dangling_finding(subject: str, names: str) -> Finding:
    return Finding(code="dangling", subject=subject, message=f"it names {names}, which is not there")
