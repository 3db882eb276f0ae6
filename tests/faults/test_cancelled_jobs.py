"""Jobs that are cancelled at random moments end soon, once, and say nothing afterwards."""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

from pilotage.store import JobRow, RunRow, SampleRow


def test_a_job_cancelled_at_any_moment_ends_within_two_seconds_and_is_silent_then(
    site: Any, cycles: Any, dice: random.Random
) -> None:
    count, took = cycles(40, soak=500), []
    site.start(0)
    site.wait_for(0)
    ended = dict.fromkeys(("cancelled", "succeeded"), 0)
    for number in range(count):
        job = site.lab.generate({"prompt": "a disc"}, model="analytic", n=16, seed=number)
        time.sleep(dice.choice([0.0, dice.uniform(0.0, 0.15), dice.uniform(0.0, 0.6)]))
        asked = time.monotonic()
        site.lab.cancel(job.id)
        done = site.lab.engine.wait(job.id, timeout=60)
        ended[done.state] += 1
        if done.state == "cancelled":
            took.append(time.monotonic() - asked)
    after = site.lab.generate({"prompt": "a disc"}, model="analytic", n=1, seed=0)
    assert site.lab.wait(after.id, timeout=30).state == "succeeded"  # nothing of the cancelled ones is in its way
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"F9: {count} cancelled, {ended}, p95 {p95:.3f} s, slowest {max(took):.3f} s")
    assert p95 < 2
    assert ended["cancelled"] >= count / 4
    assert site.violations() == []  # no event after a job's last, among others
    for run in site.lab.store.list(RunRow, where={"state": "cancelled"}):
        assert site.lab.store.list(SampleRow, where={"run_id": run.id}) == []
    assert site.lab.store.list(JobRow, where={"state": "running"}) == []
