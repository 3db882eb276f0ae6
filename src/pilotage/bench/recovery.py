"""Are a judge's errors found again? Sessions of a hundred answers, ten of them about sets that came before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.special import ndtr, ndtri

from pilotage.bench.rows import Row
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement
from pilotage.simulation import Judge, JudgeConfig, NoiseConfig, Query, Taste, Thing
from pilotage.simulation.bounds import least_sd
from pilotage.simulation.fitting import Trace, fit

SETS, REPEATS, SHOWN = 90, 10, 4
SPREAD = 2.0  # sd of the utilities shown, in noise units: picks are right six times in ten
LAPSES = (0.02, 0.05, 0.1)
DEPTHS: Mapping[str, int | None] = {"winner": 1, "ranking": None}
REPLICATES = 60
NEAR, BAR = 0.03, 0.8  # of the sessions, the share whose lapse rate is found this near


class _Given(Taste):
    def __init__(self, worth: Mapping[str, float]) -> None:
        self._worth = worth

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        return np.array([self._worth[thing.item.sample] for thing in things])


def session(seed: int, noise: NoiseConfig, *, depth: int | None) -> list[Trace]:
    """One session about random sets; the most decided ones, in another order, come again at its end."""
    rng = np.random.default_rng(seed)
    sets = [[f"{i}.{j}" for j in range(SHOWN)] for i in range(SETS)]
    worth = {name: float(SPREAD * rng.standard_normal()) for names in sets for name in names}

    def lead(names: Sequence[str]) -> float:
        best, second = sorted((worth[name] for name in names), reverse=True)[:2]
        return best - second

    again = [[str(name) for name in rng.permutation(names)] for names in sorted(sets, key=lead)[-REPEATS:]]
    judge = Judge(JudgeConfig(taste={"kind": "given"}, noise=noise), seed, taste=_Given(worth))
    history, traces = list[Judgement](), list[Trace]()
    for index, names in enumerate(sets + again):
        things = tuple(Thing(Item(name, name, (0.0,))) for name in names)
        judgement, why = judge.answer(Query(things, index=index, depth=depth), history)
        history.append(judgement)
        traces.append(Trace(judgement, why.utilities))
    return traces


def rows(replicates: int = REPLICATES) -> Iterator[Row]:
    """How near errors are found: the temperature to 20 %, the lapses to .03, and these beside what can be known."""
    for answers, depth in DEPTHS.items():
        for lapse in LAPSES:
            yield from _rows(f"recovery, {answers}, lapse {lapse:g}", depth, lapse, replicates)


def _rows(case: str, depth: int | None, lapse: float, n: int) -> Iterator[Row]:
    sessions = [session(seed, NoiseConfig(lapse=lapse), depth=depth) for seed in range(n)]
    found = [fit(traces).noise for traces in sessions]
    near = float(np.mean([abs(noise.temperature - 1.0) <= 0.2 for noise in found]))
    yield Row(case, "temperature within 20 %", near, bar=BAR, holds=near >= BAR, n=n)
    away = np.array([noise.lapse - lapse for noise in found])
    least = float(np.mean([least_sd(utilities(traces), lapse=lapse, depth=depth)[1] for traces in sessions]))
    near, most = float((np.abs(away) <= NEAR).mean()), float(2.0 * ndtr(NEAR / least) - 1.0)
    yield Row(
        case, "lapse within .03", near, "an unbiased estimate at its bound", most, near / most, BAR, near >= BAR, n
    )
    error = float(np.sqrt((away**2).mean()))
    yield Row(case, "error of the lapse rate", error, "an unbiased estimate at its bound", least, error / least, n=n)
    needed = (SETS + REPEATS) * (least * float(ndtri((1.0 + BAR) / 2.0)) / NEAR) ** 2
    yield Row(case, "answers that would do for the bar without a prior", needed, n=n)


def utilities(traces: Sequence[Trace]) -> Array:
    """(n, SHOWN) of the sets that were answered."""
    return np.array([list(trace.utilities.values()) for trace in traces])
