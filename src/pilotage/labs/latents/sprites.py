"""Many pictures as one: tiles side by side without gaps, which a page cuts out again."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from pilotage.core.seeds import stream
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.network.pictures import png
from pilotage.models.latents.examples import Pictures

MOST = 4096  # pixels a side: what any browser takes as one picture, and any graphics card as one texture
_SAMPLE_SEED = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the tiles of a sprite lie: number i in row i // columns, column i % columns.

    Attributes:
        count: tiles; what is left of the last row is black.
        columns, rows: of tiles.
        tile_width, tile_height: pixels; smaller than the pictures where all of them would not fit.
    """

    count: int
    columns: int
    rows: int
    tile_width: int
    tile_height: int

    def fields(self) -> dict[str, int]:
        """As JSON has it."""
        return asdict(self)


def sprite(pictures: Pictures, *, columns: int = 0) -> tuple[bytes, Sheet]:
    """(N, H, W, C) pictures in their order as one PNG of at most `MOST` pixels a side, and where they lie in it.

    Args:
        pictures: as bytes.
        columns: of tiles; 0 for a sprite that is nearly square.
    """
    count, height, width, channels = pictures.shape
    columns = columns or math.ceil(math.sqrt(count * height / width))
    rows = math.ceil(count / columns)
    share = min(1.0, MOST / (columns * width), MOST / (rows * height))
    sheet = Sheet(count, columns, rows, max(int(width * share), 1), max(int(height * share), 1))
    tiles = np.zeros((rows * columns, sheet.tile_height, sheet.tile_width, channels), np.uint8)
    tiles[:count] = pictures if share == 1 else _reduced(pictures, sheet)
    side_by_side = tiles.reshape(rows, columns, *tiles.shape[1:]).swapaxes(1, 2)
    return png(side_by_side.reshape(rows * sheet.tile_height, columns * sheet.tile_width, channels)), sheet


def sample(images: ImageSet, count: int, *, columns: int) -> bytes:
    """Some pictures of a set as one PNG: always the same, of each class one after the other."""
    order = stream(_SAMPLE_SEED, "sample", len(images)).permutation(len(images))
    if images.labels is not None:
        labels = images.labels[order]
        turns = np.zeros(len(labels), dtype=np.int64)  # how many of its class come before each
        for label in np.unique(labels):
            turns[labels == label] = np.arange(np.sum(labels == label))
        order = order[np.lexsort((labels, turns))]
    return sprite(images.images[order[:count]], columns=columns)[0]


def _reduced(pictures: Pictures, sheet: Sheet) -> Pictures:
    from PIL import Image  # noqa: PLC0415  (as `png`)

    size = (sheet.tile_width, sheet.tile_height)
    images = (Image.fromarray(one[..., 0] if one.shape[2] == 1 else one) for one in pictures)
    made = [np.asarray(image.resize(size, Image.Resampling.BOX)) for image in images]
    return np.stack(made).reshape(len(pictures), sheet.tile_height, sheet.tile_width, -1)
