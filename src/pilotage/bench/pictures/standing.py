"""How arms stand on pictures: rows with their bars, and a table to read. All differences are paired, target by target.

Runs with the same target are no repetitions of each other: each target counts once, as the mean of its seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from pilotage.bench.base import SHOWN
from pilotage.bench.names import OURS
from pilotage.bench.pictures.naming import BEST_OF_SEEDS, EVENLY, NO_UPDATE, name_of_arm
from pilotage.bench.pictures.trials import Course, PictureTrial
from pilotage.bench.rows import Row
from pilotage.bench.statistics import paired_interval, standard_error, told_interval
from pilotage.core.shapes import Array

ALL = "all targets"
BEATEN = (NO_UPDATE, EVENLY, BEST_OF_SEEDS)
Runs = Mapping[tuple[str, int], Course]
"""(case, seed) -> how it went."""


def slope(course: Course) -> float:
    """By how much the new pictures' mean score grows a round, from round 2 on, by least squares."""
    new = np.array(course.new[1:])
    return float(np.polyfit(np.arange(len(new)), new, 1)[0]) if len(new) > 1 else float("nan")


MEASURES: Mapping[str, Callable[[Course], float]] = {
    "score": lambda course: course.score[-1],
    "held-out score": lambda course: course.held_out,
    "nearness": lambda course: course.nearness,
    "slope": slope,
    "favourite kept": lambda course: float(np.mean([pick == 0 for pick in course.picks[1:]])),
}
_FINAL = ("score", "held-out score", "nearness")


def standings(outcomes: Iterable[tuple[PictureTrial, Sequence[Course]]]) -> dict[str, dict[str, Runs]]:
    """Group of targets -> arm -> its runs; all targets first, then what they are made of."""
    table: dict[str, dict[str, dict[tuple[str, int], Course]]] = {}
    for trial, courses in outcomes:
        for group in (ALL, "wishes" if trial.case.wish else "hidden places"):
            runs = table.setdefault(f"{group}, {trial.rounds} rounds", {}).setdefault(name_of_arm(trial.arm), {})
            runs.update({(trial.case.name, course.seed): course for course in courses})
    return {group: dict(arms) for group, arms in sorted(table.items())}


def by_target(runs: Runs, measure: Callable[[Course], float | Sequence[float]]) -> Array:
    """(n,) or (n, rounds) what was measured, a target a row."""
    found: dict[str, list[float | Sequence[float]]] = {}
    for (case, _), course in sorted(runs.items()):
        found.setdefault(case, []).append(measure(course))
    return np.array([np.mean(values, axis=0) for values in found.values()])


def rows_of(table: Mapping[str, Mapping[str, Runs]]) -> list[Row]:
    """Ours against each other arm; bars where all targets are taken together."""
    rows = []
    for case, arms in table.items():
        if OURS in arms:
            rows += [*_alone(case, arms[OURS])]
            rows += [row for name in arms if name != OURS for row in _against(case, arms[OURS], name, arms[name])]
    return rows


def text_of(table: Mapping[str, Mapping[str, Runs]]) -> str:
    """A block a group of targets, a line an arm."""
    return "\n\n".join(_block(case, arms) for case, arms in table.items())


def _alone(case: str, ours: Runs) -> Iterator[Row]:
    slopes = by_target(ours, slope)
    low, high = paired_interval(slopes)
    bar = 0.0 if case.startswith(ALL) else None
    yield Row(case, "slope", float(slopes.mean()), bar=bar, holds=None if bar is None else low > 0,
              n=len(slopes), spread=(low, high))  # fmt: skip
    if all(course.forecasts for course in ours.values()):
        gains = by_target(ours, lambda course: float(np.log(np.maximum(course.forecasts[1:], 1e-12)).mean()))
        gains += np.log(SHOWN)
        yield Row(case, "nats of a forecast over an even guess, from round 2", float(gains.mean()), n=len(gains),
                  spread=paired_interval(gains))  # fmt: skip


def _against(case: str, ours: Runs, name: str, theirs: Runs) -> Iterator[Row]:
    mine, other = _common(ours, theirs)
    barred = case.startswith(ALL) and name in BEATEN
    for metric, measure in MEASURES.items():
        left, right = by_target(mine, measure), by_target(other, measure)
        interval = paired_interval(left - right)
        yield Row(case, metric, float(left.mean()), name, float(right.mean()), n=len(left), spread=interval)
        if barred and metric in _FINAL:
            yield _less(case, metric, name, left - right, strict=True)
    if barred and name == NO_UPDATE:
        gaps = by_target(mine, lambda course: course.new) - by_target(other, lambda course: course.new)
        yield _less(case, "new pictures from round 2", name, gaps[:, 1:].mean(axis=1), strict=True)
        for turn in range(1, gaps.shape[1]):
            yield _less(case, f"new pictures in round {turn + 1}", name, gaps[:, turn], strict=False)


def _less(case: str, metric: str, name: str, gaps: Array, *, strict: bool) -> Row:
    """A bar: better in the mean; if strict, by an interval that lies above 0."""
    gain, (low, high) = float(gaps.mean()), paired_interval(gaps)
    holds = low > 0 if strict else gain > 0
    return Row(case, f"{metric} less {name}'s", gain, bar=0.0, holds=holds, n=len(gaps), spread=(low, high))


def _common(ours: Runs, theirs: Runs) -> tuple[Runs, Runs]:
    both = ours.keys() & theirs.keys()
    return {key: ours[key] for key in both}, {key: theirs[key] for key in both}


def _block(case: str, arms: Mapping[str, Runs]) -> str:
    width = max(len(name) for name in (case, *arms))
    cells = "".join(f"{metric:>18}" for metric in (*_FINAL, "kept"))
    head = f"{case:<{width}}{cells}{'slope':>26}{'score of ours less its':>28}{'runs':>6}"
    return "\n".join([head, *(_line(name, arms, width) for name in arms)])


def _line(name: str, arms: Mapping[str, Runs], width: int) -> str:
    runs, cells = arms[name], ""
    for metric in _FINAL:
        found = by_target(runs, MEASURES[metric])
        cells += f"{f'{found.mean():.3f}' + (f' ± {standard_error(found):.3f}' if len(found) > 1 else ''):>18}"
    cells += f"{by_target(runs, MEASURES['favourite kept']).mean():>18.2f}{told_interval(by_target(runs, slope)):>26}"
    gain = ""
    if OURS in arms and name != OURS:
        mine, other = _common(arms[OURS], runs)
        gain = told_interval(by_target(mine, MEASURES["score"]) - by_target(other, MEASURES["score"]))
    return f"{name:<{width}}{cells}{gain:>28}{len(runs):>6}"
