from __future__ import annotations

from typing import Any

import numpy as np
from asking import TELL, told

from pilotage.models.language import Direction, LanguageModel
from pilotage.models.language.prompts import exchange_ids

EXCHANGES = [told("hi", "yes"), told(TELL, "once upon a time there was a fox"), told("why?", "no")]


def by_transformers(model: LanguageModel, index: int) -> tuple[Any, Any, int]:
    """Hidden states after each block (L, T, H), logits (T, V) and the prompt's length, of one exchange alone.

    The last of transformers' hidden states has the final norm applied, so it is left out.
    """
    import torch

    loaded: Any = model._loaded
    prompt, answer = exchange_ids(loaded, EXCHANGES[index], "e")
    with torch.no_grad():
        result = loaded.model(torch.tensor([prompt + answer]), output_hidden_states=True)
    return torch.cat(result.hidden_states[1:-1]).numpy(), result.logits[0].double(), len(prompt)


def test_activations_are_the_blocks_outputs_over_the_answers_tokens(tiny: LanguageModel) -> None:
    mean, last = tiny.activations(EXCHANGES), tiny.activations(EXCHANGES, pooling="last", batch=2)
    assert mean.shape == last.shape == (3, 3, 32)
    for index in range(3):
        hidden, _, prompt = by_transformers(tiny, index)
        assert np.allclose(mean[index, :2], hidden[:, prompt:].mean(1), atol=1e-4)
        assert np.allclose(last[index, :2], hidden[:, -1], atol=1e-4)


def test_norms_are_medians_over_all_tokens_of_all_answers(tiny: LanguageModel) -> None:
    lengths = []
    for index in range(3):
        hidden, _, prompt = by_transformers(tiny, index)
        lengths.append(np.linalg.norm(hidden[:, prompt:], axis=2))
    expected = np.median(np.concatenate(lengths, axis=1), axis=1)
    assert np.allclose(tiny.residual_norms(EXCHANGES, batch=2)[:2], expected, rtol=1e-4)


def test_log_probs_are_those_of_each_exchange_alone(tiny: LanguageModel) -> None:
    found = tiny.log_probs(EXCHANGES, batch=2)
    for index, ours in enumerate(found):
        _, logits, prompt = by_transformers(tiny, index)
        answer = exchange_ids(tiny._loaded, EXCHANGES[index], "e")[1]  # type: ignore[arg-type]
        theirs = logits.log_softmax(1)[range(prompt - 1, prompt + len(answer) - 1), answer]
        assert np.allclose(ours, theirs, atol=1e-4)


def test_divergence_is_zero_without_a_push_and_grows_with_it(
    tiny: LanguageModel, directions: dict[str, Direction]
) -> None:
    def mean(push: float) -> float:
        found = tiny.divergences(EXCHANGES, pushes=[{"formal": push}] * 3, directions=directions)
        assert [len(one) for one in found] == [len(one) for one in tiny.log_probs(EXCHANGES)]
        return float(np.concatenate(found).mean())

    assert mean(0.0) == 0
    assert 0 < mean(0.05) < mean(0.2) < mean(0.8)


def test_divergence_is_the_difference_of_two_readings(tiny: LanguageModel, directions: dict[str, Direction]) -> None:
    """An answer of one token: the sum over all tokens that could stand there."""
    words = [told("hi", chr(code)) for code in range(33, 127)]
    pushed = [{"formal": 0.5}] * len(words)
    before = np.concatenate(tiny.log_probs(words)).astype(np.float64)
    after = np.concatenate(tiny.log_probs(words, pushes=pushed, directions=directions)).astype(np.float64)
    whole = tiny.divergences(words[:1], pushes=pushed[:1], directions=directions)[0][0]
    partial = (np.exp(before) * (before - after)).sum()
    rest, rest_after = 1 - np.exp(before).sum(), 1 - np.exp(after).sum()
    assert whole >= partial + rest * np.log(rest / rest_after) - 1e-5  # merging outcomes can only lose divergence
