"""One step of one convolution, multiplied out; and its kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn  # noqa: TID253  (imported when a run is looked into)

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network import pictures
from pilotage.labs.latents.network.capture import Capture, Seen
from pilotage.labs.latents.network.fields import receptive_field
from pilotage.labs.latents.network.inspection import layer_with_maps, require_place
from pilotage.labs.latents.network.sheets import Piece
from pilotage.models.latents.nets import LatentModel, LayerSpec

TOP_CHANNELS = 8  # of those that a kernel reads, the strongest
TOLERANCE = 1e-5  # of a value's size, or of 1: sums of float32 in another order
Floats = NDArray[np.float64]


def conv_step(model: LatentModel, seen: Capture, layer_id: str, channel: int, xy: tuple[int, int]) -> list[Piece]:
    """The file of one step: patch, kernel, their product, its sum, the bias, the activation, and what the model said.

    Of a layer that reads one channel, patch, kernel and product are 3 x 3; of a deeper one (C, 3, 3), and
    `sums_by_channel` says what each channel adds.

    Raises:
        InvalidInputError: no such channel or place.
        UnsupportedInputError: the layer is no convolution of the encoder.
    """
    module = _convolution(seen.layers[layer_id].spec)
    layer = layer_with_maps(seen, layer_id, channel)
    x, y = xy
    require_place(layer, x, y)
    kernel, bias = _kernel(module, channel), _bias(module, channel)
    patch, origin, is_padding = _patch(layer, module, x, y)
    product = patch * kernel
    before = float(product.sum()) + bias
    computed = max(before, 0.0) if layer.spec.activation == "relu" else before
    captured = float(layer.after[channel, y, x])
    single = len(kernel) == 1
    return [Piece("conv_step", {
        "xy": {"x": x, "y": y}, "origin": origin, "padding": is_padding,
        "patch": patch[0] if single else patch, "kernel": kernel[0] if single else kernel,
        "product": product[0] if single else product, "sums_by_channel": product.sum((1, 2)),
        "pre_bias_sum": product.sum(), "bias": bias, "pre_activation": before,
        "activation": {"mode": layer.spec.activation, "changed": computed != before},
        "computed": computed, "captured": captured, "difference": computed - captured,
        "agrees": abs(computed - captured) <= TOLERANCE * max(1.0, abs(captured)),
        "rf": receptive_field(model, layer.spec, x, y),
    })]  # fmt: skip


def kernels(spec: LayerSpec, channel: int) -> list[Piece]:
    """The files of the kernel of one output channel.

    Of a layer that reads one channel `kernel.json` and its picture. Of a deeper one the strength of each place (L2
    over the channels that it reads), `kernel_agg.json` the last, and the `TOP_CHANNELS` strongest slices.

    Raises:
        InvalidInputError: no such channel.
        UnsupportedInputError: the layer is no convolution of the encoder.
    """
    module = _convolution(spec)
    if not 0 <= channel < module.out_channels:
        raise InvalidInputError(f"{spec.id} has channels 0..{module.out_channels - 1}", field="c")
    kernel, bias = _kernel(module, channel), _bias(module, channel)
    shared = {"layer_id": spec.id, "out_channel": channel, "in_channels": len(kernel), "stride": module.stride[0]}
    if len(kernel) == 1:
        return [
            Piece("kernel_png", pictures.png(pictures.cells(kernel[0]))),
            Piece("kernel", {**shared, "values": kernel[0], "bias": bias}),
        ]
    strengths = np.sqrt(np.square(kernel).sum((1, 2)))
    top = [int(place) for place in np.argsort(-strengths, kind="stable")[:TOP_CHANNELS]]
    values = np.sqrt(np.square(kernel).sum(0))
    rows = [{"in_channel": place, "l2": strengths[place], "values": kernel[place]} for place in top]
    return [
        *(Piece("kernel_in_png", pictures.png(pictures.cells(kernel[place])), {"in_channel": place}) for place in top),
        Piece("top_in_channels", {**shared, "data": rows}),
        Piece("kernel_agg_png", pictures.png(pictures.cells(values))),
        Piece("kernel_agg", {**shared, "aggregate": "l2", "values": values, "bias": bias}),
    ]


def _convolution(spec: LayerSpec) -> nn.Conv2d:
    if not isinstance(spec.module, nn.Conv2d) or not spec.id.startswith("enc."):
        raise UnsupportedInputError(
            f"{spec.id} is no convolution of the encoder", field="layer_id",
            hint="Choose enc.conv1 or enc.conv2 of a convolutional net.")  # fmt: skip
    return spec.module


def _kernel(module: nn.Conv2d, channel: int) -> Floats:
    """(C, 3, 3)."""
    return module.weight[channel].numpy().astype(np.float64)


def _bias(module: nn.Conv2d, channel: int) -> float:
    return 0.0 if module.bias is None else float(module.bias[channel])


def _patch(layer: Seen, module: nn.Conv2d, x: int, y: int) -> tuple[Floats, dict[str, int], NDArray[np.bool_]]:
    """(C, 3, 3) of what the layer read, its first column and row there, and (3, 3) which cells lie outside: zeros."""
    (up, left), (high, wide) = (int(pad) for pad in module.padding), module.kernel_size
    read = np.pad(layer.read.astype(np.float64), ((0, 0), (up, up), (left, left)))
    inside = np.pad(np.ones(layer.read.shape[1:], bool), ((up, up), (left, left)))
    top, start = y * module.stride[0], x * module.stride[1]
    place = (slice(top, top + high), slice(start, start + wide))
    return read[:, *place], {"x0": start - left, "y0": top - up}, ~inside[place]
