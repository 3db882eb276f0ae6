"""What every store promises: subclass `StoreContract` and provide `store`.

A store that a second process can open subclasses `pilotage.testing.shared_store.SharedStoreContract` instead.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.records import Event
from pilotage.store import CandidateRow, JobRow, RoundRow, SessionRow, Store, Transaction, cursor

START = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def job_row(number: int, **changes: Any) -> JobRow:
    """A job, the later the higher its number."""
    at = START + timedelta(seconds=number)
    values = {"id": f"job_{number}", "created_at": at, "kind": "echo", "payload": {}, "topic": "t"}
    return JobRow(**{**values, **changes})


def session_row(number: int, **changes: Any) -> SessionRow:
    """A session, with every field that must be given."""
    at = START + timedelta(seconds=number)
    values: dict[str, Any] = {
        "id": f"ses_{number}", "created_at": at, "updated_at": at, "name": "n", "prompt": "p", "prompt_family": "f",
        "model": "m", "basis": "b", "dimension": 3, "radius": 1.5, "sampler": "s", "preference_model": "pm",
        "query_kinds": ["best"], "seed": 2**53 - 1, "seed_policy": "shared", "config": {},
    }  # fmt: skip
    return SessionRow(**{**values, **changes})


def event(number: int, topic: str = "t") -> Event:
    """An event, not yet placed."""
    return Event(topic=topic, type="test.happened", at=START, data={"number": number})


class StoreContract:
    """The contract of `pilotage.store.Store`."""

    @pytest.fixture
    def store(self) -> Store:
        """An empty store."""
        raise NotImplementedError

    def fill(self, store: Store, *numbers: int, **changes: Any) -> list[JobRow]:
        rows = [job_row(number, **changes) for number in numbers]
        with store.transaction() as tx:
            for row in rows:
                tx.put(row)
        return rows

    # rows

    def test_a_row_comes_back_as_it_was_put(self, store: Store) -> None:
        deep = {"a": [1, 2.5, {"b": None, "c": [True, "ü✓😀"]}], "": {}}
        session = session_row(1, config=deep, axes=[{"poles": ["rød", "blå"]}], name="Æ – ‘x’", closeness=None)
        round_ = RoundRow(id="rnd_1", created_at=START, session_id=session.id, index=1, expected_gain=0.1)
        candidate = CandidateRow(
            id="cnd_1", created_at=START, session_id=session.id, round_id=round_.id, slot=0, role="explore", why="w",
            z=[0.1, -1e-300, 1 / 3], seed=2**63 - 1, forecast={"p_best": 0.3},
        )  # fmt: skip
        with store.transaction() as tx:
            for row in (session, round_, candidate):
                tx.put(row)
        assert [store.get(type(row), row.id) for row in (session, round_, candidate)] == [session, round_, candidate]

    def test_a_time_comes_back_with_its_zone_whatever_zone_it_had(self, store: Store) -> None:
        east = timezone(timedelta(hours=5, minutes=30))
        self.fill(store, 1, created_at=START.astimezone(east), started_at=START)
        row = store.get(JobRow, "job_1")
        assert row.created_at == row.started_at == START
        assert row.created_at.tzinfo is not None
        assert row.ended_at is None

    def test_a_row_that_is_not_there_is_none_or_not_found(self, store: Store) -> None:
        assert store.find(JobRow, "job_0") is None
        with pytest.raises(NotFoundError, match="no job 'job_0'") as caught:
            store.get(JobRow, "job_0")
        assert caught.value.field == "job_id"

    def test_an_id_belongs_to_one_kind(self, store: Store) -> None:
        self.fill(store, 1)
        assert store.find(SessionRow, "job_1") is None

    def test_insert_adds_once_and_keeps_the_first(self, store: Store) -> None:
        first, second = job_row(1, kind="first"), job_row(1, kind="second")
        with store.transaction() as tx:
            assert tx.insert(first)
            assert not tx.insert(second)
        with store.transaction() as tx:
            assert not tx.insert(second)
            assert not tx.insert(first)
        assert store.get(JobRow, "job_1") == first

    def test_put_replaces_the_whole_row(self, store: Store) -> None:
        self.fill(store, 1, result={"a": 1}, state="succeeded")
        self.fill(store, 1, kind="other")
        assert store.list(JobRow) == [job_row(1, kind="other")]

    def test_many_rows_are_added_or_replaced_at_once(self, store: Store) -> None:
        first = [job_row(number, kind="first") for number in range(1, 4)]
        later = [job_row(number, kind="later") for number in range(2, 6)]
        with store.transaction() as tx:
            assert tx.insert_many([session_row(1), *first]) == 4
            assert tx.insert_many(later) == 2
            assert tx.insert_many([]) == 0
        assert store.list(JobRow) == [*first, *later[2:]]
        with store.transaction() as tx:
            tx.put_many([])
            tx.put_many([*later[:2], job_row(2, kind="last")])
        assert store.list(JobRow) == [first[0], job_row(2, kind="last"), *later[1:]]
        assert store.list(SessionRow) == [session_row(1)]

    def test_a_thousand_rows_are_written_like_one(self, store: Store) -> None:
        odd = {"a": [1, None, "tab \t line \n quote \\ NUL \0"], "": 0.1}
        first = [job_row(number, payload=odd, kind="a\tb\\N", ended_at=START) for number in range(1000)]
        later = [job_row(number, kind="later", result={}) for number in range(500, 1500)]
        with store.transaction() as tx:
            assert tx.insert_many([*first, *first[:10]]) == 1000
            assert tx.insert_many(later) == 500
        assert store.list(JobRow) == [*first, *later[500:]]
        with store.transaction() as tx:
            tx.put_many([*first[:500], job_row(500), *later])
            tx.put_many(later[:300])
        assert store.list(JobRow) == [*first[:500], *later]

    @pytest.mark.parametrize("number", [0.1, 1 / 3, -1e-300, 5e-324, 1.7976931348623157e308, 2.0**53 + 2])
    def test_a_number_comes_back_to_the_last_bit(self, store: Store, number: float) -> None:
        with store.transaction() as tx:
            tx.put(session_row(1, radius=number, config={"number": number, "list": [number]}))
        found = store.get(SessionRow, "ses_1")
        assert (found.radius, found.config) == (number, {"number": number, "list": [number]})

    def test_json_keeps_its_order_and_every_character(self, store: Store) -> None:
        config = {"z": 1, "a": {"b\0": "NUL \0 half \ud800 and \\u0000", "": [None, {"y": 1, "x": 2}]}}
        with store.transaction() as tx:
            tx.put(session_row(1, config=config))
            tx.append(Event(topic="t", type="test.happened", at=START, data=config))
        for found in (store.get(SessionRow, "ses_1").config, store.events()[0].data):
            assert json.dumps(found) == json.dumps(config)

    @pytest.mark.parametrize("text", ["a\0b", "half a \ud83d pair"])
    def test_a_text_that_a_database_cannot_keep_is_refused_by_its_field(self, store: Store, text: str) -> None:
        with pytest.raises(InvalidInputError) as caught, store.transaction() as tx:
            tx.put_many([job_row(1), session_row(1, outcome=text)])
        assert caught.value.field == "outcome"
        assert store.list(JobRow) == []
        assert store.find(SessionRow, text) is None
        assert store.list(SessionRow, where={"name": text}) == store.list(SessionRow, where={"name": (text,)}) == []

    def test_replacing_a_row_keeps_those_that_belong_to_it(self, store: Store) -> None:
        round_ = RoundRow(id="rnd_1", created_at=START, session_id="ses_1", index=1)
        with store.transaction() as tx:
            tx.put(session_row(1))
            tx.put(round_)
        with store.transaction() as tx:
            tx.put(session_row(1, name="renamed"))
        assert store.list(RoundRow, where={"session_id": "ses_1"}) == [round_]

    # lists

    def test_a_list_has_the_order_of_its_kind(self, store: Store) -> None:
        self.fill(store, 3, 1, 2)
        self.fill(store, 9, 8, created_at=START)
        assert self.ids(store.list(JobRow)) == [8, 9, 1, 2, 3]
        assert self.ids(store.list(JobRow, newest_first=True)) == [3, 2, 1, 9, 8]

    def test_pages_follow_each_other_without_gap_or_repeat(self, store: Store) -> None:
        self.fill(store, 1, 2, 3)
        self.fill(store, 4, 5, 6, created_at=START + timedelta(seconds=2))  # one moment, several rows
        for newest_first in (False, True):
            seen: list[JobRow] = []
            while page := store.list(
                JobRow, after=cursor(seen[-1]) if seen else None, limit=2, newest_first=newest_first
            ):
                assert len(page) <= 2
                seen += page
            assert seen == store.list(JobRow, newest_first=newest_first)
            assert len(seen) == 6

    def test_texts_are_ordered_by_the_numbers_of_their_characters(self, store: Store) -> None:
        names = ["a_b", "ab", "B", "a-c", "Ü", "_a", "aC", "10", "9"]
        with store.transaction() as tx:
            tx.put_many([job_row(1, id=name, created_at=START) for name in names])
        found = store.list(JobRow)
        assert [row.id for row in found] == sorted(names)
        assert store.list(JobRow, after=cursor(found[3])) == found[4:]

    def test_where_takes_only_rows_that_match_all_of_it(self, store: Store) -> None:
        self.fill(store, 1, 2, kind="a")
        self.fill(store, 3, kind="b")
        self.fill(store, 4, kind="a", state="failed", error={"code": "x"}, ended_at=START)
        assert self.ids(store.list(JobRow, where={"kind": "a", "state": "queued"})) == [1, 2]
        assert self.ids(store.list(JobRow, where={"state": ("queued", "failed"), "kind": ("b", "c")})) == [3]
        assert self.ids(store.list(JobRow, where={"ended_at": None, "kind": "a"})) == [1, 2]
        assert self.ids(store.list(JobRow, where={"ended_at": START})) == [4]
        assert self.ids(store.list(JobRow, where={"ended_at": (None, START)})) == [1, 2, 3, 4]
        assert store.list(JobRow, where={"state": ()}) == []

    def test_a_page_of_a_search_starts_after_the_row_last_seen(self, store: Store) -> None:
        rows = self.fill(store, 1, 2, 3, 4, kind="a")
        self.fill(store, 5, kind="b")
        found = store.list(JobRow, where={"kind": "a"}, after=cursor(rows[1]), limit=5)
        assert self.ids(found) == [3, 4]

    # transactions

    def test_a_transaction_sees_what_it_wrote(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.put(job_row(1))
            assert tx.get(JobRow, "job_1") == job_row(1)
            assert tx.list(JobRow) == [job_row(1)]

    def test_nothing_is_left_of_a_transaction_that_raises(self, store: Store) -> None:
        self.fill(store, 1)
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            self.write_and_raise(tx)
        assert store.list(JobRow) == [job_row(1)]
        assert store.events() == []
        assert store.last_seq() == 0

    def test_a_store_works_on_after_a_transaction_that_raised(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            self.write_and_raise(tx)
        with store.transaction() as tx:
            assert tx.append(event(2)).seq == 1

    def test_others_see_nothing_of_a_transaction_before_it_ends(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.put(job_row(1))
            tx.append(event(1))
            assert store.find(JobRow, "job_1") is None
            assert store.last_seq() == 0
        assert store.find(JobRow, "job_1") is not None

    def test_a_snapshot_shows_one_moment(self, store: Store) -> None:
        self.fill(store, 1)
        with store.snapshot() as reader:
            assert reader.list(JobRow) == [job_row(1)]
            self.fill(store, 1, kind="changed")
            self.fill(store, 2)
            assert reader.list(JobRow) == [reader.get(JobRow, "job_1")] == [job_row(1)]
        assert len(store.list(JobRow)) == 2

    def test_a_transaction_is_its_own_snapshot(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.put(job_row(1))
            with tx.snapshot() as reader:
                assert reader.get(JobRow, "job_1") == job_row(1)

    def test_a_transaction_within_a_transaction_is_refused(self, store: Store) -> None:
        with store.transaction() as tx:
            tx.put(job_row(1))
            with pytest.raises(RuntimeError, match="transaction is open"), store.transaction():
                pass
        assert store.list(JobRow) == [job_row(1)]

    # events

    def test_events_get_the_next_place_and_keep_their_content(self, store: Store) -> None:
        with store.transaction() as tx:
            placed = [tx.append(event(number)) for number in (1, 2)]
        with store.transaction() as tx:
            placed.append(tx.append(event(3)))
        assert [one.seq for one in placed] == [1, 2, 3]
        assert store.events() == placed
        assert placed[2] == event(3).model_copy(update={"seq": 3})
        assert store.last_seq() == 3

    def test_events_are_read_after_a_place_by_topic_and_up_to_a_limit(self, store: Store) -> None:
        with store.transaction() as tx:
            for number in range(1, 11):
                tx.append(event(number, topic="even" if number % 2 == 0 else "odd"))
        assert [one.seq for one in store.events(after=7)] == [8, 9, 10]
        assert [one.seq for one in store.events(topic="even", after=3, limit=2)] == [4, 6]
        assert [one.seq for one in store.events(limit=1)] == [1]
        assert store.events(after=10) == []
        assert store.events(topic="none") == []

    def test_rows_that_match_are_removed_and_no_others(self, store: Store) -> None:
        self.fill(store, 1, 2, 3, topic="gone")
        kept = self.fill(store, 4, topic="kept")
        with store.transaction() as tx:
            assert tx.remove(JobRow, {"topic": "gone", "id": ("job_1", "job_2", "job_4")}) == 2
            assert tx.remove(JobRow, {"topic": "gone"}) == 1
            assert tx.remove(JobRow, {"topic": "gone"}) == 0
        assert store.list(JobRow) == kept

    def test_a_place_in_the_log_is_never_given_twice(self, store: Store) -> None:
        with store.transaction() as tx:
            for number in range(1, 6):
                tx.append(event(number, topic="kept" if number == 2 else "gone"))
        with store.transaction() as tx:
            tombstone = tx.append(event(6, topic="gone"))
            assert tx.forget("gone", before=tombstone.seq) == 4
        assert [one.seq for one in store.events()] == [2, 6]
        assert [one.seq for one in store.events(after=3)] == [6]
        with store.transaction() as tx:
            assert tx.append(event(7)).seq == 7
        assert store.last_seq() == 7

    def test_writers_in_threads_leave_no_gap_and_lose_nothing(self, store: Store) -> None:
        failures: list[BaseException] = []

        def write(writer: int) -> None:
            try:
                for number in range(10):
                    with store.transaction() as tx:
                        counter = tx.find(JobRow, "job_0") or job_row(0, payload={"count": 0})
                        tx.put(counter.model_copy(update={"payload": {"count": counter.payload["count"] + 1}}))
                        tx.append(event(number, topic=f"writer {writer}"))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert [one.seq for one in store.events()] == list(range(1, 41))
        assert store.get(JobRow, "job_0").payload == {"count": 40}
        for writer in range(4):
            assert [one.data["number"] for one in store.events(topic=f"writer {writer}")] == list(range(10))

    @staticmethod
    def write_and_raise(tx: Transaction) -> None:
        tx.put(job_row(1, kind="changed"))
        tx.insert(job_row(2))
        tx.append(event(1))
        raise ZeroDivisionError

    @staticmethod
    def ids(rows: Any) -> list[int]:
        return [int(row.id.removeprefix("job_")) for row in rows]
