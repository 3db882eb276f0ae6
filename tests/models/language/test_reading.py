from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from asking import TELL, told

from pilotage.core.errors import OutOfMemoryError
from pilotage.models.language import Direction, LanguageModel, parts
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


def all_readings(model: LanguageModel, directions: dict[str, Direction]) -> list[np.ndarray]:
    """Every way of reading the exchanges, apart and with shared prompts."""
    steered: dict[str, Any] = {"pushes": [{"formal": 0.3}, {"warm": -0.2}, {}] * 2, "directions": directions}
    twice, alone = EXCHANGES * 2, {**steered, "pushes": steered["pushes"][:3]}
    return [
        model.activations(EXCHANGES), model.residual_norms(EXCHANGES),
        *model.log_probs(EXCHANGES), *model.divergences(EXCHANGES, **alone),
        *model.log_probs(twice, **steered), *model.divergences(twice, **steered),
    ]  # fmt: skip


def test_long_texts_are_read_fewer_at_a_time_with_the_same_result(
    tiny: LanguageModel, directions: dict[str, Direction], monkeypatch: pytest.MonkeyPatch, widest: list[int]
) -> None:
    expected = all_readings(tiny, directions)
    assert max(widest) > 150
    widest.clear()
    monkeypatch.setattr(parts, "_TOKENS", 150)
    found = all_readings(tiny, directions)
    assert max(widest) <= 150
    for one, other in zip(found, expected, strict=True):
        assert np.allclose(one, other, atol=1e-4)


def test_memory_that_runs_out_halves_what_is_read_at_once(
    fresh: Callable[[], LanguageModel], directions: dict[str, Direction]
) -> None:
    torch = pytest.importorskip("torch")
    model, room = fresh(), [100]
    expected = all_readings(model, directions)

    def pre(_module: Any, arguments: tuple[Any, ...], _more: Any) -> None:
        if arguments[0].shape[0] > room[0]:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    model._loaded.model.model.layers[1].register_forward_pre_hook(pre, with_kwargs=True)  # type: ignore[union-attr]
    room[0] = 1
    for one, other in zip(all_readings(model, directions), expected, strict=True):
        assert np.allclose(one, other, atol=1e-4)
    room[0] = 0
    with pytest.raises(OutOfMemoryError, match="one text of"):
        model.log_probs(EXCHANGES)


@pytest.fixture
def widest(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tokens of each pass, those that pad and those remembered among them."""
    from pilotage.models.language import reading, sharing

    seen: list[int] = []
    for module in (reading, sharing):

        def watch(loaded: Any, ids: Any, *, cells: Any = None, forward: Any = module.forward, **more: Any) -> Any:
            before = 0 if cells is None else cells.mask.shape[1]
            seen.append(len(ids) * (max(map(len, ids)) + before))
            return forward(loaded, ids, cells=cells, **more)

        monkeypatch.setattr(module, "forward", watch)
    return seen
