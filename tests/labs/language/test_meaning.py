"""A second opinion: texts are placed between the poles by an encoder that knows nothing of the steered model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pilotage.labs.language.axes import Axis
from pilotage.labs.language.meaning import PoleScore, sentence_encoder


def letters(texts: Sequence[str]) -> np.ndarray:
    """A small encoder: how often each letter comes."""
    return np.array([[text.lower().count(chr(97 + i)) / len(text) for i in range(26)] for text in texts])


def test_an_axis_own_answers_lie_at_the_poles_on_average(small_axis: Axis) -> None:
    score = PoleScore.of(small_axis, letters)
    sides = small_axis.sides("train")
    assert score([one.answer for one in sides.positive]).mean() == pytest.approx(1)
    assert score([one.answer for one in sides.negative]).mean() == pytest.approx(-1)
    assert score.told_apart == 1


def test_an_encoder_that_sees_no_difference_tells_nothing_apart(small_axis: Axis) -> None:
    score = PoleScore.of(small_axis, lambda texts: np.ones((len(texts), 3)))
    assert score.told_apart == 0
    assert score(["anything"]).tolist() == [0]


def test_embeddings_have_length_1_and_do_not_depend_on_the_texts_beside_them(tmp_path: Path) -> None:
    """On a tiny encoder of random weights."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"abcdefghijklmnopqrstuvwxyz",
        *(f"##{c}" for c in "abcdefgh"),
    ]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(words), **shape)).save_pretrained(tmp_path)
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    embed = sentence_encoder(tmp_path)
    texts = ["a b c", "h", "a longer text with many words in it", "b"]
    both = embed(texts)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, atol=1e-6)
    for row, text in zip(both, texts, strict=True):
        np.testing.assert_allclose(row, embed([text])[0], atol=1e-5)
    assert embed([]).shape == (0, 16)
