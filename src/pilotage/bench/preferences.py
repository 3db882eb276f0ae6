"""`pilotage bench preferences`: whose search finds what a person likes, in how many rounds, at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Literal, get_args

from pilotage.bench.cache import Cache
from pilotage.bench.names import case_named, method_named
from pilotage.bench.trials import ROUNDS, Outcome, Trial, run
from pilotage.core.errors import InvalidInputError
from pilotage.core.progress import Progress, Step, silent

ANSWERS: tuple[Literal["winner", "ranking"], ...] = ("winner", "ranking")
FAMILIES = (
    "default",
    "local",
    "sobol",
    "cma",
    "thompson+laplace_gp",
    "eubo+laplace_gp",
    "archive+laplace_gp",
    "exploit_orthogonal+winner_average",
    "incumbent_mix+softmax_preference",
)  # fmt: skip  (the last two: the predecessor's default, and its best)
SLOW = ("botorch", "optuna")  # seconds a round: fewer seeds unless asked for


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared: every method on every case, each with its seeds 0 to n - 1.

    Attributes:
        trials: (case with its answers, method) -> the trial; the first method is ours, the rest its peers.
        seeds: method -> how many.
    """

    trials: Mapping[tuple[str, str], Trial]
    seeds: Mapping[str, int]


def plan_of(
    cases: Sequence[str], methods: Sequence[str], *, answers: Sequence[str] = ANSWERS, seeds: int = 20,
    slow_seeds: int = 5, rounds: int = ROUNDS, **more: Any,
) -> Plan:  # fmt: skip
    """A plan of named cases and methods.

    Args:
        cases: of `names.CASES`, a kind of test function, or a YAML mapping with its `kind`.
        methods: a kind of method, `default`, `SAMPLER+MODEL`, or a YAML mapping with its `kind`; ours comes first.
        answers: winner, ranking.
        seeds: how many, per case and method.
        slow_seeds: the same for methods of `SLOW`.
        rounds: per trial.
        more: settings of every `Trial`: region, ties, lapse.

    Raises:
        InvalidInputError: an unknown name or setting.
    """
    configs = {method: method_named(method) for method in methods}
    strange = [kind for kind in answers if kind not in get_args(Trial.model_fields["answers"].annotation)]
    if strange:
        raise InvalidInputError(f"unknown kind of answer {strange[0]!r}", field="answers")
    trials = {
        (f"{case} {kind}", method): Trial(function=case_named(case), answers=kind, method=config, rounds=rounds, **more)
        for case in cases
        for kind in answers
        for method, config in configs.items()
    }
    return Plan(trials, {name: slow_seeds if config["kind"] in SLOW else seeds for name, config in configs.items()})


def outcomes_of(
    plan: Plan, cache: Cache, *, processes: int = 1, progress: Progress = silent
) -> dict[tuple[str, str], list[Outcome]]:
    """Every outcome that the plan asks for, by case and method; those in the cache are not run again."""
    known = {key: cache.read(trial) for key, trial in plan.trials.items()}
    missing = sorted(
        (seed, key) for key in plan.trials for seed in range(plan.seeds[key[1]]) if seed not in known[key]
    )  # fmt: skip  (by seed first: what is there when it is stopped can be compared)
    for done, (key, outcome) in enumerate(_run_all(plan, missing, processes), start=1):
        cache.add(plan.trials[key], outcome)
        known[key][outcome.seed] = outcome
        progress(Step("comparing", done, len(missing)))
    return {key: [known[key][seed] for seed in range(plan.seeds[key[1]])] for key in plan.trials}


def _run_all(
    plan: Plan, missing: Sequence[tuple[int, tuple[str, str]]], processes: int
) -> Iterator[tuple[tuple[str, str], Outcome]]:
    if processes <= 1:
        for seed, key in missing:
            yield key, run(plan.trials[key], seed)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        begun = {pool.submit(run, plan.trials[key], seed): key for seed, key in missing}
        try:
            for future in as_completed(begun):
                yield begun[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)
