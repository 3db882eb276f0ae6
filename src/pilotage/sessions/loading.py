"""A session's rows for its views, read in a handful of queries instead of a few for every candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pilotage.sessions.repeats import repeat_of
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

R = TypeVar("R", bound=Row)
OfRound = TypeVar("OfRound", CandidateRow, AnswerRow)


@dataclass(frozen=True, slots=True)
class SessionRows:
    """What views of some rounds need; candidates and answers by their round, marks by their sample, the rest by id.

    `known` holds the candidates of the rounds and those that they carry; `indices` the index of each one's round.
    """

    session: SessionRow
    rounds: Sequence[RoundRow]
    candidates: Mapping[str, Sequence[CandidateRow]]
    answers: Mapping[str, Sequence[AnswerRow]]
    known: Mapping[str, CandidateRow]
    jobs: Mapping[str, JobRow]
    runs: Mapping[str, RunRow]
    samples: Mapping[str, SampleRow]
    marks: Mapping[str, MarkRow]
    indices: Mapping[str, int]

    def candidates_of(self, round_: RoundRow) -> Sequence[CandidateRow]:
        """By slot."""
        return self.candidates.get(round_.id, ())

    def answers_of(self, round_: RoundRow) -> Sequence[AnswerRow]:
        """Oldest first, those that were taken back included."""
        return self.answers.get(round_.id, ())

    def index_of(self, candidate_id: str | None) -> int | None:
        """The index of the round of a candidate."""
        source = self.known.get(candidate_id or "")
        return self.indices.get(source.round_id) if source else None


def load_session(reader: Reader, session: SessionRow) -> SessionRows:
    """All that the view of a whole session shows."""
    its = {"session_id": session.id}
    return _load(reader, session, reader.list(RoundRow, where=its), its)


def load_round(reader: Reader, session: SessionRow, round_: RoundRow) -> SessionRows:
    """All that the view of one round shows; of one that shows another's set again, that set and its answers too."""
    ids = tuple(one for one in (round_.id, repeat_of(round_)) if one)
    return _load(reader, session, [round_], {"round_id": ids})


def _load(reader: Reader, session: SessionRow, rounds: Sequence[RoundRow], where: Mapping[str, Any]) -> SessionRows:
    """The rows of `rounds`, whose candidates and answers are those that match `where`."""
    own = reader.list(CandidateRow, where=where)
    known = {row.id: row for row in own}
    known |= by_id(reader, CandidateRow, (row.carried_from for row in own if row.carried_from not in known))
    indices = {round_.id: round_.index for round_ in rounds}
    missing = by_id(reader, RoundRow, (row.round_id for row in known.values() if row.round_id not in indices))
    return SessionRows(
        session=session, rounds=rounds, candidates=_by_round(own),
        answers=_by_round(reader.list(AnswerRow, where=where)), known=known,
        jobs=by_id(reader, JobRow, (round_.job_id for round_ in rounds)),
        runs=by_id(reader, RunRow, (round_.run_id for round_ in rounds)),
        samples=by_id(reader, SampleRow, (row.sample_id for row in own)),
        marks={mark.sample_id: mark for mark in reader.list(MarkRow, where={"session_id": session.id})},
        indices={**indices, **{row.id: row.index for row in missing.values()}},
    )  # fmt: skip


def _by_round(rows: Iterable[OfRound]) -> dict[str, list[OfRound]]:
    found: dict[str, list[OfRound]] = {}
    for row in rows:
        found.setdefault(row.round_id, []).append(row)
    return found


def by_id(reader: Reader, kind: type[R], ids: Iterable[str | None]) -> dict[str, R]:
    """The rows of these ids, by id; ids that are None or that nothing has are left out."""
    wanted = tuple({id_ for id_ in ids if id_})
    return {row.id: row for row in reader.list(kind, where={"id": wanted})} if wanted else {}
