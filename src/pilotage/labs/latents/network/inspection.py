"""One channel of one layer: its map, where on the picture it is warm, one place of it and what that place can see."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network import colours, pictures
from pilotage.labs.latents.network.capture import Capture, Seen
from pilotage.labs.latents.network.fields import receptive_field
from pilotage.labs.latents.network.sheets import Piece
from pilotage.models.latents.nets import LatentModel


def inspect(model: LatentModel, seen: Capture, layer_id: str, channel: int) -> list[Piece]:
    """The files of a channel, `inspect.json` the last; its probe is the place that answers most.

    Raises:
        InvalidInputError: no such channel.
        UnsupportedInputError: the layer has no maps.
    """
    layer = layer_with_maps(seen, layer_id, channel)
    after = layer.after[channel]
    under = seen.recon if layer_id.startswith("dec.") else seen.picture
    heat = colours.heat(after, *under.shape[:2])
    y, x = np.unravel_index(int(after.argmax()), after.shape)
    channel_facts = {
        "shape": list(after.shape), "min": after.min(), "max": after.max(), "mean": after.mean(), "values": after,
        "activation": layer.spec.activation, "over": "recon" if under is seen.recon else "input",
    }  # fmt: skip
    return [
        Piece("inspect_channel", pictures.png(colours.grey(after))),
        Piece("inspect_heat", pictures.png(heat)),
        Piece("inspect_overlay", pictures.png(colours.overlay(under, heat))),
        Piece("inspect", {"data": channel_facts, **_probe(model, layer, channel, int(x), int(y))}),
    ]


def probe(model: LatentModel, seen: Capture, layer_id: str, channel: int, xy: tuple[int, int]) -> list[Piece]:
    """The file of one place (x, y) of a channel.

    Raises:
        InvalidInputError: no such channel or place.
        UnsupportedInputError: the layer has no maps.
    """
    layer = layer_with_maps(seen, layer_id, channel)
    require_place(layer, *xy)
    return [Piece("inspect_probe", _probe(model, layer, channel, *xy))]


def layer_with_maps(seen: Capture, layer_id: str, channel: int) -> Seen:
    """What a layer saw, if it makes maps and has this channel.

    Raises:
        InvalidInputError: no such layer or channel.
        UnsupportedInputError: the layer has no maps.
    """
    layer = seen.layers[layer_id]
    if layer.after.ndim != 3:
        raise UnsupportedInputError(
            f"{layer_id} is a dense layer: it has units, not maps", field="layer_id",
            hint="Its values are in the forward pass. Train a convolutional net to look into maps.")  # fmt: skip
    if not 0 <= channel < len(layer.after):
        raise InvalidInputError(f"{layer_id} has channels 0..{len(layer.after) - 1}", field="c")
    return layer


def require_place(layer: Seen, x: int, y: int) -> None:
    """Refuse a place outside of a layer's maps.

    Raises:
        InvalidInputError: the field says which of x and y.
    """
    height, width = layer.after.shape[1:]
    for name, value, size in (("x", x, width), ("y", y, height)):
        if not 0 <= value < size:
            raise InvalidInputError(f"{name} must be 0..{size - 1} in {layer.spec.id}", field=name)


def _probe(model: LatentModel, layer: Seen, channel: int, x: int, y: int) -> dict[str, Any]:
    return {
        "xy": {"x": x, "y": y},
        "value": layer.after[channel, y, x],
        "before_activation": layer.before[channel, y, x],
        "rf": receptive_field(model, layer.spec, x, y),
    }
