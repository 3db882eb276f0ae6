"""An exact model without weights: a small scene drawn from the coordinates, so that a whole loop is cheap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import digest
from pilotage.core.media import Media, Pixels
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.models.base import Model, ModelInfo, Output, Row
from pilotage.models.capabilities import Capabilities
from pilotage.models.requests import GenerationRequest
from pilotage.models.rows import require_batch
from pilotage.spaces import Axis, Conditioning, Region, Vocabulary

_VERSION = 1  # of the drawing: a change of any pixel is another model
_FIRST_AXES = (
    ("left ↔ right", "left", "right"),
    ("low ↔ high", "low", "high"),
    ("small ↔ large", "small", "large"),
    ("cool ↔ warm", "cool", "warm"),
    ("dark ↔ light", "dark", "light"),
)
_COOL, _WARM = np.array([0.15, 0.35, 0.95]), np.array([0.95, 0.35, 0.15])
_SEED_JITTER = 0.01  # of the picture's side: a seed is seen, the coordinates dominate


class AnalyticModel(Model):
    """A disc on a plain ground, placed, sized and coloured by a latent in the unit ball.

    It reads no text: its conditioning is `latent` (dim,). Coordinates beyond the fifth turn stripes on
    the ground. It is exact and fast, made for tests and for learning the loop, and stands in for no
    other model.
    """

    def __init__(self, dim: int = 5, *, side: int = 64, ref: str = "analytic") -> None:
        if not 1 <= dim <= 16:
            raise InvalidInputError(f"the analytic model has 1 to 16 coordinates, got {dim}", field="dim")
        self._dim, self._side = dim, side
        self._info = ModelInfo(
            ref=ref,
            name="Analytic scene",
            family="analytic",
            capabilities=Capabilities(
                text=False, negative_prompt=False, guidance=False, min_steps=0, max_steps=0, default_steps=0,
                max_batch=64, previews=True,
            ),
            vocabulary=Vocabulary(objects=(), attributes={}),
            fingerprint=digest({"model": "analytic", "version": _VERSION, "dim": dim, "side": side}),
            licence="Apache-2.0",
            device="cpu",
            dtype="float64",
            size_mb=0.0,
        )  # fmt: skip
        self._loaded = False

    @property
    def info(self) -> ModelInfo:
        """All of it, always: there are no weights to wait for."""
        return self._info

    @property
    def loaded(self) -> bool:
        """Whether `load` was called."""
        return self._loaded

    def load(self, *, progress: Progress = silent) -> None:
        """Nothing to bring in; kept so that the loop meets the same states as with weights."""
        self._loaded = True

    def unload(self) -> None:
        """The inverse of `load`."""
        self._loaded = False

    def encode(self, request: GenerationRequest) -> Conditioning:
        """The centre of the ball, `latent` (dim,), whatever the prompt."""
        self.load()
        self._info.capabilities.check(request)
        return Conditioning({"latent": np.zeros(self._dim)})

    def own_space(self) -> tuple[Region, tuple[Axis, ...]]:
        """The unit ball in R^dim; one axis a coordinate."""
        return Region(self._dim), tuple(_axis(index) for index in range(self._dim))

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """One (side, side, 3) PNG a row; a row whose latent is not finite fails alone."""
        self.load()
        self._info.capabilities.check(request)
        require_batch(rows, self._info.capabilities.max_batch)
        outputs: list[Output] = []
        for index, row in enumerate(rows):
            if cancel is not None:
                cancel.check()
            output = self._draw(row)
            outputs.append(output)
            previews = () if output.media is None else ((index, output.media),)
            progress(Step("generating", index + 1, len(rows), previews))
        return tuple(outputs)

    def _draw(self, row: Row) -> Output:
        latent = np.asarray(row.conditioning.get("latent", ()), dtype=np.float64)
        if latent.shape != (self._dim,) or not np.isfinite(latent).all():
            return Output(None, f"the latent must be ({self._dim},) and finite")
        return Output(Media.from_pixels(draw_scene(latent, row.seed, side=self._side)))


def draw_scene(latent: Array, seed: int, *, side: int = 64) -> Pixels:
    """(side, side, 3) picture of a (d,) latent: the exact function that the analytic model steers.

    Coordinates 0 to 4 are the disc's place across and up, its radius, its colour, and the ground's
    brightness; each further one adds stripes at its own angle. The seed moves the disc by about 1 % of
    the side, so that noise exists and stays small.
    """
    given = np.zeros(5)
    given[: min(5, len(latent))] = latent[:5]
    jitter = stream(seed, "analytic scene").normal(0.0, _SEED_JITTER, size=2)
    across, down = (np.stack(np.meshgrid(np.arange(side), np.arange(side))) + 0.5) / side  # (side, side)
    place = (0.5 + 0.3 * given[0] + jitter[0], 0.5 - 0.3 * given[1] + jitter[1])
    radius = 0.18 * 2.0 ** given[2]
    distance = np.hypot(across - place[0], down - place[1])
    inside = np.clip((radius - distance) * side + 0.5, 0.0, 1.0)[..., None]  # one pixel of soft edge
    ground = np.full((side, side, 1), 0.5 + 0.4 * np.clip(given[4], -1, 1))
    for index, value in enumerate(latent[5:]):
        angle = np.pi * index / 11
        wave = np.sin(2 * np.pi * (4 + index) * (across * np.cos(angle) + down * np.sin(angle)))
        ground = ground + 0.3 * float(value) * wave[..., None]
    share = (1 + np.clip(given[3], -1, 1)) / 2
    colour = (1 - share) * _COOL + share * _WARM
    picture = inside * colour + (1 - inside) * np.clip(ground, 0.0, 1.0)
    return np.round(picture * 255).astype(np.uint8)


def _axis(index: int) -> Axis:
    known = index < len(_FIRST_AXES)
    name, negative, positive = _FIRST_AXES[index] if known else (f"stripes {index - 4}", "−", "+")
    return Axis(name=name, negative=negative, positive=positive, source="coordinate", unit=1.0, measured=True)
