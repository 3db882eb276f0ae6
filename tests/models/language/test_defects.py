"""What goes wrong in other steering servers does not here; each test names the fault that it keeps out.

SteerLab's twelve defects, by number, and the tests of each; those without a file are below, other files lie in `tests`.

1.  The strength counted twice, so that -0.8 steered up and +0.5 with -0.5 not at all:
    test_the_strength_counts_once_so_opposite_doses_do_opposite_things, test_the_strength_is_not_squared,
    test_half_up_on_one_axis_and_half_down_on_another_is_not_no_steering; labs/language/test_doses.py.
2.  Only the first prompt of a sweep was steered: test_every_prompt_of_a_sweep_is_steered_not_the_first_alone;
    labs/language/test_calibration.py.
3.  One set of doses for all requests, one request at a time: test_requests_of_several_threads_keep_their_own_doses.
4.  Vectors that did not say what they are of: labs/language/test_packs.py, app/test_steering.py.
5.  Vectors that could not be saved: labs/language/test_packs.py; computed over HTTP: api/test_steerlab.py.
6.  Activations of padding, and of raw text: test_activations_are_of_the_answer_not_of_padding,
    test_activations_are_read_in_the_chat_template.
7.  Every layer pushed by the whole difference, no choice, no probe: labs/language/test_calibration.py
    (test_the_layer_that_damages_least_for_its_effect_is_chosen), labs/language/test_extraction.py
    (test_the_probe_minimises_its_loss).
8.  A dose of no unit: test_one_unit_of_push_moves_every_block_by_the_vector_as_it_is;
    labs/language/test_calibration.py (test_dose_1_is_where_the_budget_ends).
9.  Learning that never left zero: labs/language/profiles/test_learn.py (thumbs, edits).
10. Calibration along one diagonal, without texts: labs/language/profiles/test_calibrate.py
    (test_axes_are_told_apart_where_a_diagonal_bisection_cannot), cli/test_language.py.
11. Clients who name paths and swap the model: api/test_conversations.py
    (test_a_door_opens_only_models_that_are_listed), api/test_language_axes.py, api/test_steerlab.py.
12. Answers cut wrongly, a limit that counted the prompt, no seed:
    test_the_text_is_the_answer_alone_whatever_the_prompt_decodes_to,
    test_the_limit_counts_the_answer_and_not_the_prompt,
    test_a_seed_gives_the_same_answer_again_and_another_seed_another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from asking import TELL, ask, told

from pilotage.models.language import Direction, LanguageModel, Sampling, TextOutput, TextRequest

Directions = dict[str, Direction]
DOSES = (-1.0, -0.6, -0.3, 0.3, 0.6, 1.0)


def surprise(model: LanguageModel, directions: Directions, **pushes: float) -> np.ndarray:
    """How the log-probabilities of an answer change under pushes."""
    exchange = [told("how are you?", "well, thank you")]
    return model.log_probs(exchange, pushes=[pushes], directions=directions)[0] - model.log_probs(exchange)[0]


def test_the_strength_counts_once_so_opposite_doses_do_opposite_things(
    tiny: LanguageModel, directions: Directions
) -> None:
    up, down = surprise(tiny, directions, formal=0.02), surprise(tiny, directions, formal=-0.02)
    assert np.abs(up).max() > 1e-3
    assert np.allclose(up, -down, atol=0.1 * np.abs(up).max())


def test_the_strength_is_not_squared(tiny: LanguageModel, directions: Directions) -> None:
    small, double = surprise(tiny, directions, formal=0.01), surprise(tiny, directions, formal=0.02)
    assert np.allclose(double, 2 * small, atol=0.1 * np.abs(double).max())


def test_half_up_on_one_axis_and_half_down_on_another_is_not_no_steering(
    tiny: LanguageModel, directions: Directions
) -> None:
    assert np.abs(surprise(tiny, directions, formal=0.5, warm=-0.5)).max() > 0.1
    plain, steered = tiny.generate([ask(TELL), ask(TELL, pushes={"formal": 0.5, "warm": -0.5})], directions=directions)
    assert steered.tokens != plain.tokens


def test_every_prompt_of_a_sweep_is_steered_not_the_first_alone(tiny: LanguageModel, directions: Directions) -> None:
    prompts = [f"{TELL} {number}" for number in range(8)]
    plain = tiny.generate([ask(prompt) for prompt in prompts])
    one_by_one = [tiny.generate([ask(p, pushes={"formal": 1.0})], directions=directions)[0] for p in prompts]
    at_once = tiny.generate([ask(prompt, pushes={"formal": 1.0}) for prompt in prompts], directions=directions)
    assert all(one.tokens != other.tokens for one, other in zip(plain, one_by_one, strict=True))
    assert list(at_once) == one_by_one


def test_requests_of_several_threads_keep_their_own_doses(
    fresh: Callable[[], LanguageModel], directions: Directions
) -> None:
    model = fresh()
    expected = {push: model.generate([ask(TELL, pushes={"formal": push})], directions=directions) for push in DOSES}
    found: dict[float, list[tuple[TextOutput, ...]]] = {push: [] for push in DOSES}

    def work(push: float) -> None:
        for _ in range(3):
            found[push].append(model.generate([ask(TELL, pushes={"formal": push})], directions=directions))

    threads = [threading.Thread(target=work, args=(push,)) for push in DOSES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {push: [expected[push]] * 3 for push in DOSES}
    assert len({output[0].tokens for output in expected.values()}) == len(DOSES)


def test_activations_are_of_the_answer_not_of_padding(tiny: LanguageModel) -> None:
    short, long = told("hi", "yes"), told(TELL, "once upon a time there was a fox who lived in a wood")
    alone, together = tiny.activations([short]), tiny.activations([short, long])
    assert np.allclose(alone[0], together[0], atol=1e-4)


def test_activations_are_read_in_the_chat_template(tiny: LanguageModel) -> None:
    from pilotage.models.language.prompts import exchange_ids

    prompt, answer = exchange_ids(tiny._loaded, told("hi", "yes"), "e")  # type: ignore[arg-type]
    words = tiny._loaded.tokenizer  # type: ignore[union-attr]
    assert words.decode(prompt) == "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
    assert words.decode(answer) == "yes"


def test_one_unit_of_push_moves_every_block_by_the_vector_as_it_is(tiny: LanguageModel) -> None:
    """No hidden factor by layer, by their number or by the length of what is there."""
    vector = np.random.default_rng(0).standard_normal(32).astype(np.float32)
    for layer in range(3):
        seen: dict[float, np.ndarray] = {}
        for push in (0.0, 1.0):
            moved = {"d": Direction(layer, push * vector)}
            from pilotage.models.language.directions import shifts
            from pilotage.models.language.passes import forward, stacked

            found: list[np.ndarray] = []
            loaded = tiny._loaded
            assert loaded is not None
            moves = stacked(loaded, [shifts({"d": 1.0}, moved)])
            forward(loaded, [[1, 2, 3]], moves=moves, reader=lambda _, h, to=found: to.append(h[0].numpy().copy()))
            seen[push] = found[layer]
        assert np.allclose(seen[1.0] - seen[0.0], vector, atol=1e-5)


@pytest.mark.parametrize("prompt", ["plain words", "  spaces  around  ", "<|im_end|> special <|im_start|>"])
def test_the_text_is_the_answer_alone_whatever_the_prompt_decodes_to(tiny: LanguageModel, prompt: str) -> None:
    request = TextRequest(prompt=prompt, sampling=Sampling(max_tokens=7, temperature=0))
    output = tiny.generate([request])[0]
    assert output.text == tiny._loaded.tokenizer.decode(output.tokens, skip_special_tokens=True)  # type: ignore[union-attr]
    assert len(output.tokens) <= 7


def test_the_limit_counts_the_answer_and_not_the_prompt(tiny: LanguageModel) -> None:
    outputs = tiny.generate([ask("hi", max_tokens=5), ask("x" * 100, max_tokens=5)])
    assert [(len(output.tokens), output.finish) for output in outputs] == [(5, "length")] * 2


def test_a_seed_gives_the_same_answer_again_and_another_seed_another(tiny: LanguageModel) -> None:
    def answers(*seeds: int) -> list[tuple[int, ...]]:
        return [o.tokens for o in tiny.generate([ask("hi", temperature=1.0, seed=seed) for seed in seeds])]

    assert answers(1, 2, 1) == [answers(1)[0], answers(2)[0], answers(1)[0]]
    assert answers(1) != answers(2)
