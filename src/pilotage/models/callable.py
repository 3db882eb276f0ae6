"""Your own function as a model: coordinates in, a picture, a number or a text out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pilotage.core.errors import InvalidInputError, ModelUnavailableError
from pilotage.core.hashing import digest
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.core.shapes import Array
from pilotage.models.base import Model, ModelInfo, Output, Row
from pilotage.models.capabilities import Capabilities
from pilotage.models.requests import GenerationRequest
from pilotage.models.rows import require_batch
from pilotage.spaces import Axis, Conditioning, Region, Vocabulary

Modality = Literal["image", "text", "number"]
_ACCEPTED = "Return a PIL image, an (h, w, 3) array of uint8 or of floats in 0..1, a number, or a str."


class CallableModel(Model):
    """A function of d coordinates, steered over the box of its bounds.

    Build it with `CallableModel.from_callable`. Its conditioning is `latent` (d,) in [-1, 1]; the function
    gets the same point in its own units. What it returns is found out at `load` by one call at the centre.
    """

    def __init__(self, fn: Callable[..., Any], bounds: Array, names: Sequence[str], *, ref: str = "callable") -> None:
        self._fn, self._bounds, self._names, self._ref = fn, bounds, tuple(names), ref
        self._takes_seed = _takes_seed(fn)
        self._modality: Modality | None = None

    @classmethod
    def from_callable(
        cls,
        fn: Callable[..., Any],
        dim: int,
        bounds: ArrayLike = (-1.0, 1.0),
        names: Sequence[str] | None = None,
    ) -> CallableModel:
        """A model out of a function.

        Args:
            fn: takes a (dim,) float64 array, and `seed: int` by keyword if its signature has it; returns a
                PIL image, an (h, w, 3) array (uint8, or float in 0..1), a number or a str.
            dim: number of coordinates, 1 to 16.
            bounds: (low, high) for all coordinates, or (dim, 2), in the function's own units.
            names: one a coordinate; `x1`, `x2`, … if None.

        Raises:
            InvalidInputError: fn cannot be called, or dim, bounds or names do not fit.
        """
        if not callable(fn):
            raise InvalidInputError(f"fn must be a function, got {type(fn).__name__}", field="fn")
        if isinstance(dim, bool) or not isinstance(dim, int) or not 1 <= dim <= 16:
            raise InvalidInputError(f"dim must be a whole number from 1 to 16, got {dim!r}", field="dim")
        given = tuple(names) if names is not None else tuple(f"x{index + 1}" for index in range(dim))
        if len(given) != dim or len(set(given)) != dim or not all(given):
            raise InvalidInputError(f"names must be {dim} different words, got {list(given)}", field="names")
        return cls(fn, _checked_bounds(bounds, dim), given)

    @property
    def info(self) -> ModelInfo:
        """Its modality is a guess until `load`; the fingerprint is of the source, not of all that it calls."""
        return ModelInfo(
            ref=self._ref,
            name=getattr(self._fn, "__name__", type(self._fn).__name__),
            family="callable",
            capabilities=Capabilities(
                modality=self._modality or "image", text=False, negative_prompt=False, guidance=False,
                min_steps=0, max_steps=0, default_steps=0, max_batch=64, seeded=self._takes_seed,
            ),
            vocabulary=Vocabulary(objects=(), attributes={}),
            fingerprint=self._fingerprint() if self.loaded else None,
            size_mb=0.0,
        )  # fmt: skip

    @property
    def loaded(self) -> bool:
        """Whether the function was tried at the centre."""
        return self._modality is not None

    def load(self, *, progress: Progress = silent) -> None:
        """Call the function once, at the centre, and learn what it returns.

        Raises:
            ModelUnavailableError: the function fails there, or returns something else than it may.
        """
        if self.loaded:
            return
        progress(Step("loading", 0, 1))
        try:
            media = as_media(self._call(np.zeros(self._dim), 0))
        except Exception as cause:  # a user's function may raise anything
            raise ModelUnavailableError(
                f"the function failed at the centre of its bounds: {cause}", field="fn", hint=_ACCEPTED
            ) from cause
        self._modality = _modality_of(media)
        progress(Step("loading", 1, 1))

    def unload(self) -> None:
        """Forget what the function returns; `load` asks it again."""
        self._modality = None

    def encode(self, request: GenerationRequest) -> Conditioning:
        """The centre of the box, `latent` (d,) of zeros, whatever the prompt."""
        self.load()
        self.info.capabilities.check(request)
        return Conditioning({"latent": np.zeros(self._dim)})

    def own_space(self) -> tuple[Region, tuple[Axis, ...]]:
        """The unit box; its sides are the bounds, and each axis says so."""
        axes = (
            Axis(name=name, negative=f"{low:g}", positive=f"{high:g}", source="coordinate", unit=1.0, measured=True)
            for name, (low, high) in zip(self._names, self._bounds, strict=True)
        )
        return Region(self._dim, "box"), tuple(axes)

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """The function's value at each row; a row where it raises or returns rubbish fails alone."""
        self.load()
        capabilities = self.info.capabilities
        capabilities.check(request)
        require_batch(rows, capabilities.max_batch)
        outputs: list[Output] = []
        for index, row in enumerate(rows):
            if cancel is not None:
                cancel.check()
            outputs.append(self._output(row))
            progress(Step("generating", index + 1, len(rows)))
        return tuple(outputs)

    @property
    def _dim(self) -> int:
        return len(self._names)

    def _output(self, row: Row) -> Output:
        point = np.asarray(row.conditioning.get("latent", ()), dtype=np.float64)
        if point.shape != (self._dim,) or not np.isfinite(point).all():
            return Output(None, f"the latent must be ({self._dim},) and finite")
        try:
            media = as_media(self._call(point, row.seed))
        except Exception as cause:  # a user's function may raise anything
            return Output(None, f"{type(cause).__name__}: {cause}")
        if _modality_of(media) != self._modality:
            return Output(None, f"the function returned a {_modality_of(media)} here, elsewhere a {self._modality}")
        return Output(media)

    def _call(self, point: Array, seed: int) -> Any:
        low, high = self._bounds.T
        own = low + (np.clip(point, -1.0, 1.0) + 1.0) / 2.0 * (high - low)
        return self._fn(own, seed=seed) if self._takes_seed else self._fn(own)

    def _fingerprint(self) -> str:
        """sha256 of the function's source, bounds and names; of its name alone where the source is unknown."""
        try:
            source = inspect.getsource(self._fn)
        except (OSError, TypeError):
            source = repr(getattr(self._fn, "__qualname__", type(self._fn).__qualname__))
        return digest({"source": source, "bounds": self._bounds.tolist(), "names": list(self._names)})


def from_callable(
    fn: Callable[..., Any], dim: int, bounds: ArrayLike = (-1.0, 1.0), names: Sequence[str] | None = None
) -> CallableModel:
    """As `CallableModel.from_callable`."""
    return CallableModel.from_callable(fn, dim, bounds, names)


def as_media(value: Any) -> Media:
    """What a function returned, as media.

    Raises:
        InvalidInputError: none of the accepted types, an empty picture, or numbers that are not finite.
    """
    if isinstance(value, str):
        return Media.from_text(value)
    if hasattr(value, "convert") and hasattr(value, "size"):  # PIL, without importing it
        return Media.from_pixels(np.asarray(value.convert("RGB")))
    if isinstance(value, bool) or value is None or isinstance(value, bytes):
        raise InvalidInputError(f"the function returned {type(value).__name__}", hint=_ACCEPTED)
    try:
        array = np.asarray(value)
    except ValueError as cause:
        raise InvalidInputError(f"the function returned {type(value).__name__}", hint=_ACCEPTED) from cause
    if array.dtype.kind not in "iuf":
        raise InvalidInputError(f"the function returned {type(value).__name__}", hint=_ACCEPTED)
    if not np.isfinite(array).all():
        raise InvalidInputError("the function returned values that are not finite", hint=_ACCEPTED)
    return Media.from_number(float(array)) if array.ndim == 0 else Media.from_pixels(_as_pixels(array))


def _as_pixels(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
        raise InvalidInputError(f"a picture must be (h, w, 3), got {array.shape}", hint=_ACCEPTED)
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind != "f":
        raise InvalidInputError(f"a picture must be uint8 or float, got {array.dtype}", hint=_ACCEPTED)
    if array.min() < 0 or array.max() > 1:
        raise InvalidInputError(
            f"a picture of floats must lie in 0 to 1, got {array.min():.3g} to {array.max():.3g}", hint=_ACCEPTED
        )
    return np.round(array * 255).astype(np.uint8)


def _modality_of(media: Media) -> Modality:
    if media.is_image:
        return "image"
    return "text" if media.media_type == "text/plain" else "number"


def _checked_bounds(bounds: ArrayLike, dim: int) -> Array:
    """(dim, 2) bounds. (2,) means the same for all coordinates; with dim 2 a (2, 2) is one row a coordinate."""
    try:
        array = np.array(bounds, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise InvalidInputError("bounds must be numbers", field="bounds") from cause
    if array.shape == (2,):
        array = np.tile(array, (dim, 1))
    if array.shape != (dim, 2):
        raise InvalidInputError(f"bounds must be (low, high) or ({dim}, 2), got {array.shape}", field="bounds")
    for index, (low, high) in enumerate(array):
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise InvalidInputError(
                f"coordinate {index} needs low < high, both finite, got {low:g} and {high:g}", field=f"bounds.{index}"
            )
    return array


def _takes_seed(fn: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):  # built-in functions show no signature
        return False
    named = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return "seed" in named or any(p.kind is p.VAR_KEYWORD for p in parameters)
