"""`pilotage bench learning_images`: the plan of a comparison, and its outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pilotage.bench.pictures.cases import CASES, QUICK, PictureCase
from pilotage.bench.pictures.naming import NAMED, arm_named
from pilotage.bench.pictures.outcomes import Courses
from pilotage.bench.pictures.trials import ROUNDS, Course, PictureTrial, run
from pilotage.bench.running import run_all
from pilotage.core.progress import Progress, silent
from pilotage.models import Model

SEEDS, QUICK_ROUNDS = 3, 6


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared: every arm on every case, each with its seeds 0 to n - 1.

    Attributes:
        trials: (case, arm) -> the trial; the first arm is ours.
        seeds: how many of each.
    """

    trials: Mapping[tuple[str, str], PictureTrial]
    seeds: int


def plan_of(
    cases: Sequence[PictureCase] = (), arms: Sequence[str] = (), *, seeds: int | None = None,
    rounds: int | None = None, quick: bool = False,
) -> Plan:  # fmt: skip
    """A plan; what is not given is as in the full form, or the quick one.

    Args:
        cases: hidden targets.
        arms: of `arms.NAMED`, SAMPLER+MODEL, or a YAML mapping with its `kind`; ours comes first.
        seeds: how many, per case and arm.
        rounds: per trial.
        quick: fewer cases, seeds and rounds.

    Raises:
        InvalidInputError: an unknown arm or setting.
    """
    configs = {name: arm_named(name) for name in arms or NAMED}
    turns = rounds or (QUICK_ROUNDS if quick else ROUNDS)
    trials = {
        (case.name, name): PictureTrial(case=case, arm=config, rounds=turns)
        for case in cases or (QUICK if quick else CASES)
        for name, config in configs.items()
    }
    return Plan(trials, seeds or (1 if quick else SEEDS))


def outcomes_of(
    plan: Plan, courses: Courses, open_model: Callable[[str], Model], *, processes: int = 1,
    progress: Progress = silent,
) -> dict[tuple[str, str], list[Course]]:  # fmt: skip
    """Every outcome that the plan asks for, by case and arm; those on disk are not run again.

    Args:
        plan: what is compared.
        courses: what is on disk.
        open_model: a model by its name, the same one each time; with several processes it is pickled.
        processes: how many.
        progress: counts what is run.
    """
    seeds = dict.fromkeys(plan.trials, plan.seeds)
    return run_all(plan.trials, seeds, courses, partial(run, open_model=open_model), processes=processes,
                   progress=progress)  # fmt: skip
