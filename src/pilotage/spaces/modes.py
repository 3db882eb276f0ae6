"""Steering modes: how one vector spreads over the tokens of a prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.spaces.conditioning import Conditioning

Mode = Literal["token", "low_dimensional", "content_masked", "token_factorized", "token_vector_field"]
Content = np.ndarray  # (T,) bool: which tokens are words, neither special nor padding


def in_mode(mode: Mode, directions: Array, like: Conditioning, content: Content) -> Array:
    """(d, flat) directions in a mode, from (d, flat) directions as the captions differ.

    An array with tokens gives the vector that is nearest to it on every token alike, its mean; the mode spreads
    that one. Arrays without tokens stay as they are. Every array keeps its length, so one unit is one caption
    difference in every mode.

    Args:
        mode: `token` returns the directions as they are.
        directions: one a row, as `like.flat()` orders them.
        like: the prompt's conditioning, for names and shapes.
        content: (T,) which of its tokens are words.

    Raises:
        InvalidInputError: the prompt has too few words for the mode, or a direction has no mean to spread.
    """
    if mode == "token":
        return directions
    parts, start = [], 0
    for name in sorted(like.steered):  # the order of `flat`
        shape, size = like[name].shape, like[name].size
        part = directions[:, start : start + size]
        if len(shape) == 2 and shape[0] == len(content):
            part = _respread(mode, part.reshape(-1, *shape), content).reshape(-1, size)
        parts.append(part)
        start += size
    return np.concatenate(parts, axis=1)


def _respread(mode: Mode, fields: Array, content: Content) -> Array:
    """(d, T, H) fields of the mode, each as long as the (d, T, H) field that its vector comes from."""
    lengths, vectors = np.linalg.norm(fields, axis=(1, 2)), fields.mean(axis=1)
    if not (np.linalg.norm(vectors, axis=1) > 1e-6 * lengths).all():
        raise InvalidInputError(f"an axis has no mean over the tokens, so {mode!r} has nothing to spread",
                                field="basis.mode", hint="Take mode 'token'.")  # fmt: skip
    return lengths[:, None, None] * MODES[mode](vectors, content)


def low_dimensional(vectors: Array, content: Content) -> Array:
    """(d, T, H): the same vector on every token, special and padding too."""
    return _unit(np.broadcast_to(vectors[:, None, :], (len(vectors), len(content), vectors.shape[1])))


def content_masked(vectors: Array, content: Content) -> Array:
    """(d, T, H): 0.35 + 0.65 sin(pi t) of the vector over the words, t from 0 to 1; nothing elsewhere."""
    words = _require_words(content, 1)
    weights = np.zeros(len(content))
    weights[content] = 0.35 + 0.65 * np.sin(np.pi * (np.arange(words) + 0.5) / words)
    return _unit(weights[None, :, None] * vectors[:, None, :])


def token_factorized(vectors: Array, content: Content) -> Array:
    """(d, T, H): each vector times a profile of its own along all tokens, a raised cosine.

    Differs: the predecessor's factor 0.8 is gone, since every mode has the same length here.
    """
    tokens, turns = len(content), 1 + np.arange(len(vectors)) % max(1, len(content) - 1)
    phase = np.pi * turns[:, None] * (np.arange(tokens) + 0.5) / tokens  # (d, T): cosines of the DCT, never flat
    return _unit((1.0 + np.cos(phase))[:, :, None] * vectors[:, None, :])


def token_vector_field(vectors: Array, content: Content) -> Array:
    """(d, T, H): another vector on each word, with mean zero over the words; nothing elsewhere.

    Around the words each axis turns once through the plane of its own vector and the next axis's, so it stays
    inside what the vectors span.

    Differs: the predecessor's fields are waves over the embedding's indices, which no caption ever moves along;
    and its factor 0.7 is gone, since every mode has the same length here.
    """
    words = _require_words(content, 2)
    turn = 2 * np.pi * np.arange(words) / words + 1 / 3  # no multiple of pi: no two words coincide
    own, following = vectors, np.roll(_unit(vectors), -1, axis=0) * np.linalg.norm(vectors, axis=1, keepdims=True)
    fields = np.zeros((len(vectors), len(content), vectors.shape[1]))
    fields[:, content] = np.cos(turn)[:, None] * own[:, None, :] + np.sin(turn)[:, None] * following[:, None, :]
    fields[:, content] -= fields[:, content].mean(axis=1, keepdims=True)
    return _unit(fields)


MODES: Mapping[str, Callable[[Array, Content], Array]] = MappingProxyType({
    "low_dimensional": low_dimensional,
    "content_masked": content_masked,
    "token_factorized": token_factorized,
    "token_vector_field": token_vector_field,
})  # fmt: skip


def _unit(fields: Array) -> Array:
    """Each of (d, ...) divided by its Frobenius norm."""
    norms = np.linalg.norm(fields.reshape(len(fields), -1), axis=1)
    return fields / norms.reshape(-1, *(1,) * (fields.ndim - 1))


def _require_words(content: Content, least: int) -> int:
    words = int(content.sum())
    if words < least:
        raise InvalidInputError(f"the prompt has {words} words, this mode needs {least}", field="basis.mode",
                                hint="Say more in the prompt, or take mode 'token'.")  # fmt: skip
    return words
