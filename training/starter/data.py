"""Stages `data` and `pictures`: drawings of every icon, and the bank of augmented pictures that all networks see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.starter import icons
from training.starter.attributes import BACKGROUNDS, COLOURS, Picture, Placement, compose, tint
from training.starter.captions import Caption, varied
from training.starter.choosing import shared_slugs
from training.starter.parts import Data, Words
from training.starter.paths import Workspace
from training.starter.vocabulary import GROUPS, read_vocabulary, slug

_COLOURS, _GROUNDS = tuple(COLOURS), tuple(BACKGROUNDS)
__all__ = ["Bank", "Drawings", "draw", "paint", "read_drawings"]


@dataclass(frozen=True)
class Drawings:
    """Every icon as (n, 64, 64, 4) RGBA, with its object and style; strangers are not in the vocabulary."""

    rgba: Picture
    things: tuple[str, ...]
    styles: tuple[str, ...]
    stranger: NDArray[np.bool_]


@dataclass(frozen=True)
class Bank:
    """Pictures with what is true of each, by index: a row of `facts` is icon, colour + 1 or 0, ground, small.

    Attributes:
        pictures: (n, 64, 64, 3) uint8.
        facts: (n, 4) int16.
    """

    pictures: Picture
    facts: NDArray[np.int16]
    things: tuple[str, ...]
    styles: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]

    @classmethod
    def open(cls, space: Workspace) -> Bank:
        """The bank of a workspace; pictures stay on the disk until they are read."""
        folder, drawn = space.of("pictures"), read_drawings(space)
        known = [i for i, stranger in enumerate(drawn.stranger) if not stranger]
        words = read_vocabulary(space.profile.data.vocabulary)
        return cls(
            pictures=np.load(folder / "pictures.npy", mmap_mode="r"), facts=np.load(folder / "facts.npy"),
            things=tuple(drawn.things[i] for i in known), styles=tuple(drawn.styles[i] for i in known),
            synonyms={icon.object: icon.tags for icon in words.objects},
        )  # fmt: skip

    def caption(self, index: int) -> Caption:
        """Everything that is true of a picture, a white ground too."""
        icon, colour, ground, small = (int(value) for value in self.facts[index])
        return Caption(
            self.things[icon],
            self.styles[icon],
            _COLOURS[colour - 1] if colour else None,
            _GROUNDS[ground],
            bool(small),
        )

    def said(self, index: int, words: Words, rng: np.random.Generator) -> str:
        """What training says of a picture this time."""
        caption = self.caption(index)
        return varied(caption, self.synonyms.get(caption.thing, ()), words, rng)


def draw(space: Workspace) -> None:
    """Stage `data`: fetch, check and rasterise; about 8 ms an icon.

    Its folder, a few megabytes, is all that a machine without a registry needs to run the other stages.
    """
    sets, words = space.profile.sets, read_vocabulary(space.profile.data.vocabulary)
    icons.fetch(space.archives, [*sets.values(), icons.LABELS])
    opened = {style: icons.read_set(space.archives, package) for style, package in sets.items()}
    texts = icons.labels(space.archives)
    named = {slug(one["label"]): one["label"] for one in texts if one.get("group") in GROUPS}
    own = [slug(icon.object) for icon in words.objects]
    others = sorted(shared_slugs(named, {style: one.slugs for style, one in opened.items()}) - set(own))
    strangers = space.profile.data.strangers
    others = others[:: max(1, len(others) // strangers)][:strangers]
    names = [*own, *others]
    rgba = np.concatenate([icons.render(one, names) for one in opened.values()])
    facts = {
        "things": [named[name] for _ in opened for name in names],
        "styles": [style for style in opened for _ in names],
        "stranger": [name not in set(own) for _ in opened for name in names],
    }
    folder = space.of("data")
    np.savez_compressed(folder / "icons.npz", rgba=rgba)
    (folder / "icons.json").write_text(json.dumps(facts), encoding="utf-8")
    kept = [{"label": one["label"], "tags": one.get("tags", [])} for one in texts]
    (folder / "labels.json").write_text(json.dumps(kept), encoding="utf-8")
    space.finish("data", icons=len(rgba), packages={name: icons.PACKAGES[name] for name in sets.values()})


def read_drawings(space: Workspace) -> Drawings:
    """What `draw` wrote."""
    folder = space.of("data")
    facts = json.loads((folder / "icons.json").read_text(encoding="utf-8"))
    with np.load(folder / "icons.npz") as file:
        rgba = file["rgba"]
    return Drawings(rgba, tuple(facts["things"]), tuple(facts["styles"]), np.array(facts["stranger"]))


def paint(space: Workspace) -> None:
    """Stage `pictures`: the same number of augmented pictures of each icon, so that objects are balanced."""
    drawn, folder = read_drawings(space), space.of("pictures")
    pictures, facts = _augment(drawn.rgba[~drawn.stranger], space.profile.data, space.profile.seed)
    np.save(folder / "pictures.npy", pictures)
    np.save(folder / "facts.npy", facts)
    space.finish("pictures", pictures=len(pictures))


def _augment(rgba: Picture, data: Data, seed: int) -> tuple[Picture, NDArray[np.int16]]:
    """Pictures and facts of a bank; the first of each icon is the plain one."""
    rng = np.random.default_rng(seed)
    pictures = np.empty((len(rgba) * data.augmentations, *rgba.shape[1:3], 3), np.uint8)
    facts = np.zeros((len(pictures), 4), np.int16)
    for number in range(len(pictures)):
        icon, turn = divmod(number, data.augmentations)
        tinted, grounded, small, flip = rng.random(4) < (data.tinted, data.grounded, data.small, data.flip)
        colour, ground = int(rng.integers(len(_COLOURS))), int(rng.integers(1, len(_GROUNDS)))
        dx, dy = (int(one) for one in rng.integers(-data.shift, data.shift + 1, 2))
        if turn == 0:
            tinted = grounded = small = flip = np.False_
        source = tint(rgba[icon], _COLOURS[colour]) if tinted else rgba[icon]
        facts[number] = icon, (colour + 1) * tinted, ground * grounded, small
        place = Placement(_GROUNDS[ground] if grounded else "white", bool(small), dx, dy, bool(flip))
        pictures[number] = compose(source, place)
    return pictures, facts
