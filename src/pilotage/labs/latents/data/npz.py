"""NumPy archives, read as numbers alone: no pickled object is ever opened."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pilotage.core.archives import Archive, open_archive
from pilotage.core.errors import InvalidInputError

IMAGES = ("images", "x_train", "x", "X", "data", "arr_0")
LABELS = ("labels", "y_train", "y", "Y", "target", "arr_1")
_MAX_FILES = 64
_MAX_RATIO = 1100  # deflate's own limit: empty pictures pack that well, and `max_bytes` bounds the whole
_HEADER = 4096  # bytes of a member's own description
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_npz(path: Path, *, max_bytes: int) -> tuple[NDArray[np.generic], NDArray[np.generic] | None]:
    """The pictures and, if there are any, the labels of an archive: arrays named as `IMAGES` and `LABELS` list.

    Args:
        path: the file.
        max_bytes: that its arrays may take together.

    Raises:
        InvalidInputError: no archive that can be read, no pictures in it, objects instead of numbers, or too large.
    """
    with open_archive(path, max_size=max_bytes, max_ratio=_MAX_RATIO, max_files=_MAX_FILES) as archive:
        images, labels = _first(archive, IMAGES), _first(archive, LABELS)
    if images is None:
        raise InvalidInputError(
            f"{path.name[:80]!r} has no array of pictures", field="data", hint="Name it 'images', and labels 'labels'."
        )
    return images, labels


def _first(archive: Archive, names: tuple[str, ...]) -> NDArray[np.generic] | None:
    for name in names:
        if f"{name}.npy" in archive.sizes:
            return _array(archive.read(f"{name}.npy"), name)
    return None


def _array(data: bytes, name: str) -> NDArray[np.generic]:
    """An array whose own description is checked against its size first: one that claims more costs no memory."""
    file = io.BytesIO(data)
    try:
        shape, columns, dtype = _HEADERS[np.lib.format.read_magic(file)](file, max_header_size=_HEADER)
        values = data[file.tell() :]
        if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(values):
            raise ValueError(f"{shape} of {dtype} in {len(values)} bytes")
        return np.frombuffer(values, dtype).reshape(shape, order="F" if columns else "C")
    except (KeyError, ValueError, EOFError, SyntaxError) as cause:
        raise InvalidInputError(f"the array {name!r} can't be read: {cause}"[:300], field="data") from cause
