"""The story of a session as one value: what was asked, shown, forecast, answered, and what that changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pilotage import __version__
from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import Judgement
from pilotage.records import Event
from pilotage.reports.chapters import Chapter, Json, Part
from pilotage.reports.record import Record
from pilotage.reports.telling import Telling, chapter_of
from pilotage.sessions.belief import Belief
from pilotage.sessions.convergence import Advise, Convergence, convergence_of
from pilotage.sessions.history import judgements_of, region_of
from pilotage.spaces import Region
from pilotage.store import JobRow, MemoryStore, RoundRow, RunRow, SampleRow, SessionRow

SCHEMA_VERSION = 2
TOLD_MOVES = 24  # each belief is two fits: in a session with more answers the moves are left out
Believe = Callable[[SessionRow, Region, Sequence[Judgement]], Belief]


class Calibration(Part):
    """How the forecasts fared in the rounds that count, against a guess at random.

    Attributes:
        left_out: answered rounds whose forecasts were seen while choosing, or where none was put first.
        p_chosen: mean forecast of what was chosen; `p_random` that of a guess.
        expected_hits, hits: rounds whose favourite was expected to be, and was, chosen.
    """

    rounds: int
    left_out: int
    p_chosen: float | None
    p_random: float | None
    expected_hits: float
    hits: int


class Ancestor(Part):
    """A best so far, and the round whose answer made it that."""

    candidate_id: str
    round: int
    artifact: str | None


class Story(Part):
    """A session's story.

    Attributes:
        chapters: the rounds that count; `aside` were set aside by an undo or asked for anew.
        convergence: what was left and what was advised after each answer; in what is taken away.
    """

    schema_version: int
    app_version: str
    session_id: str
    name: str
    prompt: str
    negative_prompt: str
    state: str
    model: str
    device: str | None
    axes: list[Json]
    dimension: int
    radius: float
    sampler: str
    preference_model: str
    seed: int
    seed_policy: str
    config: Json
    renders: int
    closeness: int | None
    outcome: str
    incumbent_id: str | None
    final_id: str | None
    final_artifact: str | None
    parent_id: str | None
    created_at: datetime
    updated_at: datetime
    chapters: list[Chapter]
    aside: list[Chapter]
    lineage: list[Ancestor]
    calibration: Calibration
    convergence: Convergence | None = None


def story_of(
    record: Record, events: Sequence[Event], believe: Believe | None = None, advise: Advise | None = None
) -> Story:
    """The story that a record and its events tell.

    Args:
        record: the session's rows.
        events: its events; what pages saw is taken from them.
        believe: what computes a belief, for how far each answer moved it; None leaves that out.
        advise: what computes advice, for how the session converged; None leaves that out.

    Raises:
        InvalidInputError: an answer that is none.
    """
    session, store = record.session, _stored(record)
    judgements = judgements_of(store, session)
    telling = Telling(record, events, judgements, _moves(session, judgements, believe))
    rounds = sorted(record.rows[RoundRow], key=lambda row: (row.index, row.take))
    counted = [chapter_of(telling, row) for row in rounds if row.state != "superseded"]
    pictures = {picture.id: picture for chapter in counted for picture in chapter.pictures}
    final = pictures.get(session.final_id or session.incumbent_id or "")
    same = {name: getattr(session, name) for name in Story.model_fields if name in SessionRow.model_fields}
    return Story(
        **same, schema_version=SCHEMA_VERSION, app_version=__version__, session_id=session.id, chapters=counted,
        aside=[chapter_of(telling, row) for row in rounds if row.state == "superseded"],
        device=next((run.environment.get("device") for run in reversed(record.rows[RunRow])), None),
        final_artifact=final.artifact if final else None, lineage=_lineage(counted), calibration=_calibration(counted),
        convergence=_convergence(store, session, advise),
    )  # fmt: skip


def _stored(record: Record) -> MemoryStore:
    """The record as a store, so that the session's own fold reads it."""
    store = MemoryStore()
    with store.transaction() as tx:
        for kind, rows in record.rows.items():
            if kind not in (JobRow, RunRow, SampleRow):
                tx.put_many(rows)
    return store


def _moves(
    session: SessionRow, judgements: Sequence[Judgement], believe: Believe | None
) -> list[list[float | None] | None]:
    """After each answer, the move of the believed best along each axis."""
    unknown: list[list[float | None] | None] = [None] * len(judgements)
    if believe is None or len(judgements) > TOLD_MOVES:
        return unknown
    region = region_of(session)
    try:
        beliefs = [believe(session, region, judgements[: n + 1]) for n in range(len(judgements))]
    except InvalidInputError:  # a session from elsewhere, by a preference model that isn't installed here
        return unknown
    return [[axis.moved for axis in belief.axes] for belief in beliefs]


def _convergence(store: MemoryStore, session: SessionRow, advise: Advise | None) -> Convergence | None:
    if advise is None or session.space_fingerprint is None:
        return None
    try:
        return convergence_of(store, session, advise)
    except InvalidInputError:  # as in `_moves`
        return None


def _lineage(chapters: Sequence[Chapter]) -> list[Ancestor]:
    """The bests so far, oldest first, each once."""
    line: list[Ancestor] = []
    for chapter in chapters:
        best = next((p for p in chapter.pictures if p.chosen and p.id == chapter.best_after), None)
        if best is not None and (not line or line[-1].artifact != best.artifact):
            line.append(Ancestor(candidate_id=best.id, round=chapter.index, artifact=best.artifact))
    return line


def _calibration(chapters: Sequence[Chapter]) -> Calibration:
    answered = [chapter for chapter in chapters if chapter.answer is not None]
    counted = [c for c in answered if c.counts_for_calibration and any(p.chosen for p in c.pictures)]
    p_chosen, p_random, expected, hits = [], [], 0.0, 0
    for chapter in counted:
        judged = [picture for picture in chapter.pictures if picture.p_best is not None]
        chosen = next((picture for picture in judged if picture.chosen), None)
        if chosen is None:
            continue
        favourite = max(judged, key=lambda picture: picture.p_best or 0.0)
        p_chosen.append(chosen.p_best or 0.0)
        p_random.append(1 / len(judged))
        expected += favourite.p_best or 0.0
        hits += favourite is chosen
    return Calibration(
        rounds=len(p_chosen), left_out=len(answered) - len(p_chosen), expected_hits=expected, hits=hits,
        p_chosen=sum(p_chosen) / len(p_chosen) if p_chosen else None,
        p_random=sum(p_random) / len(p_random) if p_random else None,
    )  # fmt: skip
