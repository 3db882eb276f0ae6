"""Are a judge's errors found again? Sessions of a hundred answers, ten of them about sets that came before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pilotage.bench.rows import Row
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement
from pilotage.simulation import Judge, JudgeConfig, NoiseConfig, Query, Taste, Thing
from pilotage.simulation.fitting import Trace, fit

SETS, REPEATS, SHOWN = 90, 10, 4
SPREAD = 2.0  # sd of the utilities shown, in noise units: picks are right six times in ten
LAPSES = (0.02, 0.05)
DEPTHS: Mapping[str, int | None] = {"winner": 1, "ranking": None}
REPLICATES = 60
BAR = 0.8


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
    """The share of sessions in which each error is found near enough: the temperature to 20 %, the lapses to .03."""
    for answers, depth in DEPTHS.items():
        for lapse in LAPSES:
            truth = NoiseConfig(lapse=lapse)
            found = [fit(session(seed, truth, depth=depth)).noise for seed in range(replicates)]
            case = f"recovery, {answers}, lapse {lapse}"
            near = float(np.mean([abs(noise.temperature - 1.0) <= 0.2 for noise in found]))
            yield Row(case, "temperature within 20 %", near, bar=BAR, holds=near >= BAR, n=replicates)
            near = float(np.mean([abs(noise.lapse - lapse) <= 0.03 for noise in found]))
            yield Row(case, "lapse within .03", near, bar=BAR, holds=near >= BAR, n=replicates)
