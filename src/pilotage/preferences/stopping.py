"""Is another round worth it: what is left to gain, and what the next round may bring of it.

The unit is the way from a random place of the region, 0, to the best place in it, 1, as one plausible person sees it:
what is `left` of 0.1 means that nine tenths of that way lie behind. A person's choices fix no other scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement
from pilotage.preferences.base import Posterior, PreferenceModel
from pilotage.preferences.laplace_gp import LaplaceGP
from pilotage.spaces import Region

ROUGHER = ((0.4, 0.3), (0.4, 1.0))  # remainders, as in the model's config, of somebody with several favourite places
N_WIDE, N_NEAR, N_IDEAL, N_DRAWS = 192, 96, 96, 256
CLEARLY = 1.0  # units of choice noise: the better one wins 73 % of choices
RECENT = 4  # rounds: what they brought is progress
MORE, MOST = 1.6, 2.2  # beliefs are too sure of what they never saw: so many times as much is left as they expect, and
# in 95 of 100 cases at most; measured on test functions that no bar is set on


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is believed to lie ahead, in shares of the way.

    Attributes:
        held: of all that was shown, what is believed best.
        left, low, high: between what is held and the best there is: its mean, and its 5 % and 95 % quantiles, after
            what beliefs were found to leave out.
        gain: what the best next round is expected to cover of it.
        chance: the probability that such a round shows something clearly better: by one unit of choice noise.
        progress: what the last `RECENT` rounds have brought; None before there are more.
    """

    held: Item
    left: float
    low: float
    high: float
    gain: float
    chance: float
    progress: float | None


def doubting(model: PreferenceModel) -> PreferenceModel:
    """The same model, that also holds rougher tastes possible: what steers well is too sure of having arrived."""
    if not isinstance(model, LaplaceGP):
        return model
    rougher = model.config.model_copy(update={"remainders": (*model.config.remainders, *ROUGHER)})
    return LaplaceGP(rougher, taste_holds=model.taste_holds)


def outlook_of(posterior: Posterior, region: Region, judgements: Sequence[Judgement], held: Item) -> Outlook:
    """What is believed to lie ahead of somebody who holds `held`; at least one judgement.

    Joint draws, each one plausible person, at fixed places: all over the region, about the held one, and where the
    ideal may lie. The next round's best set is taken greedily from them.
    """
    pool, wide = _pool(posterior, region, np.array(held.u))
    over = posterior.draw(pool, N_DRAWS, rng=np.random.default_rng(0))
    over = over - over[:, :1]
    best = over.max(axis=1)
    way = np.maximum(best - over[:, wide].mean(axis=1), 1e-12)
    left = best / way
    next_best = _best_of_next(over, max(len(judgements[-1].items) - 1, 1))
    low, high = np.quantile(left, [0.05, 0.95])
    return Outlook(
        held, min(MORE * float(left.mean()), 1.0), float(low), min(MOST * float(high), 1.0),
        float((next_best / way).mean()), float((next_best >= CLEARLY).mean()),
        _progress(posterior, judgements, held, float(way.mean())),
    )  # fmt: skip


def _pool(posterior: Posterior, region: Region, held: Array) -> tuple[Array, slice]:
    """(n, d) places, the held one first, and which of them stand for the whole region."""
    rng = np.random.default_rng(0)
    wide = region.sobol(N_WIDE, rng=rng)
    near = held + 0.25 * region.sobol(N_NEAR, rng=rng)
    mean, cov = posterior.ideal()
    ideal = rng.multivariate_normal(mean, 0.5 * (cov + cov.T), N_IDEAL, check_valid="ignore")
    return np.vstack([held, wide, region.clip(ideal), region.clip(near)]), slice(1, 1 + N_WIDE)


def _best_of_next(over: Array, n: int) -> Array:
    """(n_draws,) what the best of the `n` places that promise most together has over the held one, at least 0.

    Source: greedy qEUBO, Astudillo et al. 2023 (arXiv 2303.15746).
    """
    best = np.zeros(len(over))
    for _ in range(n):
        pick = np.maximum(over, best[:, None]).mean(axis=0).argmax()
        best = np.maximum(best, over[:, pick])
    return best


def _progress(posterior: Posterior, judgements: Sequence[Judgement], held: Item, way: float) -> float | None:
    """By how much `held` is believed to lead all that was shown before the recent rounds."""
    earlier = [item.u for judgement in judgements[:-RECENT] for item in judgement.items]
    if not earlier:
        return None
    mean, _ = posterior.mean_cov(np.array([held.u, *earlier]))
    return float(max(mean[0] - mean[1:].max(), 0.0) / way)
