"""What an answer of any kind says of each candidate, as one number: for families that need no utility model."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement, stages


def scores(judgement: Judgement, index: int = 0) -> Array:
    """(n_items,) how much the answer raises each item: the slope of its log-likelihood where all are equally good.

    The order of the scores is the order that the answer tells: equal scores are a tie, or were not told apart.

    Args:
        judgement: of any kind.
        index: its position in the log.
    """
    found = dict.fromkeys(judgement.shown, 0.0)
    for stage in stages(judgement, index):
        odds = np.exp(np.array([form.offset for form in stage.forms]) / stage.temperature)
        pushes = (np.arange(len(odds)) == stage.winner) - odds / odds.sum()
        for form, push in zip(stage.forms, pushes / stage.temperature, strict=True):
            for latent, weight in form.weights:
                if latent in found:
                    found[str(latent)] += weight * float(push)
    return np.array(list(found.values()))
