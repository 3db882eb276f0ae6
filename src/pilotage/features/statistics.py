"""`statistics`: ten numbers of a picture that a person would name: bright, contrasty, colourful, warm, busy."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features.base import FeatureConfig, Features, luma, unit_pixels
from pilotage.features.tones import detail, edge_energy, entropy


class StatisticsConfig(FeatureConfig, frozen=True):
    """Brightness, contrast, saturation, hue, warmth, colourfulness, edges, fine detail and entropy."""

    kind: Literal["statistics"] = "statistics"


class Statistics(Features):
    """Global numbers: they see what a picture looks like as a whole, not what is where in it."""

    def __init__(self, config: StatisticsConfig | None = None) -> None:
        self.config = config or StatisticsConfig()

    @property
    def names(self) -> tuple[str, ...]:
        """Ten."""
        return (
            "brightness", "contrast", "saturation", "hue cos", "hue sin", "warmth", "colourfulness", "edges",
            "detail", "entropy",
        )  # fmt: skip

    def describe(self, media: Media) -> Array:
        """(10,) as `names`, each explained at its formula."""
        pixels = unit_pixels(media)
        grey = luma(pixels)
        saturation, cosine, sine = colour_of(pixels)
        return np.array([
            grey.mean(),
            2 * grey.std(),  # half black, half white is 1
            saturation, cosine, sine,
            (pixels[..., 0] - pixels[..., 2]).mean(),  # red over blue
            colourfulness(pixels),
            edge_energy(grey),
            detail(grey),
            entropy(grey),
        ])  # fmt: skip


def colour_of(pixels: Array) -> tuple[float, float, float]:
    """Mean HSV saturation, and cosine and sine of the hue averaged with chroma as weight.

    A grey picture has neither cosine nor sine; a picture of one pure colour has a hue vector of length 1.

    Source: hue on the colour hexagon by its two projections (alpha, beta), as in Preucil 1953; circular mean.
    """
    red, green, blue = (pixels[..., channel] for channel in range(3))
    high, chroma = pixels.max(axis=2), np.ptp(pixels, axis=2)
    saturation = np.divide(chroma, high, out=np.zeros_like(high), where=high > 0)
    angle = np.arctan2(np.sqrt(3) / 2 * (green - blue), red - (green + blue) / 2)
    return float(saturation.mean()), float((chroma * np.cos(angle)).mean()), float((chroma * np.sin(angle)).mean())


def colourfulness(pixels: Array) -> float:
    """About 0 for grey, about 1 for the most colourful pictures.

    Source: Hasler and Süsstrunk 2003, M3 = sd(rg, yb) + 0.3 mean(rg, yb); here of values in 0..1.
    """
    red_green = pixels[..., 0] - pixels[..., 1]
    yellow_blue = (pixels[..., 0] + pixels[..., 1]) / 2 - pixels[..., 2]
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))
