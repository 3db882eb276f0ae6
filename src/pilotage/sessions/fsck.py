"""fsck: whether rows, files and events tell one story; only what is safe is repaired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pilotage.core.errors import PilotageError
from pilotage.core.hashing import sha256_hex
from pilotage.sessions.cleaning import GRACE
from pilotage.sessions.consistency import Finding, session_findings
from pilotage.sessions.ports import Ports
from pilotage.sessions.retention_events import ExperimentPurged, SessionPurged
from pilotage.sessions.views import View
from pilotage.store import AnswerRow, ArtifactRow, Reader, SampleRow, SessionRow


class Checkup(View):
    """What was looked at, and all that is wrong.

    Attributes:
        looked_at: how many sessions, artifacts and events there are.
        findings: empty if all is well.
    """

    looked_at: dict[str, int]
    findings: list[Finding]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        return all(finding.repaired for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Log:
    """What the log says: its gaps, the sessions that were purged, and by session the place of each answer."""

    events: int
    gaps: Sequence[tuple[int, int]]
    purged: frozenset[str]
    answers: Mapping[str, Mapping[str, int]]


def fsck(ports: Ports, *, repair: bool = False, rehash: bool = True) -> Checkup:
    """Check everything.

    Args:
        ports: what is checked; others may go on writing meanwhile.
        repair: delete writes that did not end, move files that nothing names to `lost+found`, correct marks
            of a clean. Nothing else is ever changed.
        rehash: whether to read every file and compare its hash.
    """
    newest = ports.store.last_seq()
    with ports.store.snapshot() as reader:
        sessions = reader.list(SessionRow)
        log = _read_log(ports)  # after the rows' moment, so that it tells of all of them
        sessions = [session for session in sessions if session.id not in log.purged]
        found = [one for session in sessions for one in session_findings(reader, session, log.purged)]
        found += [one for session in sessions for one in _lost_answers(reader, session, log, upto=newest)]
        rows = {row.id: row for row in reader.list(ArtifactRow)}
        found += _unknown_artifacts(reader, rows)
    found += [Finding(code="event_gap", subject=f"{first}-{last}", message="events are missing from the log")
              for first, last in log.gaps]  # fmt: skip
    held = {one.name: one.touched_at for one in ports.artifacts.held()}
    found += _missing(ports, rows, held)
    found += _damaged(ports, held) if rehash else ()
    found += _wrong_marks(ports, rows, held, repair=repair)
    found += _stray_files(ports, rows, held, repair=repair)
    counts = {"sessions": len(sessions), "artifacts": len(rows), "files": len(held), "events": log.events}
    return Checkup(looked_at=counts, findings=found)


def _read_log(ports: Ports) -> _Log:
    after = count = 0
    gaps: list[tuple[int, int]] = []
    explained: set[int] = set()
    purged: set[str] = set()
    answers: dict[str, dict[str, int]] = {}
    while page := ports.store.events(after=after):
        for event in page:
            if event.seq != after + 1:
                gaps.append((after + 1, event.seq - 1))
            after, count = event.seq, count + 1
            if event.type in (SessionPurged.type, ExperimentPurged.type):
                purged.add(event.topic)
                explained.update(seq for first, last in event.data["seqs"] for seq in range(first, last + 1))
            elif event.type == "answer.recorded":
                answers.setdefault(event.topic, {})[event.data["answer_id"]] = event.seq
    unexplained = [gap for gap in gaps if not explained.issuperset(range(gap[0], gap[1] + 1))]
    return _Log(count, unexplained, frozenset(purged), answers)


def _lost_answers(reader: Reader, session: SessionRow, log: _Log, *, upto: int) -> Iterator[Finding]:
    """Answers that were acknowledged, as the log says, and are not there; or are there and nobody gave them."""
    rows = {row.id for row in reader.list(AnswerRow, where={"session_id": session.id})}
    told = log.answers.get(session.id, {})
    for id_ in sorted(id_ for id_, seq in told.items() if seq <= upto and id_ not in rows):
        yield Finding(code="answer_lost", subject=id_, message=f"session {session.id} has lost an answer")
    if session.parent_id is None and session.origin is None:  # copies in a branch were told of by its parent
        for id_ in sorted(rows - told.keys()):
            yield Finding(code="answer_untold", subject=id_, message=f"no event of {session.id} tells of this answer")


def _unknown_artifacts(reader: Reader, rows: Mapping[str, ArtifactRow]) -> Iterator[Finding]:
    for sample in reader.list(SampleRow):
        if sample.artifact is not None and sample.artifact not in rows:
            yield Finding(code="artifact_unknown", subject=sample.artifact, message=f"only {sample.id} names it")


def _missing(ports: Ports, rows: Mapping[str, ArtifactRow], held: Mapping[str, datetime]) -> Iterator[Finding]:
    for name in sorted(rows.keys() - held.keys()):
        now = ports.store.find(ArtifactRow, name)  # a clean may have been here since
        if now is not None and now.cleaned_at is None and not ports.artifacts.has(name):
            yield Finding(code="artifact_missing", subject=name, message="the file is gone")


def _damaged(ports: Ports, held: Mapping[str, datetime]) -> Iterator[Finding]:
    for name in sorted(held):
        try:
            sound = sha256_hex(ports.artifacts.get(name)) == name
        except PilotageError as error:
            sound = error.code == "not_found"  # removed since
        if not sound:
            yield Finding(code="artifact_damaged", subject=name, message="the bytes are not those that were kept")


def _wrong_marks(
    ports: Ports, rows: Mapping[str, ArtifactRow], held: Mapping[str, datetime], *, repair: bool
) -> Iterator[Finding]:
    for name, row in sorted(rows.items()):
        if row.cleaned_at is not None and name in held:
            if repair:
                with ports.store.transaction() as tx:
                    tx.put(row.model_copy(update={"cleaned_at": None}))
            message = "marked as cleaned, but the file is there"
            yield Finding(code="mark_wrong", subject=name, message=message, repaired=repair)


def _stray_files(
    ports: Ports, rows: Mapping[str, ArtifactRow], held: Mapping[str, datetime], *, repair: bool
) -> Iterator[Finding]:
    old = ports.clock() - GRACE  # a younger one may be a write that is going on
    for stray in ports.artifacts.strays():
        if stray.touched_at < old:
            if repair:
                ports.artifacts.discard(stray)
            what = "a write that did not end" if stray.is_unfinished else "no artifact"
            yield Finding(code="file_stray", subject=stray.path, message=what, repaired=repair)
    for name in sorted(held.keys() - rows.keys()):
        if held[name] < old and ports.store.find(ArtifactRow, name) is None:
            if repair:
                ports.artifacts.set_aside(name)
            yield Finding(code="file_unused", subject=name, message="no row names this file", repaired=repair)
