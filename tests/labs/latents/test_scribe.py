"""Writing beside a training: in order, not too far behind, and what fails is told to whoever asked."""

from __future__ import annotations

import threading

import pytest

from pilotage.labs.latents.scribe import AHEAD, Scribe


def test_acts_are_done_in_their_order_elsewhere() -> None:
    scribe, done, where = Scribe(), [], set()
    for number in range(20):
        scribe.later(lambda number=number: (done.append(number), where.add(threading.get_ident())))  # type: ignore[misc]
    scribe.settle()
    assert done == list(range(20))
    assert where.isdisjoint({threading.get_ident()})
    assert len(where) == 1
    scribe.close()


def test_what_fails_is_raised_where_it_was_asked_for_and_nothing_follows_it() -> None:
    scribe, done = Scribe(), []
    scribe.later(lambda: done.append(1))
    scribe.later(lambda: done.pop(7) and None)
    with pytest.raises(IndexError):
        scribe.settle()
    with pytest.raises(IndexError):
        scribe.later(lambda: done.append(2))
    scribe.close()
    assert done == [1]


def test_who_asks_too_fast_waits_and_who_closes_leaves_nothing_undone() -> None:
    scribe, gate, done = Scribe(), threading.Event(), []
    asked = threading.Thread(target=lambda: [scribe.later(lambda: (gate.wait(30), done.append(1))) for _ in range(9)])
    asked.start()
    asked.join(0.2)
    assert asked.is_alive()
    assert scribe._acts.qsize() == AHEAD
    gate.set()
    asked.join(30)
    scribe.close()
    assert len(done) == 9
