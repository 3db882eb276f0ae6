from __future__ import annotations

import threading
import time

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
