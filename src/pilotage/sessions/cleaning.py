"""Cleaning: what the rows say may go is marked in one transaction, then swept; younger than a day, nothing goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pilotage.artifacts import ArtifactStore, Held, Stray
from pilotage.sessions.experiment_trash import purge_experiments
from pilotage.sessions.ports import Ports
from pilotage.sessions.retention import UNUSED, CanRender, Class, Use, classify
from pilotage.sessions.retention_events import ArtifactsCleaned
from pilotage.sessions.trash import purge
from pilotage.sessions.views import View
from pilotage.store import ArtifactRow, Reader, RequestRow, SampleRow, SessionRow, Transaction

GRACE = timedelta(hours=24)  # a file may be written long before the row that names it
QUIET = timedelta(days=30)  # a session that ended so long ago is looked at seldom
_REQUESTS_KEPT = timedelta(days=7)
_CHUNK = 500
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """What to clean.

    Attributes:
        reproducible: also pictures that can be rendered again byte for byte.
        archive: then pack what completed sessions keep, one archive a session.
    """

    reproducible: bool = False
    archive: bool = False

    @property
    def kinds(self) -> Sequence[Class]:
        """The classes that go."""
        return ("disposable", "reproducible") if self.reproducible else ("disposable",)


class CleanLine(View):
    """How many artifacts there are of one class, for one reason; `goes` says whether a clean takes them."""

    kind: Class
    why: str
    files: int
    bytes: int
    goes: bool


class CleanReport(View):
    """What a clean did, or would do.

    Attributes:
        lines: what there was before, essential first.
        purged: sessions and experiments whose week in the trash is over.
        saved: bytes that packing saved.
        faults: what a check of the whole found afterwards.
    """

    dry_run: bool
    lines: list[CleanLine]
    purged: list[str]
    removed: int
    freed: int
    packed: int
    saved: int
    faults: list[str]


def preview(ports: Ports, can_render: CanRender, choice: Choice) -> CleanReport:
    """What `clean` would do now; nothing is changed."""
    held, strays = list(ports.artifacts.held()), ports.artifacts.strays()
    with ports.store.snapshot() as reader:
        uses = classify(reader, can_render, ports.clock())
    going = _going(held, uses, choice, ports.clock())
    lines = [*_lines(held, uses, going), *_unfinished_line(strays, ports.clock())]
    return CleanReport(
        dry_run=True, lines=lines, purged=[], removed=sum(line.files for line in lines if line.goes),
        freed=sum(line.bytes for line in lines if line.goes), packed=0, saved=0, faults=[],
    )  # fmt: skip


def clean(ports: Ports, can_render: CanRender, choice: Choice, *, empty_trash: bool = False) -> CleanReport:
    """Purge what is due, remove the chosen classes, sweep what nothing refers to.

    Args:
        ports: what is cleaned.
        can_render: as `classify`.
        choice: which classes go.
        empty_trash: purge everything in the trash, also what could still be restored.

    Raises:
        StorageError: the disk refuses; what was removed before is marked, the rest stays.
    """
    purged = [*purge(ports, all_now=empty_trash), *purge_experiments(ports, all_now=empty_trash)]
    planned = preview(ports, can_render, choice)
    gone = _sweep(ports, can_render, choice)
    unfinished = _discard_unfinished(ports.artifacts, ports.clock())
    packed, saved = _pack(ports) if choice.archive else (0, 0)
    freed = sum(held.size for held in gone) + sum(stray.size for stray in unfinished)
    with ports.store.transaction() as tx:
        _forget_requests(tx, ports.clock())
        if gone:
            told = ArtifactsCleaned(files=len(gone), bytes=freed, classes=list(choice.kinds))
            ports.tell(tx, "lab", told)
    done = {"dry_run": False, "purged": purged, "removed": len(gone) + len(unfinished), "freed": freed}
    return planned.model_copy(update={**done, "packed": packed, "saved": saved})


def _sweep(ports: Ports, can_render: CanRender, choice: Choice) -> Sequence[Held]:
    """Mark, then remove. A file that somebody put again in between stays, and its mark is taken back."""
    held = {one.name: one for one in ports.artifacts.held()}
    marked = _mark(ports, can_render, choice, list(held.values()))
    removed = set(ports.artifacts.remove(sorted(marked), before=ports.clock() - GRACE))
    with ports.store.transaction() as tx:
        for row in _artifacts(tx, sorted(marked - removed)):
            tx.put(row.model_copy(update={"cleaned_at": None}))
    return [held[name] for name in sorted(removed)]


def _mark(ports: Ports, can_render: CanRender, choice: Choice, held: Sequence[Held]) -> set[str]:
    """Mark what goes, by rows that are still as they were when the plan was made.

    Every change of what is used tells an event. So the plan is made outside of a transaction, and made anew if
    the log has grown meanwhile; at last within one, where nobody else can write.
    """
    for _ in range(_TRIES):
        seq = ports.store.last_seq()
        with ports.store.snapshot() as reader:
            uses = classify(reader, can_render, ports.clock())
        with ports.store.transaction() as tx:
            if ports.store.last_seq() == seq:
                return _write_marks(tx, _going(held, uses, choice, ports.clock()), uses, ports.clock())
    with ports.store.transaction() as tx:
        uses = classify(tx, can_render, ports.clock())
        return _write_marks(tx, _going(held, uses, choice, ports.clock()), uses, ports.clock())


def _write_marks(tx: Transaction, going: set[str], uses: Mapping[str, Use], now: datetime) -> set[str]:
    unused = sorted(going - uses.keys())
    for start in range(0, len(unused), _CHUNK):
        tx.remove(ArtifactRow, {"id": tuple(unused[start : start + _CHUNK])})
    for row in _artifacts(tx, sorted(going & uses.keys())):
        tx.put(row.model_copy(update={"cleaned_at": now}))
    return going


def _going(held: Sequence[Held], uses: Mapping[str, Use], choice: Choice, now: datetime) -> set[str]:
    return {
        one.name for one in held
        if uses.get(one.name, UNUSED).kind in choice.kinds and now - one.touched_at > GRACE
    }  # fmt: skip


def _lines(held: Sequence[Held], uses: Mapping[str, Use], going: set[str]) -> list[CleanLine]:
    groups: dict[tuple[Class, str, bool], list[Held]] = {}
    for one in held:
        use = uses.get(one.name, UNUSED)
        groups.setdefault((use.kind, use.why, one.name in going), []).append(one)
    order = ("essential", "reproducible", "disposable")
    return [
        CleanLine(kind=kind, why=why, goes=goes, files=len(found), bytes=sum(one.size for one in found))
        for (kind, why, goes), found in sorted(groups.items(), key=lambda group: (order.index(group[0][0]), group[0]))
    ]


def _unfinished(strays: Sequence[Stray], now: datetime) -> list[Stray]:
    return [stray for stray in strays if stray.is_unfinished and now - stray.touched_at > GRACE]


def _unfinished_line(strays: Sequence[Stray], now: datetime) -> Iterator[CleanLine]:
    if found := _unfinished(strays, now):
        size = sum(stray.size for stray in found)
        yield CleanLine(kind="disposable", why="writes that did not end", files=len(found), bytes=size, goes=True)


def _discard_unfinished(artifacts: ArtifactStore, now: datetime) -> list[Stray]:
    found = _unfinished(artifacts.strays(), now)
    for stray in found:
        artifacts.discard(stray)
    return found


def _pack(ports: Ports) -> tuple[int, int]:
    """How many artifacts of sessions that were completed long ago were packed, and the bytes that this saved."""
    loose = {one.name for one in ports.artifacts.held() if not one.archive}
    packed = saved = 0
    for session in ports.store.list(SessionRow, where={"state": "completed", "deleted_at": None}):
        if ports.clock() - session.updated_at > QUIET:
            samples = ports.store.list(SampleRow, where={"session_id": session.id})
            names = sorted({sample.artifact for sample in samples if sample.artifact} & loose)
            saved += ports.artifacts.pack(session.id, names)
            packed += len(names)
            loose -= set(names)
    return packed, saved


def _forget_requests(tx: Transaction, now: datetime) -> None:
    """Drop answers kept for requests that nobody sends again after so long; they hold prompts and comments."""
    while old := [row.id for row in tx.list(RequestRow, limit=_CHUNK) if now - row.created_at > _REQUESTS_KEPT]:
        tx.remove(RequestRow, {"id": tuple(old)})


def _artifacts(reader: Reader, names: Sequence[str]) -> Iterator[ArtifactRow]:
    for start in range(0, len(names), _CHUNK):
        yield from reader.list(ArtifactRow, where={"id": tuple(names[start : start + _CHUNK])})
