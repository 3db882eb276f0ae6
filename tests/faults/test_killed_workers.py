"""Workers that are killed at random moments: nothing is lost, nothing is there twice, no byte differs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from pilotage.jobs.presence import worker_name
from pilotage.store import JobRow


def kill_while(site: Any, sessions: list[Any], kills: int, pause: Callable[[], float], *, more: Any) -> int:
    """Kill two workers in turn, each a pause after it has taken up a job; how many kills met a running job."""

    def has_a_job() -> bool:
        if all([session.move() for session in sessions]):
            sessions.append(more())
        return site.is_ready(slot) and in_hand()

    def in_hand() -> bool:
        return bool(site.lab.store.list(JobRow, where={"state": "running", "worker_id": worker_name(slot)}))

    met, slot = 0, 0
    for _ in range(kills):
        site.until(has_a_job)
        time.sleep(pause())
        met += in_hand()
        site.kill(slot)
        site.start(slot)
        slot = 1 - slot
    return met


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_sessions_outlive_the_workers_that_render_them(
    site: Any, steered: Any, finish: Any, cycles: Any, dice: random.Random, database: str
) -> None:
    kills = cycles(6)
    site.start(0), site.start(1)
    site.wait_for(0, 1)
    plain = steered(4)
    finish([plain])
    sessions = [steered(4) for _ in range(3)]
    met = kill_while(site, sessions, kills, lambda: dice.uniform(0.0, 0.8), more=lambda: steered(4))
    finish(sessions)
    lost = [session.id for session in sessions if session.outcome() != plain.outcome()]
    again = sum(session.asked_again for session in sessions)
    print(
        f"F1 analytic on {'PostgreSQL' if database else 'SQLite'}: {kills} kills done ({met} met a running job), "
        f"{len(sessions)} sessions of 4 rounds, {len(lost)} lost, {again} rounds asked for again after three deaths"
    )
    assert lost == []
    assert site.violations() == []


@pytest.mark.starter
@pytest.mark.slow
@pytest.mark.timeout(900)  # a worker wakes its model four times: seconds each, or a minute on a busy machine
def test_the_starter_paints_the_same_pictures_through_kills(
    site: Any, steered: Any, finish: Any, cycles: Any, dice: random.Random
) -> None:
    kills = cycles(3, soak=50)  # in two rounds at least: none survives three
    config = {"model": "starter", "request": {"prompt": "a red fox"}, "candidates": 2}
    site.start(0)
    killed, hit = steered(2, **config), set()
    while len(hit) < kills:
        if killed.move():
            killed.rounds += 1
        entry = generating(site, killed)
        if entry is not None and entry not in hit:
            time.sleep(dice.uniform(0.0, 0.3))
            site.kill(0)
            site.start(0)
            hit.add(entry)
        time.sleep(0.02)
    finish([killed])
    plain = steered(killed.rounds, **config)
    finish([plain])
    starts = [round_.job.phases[-1][2] for round_ in site.lab.get_session(killed.id).round_views]
    lost = int(killed.outcome() != plain.outcome())
    print(f"F1 starter: {kills} kills done, {killed.rounds} rounds with the starts {starts}, {lost} lost")
    assert killed.outcome() == plain.outcome()
    assert site.violations() == []


def generating(site: Any, session: Any) -> tuple[str, ...] | None:
    """The phase of a round that is being drawn, unless two workers died over it: the third would be its last."""
    rounds = site.lab.get_session(session.id).round_views
    job = rounds[-1].job if rounds else None
    if job is None or job.state != "running" or not job.phases:
        return None
    phase, _, start = job.phases[-1]
    return tuple(job.phases[-1]) if phase == "generating" and start in ("1", "2") else None
