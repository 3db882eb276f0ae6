"""A set of pictures with its provenance, and the same split into training and held-out ones each time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.models.latents.examples import Examples, Pictures

HELD_OUT_SHARE = 10  # one picture in so many
MIN_PICTURES = 20
_SPLIT_SEED = 0  # of every split: runs on one set are compared on the same held-out pictures
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ImageSet:
    """Pictures of one size, in a fixed order: a picture is named by its position.

    Attributes:
        name: of the set.
        images: (N, H, W, C) uint8.
        labels: (N,) int64, or None.
        class_names: what the labels mean, by label; empty without labels.
        licence, source: of the pictures, for whoever shows them.

    Raises:
        ShapeError: other shapes or types, or labels out of range.
        InvalidInputError: fewer than 20 pictures.
    """

    name: str
    images: Pictures
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    licence: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        Examples(self.images, self.labels, len(self.class_names))  # checks shapes and labels
        if len(self.images) < MIN_PICTURES:
            raise InvalidInputError(f"{self.name} has {len(self.images)} pictures, needs {MIN_PICTURES}", field="data")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def sha256(self) -> str:
        """Of the pictures and labels."""
        return self.examples().sha256

    def split(self) -> tuple[Rows, Rows]:
        """Positions of the training pictures and of the held-out tenth, each rising; the same at each call."""
        order = stream(_SPLIT_SEED, "split", len(self)).permutation(len(self))
        held_out = len(self) // HELD_OUT_SHARE
        return np.sort(order[held_out:]), np.sort(order[:held_out])

    def examples(self, rows: Rows | None = None) -> Examples:
        """The pictures at some positions, or all, as a training takes them."""
        images, labels = self.images, self.labels
        if rows is not None:
            images, labels = images[rows], None if labels is None else labels[rows]
        return Examples(images, labels, len(self.class_names) if labels is not None else 0)
