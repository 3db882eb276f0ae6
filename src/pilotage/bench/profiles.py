"""`pilotage bench profiles`: are a person's doses found, by comparing and by watching?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pilotage.bench.profiles_people import PersonConfig
from pilotage.bench.profiles_trials import Finds, Found, ProfileTrial, find
from pilotage.bench.rows import Row
from pilotage.bench.running import run_all
from pilotage.bench.statistics import paired_interval
from pilotage.core.progress import Progress, silent
from pilotage.core.shapes import Array
from pilotage.labs.language.profiles.advising import enough, expected_error

PEOPLE, PAIRS, TURNS = 200, 8, 12
ERROR_BAR, DIRECTION_BAR = 0.15, 0.9
RANGE = 2.0
CLEAR = 0.5  # of dose: a quarter of the range, the gap that errors are stated for
SURE = 1.6449  # sds: half the width of a 90 % band


STATED = "as stated"
ERRING: Mapping[str, PersonConfig] = {
    "liking falls with the square": PersonConfig(shape="squared"),
    "errors .1": PersonConfig(error=0.1),
    "errors .3": PersonConfig(error=0.3),
    "prompts alike": PersonConfig(prompt_sd=0.0),
}
REACTING: Mapping[str, PersonConfig] = {
    "thumbs alone": PersonConfig(acts="thumbs"),
    "remarks alone": PersonConfig(acts="remarks"),
    "strict": PersonConfig(tolerance=0.25),
    "lenient": PersonConfig(tolerance=0.75),
}
_TURNS: Mapping[Any, int] = {
    **dict.fromkeys(("calibrate", "steerlab_calibrate"), PAIRS),
    **dict.fromkeys(("learn", "knowing", "steerlab_learn", "nothing"), TURNS),
}
Searches = Mapping[tuple[str, str], Sequence[Found]]


def measure(
    folder: Path, *, people: int = PEOPLE, quick: bool = False, processes: int = 1, progress: Progress = silent
) -> Searches:
    """(kind of people, method) -> searches, of the same people in the same order.

    Of other kinds than the stated one there are half as many; `quick` has none of them.
    """
    plan: dict[tuple[str, str], PersonConfig] = {(STATED, method): PersonConfig() for method in _TURNS}
    if not quick:
        plan |= {(case, method): one for case, one in ERRING.items() for method in ("calibrate", "learn")}
        plan |= {(case, "learn"): one for case, one in REACTING.items()}
    trials = {key: ProfileTrial(person=one, method=key[1], turns=_TURNS[key[1]]) for key, one in plan.items()}
    seeds = {key: people if key[0] == STATED else max(people // 2, 1) for key in trials}
    return run_all(trials, seeds, Finds(folder), find, processes=processes, progress=progress)


def rows_of(found: Searches) -> list[Row]:
    """The stated people with the bars, beside those who learn nothing and SteerLab; then other people."""
    rows = [*_calibrated(found), *_learned(found)]
    for (case, method), searches in found.items():
        if case != STATED:
            rows.append(_error(f"{method}, {case}", searches))
            rows += [_direction(f"{method}, {case}", searches, CLEAR)] if method == "learn" else []
    return rows


def _calibrated(found: Searches) -> Iterator[Row]:
    case, ours = f"calibrate, {PAIRS} pairs", found[STATED, "calibrate"]
    error = errors(ours)
    yield _error(case, ours, ("no learning", found[STATED, "nothing"]), bar=ERROR_BAR)
    yield _error(case, ours, ("SteerLab", found[STATED, "steerlab_calibrate"]))
    yield Row(case, "share of people within the bar", float((error <= ERROR_BAR).mean()), n=len(ours))
    off = np.array([np.abs(np.subtract(one.doses[-1], one.target)) / one.sd[-1] for one in ours])
    yield Row(case, "share of 90% bands that hold the ideal", float((off <= SURE).mean()), n=off.size)
    stops = [_stop(one) for one in ours]
    there = np.array([errors([one], turn)[0] for one, turn in zip(ours, stops, strict=True) if turn is not None])
    yield Row(case, "share of people advised to stop by then", len(there) / len(ours), n=len(ours))
    if len(there):
        yield _row(case, "mean error of those, when advised", there, None, None, -1)


def _stop(one: Found) -> int | None:
    """The first turn, from 0, after which to stop is advised."""
    certain = (turn for turn, sds in enumerate(one.sd) if enough([expected_error(sd) for sd in sds], turn + 1))
    return next(certain, None)


def _learned(found: Searches) -> Iterator[Row]:
    case, ours = f"learn, {TURNS} turns", found[STATED, "learn"]
    steerlab = ("SteerLab", found[STATED, "steerlab_learn"])
    yield _direction(case, ours, CLEAR, ("no learning", found[STATED, "nothing"]), bar=DIRECTION_BAR)
    yield _direction(case, ours, CLEAR, steerlab)
    for least in (CLEAR, CLEAR / 2, 0.0):
        yield _direction(case, ours, least, ("who knows how people err", found[STATED, "knowing"]))
    yield _error(case, ours, ("no learning", found[STATED, "nothing"]))
    yield _error(case, ours, steerlab)


def errors(searches: Sequence[Found], turn: int = -1) -> Array:
    """(n,) mean absolute error of each person's doses after a turn, as a share of the range."""
    return np.array([np.abs(np.subtract(one.doses[turn], one.target)).mean() / RANGE for one in searches])


def directions(searches: Sequence[Found], least: float) -> Array:
    """(m,) of each person with an ideal `least` or more from 0, the share of these whose side was found; 0 is half."""
    shares = []
    for one in searches:
        clear = np.abs(one.target) >= least
        if clear.any():
            shares.append(0.5 + 0.5 * (np.sign(one.doses[-1]) * np.sign(one.target))[clear].mean())
    return np.array(shares)


def _error(
    case: str, ours: Sequence[Found], peer: tuple[str, Sequence[Found]] | None = None, *, bar: float | None = None
) -> Row:
    return _row(case, "mean error, share of the range", errors(ours), peer and (peer[0], errors(peer[1])), bar, -1)


def _direction(
    case: str, ours: Sequence[Found], least: float, peer: tuple[str, Sequence[Found]] | None = None, *,
    bar: float | None = None,
) -> Row:  # fmt: skip
    metric = f"direction right, ideals at least {least / RANGE:g} of the range from 0" if least else "direction right"
    return _row(case, metric, directions(ours, least), peer and (peer[0], directions(peer[1], least)), bar, 1)


def _row(
    case: str, metric: str, ours: Array, peer: tuple[str, Array] | None, bar: float | None, better: int
) -> Row:  # fmt: skip
    """The spread is of ours; `better` is the sign of what is to be wished."""
    value, name, theirs = float(ours.mean()), peer and peer[0], float(peer[1].mean()) if peer else None
    ratio = value / theirs if theirs else None
    holds = None if bar is None else better * value >= better * bar
    return Row(case, metric, value, name or None, theirs, ratio, bar, holds, len(ours), paired_interval(ours))
