"""Every family of the table, and some that are not in it: transformers itself is the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from asking import TELL, ask, told, watched

from pilotage.core.errors import ModelUnavailableError
from pilotage.models.language import Direction, LanguageModel, TextRequest
from pilotage.models.language.families import BLOCKS, find_blocks
from pilotage.models.language.prompts import prompt_of
from pilotage.testing import tiny_language

torch = pytest.importorskip("torch")

REQUESTS = [ask("hi", system="be kind to all"), ask(TELL, system="be kind to all"), ask("x" * 40)]


@pytest.fixture(scope="module", params=tiny_language.FAMILIES)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    folder = tiny_language.save(request.param, tmp_path_factory.mktemp(request.param))
    made = LanguageModel("tiny", folder, device="cpu")
    made.load()
    return made


@pytest.fixture
def direction(model: LanguageModel) -> dict[str, Direction]:
    vector = np.random.default_rng(3).standard_normal(32).astype(np.float32)
    exchange = [told("hi", "hello there")]
    return {"d": Direction(1, vector * model.residual_norms(exchange)[1] / np.linalg.norm(vector))}


def by_transformers(model: LanguageModel, request: TextRequest) -> tuple[int, ...]:
    """The greedy answer of transformers' own loop to one prompt alone."""
    loaded: Any = model._loaded
    ids = torch.tensor([prompt_of(loaded, request, "request").ids])
    made = loaded.model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=request.sampling.max_tokens, do_sample=False,
        pad_token_id=0,
    )[0, ids.shape[1] :].tolist()  # fmt: skip
    return tuple(made[:-1] if made[-1] in loaded.ends else made)


def test_a_batch_gives_what_transformers_gives_for_each_prompt_alone(model: LanguageModel) -> None:
    outputs = model.generate(REQUESTS)
    assert [output.tokens for output in outputs] == [by_transformers(model, request) for request in REQUESTS]


def test_a_push_everywhere_is_a_hook_that_adds_everywhere(
    model: LanguageModel, direction: dict[str, Direction]
) -> None:
    loaded: Any = model._loaded
    block = find_blocks(loaded.model, model.info.family, loaded.layers)[direction["d"].layer]
    move = torch.from_numpy(direction["d"].vector)

    def add(_module: Any, _inputs: Any, output: Any) -> Any:
        return (output[0] + move, *output[1:]) if isinstance(output, tuple) else output + move

    exchange = told("how are you?", "well, thank you")
    ours = model.log_probs([exchange], pushes=[{"d": 1.0}], directions=direction, positions="all")[0]
    handle = block.register_forward_hook(add)
    try:
        theirs = model.log_probs([exchange])[0]
    finally:
        handle.remove()
    assert np.allclose(ours, theirs, atol=1e-5)
    assert not np.allclose(ours, model.log_probs([exchange])[0], atol=1e-2)


def test_every_row_is_moved_by_its_own_push_and_unmoved_ones_are_untouched(
    model: LanguageModel, direction: dict[str, Direction]
) -> None:
    still = [ask(TELL, max_tokens=1) for _ in range(3)]
    moved = [still[0], still[1].model_copy(update={"pushes": {"d": 1.0}}), still[2]]
    (_, [before]), (_, [after]) = watched(model, still), watched(model, moved, direction)
    # experts take the tokens of all rows together: which ones, and so the last digit of a sum, may hang on others
    rounding = 1e-5 if model.info.family == "mixtral" else 0
    np.testing.assert_allclose(after[[0, 2]], before[[0, 2]], rtol=0, atol=rounding)
    assert np.abs(after[1] - before[1]).max() > 0.01


def test_a_row_alone_and_among_others_gives_the_same_numbers(
    model: LanguageModel, direction: dict[str, Direction]
) -> None:
    several = [ask(one, max_tokens=1, pushes={"d": push}) for one, push in (("hi", 0.5), (TELL, -0.5), ("why", 0.0))]
    _, [together] = watched(model, several, direction)
    for index, request in enumerate(several):
        _, [alone] = watched(model, [request], direction)
        assert np.abs(together[index] - alone[0]).max() < 1e-4


def test_the_finder_of_unknown_families_agrees_with_the_table(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: Any = model._loaded
    declared = find_blocks(loaded.model, model.info.family, loaded.layers)
    monkeypatch.setattr("pilotage.models.language.families.BLOCKS", {})
    assert find_blocks(loaded.model, model.info.family, loaded.layers) == declared


def test_the_families_of_the_readme_are_declared() -> None:
    assert {"llama", "mistral", "mixtral", "gemma", "gemma2", "qwen2", "qwen3", "stablelm", "gpt2"} <= set(BLOCKS)
    assert set(tiny_language.FAMILIES) - set(BLOCKS), "some family must try the finder"


def test_a_model_without_a_list_of_blocks_is_refused() -> None:
    with pytest.raises(ModelUnavailableError) as raised:
        find_blocks(torch.nn.Linear(2, 2), "odd", 3)
    assert raised.value.field == "model"


def test_hidden_states_in_a_tuple_are_moved_too() -> None:
    from pilotage.models.language.hooks import Hooks

    class Block(torch.nn.Module):
        def forward(self, hidden: Any) -> Any:
            return hidden, "attention"

    block = Block()
    hooks = Hooks([block])
    with hooks.moving({0: torch.ones((2, 1, 3))}):
        hidden, rest = block(torch.zeros((2, 4, 3)))
    assert (hidden == 1).all()
    assert rest == "attention"
    assert (block(torch.zeros((2, 4, 3)))[0] == 0).all()
