"""Folders of pictures: each is decoded with care, cut to a square and brought to one size."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError
from pilotage.core.media import MAX_PIXELS

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP"}
MAX_FILE = 64 << 20  # bytes of one picture's file


def read_folder(folder: Path, *, side: int, max_pictures: int) -> tuple[NDArray[np.uint8], list[str]]:
    """All pictures in a folder, or in its folders, which are then the classes; in the order of their names.

    Args:
        folder: where they lie. Links, hidden files and files of other kinds are passed over.
        side: pixels of each picture's side, after the middle square of it was cut out.
        max_pictures: that are taken; a folder with more is refused.

    Returns:
        (N, side, side, C) uint8, C = 1 if every picture is gray and 3 otherwise, and the class of each; no classes if
        the pictures lie in `folder` itself.

    Raises:
        InvalidInputError: no pictures, some in the folder and others in folders of it, too many, or one that can't
            be read.
    """
    paths = list(_pictures(folder, max_pictures))
    flat = [path for path in paths if path.parent == folder]
    if not paths or 0 < len(flat) < len(paths):
        raise InvalidInputError(
            f"{folder.name[:80]!r} should hold pictures, or folders of pictures, one a class", field="data",
            hint=f"Pictures end in {', '.join(FORMATS)}.")  # fmt: skip
    images = np.stack([_square(path, side) for path in paths])
    if (images[..., :1] == images).all():
        images = images[..., :1]
    return images, [] if flat else [path.parent.name for path in paths]


def _pictures(folder: Path, most: int) -> Iterator[Path]:
    count = 0
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith("."):
            continue
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        for found in inside:
            if found.suffix.lower() in FORMATS and found.is_file() and not found.is_symlink():
                count += 1
                if count > most:
                    raise InvalidInputError(f"more than {most} pictures", field="data")
                yield found


def _square(path: Path, side: int) -> NDArray[np.uint8]:
    """(side, side, 3) of the picture's middle, its pixels alone."""
    from PIL import Image, ImageOps  # noqa: PLC0415  (40 ms that who opens no folder need not pay)

    bad = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError, Warning)
    try:
        if path.stat().st_size > MAX_FILE:
            raise ValueError(f"a file of more than {MAX_FILE} bytes")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(
                path, formats=[FORMATS[path.suffix.lower()]]
            ) as image:  # by its name: no other decoder runs
                if image.width * image.height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                    raise ValueError(f"{image.width} x {image.height} pixels, or animated")
                fitted = ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.BOX)
        return np.asarray(fitted)
    except bad as cause:
        raise InvalidInputError(
            f"{path.name[:80]!r} is no picture that can be read: {cause}"[:300], field="data", hint="Take it out.",
        ) from cause  # fmt: skip
