from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("diffusers")

import pilotage_starter
from pilotage.models import DiffusionModel, GenerationRequest, Row
from pilotage.spaces import BASES, AxisText, Conditioning, Region, SteeringSpace

REQUEST = GenerationRequest(prompt="a fox")


@pytest.fixture(scope="module")
def model() -> DiffusionModel:
    return DiffusionModel("starter", pilotage_starter.path(), device="cpu")


def space_of(model: DiffusionModel, kind: str, axes: Sequence[str], dim: int = 5) -> SteeringSpace:
    basis, typed = BASES.build(kind), [AxisText.parse(text) for text in axes]
    vocabulary = model.info.vocabulary
    captions = basis.captions(REQUEST.prompt, typed, vocabulary)
    embeddings = dict(zip(captions, model.embed(captions), strict=True))
    directions, named = basis.build(REQUEST.prompt, typed, dim, vocabulary, embeddings)
    anchor = model.encode(REQUEST)
    shape = anchor["prompt_embeds"].shape
    rows = Conditioning({"prompt_embeds": directions.reshape(dim, *shape)})
    return SteeringSpace(anchor, dict(rows), named, Region(dim))


def drawn(model: DiffusionModel, space: SteeringSpace, points: Sequence[np.ndarray]) -> np.ndarray:
    """(n, 64, 64, 3) pictures at one seed, as float."""
    rows = [Row(space.decode(point), 3) for point in points]
    return np.stack([output.media.pixels() for output in model.generate(REQUEST, rows)]).astype(float)


def effects(model: DiffusionModel, space: SteeringSpace) -> np.ndarray:
    """(d,) mean absolute change of a pixel's value at ±1 on each axis, of 255."""
    ends = [sign * axis for axis in np.eye(space.dim) for sign in (-1.0, 1.0)]
    pictures = drawn(model, space, [np.zeros(space.dim), *ends])
    return np.abs(pictures[1:] - pictures[0]).mean(axis=(1, 2, 3)).reshape(space.dim, 2).mean(axis=1)


def test_its_words_are_closed_and_its_suggestions_known() -> None:
    vocabulary = DiffusionModel("starter", pilotage_starter.path()).info.vocabulary
    assert vocabulary.closed
    assert vocabulary.unknown_words("a small red fox, noto style, on a light blue background") == ()
    assert vocabulary.unknown_words("a dragon and a kitten") == ("dragon", "and")
    assert vocabulary.unknown_words(" ".join((vocabulary.example, *vocabulary.suggested_axes))) == ()
    for caption in vocabulary.corpus(50):
        assert vocabulary.unknown_words(caption) == ()


def test_its_defaults_stand_beside_its_index() -> None:
    info = DiffusionModel("starter", pilotage_starter.path()).info
    taken = info.capabilities
    assert (taken.size, taken.default_steps, taken.default_guidance) == ((64, 64), 10, 2.0)
    assert "CC-BY-4.0" in info.licence


def test_its_card_attributes_every_source() -> None:
    card = (Path(pilotage_starter.__file__).parent / "MODEL_CARD.md").read_text()
    for words in ("Noto Emoji", "Twemoji", "creativecommons.org/licenses/by/4.0", "Fluent Emoji", "emojibase", "CLDR"):
        assert words in card


@pytest.mark.starter
def test_every_axis_shows_and_far_more_than_random_directions(model: DiffusionModel) -> None:
    steered = effects(model, space_of(model, "attributes_pca", ["red ↔ blue"]))
    control = effects(model, space_of(model, "isotropic", []))
    assert steered.min() > 10
    assert steered.mean() > 3 * control.mean()


@pytest.mark.starter
def test_red_to_blue_turns_blue_step_by_step(model: DiffusionModel) -> None:
    space = space_of(model, "attributes_pca", ["red ↔ blue"])
    pictures = drawn(model, space, [t * np.eye(5)[0] for t in (-1.0, -0.5, 0.0, 0.5, 1.0)])
    blueness = (pictures[..., 2] - pictures[..., 0]).mean(axis=(1, 2))
    assert (np.diff(blueness) > 0).all()
