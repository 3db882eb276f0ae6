"""Receptive fields: the part of the picture that one place of a layer can have seen."""

from __future__ import annotations

from typing import Any

from torch import nn  # noqa: TID253  (imported when a run is looked into)

from pilotage.models.latents.nets import LatentModel, LayerSpec, layers


def receptive_field(model: LatentModel, spec: LayerSpec, x: int, y: int) -> dict[str, Any]:
    """The field of place (x, y) of an encoder's convolution, or why there is none.

    Returns:
        `{status: ok, bounds, size, stride, clamped}`: `bounds` are the first and last column and row of the picture
        (x0, y0, x1, y1, inclusive), clamped to it; `size` is the side before clamping, `stride` how far the fields of
        neighbours are apart. Or `{status: unavailable, reason}`.

    Source: Araujo, Norris and Sim 2019, Distill, "Computing receptive fields of convolutional neural networks".
    """
    if reason := _absent(spec):
        return {"status": "unavailable", "reason": reason}
    convolutions = _up_to(model, spec)
    _, height, width = model.shape
    (x0, x1, size, stride), (y0, y1, _, _) = (_span(convolutions, place, axis) for place, axis in ((x, 1), (y, 0)))
    bounds = {"x0": max(x0, 0), "y0": max(y0, 0), "x1": min(x1, width - 1), "y1": min(y1, height - 1)}
    return {
        "status": "ok", "bounds": bounds, "size": size, "stride": stride,
        "clamped": bounds != {"x0": x0, "y0": y0, "x1": x1, "y1": y1},
    }  # fmt: skip


def _absent(spec: LayerSpec) -> str:
    if spec.kind == "dense":
        return "a dense layer has no places: each unit reads all of the layer before"
    if not spec.id.startswith("enc."):
        return "the decoder reads latents, not the picture"
    return ""


def _up_to(model: LatentModel, spec: LayerSpec) -> list[nn.Conv2d]:
    """The convolutions from the picture to a layer, its own the last."""
    found: list[nn.Conv2d] = []
    for other in layers(model):
        if isinstance(other.module, nn.Conv2d):
            found.append(other.module)
        if other.id == spec.id:
            break
    return found


def _span(convolutions: list[nn.Conv2d], place: int, axis: int) -> tuple[int, int, int, int]:
    """First and last place of the picture along an axis, the count of them, and the stride."""
    first = last = place
    stride = 1
    for conv in reversed(convolutions):
        step, padding, reach = (
            conv.stride[axis],
            int(conv.padding[axis]),
            conv.dilation[axis] * (conv.kernel_size[axis] - 1),
        )
        first, last = first * step - padding, last * step - padding + reach
        stride *= step
    return first, last, last - first + 1, stride
