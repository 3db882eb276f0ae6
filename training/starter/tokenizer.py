"""Stage `tokenizer`: a byte-level BPE in CLIP's format, small, with one token for every word of the vocabulary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from tokenizers import Regex, pre_tokenizers
from transformers import CLIPTokenizer

from training.starter.merging import learn_merges
from training.starter.paths import Workspace
from training.starter.vocabulary import Vocabulary, read_vocabulary

START: Final = "<|startoftext|>"
END: Final = "<|endoftext|>"
_PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""
_GLUE = ("a", "an", ",", "-", "on", "background", "style", "in", "the", "of", "and", "with")
_WEIGHT = 300  # times that a word of the captions is counted, over labels and tags of all other icons
__all__ = ["Encoder", "corpus", "fit", "make", "read_tokenizer"]


def make(space: Workspace) -> None:
    """Fit it on the vocabulary's words and, for those beyond, on the names of all icons."""
    words = read_vocabulary(space.profile.data.vocabulary)
    labels = json.loads((space.of("data") / "labels.json").read_text(encoding="utf-8"))
    fit(corpus(words, labels), space.profile.words.vocabulary_size, space.of("tokenizer"))
    tokenizer = read_tokenizer(space.of("tokenizer"), space.profile.words.tokens)
    space.finish("tokenizer", tokens=len(tokenizer))


def corpus(words: Vocabulary, labels: Iterable[Any]) -> list[str]:
    """Texts to fit on; the vocabulary's own words weigh so much that each gets a token of its own.

    One word, one token makes all captions of one form equally long, and a direction between two captions then
    moves one position and no other: smooth steering needs that.
    """
    own = [icon.object for icon in words.objects] + [tag for icon in words.objects for tag in icon.tags]
    said = [*own, *words.colours, *words.backgrounds, *words.styles, *words.sizes, *_GLUE]
    others = [text for one in labels for text in (one["label"], *one.get("tags", ()))]
    return [text.lower() for text in (*said * _WEIGHT, *others)]


def fit(texts: Iterable[str], size: int, folder: Path) -> None:
    """Write `vocab.json`, `merges.txt` and their configs, as CLIP's own tokenizer has them.

    Args:
        texts: in lower case.
        size: largest number of tokens, with 512 for single bytes and two for start and end.
        folder: made if it is missing.
    """
    split = pre_tokenizers.Split(Regex(_PATTERN), behavior="removed", invert=True)
    spell = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    seen = Counter(word for text in texts for word, _ in spell.pre_tokenize_str(text))
    words = {(*word[:-1], f"{word[-1]}</w>"): times for word, times in sorted(seen.items())}
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = [*alphabet, *(f"{byte}</w>" for byte in alphabet)]
    merges = learn_merges(words, size - len(vocabulary) - 2)
    vocabulary += dict.fromkeys("".join(pair) for pair in merges)
    _write(folder, [*vocabulary, START, END], [" ".join(pair) for pair in merges])


def _write(folder: Path, vocabulary: Sequence[str], merges: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    ids = {token: number for number, token in enumerate(vocabulary)}
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    config = {"tokenizer_class": "CLIPTokenizer", "do_lower_case": True, **special}
    (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    (folder / "special_tokens_map.json").write_text(json.dumps(special), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


def read_tokenizer(folder: Path, tokens: int) -> Any:
    """CLIP's tokenizer on our files, with texts of at most `tokens`."""
    return CLIPTokenizer.from_pretrained(str(folder), model_max_length=tokens)


class Encoder:
    """Captions to rows of ids; each caption is read once, since training says the same ones thousands of times."""

    def __init__(self, tokenizer: Any, tokens: int) -> None:
        self._tokenizer, self._tokens, self._seen = tokenizer, tokens, dict[str, list[int]]()

    def __call__(self, captions: Sequence[str]) -> list[list[int]]:
        """(n, tokens) ids, padded and cut."""
        if new := [caption for caption in dict.fromkeys(captions) if caption not in self._seen]:
            read = self._tokenizer(new, padding="max_length", truncation=True, max_length=self._tokens)
            self._seen |= zip(new, read.input_ids, strict=True)
        return [self._seen[caption] for caption in captions]
