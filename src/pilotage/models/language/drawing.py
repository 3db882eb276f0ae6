"""The next token of each row, by its own rule and its own stream of chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch  # noqa: TID253  (imported when a model is loaded)
from torch import Tensor  # noqa: TID253

from pilotage.models.language.requests import Sampling

COLD = 1e-4  # temperatures below take the likeliest token: logits divided by less may be too large to be numbers


def draw(logits: Tensor, rules: Sequence[Sampling], streams: Sequence[np.random.Generator]) -> list[int | None]:
    """One token a row; None where the logits are no numbers.

    Sampling is a race: token v arrives after E_v / p_v, E_v standard exponential, and the first one wins, which it
    does with probability p_v. Rows of one seed share their E, so that two doses give different tokens only where
    they give different probabilities.

    Args:
        logits: (B, V) float32.
        rules: temperature, top_k and top_p of each row.
        streams: each row's own; a row that samples takes V numbers from it.

    Source: the exponential race is the Gumbel-max trick in other words, see Maddison, Tarlow, Minka, "A* Sampling",
    NeurIPS 2014.
    """
    sound = torch.isfinite(logits.amax(dim=1)).tolist()
    tokens = logits.argmax(dim=1)
    warm = [row for row, rule in enumerate(rules) if rule.temperature >= COLD and sound[row]]
    if warm:
        waits = np.empty((len(warm), logits.shape[1]))  # in single precision some would be 0, and beat every p
        for wait, row in zip(waits, warm, strict=True):
            streams[row].standard_exponential(out=wait)
        heat = torch.tensor([[rules[row].temperature] for row in warm], device=logits.device)
        scores = logits[warm] / heat
        for score, row in zip(scores, warm, strict=True):
            _narrow(score, rules[row])
        arrivals = torch.log_softmax(scores, dim=1) - torch.from_numpy(waits).log().to(logits)
        tokens[warm] = arrivals.argmax(dim=1)
    return [token if fine else None for token, fine in zip(tokens.tolist(), sound, strict=True)]


def _narrow(score: Tensor, rule: Sampling) -> None:
    """Rule out, in place, the tokens of a row that `top_k` and `top_p` leave out."""
    if rule.top_k is not None and rule.top_k < len(score):
        score[score < score.topk(rule.top_k).values[-1]] = -torch.inf
    if rule.top_p < 1:
        ordered, order = score.sort(descending=True)
        before = torch.softmax(ordered, dim=0).cumsum(0) - torch.softmax(ordered, dim=0)
        score[order[before >= rule.top_p]] = -torch.inf
