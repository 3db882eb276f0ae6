"""Who knows how people err: the belief of somebody who is told everything about a kind of people but their ideals.

What cannot be found by it cannot be found: it is the yardstick of what a few signals hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import expit

from pilotage.bench.profiles_people import ACTS, AXES, UNSURE, Person, PersonConfig
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.labs.language.profiles.learn import REACH

SIDE, N_PROMPTS = 31, 16


class Knowing:
    """Bayes' rule on a grid of ideals, with the people's own probabilities; tries doses as our profiles do.

    What a dose shows like on a prompt is averaged over, as if each prompt came once.
    """

    sd = UNSURE

    def __init__(self, config: PersonConfig, seed: int) -> None:
        side = np.linspace(-1.0, 1.0, SIDE)
        self._config, self._rng = config, stream(seed, "knowing")
        self._ideals = np.stack(np.meshgrid(*[side] * len(AXES)), axis=-1).reshape(-1, len(AXES))
        self._log_p = np.zeros(len(self._ideals))
        self._shown = config.prompt_sd * np.random.default_rng(0).standard_normal((N_PROMPTS, 1, len(AXES)))

    @property
    def _p(self) -> Array:
        odds = np.exp(self._log_p - self._log_p.max())
        return np.asarray(odds / odds.sum())

    def turn(self, person: Person, turn: int) -> None:
        """One answer, and what is done with it."""
        here, tried = self._p @ self._ideals, self._ideals[self._rng.choice(len(self._ideals), p=self._p)]
        place = np.clip(here + np.clip(tried - here, -REACH, REACH), -1.0, 1.0)
        act = person.act(dict(zip(AXES, map(float, place), strict=True)), turn)
        self._log_p += np.log(self._likelihood(place + self._shown - self._ideals, act).mean(axis=0))

    def doses(self) -> Mapping[str, float]:
        """The mean ideal."""
        return dict(zip(AXES, map(float, self._p @ self._ideals), strict=True))

    def _likelihood(self, off: Array, act: Mapping[str, Any] | None) -> Array:
        """(N_PROMPTS, n_ideals) the probability of an act, but for factors that no ideal changes."""
        config, acts = self._config, ACTS[self._config.acts]
        content = expit(config.worth(np.linalg.norm(off, axis=2)) - config.worth(np.array(config.tolerance)))
        kind = "nothing" if act is None else str(act.get("reaction", act["kind"]))
        if act is None or kind not in ("remarked", "edited"):
            return np.asarray(acts[True].get(kind, 0.0) * content + acts[False].get(kind, 0.0) * (1.0 - content))
        if kind == "remarked":
            axis = AXES.index(act["axis"])
            share = np.abs(off[..., axis]) / np.abs(off).sum(axis=2)
            return np.asarray((1.0 - content) * share * expit(-act["wish"] * config.slope * off[..., axis]))
        moved = np.array([act["after"][axis] - act["before"][axis] for axis in AXES])
        missed = ((moved + 0.5 * off) ** 2).sum(axis=2) / (4.0 * config.scorer_sd**2)
        return np.asarray((1.0 - content) * np.exp(-missed))
