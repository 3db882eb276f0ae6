"""What a database of a million candidates answers, and how fast: SQLite and PostgreSQL, beside their bare drivers.

The database holds 5,000 sessions of 20 rounds of 10 candidates, each with its sample, and the answers, jobs and
runs that belong to them; `--quick` a fifth of that. Cases: `bulk insert`, 10,000 rows a transaction, at that size;
`session view`, what the page asks for; `keyset page`, 50 runs from the middle; `lineage`, the 20 rounds through
which a candidate was carried; `commit`, one row on the disk. The peer is the driver itself, without SQLAlchemy,
pydantic or views: the very statements that ours sent, with ready parameters; for `lineage`, one recursive query.
The whole takes about five minutes, nearly all of them to fill the two databases.

    python -m benchmarks.store [--quick] [--json]
"""

from __future__ import annotations

import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event as hooks  # noqa: TID253

from benchmarks.rows import Row, finish, options, quartiles
from pilotage.sessions.views import session_view
from pilotage.store import (
    AnswerRow,
    CandidateRow,
    JobRow,
    RoundRow,
    RunRow,
    SampleRow,
    cursor,
)
from pilotage.store import Row as StoredRow
from pilotage.store.postgres import BULK
from pilotage.store.sql import SqlStore, migrate
from pilotage.testing.postgres import PostgresServer
from pilotage.testing.store import session_row

SESSIONS, QUICK_SESSIONS, ROUNDS, SLOTS = 5_000, 1_000, 20, 10
CHUNK, PAGE = 10_000, 50
START = datetime(2026, 1, 1, tzinfo=UTC)
BARS = {"bulk insert": 8_000.0, "session view": 20.0, "keyset page": 5.0, "lineage": 10.0, "commit": 30.0}
Work = Callable[[], Any]


def session_of(number: int) -> Iterator[StoredRow]:
    """All rows of one session, as twenty rounds leave them."""
    rng = random.Random(number)
    key, at = f"ses_{number:08}", START + timedelta(minutes=number)
    axes = [{"name": f"axis {i}", "negative": "dark", "positive": "bright", "unit": rng.random()} for i in range(5)]
    yield session_row(
        number, id=key, created_at=at, updated_at=at, axes=axes, dimension=5, rounds=ROUNDS,
        incumbent_id=f"cnd_{number:08}-{ROUNDS - 1}-0", config={"request": {"prompt": "a fox"}, "candidates": SLOTS},
    )  # fmt: skip
    for index in range(ROUNDS):
        yield from _round_of(number, index, at + timedelta(seconds=index), rng)


def _round_of(number: int, index: int, at: datetime, rng: random.Random) -> Iterator[StoredRow]:
    key, own = f"ses_{number:08}", f"{number:08}-{index}"
    before = f"{number:08}-{index - 1}"
    yield RoundRow(
        id=f"rnd_{own}", created_at=at, session_id=key, index=index + 1, state="answered", job_id=f"job_{own}",
        run_id=f"run_{own}", parent_id=f"rnd_{before}" if index else None, sampler_state={"radius": rng.random()},
        expected_gain=rng.random(), shown_at=at, answered_at=at,
    )  # fmt: skip
    yield JobRow(id=f"job_{own}", created_at=at, kind="step", payload={"round_id": f"rnd_{own}"}, topic=key,
                 state="succeeded", phases=[["generating", at.isoformat()]], result={"index": index})  # fmt: skip
    yield RunRow(id=f"run_{own}", created_at=at, session_id=key, purpose="round", state="succeeded", model="m",
                 stages=[{"kind": "txt2img", "steps": 10}], group=[{"seed": 1}] * SLOTS,
                 timings_ms={"generating": 1000.0})  # fmt: skip
    shown = [f"cnd_{own}-{slot}" for slot in range(SLOTS)]
    for slot, candidate in enumerate(shown):
        z, seed, carried = [rng.gauss(0, 1) for _ in range(5)], rng.randrange(2**32), slot == 0 and index > 0
        yield CandidateRow(
            id=candidate, created_at=at, session_id=key, round_id=f"rnd_{own}", slot=slot, state="ready",
            role="explore", why="far from all that was tried", z=z, seed=seed, sample_id=f"smp_{own}-{slot}",
            carried_from=f"cnd_{before}-0" if carried else None,
            forecast={"mean": rng.random(), "sd": rng.random(), "p_best": 0.1, "p_beats_incumbent": 0.5},
        )  # fmt: skip
        yield SampleRow(id=f"smp_{own}-{slot}", created_at=at, run_id=f"run_{own}", session_id=key, index=slot, z=z,
                        seed=seed, artifact=f"{rng.getrandbits(256):064x}")  # fmt: skip
    yield AnswerRow(id=f"ans_{own}", created_at=at, session_id=key, round_id=f"rnd_{own}", kind="ranking", shown=shown,
                    answer={"kind": "ranking", "order": shown[:1]}, decision_ms=2000)  # fmt: skip


class Bench:
    """A store under measurement, and the driver beneath it."""

    def __init__(self, name: str, store: SqlStore, sessions: int, repeats: int) -> None:
        self.name, self.store, self.sessions, self.repeats = name, store, sessions, repeats
        self.engine = store._engine
        self._raw = self.engine.raw_connection()
        self.driver: Any = self._raw.driver_connection

    def rows(self) -> list[Row]:
        """Every case."""
        for number in range(0, self.sessions, 20):
            with self.store.transaction() as tx:
                tx.insert_many([row for one in range(number, number + 20) for row in session_of(one)])
        self._analyze()
        rng = random.Random(0)
        found = [
            self._bulk(),
            self._reads("session view", lambda: self._view(rng)),
            self._reads("keyset page", lambda: self._page(rng)),
            self._lineage(rng),
            self._commit(),
        ]
        self._raw.close()
        return found

    def _view(self, rng: random.Random) -> Work:
        number = rng.randrange(self.sessions)
        return lambda: session_view(self.store, f"ses_{number:08}")

    def _page(self, rng: random.Random) -> Work:
        middle = self.store.get(RunRow, f"run_{rng.randrange(self.sessions // 4, self.sessions):08}-7")
        return lambda: self.store.list(RunRow, after=cursor(middle), limit=PAGE, newest_first=True)

    def _reads(self, case: str, chosen: Callable[[], Work]) -> Row:
        ours, theirs = [], []
        for _ in range(self.repeats):
            work = chosen()
            with self._sent() as statements:
                ours.append(timed(work))
            theirs.append(timed(lambda sent=statements: self._replay(sent)))
        return self._row(case, "ms", ours, theirs)

    def _lineage(self, rng: random.Random) -> Row:
        ours, theirs = [], []
        for _ in range(self.repeats):
            last = f"cnd_{rng.randrange(self.sessions):08}-{ROUNDS - 1}-0"
            ours.append(timed(lambda start=last: self._walk(start)))
            theirs.append(timed(lambda start=last: self._recurse(start)))
        return self._row("lineage", "ms", ours, theirs, "driver, one recursive query")

    def _walk(self, candidate_id: str) -> list[CandidateRow]:
        path, following = [], candidate_id
        with self.store.snapshot() as reader:
            while following:
                path.append(reader.get(CandidateRow, following))
                following = path[-1].carried_from or ""
        assert len(path) == ROUNDS
        return path

    def _recurse(self, candidate_id: str) -> None:
        mark = "%s" if self.name == "postgresql" else "?"
        found = self.driver.execute(
            f"WITH RECURSIVE path AS (SELECT * FROM candidate WHERE id = {mark} UNION ALL SELECT candidate.* "
            "FROM candidate JOIN path ON candidate.id = path.carried_from) SELECT * FROM path", (candidate_id,),
        ).fetchall()  # fmt: skip
        self.driver.rollback()
        assert len(found) == ROUNDS

    def _bulk(self) -> Row:
        ours, theirs = [], []
        for repeat in range(5):
            rows = self._candidates(2 * repeat)
            ours.append(CHUNK / timed(lambda chunk=rows: self._insert(chunk)))
            with self._sent() as statements, contextlib.suppress(ZeroDivisionError):
                self._insert_and_raise(self._candidates(2 * repeat + 1))
            theirs.append(CHUNK / timed(lambda sent=statements: self._replay(sent, writes=True)))
        return self._row("bulk insert", "rows/s", ours, theirs, scale=1, more_is_better=True)

    def _candidates(self, part: int) -> list[CandidateRow]:
        first = self.sessions + part * CHUNK
        template = next(row for row in session_of(0) if isinstance(row, CandidateRow))
        known = {"session_id": "ses_00000000", "round_id": "rnd_00000000-0"}
        # Slots are unique in a round, and a real z differs from row to row.
        return [
            template.model_copy(update={**known, "id": f"cnd_x{i}", "slot": i, "z": [i / 7] * 5})
            for i in range(first, first + CHUNK)
        ]

    def _insert(self, rows: Sequence[StoredRow]) -> None:
        with self.store.transaction() as tx:
            tx.insert_many(rows)

    def _insert_and_raise(self, rows: Sequence[StoredRow]) -> None:
        with self.store.transaction() as tx:
            for first in range(0, len(rows), BULK - 1):  # so few that they are statements, which the driver can send
                tx.insert_many(rows[first : first + BULK - 1])
            raise ZeroDivisionError

    def _commit(self) -> Row:
        ours, theirs = [], []
        for repeat in range(self.repeats):
            mine, other = (JobRow(id=f"job_{who}{repeat}", created_at=START, kind="k", payload={}, topic="t")
                           for who in "ab")  # fmt: skip
            ours.append(timed(lambda row=mine: self._insert([row])))
            with self._sent() as statements, contextlib.suppress(ZeroDivisionError):
                self._insert_and_raise([other])
            theirs.append(timed(lambda sent=statements: self._replay(sent, writes=True)))
        return self._row("commit", "ms", ours, theirs)

    @contextlib.contextmanager
    def _sent(self) -> Iterator[list[tuple[str, Any, bool]]]:
        """The statements that SQLAlchemy sends in the block, but for its own BEGIN."""
        found: list[tuple[str, Any, bool]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
            if many and found and found[-1][0] == statement:
                found[-1][1].extend(parameters)
            elif not statement.startswith("BEGIN"):
                found.append((statement, list(parameters) if many else parameters, many))

        hooks.listen(self.engine, "before_cursor_execute", note)
        yield found
        hooks.remove(self.engine, "before_cursor_execute", note)

    def _replay(self, statements: Sequence[tuple[str, Any, bool]], *, writes: bool = False) -> None:
        found = self.driver.cursor()
        if self.name == "sqlite":
            found.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        for statement, parameters, many in statements:
            if many:
                found.executemany(statement, parameters)
            else:
                found.execute(statement, parameters)
                if found.description:
                    found.fetchall()
        self.driver.commit()

    def _analyze(self) -> None:
        self.driver.cursor().execute("ANALYZE")
        self.driver.commit()

    def _row(
        self, case: str, metric: str, ours: Sequence[float], theirs: Sequence[float], peer: str = "driver",
        *, scale: float = 1000, more_is_better: bool = False,
    ) -> Row:  # fmt: skip
        ours, theirs = [scale * value for value in ours], [scale * value for value in theirs]
        middle, bar = statistics.median(ours), BARS[case]
        return Row(
            case=f"{case}, {self.name}", metric=metric, ours=round(middle, 2), peer=peer,
            theirs=round(statistics.median(theirs), 2), ratio=round(middle / statistics.median(theirs), 2), bar=bar,
            holds=middle >= bar if more_is_better else middle <= bar, n=len(ours), spread=quartiles(ours, 2),
        )  # fmt: skip


def timed(work: Work) -> float:
    """Wall seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(url: str, name: str, *, quick: bool) -> list[Row]:
    """Every case on one database."""
    migrate(url)
    store = SqlStore(url)
    try:
        return Bench(name, store, QUICK_SESSIONS if quick else SESSIONS, 50 if quick else 200).rows()
    finally:
        store.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(__doc__, arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(f"sqlite:///{Path(folder) / 'p.db'}", "sqlite", quick=given.quick)
    server = PostgresServer(durable=True)
    with server.database("bench") as url:
        rows += measure(url, "postgresql", quick=given.quick)
    server.close()
    return finish("store", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
