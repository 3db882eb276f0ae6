"""One latent coordinate moved: what the decoder then draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network import pictures
from pilotage.labs.latents.network.capture import Capture
from pilotage.labs.latents.network.sheets import Piece
from pilotage.models.latents.nets import AutoEncoder, LatentModel
from pilotage.models.latents.reading import decode

MAX_DELTA = 1000.0
_STEPS = 1000  # a unit: a delta has three decimals, so that its tag says all of it
_PATHS = {
    "z": "decode(z)",
    "mu": "decode(mu)",
    "z_sample": "decode(z_sample)",
    "logvar": "decode(mu + noise * exp(logvar / 2))",
}


def delta_tag(delta: float) -> str:
    """How a delta stands in a path: `p0.5`, `m12`.

    Raises:
        InvalidInputError: not finite, too large, or with more than three decimals.
    """
    steps = round(delta * _STEPS) if abs(delta) <= MAX_DELTA else None
    if steps is None or abs(delta * _STEPS - steps) > 1e-6:
        raise InvalidInputError(f"delta must lie within ±{MAX_DELTA:g} and have three decimals at most", field="delta")
    return f"{'m' if steps < 0 else 'p'}{f'{abs(steps) / _STEPS:.3f}'.rstrip('0').rstrip('.')}"


def require_key(model: LatentModel, key: str) -> None:
    """Refuse a vector that is not on the way to the model's decoder.

    Raises:
        UnsupportedInputError: the hint names those that are.
    """
    keys = ("z",) if isinstance(model, AutoEncoder) else ("mu", "z_sample", "logvar")
    if key not in keys:
        raise UnsupportedInputError(
            f"{key[:60]!r} is no vector that the decoder reads", field="key", hint=f"Choose one of {', '.join(keys)}."
        )


def perturb(
    model: LatentModel, seen: Capture, noise: NDArray[np.float32], *, key: str, d: int, delta: float
) -> list[Piece]:
    """The files of a moved coordinate, `meta.json` the last.

    Args:
        model: which `seen` is of.
        seen: the pass whose vector is moved.
        noise: (d,), by which `seen` drew its `z_sample`; a moved `logvar` is decoded with it.
        key: `z` of an autoencoder; `mu`, `logvar` or `z_sample` of a mixture VAE.
        d: the coordinate.
        delta: what is added to it.

    Raises:
        UnsupportedInputError: the model has no such vector on the way to its decoder.
        InvalidInputError: no such coordinate.
    """
    require_key(model, key)
    vector = seen.vectors[key].copy()
    if not 0 <= d < len(vector):
        raise InvalidInputError(f"d must be 0..{len(vector) - 1}", field="d")
    vector[d] += np.float32(delta)
    z = seen.vectors["mu"] + noise * np.exp(vector / 2) if key == "logvar" else vector
    meta = {
        "delta": delta, "base_value": seen.vectors[key][d], "new_value": vector[d], "dim": d, "vector": key,
        "path": _PATHS[key], "decoded": z,
    }  # fmt: skip
    return [Piece("perturb_recon", pictures.png(decode(model, z[None])[0])), Piece("perturb_meta", meta)]
