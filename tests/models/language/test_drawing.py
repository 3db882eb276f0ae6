from __future__ import annotations

import numpy as np
import pytest

from pilotage.core.seeds import stream
from pilotage.models.language import Sampling
from pilotage.models.language.drawing import draw

torch = pytest.importorskip("torch")

COUNT = 5000
LOGITS = torch.tensor([2.0, 1.0, 0.0, -1.0, -2.0])


def frequencies(rule: Sampling, count: int = COUNT) -> np.ndarray:
    """How often each token is drawn, by one stream."""
    chance = stream(1, "tokens")
    tokens = draw(LOGITS.repeat(count, 1), [rule] * count, [chance] * count)
    return np.bincount(np.array(tokens), minlength=5) / count


def probabilities(temperature: float, *kept: int) -> np.ndarray:
    weights = np.where(np.isin(np.arange(5), kept), np.exp(LOGITS.numpy() / temperature), 0)
    return weights / weights.sum()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Sampling(temperature=1), probabilities(1, 0, 1, 2, 3, 4)),
        (Sampling(temperature=0.5), probabilities(0.5, 0, 1, 2, 3, 4)),
        (Sampling(temperature=2, top_k=2), probabilities(2, 0, 1)),
        (Sampling(temperature=1, top_p=0.8), probabilities(1, 0, 1)),
        (Sampling(temperature=1, top_p=0.5), probabilities(1, 0)),
        (Sampling(temperature=1, top_k=100), probabilities(1, 0, 1, 2, 3, 4)),
    ],
)
def test_tokens_are_drawn_as_often_as_the_rule_says(rule: Sampling, expected: np.ndarray) -> None:
    error = np.sqrt(expected * (1 - expected) / COUNT)
    assert (np.abs(frequencies(rule) - expected) <= 4 * error).all()


def test_the_tail_of_a_large_vocabulary_is_drawn_no_more_often_than_it_may() -> None:
    """A draw of exactly 0, which coarse random numbers give once in 8 million, would beat every probability."""
    logits = torch.full((100, 50_000), -np.log(50_000 * 1e4))  # together 1e-4
    logits[:, 0] = 0.0
    chance, tails = stream(1, "tokens"), 0
    for _ in range(10):
        tails += sum(token != 0 for token in draw(logits, [Sampling(temperature=1)] * 100, [chance] * 100))
    assert tails <= 2


@pytest.mark.parametrize("temperature", [0, 1e-50, 1e-40, 1e-10])
def test_without_temperature_the_likeliest_token_is_taken_and_no_chance_is_used(temperature: float) -> None:
    chance = stream(1, "tokens")
    logits = torch.stack([LOGITS, 100 * LOGITS.roll(2)])
    assert draw(logits, [Sampling(temperature=temperature)] * 2, [chance] * 2) == [0, 2]
    assert chance.random() == stream(1, "tokens").random()


def test_a_rows_token_does_not_depend_on_the_rows_beside_it() -> None:
    rule = Sampling(temperature=1.5)
    alone = [draw(LOGITS[None], [rule], [stream(seed, "tokens")])[0] for seed in range(50)]
    together = draw(LOGITS.repeat(50, 1), [rule] * 50, [stream(seed, "tokens") for seed in range(50)])
    assert together == alone
    assert len(set(alone)) > 2


def test_rows_of_one_seed_differ_only_where_their_probabilities_do() -> None:
    nearly = LOGITS + torch.tensor([0.0, 0.02, 0.0, 0.0, 0.0])
    streams = [stream(seed, "tokens") for seed in range(1000) for _ in range(2)]
    drawn = draw(torch.stack([LOGITS, nearly] * 1000), [Sampling(temperature=1.5)] * 2000, streams)
    same = sum(one == other for one, other in zip(drawn[::2], drawn[1::2], strict=True))
    distance = 0.5 * (torch.softmax(LOGITS / 1.5, 0) - torch.softmax(nearly / 1.5, 0)).abs().sum()
    assert 1 - same / 1000 <= 3 * distance  # independent draws would differ in two of three


def test_a_row_without_numbers_gives_no_token_and_the_others_do() -> None:
    broken = torch.stack([LOGITS, torch.full((5,), torch.nan), LOGITS])
    rules = [Sampling(temperature=0), Sampling(temperature=1), Sampling(temperature=0)]
    assert draw(broken, rules, [stream(seed, "tokens") for seed in range(3)]) == [0, None, 0]
