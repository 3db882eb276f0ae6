"""The suites of stores and artifacts can fail: each of these has one fault, and is found out."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pilotage.artifacts import ArtifactStore, MemoryArtifacts
from pilotage.core.hashing import sha256_hex
from pilotage.store import MemoryStore, Reader, Row, Store, Transaction
from pilotage.testing.artifacts import ArtifactContract
from pilotage.testing.store import StoreContract


def failures(contract: type, make: Callable[[], object]) -> set[str]:
    """The tests of a suite that what `make` makes does not pass; those with further parameters are left out."""
    found = set()
    for name, test in inspect.getmembers(contract, inspect.isfunction):
        if name.startswith("test_") and len(inspect.signature(test).parameters) == 2:
            try:
                test(contract(), make())
            except (Exception, pytest.fail.Exception):
                found.add(name)
    return found


class KeepsHalfATransaction(MemoryStore):
    """What was written before the exception stays."""

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        error: Exception | None = None
        with super().transaction() as tx:
            try:
                yield tx
            except Exception as caught:
                error = caught
        if error is not None:
            raise error


class PagesFromTheRowLastSeen(MemoryStore):
    """A page begins with the row that the last one ended with."""

    def list(self, kind: type[Row], *, after: Any = None, **options: Any) -> Any:
        rows = super().list(kind, **{**options, "limit": None})
        if after is not None:
            rows = [row for row in rows if (row.created_at, row.id) >= tuple(after)]
        return rows[: options.get("limit")]


class SkipsAPlaceNowAndThen(MemoryStore):
    """Events are numbered by a counter that a rolled back transaction does not turn back."""

    counter = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as tx:
            append = tx.append

            def skipping(event: Any) -> Any:
                self.counter += 1
                append(event)
                tx.log[-1] = tx.log[-1].model_copy(update={"seq": self.counter})  # type: ignore[attr-defined]
                return tx.log[-1]  # type: ignore[attr-defined]

            tx.append = skipping  # type: ignore[method-assign]
            yield tx


class ShowsLaterMoments(MemoryStore):
    """A snapshot shows what others write meanwhile."""

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        yield self


class CountsWhatWasThere(MemoryStore):
    """Of many rows, those that were there already count as added."""

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as tx:
            insert_many = tx.insert_many
            tx.insert_many = lambda rows: insert_many(rows) * 0 + len(rows)  # type: ignore[method-assign]
            yield tx


class NamesByLength(MemoryArtifacts):
    """Artifacts of one length share a name."""

    def put(self, data: bytes) -> str:
        return super().put(b"x" * len(data))


class TakesAnyName(ArtifactStore):
    """A name that is no hash is taken for an empty artifact."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        self.kept[sha256_hex(data)] = data
        return sha256_hex(data)

    def get(self, sha256: str) -> bytes:
        return self.kept.get(sha256, b"")

    def has(self, sha256: str) -> bool:
        return True


def test_a_store_without_a_fault_passes() -> None:
    assert failures(StoreContract, MemoryStore) == set()
    assert failures(ArtifactContract, MemoryArtifacts) == set()


@pytest.mark.parametrize(
    ("broken", "finds"),
    [
        (KeepsHalfATransaction, "test_nothing_is_left_of_a_transaction_that_raises"),
        (PagesFromTheRowLastSeen, "test_a_page_of_a_search_starts_after_the_row_last_seen"),
        (SkipsAPlaceNowAndThen, "test_a_store_works_on_after_a_transaction_that_raised"),
        (ShowsLaterMoments, "test_a_snapshot_shows_one_moment"),
        (CountsWhatWasThere, "test_many_rows_are_added_or_replaced_at_once"),
    ],
)
def test_a_store_with_a_fault_is_found_out(broken: type[Store], finds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StoreContract, "test_pages_follow_each_other_without_gap_or_repeat", lambda self, store: None)
    assert finds in failures(StoreContract, broken)


def test_artifacts_with_a_fault_are_found_out() -> None:
    assert "test_the_same_bytes_have_one_name_and_others_another" in failures(ArtifactContract, NamesByLength)
    assert "test_what_is_not_there_is_not_found" in failures(ArtifactContract, TakesAnyName)
