"""One picture through the whole net: what went in, what every layer made of it, the latents, what came out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pilotage.labs.latents.network import pictures
from pilotage.labs.latents.network.capture import Capture, Seen
from pilotage.labs.latents.network.sheets import Piece
from pilotage.models.latents.nets import LatentModel

SAMPLE_ID = 0  # of the one sample of q(z|x) that is drawn for a picture


def forward(model: LatentModel, seen: Capture, *, i: int, label: int | None, seed: int) -> list[Piece]:
    """The files of a forward pass, `forward_meta.json` the last.

    Args:
        model: which `seen` is of.
        seen: the pass.
        i: the picture's position in its set.
        label: of the picture, if it has one.
        seed: of the noise of `z_sample`.
    """
    is_mixture = seen.decoded == "z_sample"
    meta = {
        "model": model.config.kind, "network": model.config.network, "index": i, "label": label,
        "sample_id": SAMPLE_ID if is_mixture else None, "decoded": seen.decoded,
        "mse": float(np.square((seen.recon.astype(np.float64) - seen.picture) / 255).mean()),
        "seed": seed if is_mixture else None,
    }  # fmt: skip
    return [
        Piece("forward_input", pictures.png(seen.picture)),
        Piece("forward_recon", pictures.png(seen.recon)),
        *(piece for layer in seen.layers.values() for piece in _layer(layer)),
        Piece("forward_layers", {"data": [_row(layer) for layer in seen.layers.values()]}),
        Piece("forward_latent", {"data": dict(seen.vectors), "indices_ref": None}),
        Piece("forward_meta", meta),
    ]


def _layer(layer: Seen) -> Iterator[Piece]:
    keys, after = {"layer_id": layer.spec.id}, layer.after
    if after.ndim == 3:
        yield Piece("forward_grid", pictures.png(pictures.grid(after)), keys)
    else:
        yield Piece("forward_vector", pictures.png(pictures.vector(after)), keys)
    yield Piece("forward_layer", {"data": {**_row(layer), **_statistics(layer)}}, keys)


def _row(layer: Seen) -> dict[str, Any]:
    spec = layer.spec
    return {
        "layer_id": spec.id, "kind": spec.kind, "activation": spec.activation, "reads": list(layer.read.shape),
        "shape": list(layer.after.shape), "weights": sum(weight.numel() for weight in spec.module.parameters()),
        "picture": "grid.png" if layer.after.ndim == 3 else "vector.png",
    }  # fmt: skip


def _statistics(layer: Seen) -> dict[str, Any]:
    """Of all values, after the activation; and of each channel, its mean and greatest value."""
    after = layer.after.astype(np.float64)
    found: dict[str, Any] = {
        "min": after.min(), "max": after.max(), "mean": after.mean(), "std": after.std(),
        "share_zero": (after == 0).mean(), "before": {"min": layer.before.min(), "max": layer.before.max()},
    }  # fmt: skip
    if after.ndim == 1:
        return {**found, "values": after}
    return {**found, "channels": {"mean": after.mean((1, 2)), "max": after.max((1, 2))}}
