"""Edits: what a person's rewriting of an answer says of doses. The model that wrote it reads both texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pilotage.core.errors import InvalidInputError, PilotageError
from pilotage.core.progress import CancelToken
from pilotage.core.shapes import Array
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageModel, Message
from pilotage.models.language.requests import Exchange

GRID = np.linspace(-1.0, 1.0, 5)
_NAMES = ("before", "after")
Scores = dict[str, dict[str, float]]


def score_edit(
    model: LanguageModel, packs: Mapping[str, VectorPack], messages: Sequence[Message], before: str, after: str,
    *, cancel: CancelToken | None = None,
) -> Scores:  # fmt: skip
    """What doses each text reads like: `before` and `after`, by axis, as the event `edited` takes them.

    Only their difference is learned from, so what both have in common does not count. A text reads like the doses
    under which it is likely: the mean of p(dose | text), from p(text | dose) at five doses that were equally likely
    before. Of texts of 40 tokens that SmolLM2-135M wrote at doses of chance, that is 0.15 (formality), 0.19
    (friendliness) and 0.24 (sentiment) off in the root mean square; of all 18 held-out pairs the positive answer reads
    higher.

    Args:
        model: that reads.
        packs: calibrated, by axis.
        messages: what both texts answer.
        before: the answer.
        after: what the person made of it.
        cancel: asked between readings.

    Raises:
        InvalidInputError: the texts are the same, or one is empty; field `before` or `after`.
        UnsupportedInputError: they are longer than what the model reads.
    """
    for name, text in zip(_NAMES, (before, after), strict=True):
        if not text.strip():
            raise InvalidInputError("there is no text to be read", field=name)
    if before.strip() == after.strip():
        raise InvalidInputError("nothing was changed", field="after")
    exchanges = [Exchange(tuple(messages), text) for text in (before, after)]
    scores = {}
    for axis, pack in packs.items():
        if cancel is not None:
            cancel.check()
        scores[axis] = _read(model, axis, pack, exchanges)
    return {name: {axis: round(float(score[place]), 3) for axis, score in scores.items()}
            for place, name in enumerate(_NAMES)}  # fmt: skip


def _read(model: LanguageModel, axis: str, pack: VectorPack, exchanges: Sequence[Exchange]) -> Array:
    """(n,) the mean dose that each text reads like."""
    pushes = [{axis: pack.push(float(dose))} for dose in GRID for _ in exchanges]
    try:
        read = model.log_probs([*exchanges] * len(GRID), pushes=pushes, directions={axis: pack.direction})
    except PilotageError as error:
        error.field = _NAMES[int(error.field.rpartition(".")[2]) % 2] if error.field.startswith("exchanges.") else ""
        raise
    total = np.array([tokens.sum(dtype=np.float64) for tokens in read]).reshape(len(GRID), len(exchanges))
    weights = np.exp(total - total.max(axis=0))
    return np.asarray(GRID @ (weights / weights.sum(axis=0)))
