"""Judgements about four candidates, and a naive loop over their stages to check the likelihood by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st
from scipy.special import logsumexp

from pilotage.elicitation import THRESHOLD, TIE, Answer, Critique, Item, Judgement, Latent, drift, stages

SHOWN = ("a", "b", "c", "d")
SCALARS = (THRESHOLD, TIE, drift(0))
State = Mapping[Latent, float]
states = st.fixed_dictionaries({name: st.floats(-20, 20) for name in (*SHOWN, *SCALARS)})


def said(
    answer: Answer, shown: tuple[str, ...] = SHOWN, *, ties: bool = False, confidence: int | None = None,
    critiques: tuple[Critique, ...] = (),
) -> Judgement:  # fmt: skip
    """An answer about the candidates `shown`, in these slots."""
    items = tuple(Item(name, name, (0.0,)) for name in shown)
    return Judgement(items, answer, confidence=confidence, critiques=critiques, ties_offered=ties)


def log_p(judgement: Judgement, x: State) -> float:
    """Natural-log probability of all that was said."""
    total = 0.0
    for stage in stages(judgement, 0):
        logits = np.array([sum(w * x[n] for n, w in form.weights) + form.offset for form in stage.forms])
        total += logits[stage.winner] / stage.temperature - logsumexp(logits / stage.temperature)
    return float(total)


def gradient(judgement: Judgement, x: State) -> dict[Latent, float]:
    """How the probability of what was said rises with each latent, in nats."""
    slopes: dict[Latent, float] = dict.fromkeys(x, 0.0)
    for stage in stages(judgement, 0):
        logits = np.array([sum(w * x[n] for n, w in form.weights) + form.offset for form in stage.forms])
        p = np.exp(logits / stage.temperature - logsumexp(logits / stage.temperature))
        for k, form in enumerate(stage.forms):
            for name, weight in form.weights:
                slopes[name] = slopes.get(name, 0.0) + weight * float((k == stage.winner) - p[k]) / stage.temperature
    return slopes
