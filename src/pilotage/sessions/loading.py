"""A session's rows for its views, read in a handful of queries instead of a few for every candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

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


@dataclass(frozen=True, slots=True)
class SessionRows:
    """What views of some rounds need; marks by their sample, the rest by id.

    `candidates` holds those of the rounds and those that they carry; `indices` the index of each one's round.
    """

    session: SessionRow
    candidates: Mapping[str, CandidateRow]
    answers: Sequence[AnswerRow]
    jobs: Mapping[str, JobRow]
    runs: Mapping[str, RunRow]
    samples: Mapping[str, SampleRow]
    marks: Mapping[str, MarkRow]
    indices: Mapping[str, int]

    def candidates_of(self, round_: RoundRow) -> list[CandidateRow]:
        """By slot."""
        return [row for row in self.candidates.values() if row.round_id == round_.id]

    def answers_of(self, round_: RoundRow) -> list[AnswerRow]:
        """Oldest first, those that were taken back included."""
        return [row for row in self.answers if row.round_id == round_.id]

    def index_of(self, candidate_id: str | None) -> int | None:
        """The index of the round of a candidate."""
        source = self.candidates.get(candidate_id or "")
        return self.indices.get(source.round_id) if source else None


def load_rows(reader: Reader, session: SessionRow, rounds: Sequence[RoundRow]) -> SessionRows:
    """All that the views of `rounds` of a session show."""
    ids = tuple(round_.id for round_ in rounds)
    own = reader.list(CandidateRow, where={"round_id": ids})
    candidates = {row.id: row for row in own}
    carried = by_id(reader, CandidateRow, (row.carried_from for row in own if row.carried_from not in candidates))
    indices = {round_.id: round_.index for round_ in rounds}
    missing = by_id(reader, RoundRow, (row.round_id for row in carried.values() if row.round_id not in indices))
    return SessionRows(
        session=session, candidates={**candidates, **carried}, answers=reader.list(AnswerRow, where={"round_id": ids}),
        jobs=by_id(reader, JobRow, (round_.job_id for round_ in rounds)),
        runs=by_id(reader, RunRow, (round_.run_id for round_ in rounds)),
        samples=by_id(reader, SampleRow, (row.sample_id for row in own)),
        marks={mark.sample_id: mark for mark in reader.list(MarkRow, where={"session_id": session.id})},
        indices={**indices, **{row.id: row.index for row in missing.values()}},
    )  # fmt: skip


def by_id(reader: Reader, kind: type[R], ids: Iterable[str | None]) -> dict[str, R]:
    """The rows of these ids, by id; ids that are None or that nothing has are left out."""
    wanted = tuple({id_ for id_ in ids if id_})
    return {row.id: row for row in reader.list(kind, where={"id": wanted})} if wanted else {}
