"""What an answer of any kind says of each candidate, as one number: for families that need no utility model."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement, Stage, stages


def scores(judgement: Judgement, index: int = 0) -> Array:
    """(n_items,) how good one answer alone says each item is: a Newton step of its posterior from indifference.

    Every item, and all else that the stages speak of, is about N(0, 1) before. The order of the scores is the order
    that the answer tells; equal scores are a tie, or were not told apart.

    Args:
        judgement: of any kind.
        index: its position in the log.
    """
    told = stages(judgement, index)
    spoken_of = (latent for stage in told for form in stage.forms for latent, _ in form.weights)
    columns = {name: i for i, name in enumerate(dict.fromkeys([*judgement.shown, *spoken_of]))}
    slope, curvature = np.zeros(len(columns)), np.eye(len(columns))
    for stage in told:
        forms = np.zeros((len(stage.forms), len(columns)))
        for row, form in zip(forms, stage.forms, strict=True):
            for latent, weight in form.weights:
                row[columns[latent]] += weight / stage.temperature
        odds = _odds(stage)
        slope += forms[stage.winner] - odds @ forms
        curvature += forms.T @ (np.diag(odds) - np.outer(odds, odds)) @ forms
    return np.asarray(np.linalg.solve(curvature, slope)[: len(judgement.items)], dtype=np.float64)


def _odds(stage: Stage) -> Array:
    """(n_forms,) how likely each form wins where all latents are 0."""
    heights = np.exp(np.array([form.offset for form in stage.forms]) / stage.temperature)
    return heights / heights.sum()
