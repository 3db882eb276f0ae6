"""A session's record: every row and event that is its own, in one order, without a folder of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pilotage.records import Event
from pilotage.reports.subject import public_config, public_ref
from pilotage.sessions.forecasts import hidden, kept_back
from pilotage.store import (
    AnswerRow,
    ArtifactRow,
    CandidateRow,
    JobRow,
    MarkRow,
    Reader,
    RoundRow,
    Row,
    RunRow,
    SampleRow,
    SessionRow,
    Store,
)

Json = dict[str, Any]
PAGE = 500
# A path within what a program wrote: quoted, or up to the next blank. Its last part stays.
_QUOTED = re.compile(r"""(['"])(?:~|[A-Za-z]:)?[/\\](?:[^'"\n]*[/\\])?([^'"/\\\n]+)\1""")
_BARE = re.compile(r"""(?<![\w:/\\.'"<])(?:~|[A-Za-z]:)?[/\\](?:[^\s'"/\\]+[/\\])+([^\s'"/\\]*)""")


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of one session; `rows` by table, each in the order of its creation and id."""

    kinds: ClassVar[tuple[type[Row], ...]] = (
        SessionRow, RoundRow, CandidateRow, AnswerRow, MarkRow, RunRow, SampleRow, JobRow, ArtifactRow,
    )  # fmt: skip

    rows: Mapping[type[Row], tuple[Any, ...]]

    @property
    def session(self) -> SessionRow:
        """The session itself."""
        return self.rows[SessionRow][0]


def record_of(reader: Reader, session_id: str) -> Record:
    """The record of a session, as it may leave this machine.

    Models keep the last part of their path, faults lose their folders, jobs their payload and worker; what is
    not the session's own is not pointed at. Forecasts of a round that waits for its answer are left out.

    Raises:
        NotFoundError: no such session.
    """
    session = reader.get(SessionRow, session_id)
    mine = {"session_id": session_id}
    rounds = reader.list(RoundRow, where=mine)
    candidates = reader.list(CandidateRow, where=mine)
    samples = {sample.id: sample for sample in reader.list(SampleRow, where=mine)}
    for sample_id in {c.sample_id for c in candidates if c.sample_id} - samples.keys():
        if sample := reader.find(SampleRow, sample_id):  # a branch shows its parent's
            samples[sample_id] = sample.model_copy(update=mine)
    runs = {run.id: run for run in reader.list(RunRow, where=mine)}
    for run_id in {sample.run_id for sample in samples.values()} - runs.keys():
        runs[run_id] = reader.get(RunRow, run_id).model_copy(update=mine)
    answers = reader.list(AnswerRow, where=mine)
    jobs = [job for round_ in rounds if (job := reader.find(JobRow, round_.job_id or "")) is not None]
    hashes = {s.artifact for s in samples.values() if s.artifact} | _assets(session, runs.values())
    artifacts = [row for sha in hashes if (row := reader.find(ArtifactRow, sha)) is not None]
    found = (
        [session], rounds, candidates, answers, reader.list(MarkRow, where=mine), runs.values(), samples.values(), jobs,
        artifacts,
    )  # fmt: skip
    rows = {kind: _sorted(of) for kind, of in zip(Record.kinds, found, strict=True)}
    return _public(Record(rows))


def events_of(store: Store, record: Record) -> Iterator[Event]:
    """The session's events, oldest first, numbered from 1, as they may leave this machine."""
    session_id, after, place = record.session.id, 0, 0
    while page := store.events(after=after, topic=session_id, limit=PAGE):
        for event in kept_back(store, page):
            place += 1
            yield event.model_copy(update={"seq": place, "data": _public_event(event)})
        after = page[-1].seq


def public_text(text: str) -> str:
    """What a program wrote, with the last part alone of each path."""
    return _BARE.sub(r"\1", _QUOTED.sub(r"\1\2\1", text))


def _sorted(rows: Any) -> tuple[Any, ...]:
    """In an order that no database's collation decides."""
    return tuple(sorted(rows, key=lambda row: (row.created_at, row.id)))


def _assets(session: SessionRow, runs: Any) -> set[str]:
    """The hashes of the pictures that went in beside the text."""
    requests = [session.config.get("request", {}), *(stage.get("request", {}) for run in runs for stage in run.stages)]
    return {asset["artifact"] for request in requests for asset in request.get("assets") or ()}


def _waiting(record: Record) -> set[str]:
    """The rounds whose forecasts are still kept back."""
    told = {answer.round_id for answer in record.rows[AnswerRow]}
    return {r.id for r in record.rows[RoundRow] if r.id not in told and not r.forecasts_shown}


def _public(record: Record) -> Record:
    waiting = _waiting(record)
    is_blind = record.session.config.get("repeats") is not None  # then its phases would tell that nothing was drawn
    blind = {row.job_id for row in record.rows[RoundRow] if is_blind and row.id in waiting}
    own = {kind: {row.id for row in rows} for kind, rows in record.rows.items()}

    def known(kind: type[Row], id_: str | None) -> str | None:
        return id_ if id_ in own[kind] else None

    changes: dict[type[Row], Any] = {
        SessionRow: lambda row: {
            "model": public_ref(row.model), "config": public_config(row.config), "experiment_id": None, "origin": None,
            "deleted_at": None, "incumbent_id": known(CandidateRow, row.incumbent_id),
            "final_id": known(CandidateRow, row.final_id),
        },
        RoundRow: lambda row: {
            "error": _public_fault(row.error), "parent_id": known(RoundRow, row.parent_id),
            "job_id": known(JobRow, row.job_id), "run_id": known(RunRow, row.run_id),
            **({"sampler_state": {}} if row.id in waiting else {}),
        },
        CandidateRow: lambda row: {
            "error": public_text(row.error), "carried_from": known(CandidateRow, row.carried_from),
            "sample_id": known(SampleRow, row.sample_id), **(hidden(row.role) if row.round_id in waiting else {}),
        },
        RunRow: lambda row: {"model": public_ref(row.model), "error": _public_fault(row.error)},
        SampleRow: lambda row: {"error": public_text(row.error)},
        JobRow: lambda row: {
            "payload": {}, "worker_id": None, "error": _public_fault(row.error),
            **({"phases": []} if row.id in blind else {}),
        },
    }  # fmt: skip
    return Record({
        kind: tuple(row.model_copy(update=changes[kind](row)) if kind in changes else row for row in rows)
        for kind, rows in record.rows.items()
    })  # fmt: skip


def _public_fault(fault: Json | None) -> Json | None:
    if fault is None:
        return None
    return {name: public_text(value) if isinstance(value, str) else value for name, value in fault.items()}


def _public_event(event: Event) -> Json:
    data = dict(event.data)
    if isinstance(data.get("config"), dict):
        data["config"] = public_config(data["config"])
    if isinstance(data.get("error"), dict):
        data["error"] = _public_fault(data["error"])
    if isinstance(data.get("error"), str):
        data["error"] = public_text(data["error"])
    for name in ("samples", "candidates"):
        if isinstance(data.get(name), list):
            data[name] = [_public_part(part) for part in data[name]]
    return data


def _public_part(part: Any) -> Any:
    if isinstance(part, dict) and isinstance(part.get("error"), str):
        return {**part, "error": public_text(part["error"])}
    return part
