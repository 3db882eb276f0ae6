"""What may go: each artifact's class, read off the rows that use it. Nothing here writes or deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pilotage.store import (
    CandidateRow,
    ExperimentRow,
    JobRow,
    MarkRow,
    Reader,
    RoundRow,
    RunRow,
    SampleRow,
    SessionRow,
)

Class = Literal["essential", "reproducible", "disposable"]
CanRender = Callable[[RunRow], bool]
TRASH_KEPT = timedelta(days=7)
UNDER_WAY = ("queued", "running")

_RANK: Mapping[Class, int] = {"disposable": 0, "reproducible": 1, "essential": 2}
_PASSING = {"preview": "previews of axes", "calibrate": "measurements of axes"}
_OTHERS = {
    "round": "rounds that were taken back", "retry": "rounds that were taken back", "verify": "fresh seeds",
    "point": "points chosen by hand", "generate": "pictures without a session", "replay": "checks of a replay",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """Why an artifact is kept, or may go; of several uses the one of the highest class.

    Attributes:
        run_id: what made it, and could again; None for a file that no run made.
        session_id: in whose name.
    """

    kind: Class
    why: str
    run_id: str | None = None
    session_id: str | None = None


UNUSED = Use("disposable", "nothing refers to it")


def classify(reader: Reader, can_render: CanRender, now: datetime) -> Mapping[str, Use]:
    """The class of every artifact that anything refers to; the others are `UNUSED`.

    Args:
        reader: one moment of the store.
        can_render: whether a run would give the same bytes again here: same model, same device.
        now: when sessions in the trash are to have outlived their week.
    """
    uses: dict[str, Use] = {}
    jobs = reader.list(JobRow)
    busy = {job.topic for job in jobs if job.state in UNDER_WAY}
    expired = {session.id for session in reader.list(SessionRow) if is_expired(session, now)}
    files = ((str(name), Use("essential", "files to take away", None, job.topic)) for job in jobs
             if job.topic not in expired and (name := (job.result or {}).get("artifact")))  # fmt: skip
    _note(uses, files)
    for session in reader.list(SessionRow):
        if session.id not in expired:
            _note(uses, _uses_in_session(reader, session, can_render, is_busy=session.id in busy))
    for run in reader.list(RunRow, where={"session_id": None}):
        _note(uses, _uses_of_run(reader, run, can_render))
    for session_id in expired:
        _note(uses, _left_behind(reader, session_id))
    return uses


def is_expired(session: SessionRow, now: datetime) -> bool:
    """Whether a session has been in the trash for its week."""
    return session.deleted_at is not None and now - session.deleted_at >= TRASH_KEPT


def gone_with(experiment: ExperimentRow, members: Sequence[SessionRow]) -> Sequence[SessionRow]:
    """The sessions that were deleted with an experiment: at the same moment."""
    return [one for one in members if one.deleted_at is not None and one.deleted_at == experiment.deleted_at]


def assets_of(stages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The artifacts that went into a run beside its text."""
    return (str(asset["artifact"]) for stage in stages for asset in stage["request"].get("assets", ()))


def _note(uses: dict[str, Use], found: Iterator[tuple[str, Use]]) -> None:
    for name, use in found:
        if name not in uses or _RANK[use.kind] > _RANK[uses[name].kind]:
            uses[name] = use


def _uses_in_session(
    reader: Reader, session: SessionRow, can_render: CanRender, *, is_busy: bool
) -> Iterator[tuple[str, Use]]:
    where = {"session_id": session.id}
    candidates = reader.list(CandidateRow, where=where)
    samples = {sample.id: sample for sample in reader.list(SampleRow, where=where)}
    carried = tuple({row.sample_id for row in candidates if row.sample_id} - set(samples))  # a branch has its parent's
    samples |= {sample.id: sample for sample in reader.list(SampleRow, where={"id": carried})}
    runs = {run.id: run for run in reader.list(RunRow, where={"id": tuple({s.run_id for s in samples.values()})})}
    whole = _whole(session, is_busy=is_busy)
    kept = _kept_samples(reader, session, candidates)
    for sample in samples.values():
        if sample.artifact is not None:
            run = runs.get(sample.run_id)
            use = Use("essential", kept[sample.id]) if sample.id in kept else _by_run(run, can_render)
            use = Use("essential", whole) if whole else use
            yield sample.artifact, Use(use.kind, use.why, sample.run_id, session.id)
    for name in assets_of([session.config, *(stage for run in runs.values() for stage in run.stages)]):
        yield name, Use("essential", "pictures that went in", None, session.id)


def _whole(session: SessionRow, *, is_busy: bool) -> str:
    """Why all of a session's pictures are kept; empty if each stands for itself."""
    if session.deleted_at is not None:
        return "in the trash, to be restored"
    if session.origin is not None:
        return "imported: not made here"
    return "a job of the session is under way" if is_busy else ""


def _kept_samples(reader: Reader, session: SessionRow, candidates: Sequence[CandidateRow]) -> Mapping[str, str]:
    """Sample id -> why it is essential."""
    rounds = reader.list(RoundRow, where={"session_id": session.id})
    counting = {round_.id for round_ in rounds if round_.state != "superseded"}
    kept: dict[str, str] = {}
    for row in candidates:
        if row.sample_id is not None and row.round_id in counting:
            kept[row.sample_id] = "rounds that count"
        if row.sample_id is not None and row.id in (session.final_id, session.incumbent_id):
            kept[row.sample_id] = "best or final pictures"
    for mark in reader.list(MarkRow, where={"session_id": session.id}):
        if mark.favourite or mark.pinned:
            kept[mark.sample_id] = "favourites and pinned pictures"
    return kept


def _by_run(run: RunRow | None, can_render: CanRender) -> Use:
    """The class of a picture that no round, mark or final needs: by what it was made for."""
    if run is None:
        return Use("essential", "made by an unknown run")
    if run.purpose in _PASSING:
        return Use("disposable", _PASSING[run.purpose])
    if run.purpose == "final":
        return Use("essential", "best or final pictures")
    if not can_render(run):
        return Use("essential", "cannot be made again here: another model, device or version")
    return Use("reproducible", _OTHERS[run.purpose])


def _uses_of_run(reader: Reader, run: RunRow, can_render: CanRender) -> Iterator[tuple[str, Use]]:
    use = Use("essential", "being made") if run.state == "running" else _by_run(run, can_render)
    for sample in reader.list(SampleRow, where={"run_id": run.id}):
        if sample.artifact is not None:
            yield sample.artifact, Use(use.kind, use.why, run.id)
    yield from ((name, Use("essential", "pictures that went in")) for name in assets_of(run.stages))


def _left_behind(reader: Reader, session_id: str) -> Iterator[tuple[str, Use]]:
    """What a session leaves that has outlived its week; whatever a branch shows is noted with the branch."""
    use = Use("disposable", "a week in the trash", None, session_id)
    return ((s.artifact, use) for s in reader.list(SampleRow, where={"session_id": session_id}) if s.artifact)
