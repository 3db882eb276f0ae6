"""Media: what a model returns and an artifact holds, as bytes with a type."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError

Pixels = NDArray[np.uint8]
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
        """The (height, width, 3) uint8 picture."""
        from PIL import Image  # noqa: PLC0415

        with Image.open(io.BytesIO(self.data)) as image:
            return np.asarray(image.convert("RGB"))

    def text(self) -> str:
        """The content as text."""
        return self.data.decode()
