"""`pilotage bench preferences`: whose search finds what a person likes, in how many rounds, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pilotage.bench.cache import Cache
from pilotage.bench.names import case_named, method_named
from pilotage.bench.running import run_all
from pilotage.bench.trials import ROUNDS, Outcome, Trial, run
from pilotage.core.errors import InvalidInputError
from pilotage.core.progress import Progress, silent

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
    seeds = {key: plan.seeds[key[1]] for key in plan.trials}
    return run_all(plan.trials, seeds, cache, run, processes=processes, progress=progress)
