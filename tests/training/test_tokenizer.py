from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from training.starter.captions import Caption
from training.starter.recipe import read_profile
from training.starter.tokenizer import Encoder, corpus, fit, read_tokenizer
from training.starter.vocabulary import read_vocabulary


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("tokenizer")
    size = read_profile("cpu").words.vocabulary_size
    fit(corpus(read_vocabulary("vocabulary.json"), [{"label": "xylophone", "tags": ["wood"]}]), size, folder)
    return read_tokenizer(folder, 24)


def test_a_caption_comes_back_word_for_word(tokenizer: Any) -> None:
    ids = tokenizer("a small purple fox, noto style").input_ids
    assert tokenizer.decode(ids, skip_special_tokens=True) == "a small purple fox , noto style"


def test_every_word_of_the_vocabulary_is_one_token(tokenizer: Any) -> None:
    words = read_vocabulary("vocabulary.json")
    names = [word for icon in words.objects for word in icon.object.replace("-", " ").split()]
    tags = [tag for icon in words.objects for tag in icon.tags]
    for word in {*names, *tags, *words.styles, *words.sizes, *" ".join((*words.colours, *words.backgrounds)).split()}:
        assert len(tokenizer(word).input_ids) == 3, word


def test_the_longest_caption_fits(tokenizer: Any) -> None:
    words = read_vocabulary("vocabulary.json")
    longest = [len(tokenizer(str(Caption(icon.object, "twemoji", "purple", "light blue", small=True))).input_ids)
               for icon in words.objects]  # fmt: skip
    assert max(longest) <= 24


def test_unknown_words_fall_to_bytes_and_never_to_one_sign(tokenizer: Any) -> None:
    text = "a 日本 zebroid"
    ids = tokenizer(text).input_ids
    assert tokenizer.unk_token_id not in ids[1:-1]
    assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_the_encoder_says_the_same_of_a_caption_twice(tokenizer: Any) -> None:
    encode = Encoder(tokenizer, 24)
    first = encode(["a fox", "", "a fox"])
    assert first[0] == first[2] == encode(["a fox"])[0]
    assert {len(row) for row in first} == {24}


def test_the_same_words_give_the_same_tokens(tmp_path: Path) -> None:
    texts = corpus(read_vocabulary("vocabulary-smoke.json"), [])
    for name in ("one", "two"):
        fit(texts, 640, tmp_path / name)
    one, two = ((tmp_path / name / "merges.txt").read_bytes() for name in ("one", "two"))
    assert one == two
