from __future__ import annotations

import signal
import sys
import threading
import time

import pytest

from pilotage.models.language.turns import Turns


def test_a_busy_loop_lets_others_in() -> None:
    turns, entered = Turns(), threading.Event()
    held = 0

    def other() -> None:
        with turns:
            entered.set()

    thread = threading.Thread(target=other)
    while not entered.is_set():
        with turns:
            held += 1
            if held == 1:
                thread.start()
            time.sleep(0.001)
        assert held < 1000, "the loop never let the other thread in"
    thread.join()


def test_only_one_is_in_at_a_time() -> None:
    turns, inside, most = Turns(), [0], [0]

    def work() -> None:
        for _ in range(200):
            with turns:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


@pytest.mark.skipif(sys.platform == "win32", reason="a wait for a lock cannot be interrupted there")
@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread")
def test_who_is_interrupted_while_waiting_is_not_waited_for() -> None:
    turns, inside, leave = Turns(), threading.Event(), threading.Event()

    def hold() -> None:
        with turns:
            inside.set()
            leave.wait(60)

    def interrupt() -> None:
        while not turns._waiting:
            time.sleep(0.001)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    holder, other = threading.Thread(target=hold), threading.Thread(target=interrupt)
    holder.start()
    inside.wait(60)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        other.start()
        with pytest.raises(KeyboardInterrupt), turns:
            pass
    finally:
        signal.signal(signal.SIGINT, before)
        leave.set()
    holder.join()
    other.join()
    again = threading.Thread(target=turns.__enter__, daemon=True)
    again.start()
    again.join(5)
    assert not again.is_alive(), "the turn went to the one that was interrupted"
