"""A person's own pictures: IDX files, a NumPy archive, or a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError
from pilotage.labs.latents.data.folder import read_folder
from pilotage.labs.latents.data.idx import read_idx
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.data.npz import read_npz
from pilotage.models.latents.examples import Pictures

MAX_BYTES = 1 << 29  # of pixels: 600,000 digits, or 170,000 colour pictures of 32 x 32
MAX_CLASSES = 1000
MAX_SIDE = 256
_MAX_NAME = 80
_SOURCE = "your own pictures"


def read_images(path: Path, *, side: int = 32) -> ImageSet:
    """The pictures at `path`, checked.

    Args:
        path: an `.npz` file; a folder with `...images-idx3-ubyte` and `...labels-idx1-ubyte` (`train-` before `t10k-`),
            gzipped or not; or a folder of pictures, with a folder for each class or none.
        side: pixels a side for a folder of pictures; the other formats have a size of their own, of at most 256.

    Raises:
        InvalidInputError: nothing there, broken, too large, of another type, or without labels where some have them.
        ShapeError: pictures of another shape than a model takes.
    """
    if not 8 <= side <= MAX_SIDE:
        raise InvalidInputError(f"side must lie in 8..{MAX_SIDE}, got {side}", field="side")
    try:
        if path.is_dir():
            return _from_idx(path) or _from_folder(path, side)
        if path.is_file() and path.suffix == ".npz":
            images, values = read_npz(path, max_bytes=MAX_BYTES)
            return _made(path.stem, _as_bytes(images), values)
    except OSError as cause:
        raise InvalidInputError(f"{path.name!r} cannot be read: {cause.strerror}", field="data") from cause
    raise InvalidInputError(
        f"there are no pictures at {path.name[:_MAX_NAME]!r}", field="data",
        hint="Give an .npz file, a folder with IDX files, or a folder of pictures.")  # fmt: skip


def _from_idx(folder: Path) -> ImageSet | None:
    found = sorted(folder.glob("*images-idx3-ubyte*"), key=lambda path: (not path.name.startswith("train"), path.name))
    if not found:
        return None
    images = read_idx(found[0], max_bytes=MAX_BYTES)
    wanted = found[0].name.replace("images-idx3", "labels-idx1")
    named = (wanted, wanted.removesuffix(".gz"), f"{wanted}.gz")
    labels = next((folder / name for name in named if (folder / name).is_file()), None)
    return _made(folder.name, images, None if labels is None else read_idx(labels, max_bytes=MAX_BYTES))


def _from_folder(folder: Path, side: int) -> ImageSet:
    images, classes = read_folder(folder, side=side, max_pictures=MAX_BYTES // (3 * side * side))
    return _made(folder.name, images, np.array(classes) if classes else None)


def _as_bytes(images: NDArray[np.generic]) -> Pictures:
    """Pictures as bytes: as they are, or from real numbers in 0..1."""
    if images.dtype == np.uint8:
        return images.astype(np.uint8, copy=False)
    if images.dtype.kind == "f" and images.size and images.min() >= 0 and images.max() <= 1:  # a NaN is not
        return np.rint(images * 255).astype(np.uint8)
    raise InvalidInputError(
        f"pictures must be bytes, or real numbers in 0..1, got {images.dtype}", field="data", hint="Scale them first."
    )


def _made(name: str, images: Pictures, values: NDArray[np.generic] | None) -> ImageSet:
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim == 4 and max(images.shape[1:3]) > MAX_SIDE:
        raise InvalidInputError(
            f"pictures of {images.shape[1]} x {images.shape[2]} pixels, at most {MAX_SIDE} a side are taken",
            field="data",
            hint="Make them smaller first.",
        )
    if values is None:
        return ImageSet(name[:_MAX_NAME], images, source=_SOURCE)
    if values.shape != images.shape[:1] or values.dtype.kind not in "iuUb":
        raise InvalidInputError(
            f"labels must be one whole number or word a picture, got {values.shape} {values.dtype}", field="data"
        )
    found, labels = np.unique(values, return_inverse=True)
    if len(found) > MAX_CLASSES:
        raise InvalidInputError(f"{len(found)} classes, at most {MAX_CLASSES} are taken", field="data")
    return ImageSet(name[:_MAX_NAME], images, labels.astype(np.int64), _names(found.tolist()), source=_SOURCE)


def _names(values: Sequence[object]) -> tuple[str, ...]:
    """Classes as words that fit on one line."""
    return tuple("".join(c if c.isprintable() else " " for c in str(value))[:_MAX_NAME] for value in values)
