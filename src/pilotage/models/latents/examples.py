"""What a model learns from: pictures as bytes, with or without labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError

MIN_SIDE = 8  # pixels: two halvings leave 2 x 2
Pictures = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pictures of one size.

    Attributes:
        images: (N, H, W, C) uint8 with H, W >= 8 and C 1 or 3.
        labels: (N,) int64 in [0, classes), or None.
        classes: how many classes the labels tell apart; 0 without labels.

    Raises:
        ShapeError: other shapes or types, or labels out of range.
    """

    images: Pictures
    labels: NDArray[np.int64] | None = None
    classes: int = 0

    def __post_init__(self) -> None:
        shape = self.images.shape
        if self.images.dtype != np.uint8 or len(shape) != 4 or shape[3] not in (1, 3):
            raise ShapeError(f"images must be (N, H, W, 1 or 3) uint8, got {shape} {self.images.dtype}", field="images")
        if shape[0] < 1 or min(shape[1:3]) < MIN_SIDE:
            raise ShapeError(
                f"images must be one or more of {MIN_SIDE} pixels or more a side, got {shape}", field="images"
            )
        if self.labels is None:
            return
        if self.labels.shape != shape[:1] or self.labels.dtype != np.int64:
            raise ShapeError(f"labels must be ({shape[0]},) int64, got {self.labels.shape}", field="labels")
        if self.classes < 1 or self.labels.min() < 0 or self.labels.max() >= self.classes:
            raise ShapeError(f"labels must lie in 0..{self.classes - 1}", field="labels")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width: as the nets count."""
        _, height, width, channels = self.images.shape
        return channels, height, width

    @property
    def sha256(self) -> str:
        """Of the shape, the pictures and the labels."""
        state = hashlib.sha256(f"{self.images.shape} {self.classes}".encode())
        state.update(np.ascontiguousarray(self.images).data)
        if self.labels is not None:
            state.update(np.ascontiguousarray(self.labels, dtype="<i8").data)
        return state.hexdigest()
