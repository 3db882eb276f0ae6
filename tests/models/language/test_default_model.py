"""SmolLM2 as it ships: it answers, it is steered, and what it was asked before changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from asking import ask, told, watched

from pilotage.models.language import Direction, LanguageModel

pytestmark = pytest.mark.starter

PAIRS = [
    ("How was the movie?", "It was wonderful, a joyful film that I loved.", "It was awful, a dull film that I hated."),
    ("How is the food?", "The food is delicious and a delight.", "The food is disgusting and a disappointment."),
    ("How was your day?", "My day was fantastic, it went beautifully.", "My day was terrible, it went horribly."),
    ("How is the hotel?", "The hotel is lovely and clean.", "The hotel is horrible and dirty."),
]
HELD_OUT = ("How is your new job?", "It is rewarding and I feel happy.", "It is exhausting and I feel sad.")


@pytest.fixture(scope="module")
def sentiment(smollm: LanguageModel) -> dict[str, Direction]:
    """The mean difference of four pairs at block 19, a fifth as long as a hidden state there."""
    texts = [told(question, answer) for question, *answers in PAIRS for answer in answers]
    found = smollm.activations(texts)[:, 19]
    difference = (found[::2] - found[1::2]).mean(0)
    length = 0.2 * smollm.residual_norms(texts)[19]
    return {"sentiment": Direction(19, (difference / np.linalg.norm(difference) * length).astype(np.float32))}


def test_it_knows_the_capital_of_france(smollm: LanguageModel) -> None:
    [output] = smollm.generate([ask("What is the capital of France?", max_tokens=16)])
    assert output.text == "The capital of France is Paris."
    assert output.finish == "stop"
    assert (smollm.info.family, smollm.info.n_layers, smollm.info.hidden) == ("llama", 30, 576)
    assert smollm.info.licence == "apache-2.0"


def test_a_push_makes_one_pole_likelier_and_the_opposite_push_the_other(
    smollm: LanguageModel, sentiment: dict[str, Direction]
) -> None:
    question, *answers = HELD_OUT

    def lead(push: float) -> float:
        good, bad = smollm.log_probs(
            [told(question, answer) for answer in answers], pushes=[{"sentiment": push}] * 2, directions=sentiment
        )
        return float(good.mean() - bad.mean())

    assert lead(-1) < lead(0) - 0.3 < lead(1) - 0.6


def test_rows_of_one_batch_have_their_own_doses_and_unsteered_ones_are_untouched(
    smollm: LanguageModel, sentiment: dict[str, Direction]
) -> None:
    words = "Tell me about your weekend."
    plain, before = watched(smollm, [ask(words)] * 3)
    mixed, after = watched(smollm, [ask(words, pushes={"sentiment": p}) for p in (-1.0, 0.0, 1.0)], sentiment)
    assert mixed[1] == plain[1]
    assert all(np.array_equal(one[1], two[1]) for one, two in zip(before, after, strict=False))
    assert len({output.text for output in mixed}) == 3
