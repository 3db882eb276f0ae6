"""A bundle opened in another lab: its session becomes one that can be read, replayed and branched from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, ClassVar

from pilotage.core.archives import Archive, open_archive
from pilotage.core.errors import InvalidInputError, JobCancelledError
from pilotage.core.hashing import sha256_hex
from pilotage.core.ids import derived_id, new_id
from pilotage.core.media import EXTENSIONS, FORMATS, Media
from pilotage.jobs.base import problem
from pilotage.records import Event, EventRegistry, Payload, events_from_jsonl
from pilotage.reports.checks import faults_of, manifest_in, parsed
from pilotage.reports.record import Record
from pilotage.reports.replay import artifact_name, record_in
from pilotage.reports.soundness import check_record, renamed, renamed_json
from pilotage.sessions.ports import Ports
from pilotage.sessions.rounds import UNFINISHED
from pilotage.store import ArtifactRow, JobRow, MarkRow, RoundRow, SessionRow, Transaction

Json = dict[str, Any]
ARRIVAL_EVENTS = EventRegistry()
MAX_EVENTS = 200_000
MAX_DOCUMENT = 1 << 28  # bytes of a lone replay document
ENDED = ("succeeded", "failed", "cancelled")


@ARRIVAL_EVENTS.register
class SessionImported(Payload):
    """A session came from a bundle; it is read only here."""

    type: ClassVar[str] = "session.imported"

    session_id: str
    origin: Json


def take_in(ports: Ports, file: Path | IO[bytes]) -> str:
    """Open a bundle, or the replay document of one without its pictures; the id of the session, read only here.

    Everything is checked before anything is stored, and rows and events are stored together or not at all. The
    session keeps its ids, unless one of them is known here: then it gets new ones.

    Raises:
        InvalidInputError: damaged, incomplete, of a newer schema, or telling of what it doesn't hold.
        StorageError: the disk or the database refuses; nothing is left of it but unused pictures.
    """
    if _is_document(file):
        return _stored(ports, parsed(_read(file), "replay.json"), ())
    with open_archive(file) as archive:
        if faults := faults_of(archive, manifest_in(archive)):
            raise InvalidInputError(
                f"the bundle is damaged: {faults[0]}", field="archive", faults=faults[:20],
                hint="Nothing was imported. Take a fresh copy of it.",
            )  # fmt: skip
        events = list(events_from_jsonl(archive.read("events.jsonl").decode(errors="replace")))
        return _stored(ports, parsed(archive.read("replay.json"), "replay.json"), events, archive)


class _TakenError(Exception):
    """Something of that id is here already."""


def _stored(ports: Ports, document: Any, events: Sequence[Event], archive: Archive | None = None) -> str:
    record = record_in(document)
    if len(events) > MAX_EVENTS:
        raise InvalidInputError(f"more than {MAX_EVENTS} events", field="archive")
    check_record(record, events)
    origin = {name: document[name] for name in ("schema_version", "app_version", "exported_at")}
    origin |= {"session_id": record.session.id, "imported_at": ports.clock().isoformat()}
    if archive is not None:
        _keep_pictures(ports, archive, record)
    try:
        _write(ports, record, events, origin)
    except _TakenError:
        ids = _fresh_ids(record)
        record, events = renamed(record, ids), [_renamed_event(event, ids) for event in events]
        _write(ports, record, events, origin)
    return record.session.id


def _keep_pictures(ports: Ports, archive: Archive, record: Record) -> None:
    """The pictures that the record names, each read as what it says it is before it is kept."""
    for row in record.rows[ArtifactRow]:
        path = artifact_name(row)
        if path not in archive.sizes:
            continue
        media = Media(row.media_type, archive.read(path))
        if row.media_type not in EXTENSIONS or row.size != len(media.data) or row.id != sha256_hex(media.data):
            raise InvalidInputError(f"{path} is not what the replay says of it", field="archive", entry=path)
        if row.media_type in FORMATS:
            media.pixels()
        ports.artifacts.put(media.data)


def _write(ports: Ports, record: Record, events: Sequence[Event], origin: Json) -> None:
    own = {"origin": origin, "experiment_id": None, "deleted_at": None}
    with ports.store.transaction() as tx:
        for kind, rows in record.rows.items():
            if kind is ArtifactRow:
                _write_artifacts(ports, tx, rows)
                continue
            kept = [row.model_copy(update=own) for row in rows] if kind is SessionRow else [_ended(row) for row in rows]
            if tx.insert_many(kept) != len(kept):
                raise _TakenError
        for event in events:
            tx.append(event)
        ports.tell(tx, "lab", SessionImported(session_id=record.session.id, origin=origin))


def _write_artifacts(ports: Ports, tx: Transaction, rows: Sequence[ArtifactRow]) -> None:
    for row in rows:
        here = ports.artifacts.has(row.id)
        tx.insert(row.model_copy(update={"cleaned_at": None if here else row.cleaned_at or ports.clock()}))


def _ended(row: Any) -> Any:
    """A job or a round that was under way elsewhere is not under way here."""
    if isinstance(row, JobRow) and row.state not in ENDED:
        return row.model_copy(update={"state": "cancelled", "ended_at": row.started_at or row.created_at})
    if isinstance(row, RoundRow) and row.state in UNFINISHED:
        stopped = JobCancelledError("it was under way when the session was exported")
        return row.model_copy(update={"state": "failed", "error": problem(stopped)})
    return row


def _fresh_ids(record: Record) -> dict[str, str]:
    """Old id -> new id, of all but artifacts, whose ids are what they are."""
    session_id = new_id("ses")
    ids = {record.session.id: session_id}
    for kind, rows in record.rows.items():
        if kind not in (SessionRow, ArtifactRow):
            ids |= {row.id: derived_id(row.id.partition("_")[0], session_id, row.id) for row in rows}
    # These two are found by what they follow from.
    ids |= {r.id: derived_id("rnd", session_id, r.index, *((r.take,) if r.take else ())) for r in record.rows[RoundRow]}
    return ids | {mark.id: derived_id("mrk", session_id, ids[mark.sample_id]) for mark in record.rows[MarkRow]}


def _renamed_event(event: Event, ids: Mapping[str, str]) -> Event:
    return event.model_copy(update={"topic": ids[event.topic], "data": renamed_json(event.data, ids)})


def _is_document(file: Path | IO[bytes]) -> bool:
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return _is_document(opened)
    file.seek(0)
    return file.read(64).lstrip()[:1] == b"{"


def _read(file: Path | IO[bytes]) -> bytes:
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return _read(opened)
    file.seek(0)
    data = file.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise InvalidInputError(f"the document has more than {MAX_DOCUMENT} bytes", field="archive")
    return data
