"""What steering promises of every batch: untouched rows are untouched, and nothing stays behind."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from asking import TELL, ask, hook_count, told, watched

from pilotage.core.errors import GenerationError, InvalidInputError, JobCancelledError, ShapeError
from pilotage.core.progress import CancelToken, Step
from pilotage.models.language import Direction, LanguageModel
from pilotage.models.language.prompts import prompt_of

Directions = dict[str, Direction]
EXCHANGE = told("how are you?", "well, thank you")


def outputs_of_blocks(model: LanguageModel, **pushed: Any) -> list[np.ndarray]:
    """(T, H) the output of each block over an exchange."""
    from pilotage.models.language.passes import forward, stacked
    from pilotage.models.language.prompts import exchange_ids

    loaded: Any = model._loaded
    prompt, answer = exchange_ids(loaded, EXCHANGE, "e")
    seen: list[np.ndarray] = []
    moves = stacked(loaded, [pushed["shifts"]]) if pushed else {}
    forward(loaded, [prompt + answer], moves=moves, reader=lambda _, hidden: seen.append(hidden[0].numpy().copy()))
    return seen


def test_zero_doses_equal_no_steering_bit_for_bit_through_a_whole_answer(
    tiny: LanguageModel, directions: Directions
) -> None:
    plain = [ask("hi"), ask(TELL), ask("why")]
    mixed = [plain[0], ask(TELL, pushes={"formal": 0.7, "brief": -0.4}), ask("why", pushes={"formal": 0.0})]
    expected, before = watched(tiny, plain)
    outputs, after = watched(tiny, mixed, directions)
    assert len(before) == len(after) == 10
    assert all(np.array_equal(one[[0, 2]], two[[0, 2]]) for one, two in zip(before, after, strict=True))
    assert [outputs[0], outputs[2]] == [expected[0], expected[2]]
    assert outputs[1].tokens != expected[1].tokens


def test_a_batch_without_any_push_runs_without_any_move(tiny: LanguageModel, directions: Directions) -> None:
    from pilotage.models.language.directions import shifts

    assert shifts({"formal": 0.0, "brief": -0.0}, directions) == {}
    given, steered = watched(tiny, [ask("hi", pushes={"formal": 0.0})], directions)
    plain, unsteered = watched(tiny, [ask("hi")])
    assert given == plain
    assert all(np.array_equal(one, two) for one, two in zip(steered, unsteered, strict=True))


def test_a_row_answers_the_same_alone_and_among_others_of_all_lengths(
    tiny: LanguageModel, directions: Directions
) -> None:
    pushes = [{"formal": 0.5}, {"formal": -0.5, "warm": 0.3}, {}, {"brief": 1.0}]
    several = [ask(words, pushes=push) for words, push in zip(("hi", TELL, "x" * 60, "why"), pushes, strict=True)]
    _, steps = watched(tiny, several, directions)
    together = [step for step in steps if len(step) == len(several)]  # until one of them ends
    assert len(together) >= 5
    for row, request in enumerate(several):
        _, alone = watched(tiny, [request], directions)
        for one, all_rows in zip(alone, together, strict=False):
            assert np.abs(one[0] - all_rows[row]).max() < 1e-4
            best, second = np.sort(one[0])[[-1, -2]]
            assert best - second > 1e-3, "tokens are compared where they are clear"
            assert one[0].argmax() == all_rows[row].argmax()


def test_sampled_answers_are_the_same_alone_and_among_others_and_again(
    tiny: LanguageModel, directions: Directions
) -> None:
    several = [ask("hi", temperature=0.9, seed=seed, pushes={"formal": 0.1 * seed}) for seed in range(4)]
    together = tiny.generate(several, directions=directions)
    assert together == tiny.generate(several, directions=directions)
    assert [tiny.generate([request], directions=directions)[0] for request in several] == list(together)
    assert len({output.tokens for output in together}) == 4


def test_a_push_moves_the_output_of_its_block_by_exactly_its_vector(
    tiny: LanguageModel, directions: Directions
) -> None:
    from pilotage.models.language.directions import shifts

    plain = outputs_of_blocks(tiny)
    for push in (-0.8, 0.25, 2.0):
        moved = outputs_of_blocks(tiny, shifts=shifts({"brief": push}, directions))
        assert np.allclose(moved[2] - plain[2], push * directions["brief"].vector, atol=1e-5)
        assert np.array_equal(moved[1], plain[1])


def test_directions_at_one_block_add_up(tiny: LanguageModel, directions: Directions) -> None:
    from pilotage.models.language.directions import shifts

    both = shifts({"formal": 0.5, "warm": -2.0}, directions)
    assert list(both) == [1]
    assert np.allclose(both[1], 0.5 * directions["formal"].vector - 2 * directions["warm"].vector)


def test_pushes_act_on_the_answer_alone_and_on_the_prompt_too_if_asked(
    tiny: LanguageModel, directions: Directions, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pilotage.models.language import reading

    masks: list[np.ndarray] = []
    forward = reading.forward

    def watch(loaded: Any, tokens: Any, **more: Any) -> Any:
        masks.append(more["moves"][1].abs().sum(2).numpy() > 0)
        return forward(loaded, tokens, **more)

    monkeypatch.setattr(reading, "forward", watch)
    exchanges = [EXCHANGE, told("hi", "ok")]
    sizes = []
    for exchange in exchanges:
        loaded: Any = tiny._loaded
        sizes.append((len(loaded.tokenizer(exchange.answer).input_ids), len(prompt_of(loaded, ask("").model_copy(
            update={"messages": exchange.messages}), "r").ids)))  # fmt: skip
    for positions in ("answer", "all"):
        tiny.log_probs(exchanges, pushes=[{"formal": 1.0}] * 2, directions=directions, positions=positions)  # type: ignore[arg-type]
    width = masks[0].shape[1]
    for row, (answer, prompt) in enumerate(sizes):
        assert np.flatnonzero(masks[0][row]).tolist() == list(range(width - answer - 1, width))
        assert np.flatnonzero(masks[1][row]).tolist() == list(range(width - answer - prompt, width))


@pytest.mark.parametrize("positions", ["answer", "all"])
def test_generating_and_reading_agree_on_where_a_push_acts(
    tiny: LanguageModel, directions: Directions, positions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pilotage.models.language import reading

    request = ask("hi", pushes={"formal": 0.6}, positions=positions)
    [output], seen = watched(tiny, [request], directions)
    prompt = prompt_of(tiny._loaded, request, "r").ids  # type: ignore[arg-type]
    monkeypatch.setattr(reading, "exchange_ids", lambda *_: (prompt, output.tokens))  # its text may be cut otherwise
    [read] = tiny.log_probs([told("hi", "")], pushes=[request.pushes], directions=directions, positions=positions)
    steps = [step[0] - np.logaddexp.reduce(step[0].astype(np.float64)) for step in seen]
    drawn = [step[token] for step, token in zip(steps, output.tokens, strict=False)]
    assert len(read) >= 5
    assert np.allclose(read, drawn, atol=1e-4)


def test_after_errors_cancels_and_many_requests_the_model_is_as_new(
    fresh: Callable[[], LanguageModel], directions: Directions
) -> None:
    import torch

    model, new = fresh(), fresh()
    hooks = hook_count(model)
    block = model._loaded.model.model.layers[2]  # type: ignore[union-attr]

    def fail(*_: Any) -> None:
        raise RuntimeError("broken on purpose")

    handle = block.register_forward_pre_hook(fail)
    with pytest.raises(GenerationError, match="broken on purpose"):
        model.generate([ask("hi", pushes={"formal": 1.0})], directions=directions)
    handle.remove()
    token = CancelToken()
    with pytest.raises(JobCancelledError):
        model.generate(
            [ask("hi", pushes={"warm": 1.0})], directions=directions, cancel=token, progress=lambda _: token.cancel()
        )
    with pytest.raises(InvalidInputError):
        model.generate([ask("hi", pushes={"nobody": 1.0})], directions=directions)
    held = []
    for index in range(0, 1024, 32):
        model.generate(
            [ask(f"{index + row}", pushes={"formal": row / 16}, max_tokens=2) for row in range(32)],
            directions=directions,
        )
        if index in {32, 992}:
            gc.collect()
            held.append(sum(type(one) is torch.Tensor for one in gc.get_objects()))
    assert held[1] <= held[0]
    (_, used), (_, unused) = watched(model, [ask(TELL)]), watched(new, [ask(TELL)])
    assert all(np.array_equal(one, two) for one, two in zip(used, unused, strict=True))
    assert hook_count(model) == hooks == hook_count(new)


def test_cancelling_stops_within_one_step(tiny: LanguageModel) -> None:
    token, steps = CancelToken(), []

    def watch(step: Step) -> None:
        steps.append(step)
        if len(steps) == 3:
            token.cancel()

    with pytest.raises(JobCancelledError):
        tiny.generate([ask(TELL, max_tokens=50)], cancel=token, progress=watch)
    assert [step.done for step in steps] == [1, 2, 3]


def test_a_row_without_numbers_fails_alone(tiny: LanguageModel) -> None:
    huge = {"far": Direction(1, np.full(32, 3e38, dtype=np.float32))}
    broken, sound = tiny.generate([ask("hi", pushes={"far": 1e10}), ask("hi")], directions=huge)
    assert broken.finish == "error"
    assert "numbers" in broken.error
    assert sound == tiny.generate([ask("hi")])[0]


@pytest.mark.parametrize(
    ("name", "direction", "error", "field"),
    [
        ("x", Direction(3, np.zeros(32, dtype=np.float32)), InvalidInputError, "directions.x.layer"),
        ("x", Direction(-1, np.zeros(32, dtype=np.float32)), InvalidInputError, "directions.x.layer"),
        ("x", Direction(1, np.zeros(16, dtype=np.float32)), ShapeError, "directions.x.vector"),
        ("x", Direction(1, np.full(32, np.nan, dtype=np.float32)), ShapeError, "directions.x.vector"),
        ("y", Direction(1, np.zeros(32, dtype=np.float32)), InvalidInputError, "requests.0.pushes.x"),
    ],
)
def test_a_push_that_the_model_cannot_make_is_refused(
    tiny: LanguageModel, name: str, direction: Direction, error: type[InvalidInputError], field: str
) -> None:
    with pytest.raises(error) as raised:
        tiny.generate([ask("hi", pushes={"x": 1.0})], directions={name: direction})
    assert raised.value.field == field


def test_as_many_pushes_as_exchanges_are_asked_for(tiny: LanguageModel, directions: Directions) -> None:
    with pytest.raises(InvalidInputError):
        tiny.log_probs([EXCHANGE], pushes=[{}, {}], directions=directions)
