"""Media: what a model returns and an artifact holds, as bytes with a type."""

from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError, ShapeError

Pixels = NDArray[np.uint8]
MAX_PIXELS = 1 << 25  # twice what a request may ask for: a few kB of PNG can claim gigabytes
FORMATS = {"image/png": "PNG", "image/webp": "WEBP"}
EXTENSIONS = {
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "application/json": ".json",
    "application/octet-stream": ".safetensors",
}


@dataclass(frozen=True, slots=True)
class Media:
    """Encoded content and its media type."""

    media_type: str
    data: bytes

    @classmethod
    def from_pixels(cls, pixels: Pixels) -> Media:
        """A PNG of a (height, width, 3) uint8 picture; equal pixels give equal bytes.

        Raises:
            ShapeError: not (height, width, 3) of uint8.
        """
        from PIL import Image  # noqa: PLC0415  (40 ms that a terminal without pictures need not pay)

        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise ShapeError(f"a picture must be (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        return cls("image/png", buffer.getvalue())

    @classmethod
    def from_text(cls, text: str) -> Media:
        """UTF-8 text."""
        return cls("text/plain", text.encode())

    @classmethod
    def from_number(cls, value: float) -> Media:
        """One number as JSON."""
        return cls("application/json", json.dumps(float(value)).encode())

    @property
    def is_image(self) -> bool:
        """Whether `pixels()` can read it."""
        return self.media_type.startswith("image/")

    def pixels(self) -> Pixels:
        """The (height, width, 3) uint8 picture: its pixels alone, whatever else the file holds.

        Raises:
            InvalidInputError: not of its media type, damaged, animated, or of more than `MAX_PIXELS`.
        """
        from PIL import Image  # noqa: PLC0415

        bad = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
        try:  # the declared format alone: the other decoders are not offered what a stranger sends
            with Image.open(io.BytesIO(self.data), formats=[FORMATS[self.media_type]]) as image:
                if image.width * image.height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                    raise ValueError(f"{image.width} x {image.height} pixels, or animated")
                return np.asarray(image.convert("RGB"))
        except (KeyError, *bad) as cause:
            raise InvalidInputError(f"no picture that can be read ({self.media_type}): {cause}"[:300]) from cause

    def text(self) -> str:
        """The content as text."""
        return self.data.decode()
