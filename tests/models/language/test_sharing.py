"""Reading many answers after few prompts gives what reading each conversation by itself gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.models.language import Direction, Exchange, LanguageModel, Message, prefill
from pilotage.testing import tiny_language

DIRECTIONS = {
    "a": Direction(1, np.linspace(-2, 2, 32, dtype=np.float32)),
    "b": Direction(2, np.cos(np.arange(32)).astype(np.float32)),
}
PUSHES = [{"a": 0.5}, {}, {"a": -0.5, "b": 1.0}, {"b": 2.0}]


@pytest.fixture(scope="module", params=["llama", "gpt2", "gemma2", "opt", "mixtral"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    made = LanguageModel(
        "tiny", tiny_language.save(request.param, tmp_path_factory.mktemp(request.param)), device="cpu"
    )
    made.load()
    return made


def exchanges() -> tuple[list[Exchange], list[dict[str, float]]]:
    """Two prompts of unequal length, three answers of unequal length, each under four settings, mixed up."""
    spoken = [
        ("Who?", "I, of course."),
        ("And what is the longer question?", "No."),
        ("Who?", "Nobody at all, I think."),
    ]
    made = [Exchange((Message(role="user", content=prompt),), answer) for prompt, answer in spoken]
    order = np.random.default_rng(0).permutation(12)
    return [made[place % 3] for place in order], [PUSHES[place // 3] for place in order]


def test_log_probs_are_those_of_each_alone(model: LanguageModel) -> None:
    read, pushes = exchanges()
    together = model.log_probs(read, pushes=pushes, directions=DIRECTIONS, batch=5)
    for one, push, found in zip(read, pushes, together, strict=True):
        alone = model.log_probs([one], pushes=[push], directions=DIRECTIONS)[0]
        np.testing.assert_allclose(found, alone, atol=1e-4)


def test_divergences_are_those_of_each_alone_and_none_where_nothing_is_pushed(model: LanguageModel) -> None:
    read, pushes = exchanges()
    together = model.divergences(read, pushes=pushes, directions=DIRECTIONS, batch=5)
    for one, push, found in zip(read, pushes, together, strict=True):
        alone = model.divergences([one], pushes=[push], directions=DIRECTIONS)[0]
        np.testing.assert_allclose(found, alone, atol=1e-4)
        assert (np.abs(found).max() < 1e-5) == (push == {})


def test_prompts_that_are_pushed_too_are_not_shared(model: LanguageModel) -> None:
    read, pushes = exchanges()
    everywhere = model.log_probs(read, pushes=pushes, directions=DIRECTIONS, positions="all")
    alone = model.log_probs(read[:1], pushes=pushes[:1], directions=DIRECTIONS, positions="all")
    np.testing.assert_allclose(everywhere[0], alone[0], atol=1e-4)


def test_long_prompts_are_read_in_bites(tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    read, pushes = exchanges()
    expected = tiny.log_probs(read, pushes=pushes, directions=DIRECTIONS)
    forward, widest = prefill.forward, []

    def watch(loaded: Any, tokens: Any, **more: Any) -> Any:
        widest.append(max(map(len, tokens)))
        return forward(loaded, tokens, **more)

    monkeypatch.setattr(prefill, "_BITE", 5)
    monkeypatch.setattr(prefill, "forward", watch)
    for one, other in zip(tiny.log_probs(read, pushes=pushes, directions=DIRECTIONS), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    assert max(widest) == 5
