"""What programs do to an icon: tint, size, place, ground; and the outlines that a ControlNet follows.

Each attribute is one word of a caption and can be measured from the pixels, so that whether a word is obeyed, and
whether a direction steers, is a number and no opinion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
SIDE: Final = 64
MARGIN: Final = 0.9  # of the side, so that a shifted icon is not cut
SMALL: Final = 0.6
COLOURS: Final = {
    "red": (220, 40, 40), "orange": (245, 140, 30), "yellow": (250, 210, 50), "green": (60, 170, 70),
    "blue": (50, 110, 220), "purple": (140, 70, 190), "pink": (245, 130, 180), "brown": (130, 85, 50),
    "gray": (140, 140, 140), "black": (40, 40, 40),
}  # fmt: skip
BACKGROUNDS: Final = {
    "white": (255, 255, 255), "light blue": (190, 225, 250), "yellow": (255, 235, 140), "pink": (255, 205, 220),
    "green": (190, 230, 180), "black": (25, 25, 30),
}  # fmt: skip
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
__all__ = ["BACKGROUNDS", "COLOURS", "LUMINANCE", "SIDE", "Placement", "compose", "edges", "foreground", "tint"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an icon stands: a name of BACKGROUNDS, size as a part of the side, shift in pixels, mirrored or not."""

    background: str = "white"
    small: bool = False
    dx: int = 0
    dy: int = 0
    flip: bool = False


def tint(icon: Picture, colour: str) -> Picture:
    """Recolour: its luminance, stretched, on a ramp from a dark to a light tone of the colour; alpha stays.

    Args:
        icon: (h, w, 4) RGBA.
        colour: a name of COLOURS.
    """
    tone = np.array(COLOURS[colour], np.float32) / 255
    values = icon.astype(np.float32) / 255
    light = (values[..., :3] @ LUMINANCE)[..., None]
    solid = values[..., 3] > 0.5
    if solid.any():
        low, high = np.percentile(light[..., 0][solid], [2, 98])
        light = np.clip((light - low) / max(float(high - low), 0.15), 0, 1)
    ramp = 0.25 + 0.75 * light
    shade = np.where(ramp < 0.7, tone * (ramp / 0.7), tone + (1 - tone) * ((ramp - 0.7) / 0.3) * 0.75)
    out = np.concatenate([shade, values[..., 3:]], -1) * 255
    return out.clip(0, 255).astype(np.uint8)


def compose(icon: Picture, place: Placement) -> Picture:
    """(64, 64, 3) RGB of a (64, 64, 4) icon on its ground."""
    image = Image.fromarray(icon)
    if place.flip:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    side = round(SIDE * MARGIN * (SMALL if place.small else 1.0))
    image = image.resize((side, side), Image.Resampling.BILINEAR)
    ground = Image.new("RGBA", (SIDE, SIDE), (*BACKGROUNDS[place.background], 255))
    layer = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    layer.paste(image, ((SIDE - side) // 2 + place.dx, (SIDE - side) // 2 + place.dy))
    return np.asarray(Image.alpha_composite(ground, layer).convert("RGB"))


def foreground(picture: Picture, threshold: int = 40) -> NDArray[np.bool_]:
    """(..., h, w): where a picture differs from its corners' median colour by more than `threshold` in a channel."""
    corners = picture[..., [0, 0, -1, -1], [0, -1, 0, -1], :].astype(np.int16)
    ground = np.median(corners, axis=-2)[..., None, None, :]
    return (np.abs(picture.astype(np.int16) - ground) > threshold).any(-1)


def edges(picture: Picture, threshold: int = 48) -> NDArray[np.bool_]:
    """(..., h, w) outlines: a step of more than `threshold` in a channel to the right or lower neighbour.

    Computed from the finished picture, not from the icon's alpha, so that any picture can guide the ControlNet.
    """
    values = picture.astype(np.int16)
    across = np.abs(np.diff(values, axis=-2, append=values[..., -1:, :])).max(-1)
    down = np.abs(np.diff(values, axis=-3, append=values[..., -1:, :, :])).max(-1)
    return np.maximum(across, down) > threshold
