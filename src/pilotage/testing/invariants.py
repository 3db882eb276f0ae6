"""What must hold in every home folder at every moment, whatever died there: for tests that break things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pilotage.jobs.base import JOB_EVENTS, JobChanged
from pilotage.records import Event
from pilotage.sessions.fsck import fsck
from pilotage.sessions.ports import Ports
from pilotage.store import RequestRow, RoundRow, SessionRow

_ENDS = ("succeeded", "failed", "cancelled")
_ONCE = ("session.created", "session.space_built", "round.requested", "round.proposed", "round.shown")


def violations(ports: Ports) -> list[str]:
    """All that is wrong, in words; strays that a crash may leave, such as a half-written file, are not."""
    found = [
        f"{finding.code} {finding.subject}: {finding.message}"
        for finding in fsck(ports).findings
        if finding.code not in ("file_stray", "file_unused")
    ]
    events = list(_events(ports))
    return [*found, *_order(events), *_repeats(events), *_rounds(ports), *_requests(ports)]


def _events(ports: Ports) -> Iterator[Event]:
    seq = 0
    while batch := ports.store.events(after=seq):
        yield from batch
        seq = batch[-1].seq or 0


def _order(events: Sequence[Event]) -> Iterator[str]:
    """A job that has ended says nothing more, unless it is asked for anew."""
    ended: dict[str, str] = {}
    for event in events:
        if event.type != JobChanged.type:
            continue
        change = JOB_EVENTS.read(event)
        assert isinstance(change, JobChanged)
        before = ended.get(change.job_id)
        if before is not None and change.state != "queued":
            yield f"job {change.job_id} is {change.state} after it was {before}"
        ended.pop(change.job_id, None)
        if change.state in _ENDS:
            ended[change.job_id] = change.state


def _repeats(events: Sequence[Event]) -> Iterator[str]:
    """What happens once is told once."""
    told = Counter(
        (event.type, event.data.get("round_id") or event.data["session_id"]) for event in events if event.type in _ONCE
    )
    named = {"answer.recorded": "answer_id", "run.finished": "run_id"}
    told.update((event.type, event.data[named[event.type]]) for event in events if event.type in named)
    yield from (f"{name} of {subject} was told {count} times" for (name, subject), count in told.items() if count > 1)


def _rounds(ports: Ports) -> Iterator[str]:
    """One round counts at each index, and they have no gap."""
    for session in ports.store.list(SessionRow):
        rounds = ports.store.list(RoundRow, where={"session_id": session.id})
        counting = sorted(round_.index for round_ in rounds if round_.state != "superseded")
        if counting != list(range(1, len(counting) + 1)):
            yield f"session {session.id} has the rounds {counting}"


def _requests(ports: Ports) -> Iterator[str]:
    """Only what succeeded is kept under a key."""
    for request in ports.store.list(RequestRow):
        if not 200 <= request.status < 300:
            yield f"request {request.id} is kept with status {request.status}"
