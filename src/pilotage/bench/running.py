"""Trials run by the processes that are asked for; what the ledger has is not run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from typing import Any

from pilotage.bench.ledger import Ledger, Out, T
from pilotage.core.pools import process_pool
from pilotage.core.progress import Progress, Step

Key = tuple[str, str]
"""(case, method)."""


def run_all(
    trials: Mapping[Key, T], seeds: Mapping[Key, int], ledger: Ledger[T, Out], run: Callable[[T, int], Out], *,
    processes: int, progress: Progress,
) -> dict[Key, list[Out]]:  # fmt: skip
    """Every outcome of seeds 0 to n - 1 of each trial, by case and method.

    Args:
        trials: what is run.
        seeds: how many of each.
        ledger: where outcomes are kept as they come.
        run: one seed of a trial; with several processes it is pickled.
        processes: how many.
        progress: counts what is run.
    """
    known = {key: ledger.read(trial) for key, trial in trials.items()}
    missing = sorted((seed, key) for key in trials for seed in range(seeds[key]) if seed not in known[key])
    # (by seed first: what is there when it is stopped can be compared)
    jobs = [(key, trials[key], seed) for seed, key in missing]
    for done, (key, outcome) in enumerate(_outcomes(jobs, run, processes), start=1):
        ledger.add(trials[key], outcome)
        known[key][outcome.seed] = outcome
        progress(Step("comparing", done, len(missing)))
    return {key: [known[key][seed] for seed in range(seeds[key])] for key in trials}


def _outcomes(
    jobs: Sequence[tuple[Key, T, int]], run: Callable[[T, int], Any], processes: int
) -> Iterator[tuple[Key, Any]]:
    if processes <= 1:
        for key, trial, seed in jobs:
            yield key, run(trial, seed)
        return
    with process_pool(processes) as pool:
        begun = {pool.submit(run, trial, seed): key for key, trial, seed in jobs}
        try:
            for future in as_completed(begun):
                yield begun[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
