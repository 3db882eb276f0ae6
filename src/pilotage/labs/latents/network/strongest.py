"""The pictures that a channel answers most to, among the first ones of the set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network import pictures
from pilotage.labs.latents.network.capture import Floats, responses
from pilotage.labs.latents.network.sheets import Piece
from pilotage.models.latents.examples import Pictures
from pilotage.models.latents.nets import LatentModel, LayerSpec

if TYPE_CHECKING:
    from torch import Tensor

MAX_K = 64


def topk(model: LatentModel, images: Pictures, spec: LayerSpec, *, channel: int, metric: str, k: int) -> list[Piece]:
    """The files of a scan, `topk.json` the last: strongest first, of equal ones the first in the set.

    Args:
        model: nobody trains it.
        images: (n, H, W, C), the first n of the set; an item's `dataset_idx` is its position there.
        spec: a layer of the encoder.
        channel: of it; of a dense layer a unit.
        metric: `max` or `mean` of the channel's map.
        k: how many.

    Raises:
        InvalidInputError: no such channel or metric, or `k` not in 1..min(n, 64).
        UnsupportedInputError: the layer is not the encoder's.
    """
    _check(spec, channel, metric, k, len(images))
    rows = [row for maps in responses(model, images, spec, channel) for row in _scores(maps, metric)]
    best = sorted(range(len(rows)), key=lambda place: (-rows[place]["score"], place))[:k]
    items = [{"rank": rank, "dataset_idx": place, **rows[place]} for rank, place in enumerate(best, start=1)]
    return [
        *(Piece("topk_input", pictures.png(images[place]), {"dataset_idx": place}) for place in best),
        Piece("topk", {
            "layer_id": spec.id, "channel": channel, "metric": metric, "subset_n": len(images), "k": k, "items": items,
        }),
    ]  # fmt: skip


def _check(spec: LayerSpec, channel: int, metric: str, k: int, subset: int) -> None:
    if not spec.id.startswith("enc."):
        raise UnsupportedInputError(f"{spec.id} is no layer of the encoder", field="layer_id")
    channels = len(cast("Tensor", spec.module.weight))
    if not 0 <= channel < channels:
        raise InvalidInputError(f"{spec.id} has channels 0..{channels - 1}", field="c")
    if metric not in ("max", "mean"):
        raise InvalidInputError("metric must be max or mean", field="metric")
    if not 1 <= k <= min(subset, MAX_K):
        raise InvalidInputError(f"k must be 1..{min(subset, MAX_K)}", field="k")


def _scores(maps: Floats, metric: str) -> Iterator[dict[str, Any]]:
    """Score, and for the greatest value its place; of dense units the value itself."""
    for one in maps:
        if one.ndim == 0 or metric == "mean":
            yield {"score": float(one.mean())}
        else:
            y, x = np.unravel_index(int(one.argmax()), one.shape)
            yield {"score": float(one[y, x]), "xy": {"x": int(x), "y": int(y)}}
