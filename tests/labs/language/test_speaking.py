"""Texts of a steered model: which noise they share, what they cost, when they decline."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.labs.language.reading import Reader
from pilotage.labs.language.speaking import Spoken, distinct2, speak
from pilotage.models.language import Direction, TextOutput, TextRequest
from pilotage.testing.exact_language import HIDDEN, SIZES, ExactModel

PROMPTS = ("One?", "Two?", "Three?")
TOWARDS = Direction(2, (SIZES[2] * np.eye(HIDDEN)[0]).astype(np.float32))


class Recorder(ExactModel):
    """Remembers what it was asked, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[TextRequest]] = []

    def generate(self, requests, **more) -> tuple[TextOutput, ...]:  # type: ignore[no-untyped-def]
        self.calls.append(list(requests))
        return super().generate(requests, **more)


@pytest.fixture
def model() -> Recorder:
    return Recorder()


def spoken(model: ExactModel, settings: list[dict[str, float]], **more: object) -> Spoken:
    reader = Reader(model, {"a": TOWARDS})  # type: ignore[arg-type]
    return speak(reader, PROMPTS, settings, tokens=30, seed=4, **more)  # type: ignore[arg-type]


def test_all_settings_and_prompts_are_rows_of_one_batch(model: Recorder) -> None:
    found = spoken(model, [{}, {"a": 0.3}, {"a": -0.3}])
    assert len(model.calls) == 1
    assert len(model.calls[0]) == 9
    assert [len(row) for row in found.texts] == [3, 3, 3]
    assert found.surprise.shape == found.distinct.shape == (3, 3)


def test_a_prompt_has_the_same_noise_under_every_setting_and_another_than_its_neighbours(model: Recorder) -> None:
    found = spoken(model, [{}, {"a": 0.0}, {"a": 0.4}])
    assert found.texts[0] == found.texts[1] != found.texts[2]
    assert len(set(found.texts[0])) == 3


def test_surprise_is_read_without_steering(model: Recorder) -> None:
    found = spoken(model, [{}, {"a": 0.6}])
    odds = model.log_odds({}, {})
    from pilotage.testing.exact_language import WORDS

    expected = [[-np.mean([odds[WORDS.index(word)] for word in text.split()]) for text in row] for row in found.texts]
    np.testing.assert_allclose(found.surprise, expected, atol=1e-5)
    ratio, doubt = found.perplexity_ratio(0)
    assert ratio[0] == 1
    assert doubt[0] == 0
    assert ratio[1] == pytest.approx(np.exp(np.mean(np.subtract(expected[1], expected[0]))), rel=1e-5)
    assert ratio[1] > 1.1


def test_a_system_message_is_asked_but_not_read(model: Recorder) -> None:
    spoken(model, [{}], system="Be formal.")
    assert [message.role for message in model.calls[0][0].messages] == ["system", "user"]


def made(*rows: tuple[str, ...], surprise: list[list[float]] | None = None) -> Spoken:
    shape = (len(rows), len(rows[0]))
    distinct = np.array([distinct2(text) for row in rows for text in row]).reshape(shape)
    return Spoken(PROMPTS[: shape[1]], rows, np.array(surprise if surprise else np.ones(shape)), distinct)


def test_repetition_lowers_distinct_2() -> None:
    found = made(("a b c d e", "f g h i"), ("a b a b a b", "f f f f f"))
    np.testing.assert_allclose(found.distinct_ratio(0), [1, (2 / 5 + 1 / 4) / 2])
    assert np.isnan(distinct2("one"))


def test_nothing_said_costs_everything() -> None:
    nan = float("nan")
    found = made(("a b c", "d e f"), ("", ""), surprise=[[1.0, 2.0], [nan, nan]])
    assert found.perplexity_ratio(0)[0][1] == np.inf
    assert found.distinct_ratio(0)[1] == 0


def test_texts_can_be_looked_at_under_some_settings_and_put_beside_others(model: Recorder) -> None:
    found = spoken(model, [{}, {"a": 0.3}, {"a": -0.3}])
    ends = found.under([2, 0])
    assert ends.texts == (found.texts[2], found.texts[0])
    np.testing.assert_array_equal(ends.surprise, found.surprise[[2, 0]])
    both = ends.beside(found.under([1, 0]))
    assert both.prompts == PROMPTS * 2
    assert both.texts[0] == found.texts[2] + found.texts[1]
    assert both.surprise.shape == both.distinct.shape == (2, 6)
    change = both.surprise[0] - both.surprise[1]
    assert both.perplexity_ratio(1)[0][0] == pytest.approx(np.exp(change.mean()))


def test_declining_and_silence_are_refusals() -> None:
    found = made(
        ("I cannot help with that.", "Of course: I cannot see why not."),
        ("  ", "As an AI, I have no weekend."),
        ("I\u2019m sorry, but I can\u2019t.", "Sorry about the noise: it is the rain."),
    )
    assert found.refusals.tolist() == [0.5, 1.0, 0.5]


def test_texts_of_one_word_alone_leave_nothing_to_compare_with() -> None:
    told = np.array([[0.0, 0.0], [0.5, 1.0]])
    found = Spoken(PROMPTS[:2], (("no no", "no no"), ("yes", "so it is")), told, told)
    assert found.distinct_ratio(0).tolist() == [1.0, 1.0]
    assert found.distinct_ratio(1).tolist() == [0.0, 1.0]
