"""One picture through a net, every layer's output kept; or one layer's answers to many pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253  (imported when a run is looked into)
from numpy.typing import NDArray
from torch import Tensor  # noqa: TID253

from pilotage.core.errors import InvalidInputError
from pilotage.models.latents.examples import Pictures
from pilotage.models.latents.nets import AutoEncoder, LatentModel, LayerSpec, layers
from pilotage.models.latents.objectives import log_responsibilities
from pilotage.models.latents.reading import BATCH, to_tensor

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one layer read and what it made of it.

    Attributes:
        spec: the layer.
        read: (C, h, w) or (n,): its input.
        before: (C, h, w) or (n,): its output, before the activation.
        after: as `before`, after it: what the next layer reads.
    """

    spec: LayerSpec
    read: Floats
    before: Floats
    after: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """One pass through a net.

    Attributes:
        picture, recon: (H, W, C) bytes: what went in, what came out.
        layers: what every layer saw, by its id, from the picture to its reconstruction.
        vectors: `z` and perhaps `label_probs` of an autoencoder; `mu`, `logvar`, `qc_probs` and `z_sample` of a mixture
            VAE.
        decoded: which of the vectors the reconstruction was made of.
    """

    picture: Pictures
    recon: Pictures
    layers: Mapping[str, Seen]
    vectors: Mapping[str, Floats]
    decoded: str


def capture(model: LatentModel, picture: Pictures, noise: Floats) -> Capture:
    """Pass a picture through a net and keep what every layer made of it.

    Args:
        model: nobody trains it.
        picture: (H, W, C) bytes.
        noise: (d,) standard normal: `z_sample` is `mu + noise * exp(logvar / 2)`.
    """
    with torch.inference_mode(), _kept(layers(model)) as kept:
        vectors = _vectors(model, to_tensor(picture[None]), torch.from_numpy(noise)[None])
        decoded = "z" if "z" in vectors else "z_sample"
        logits = model.decode(vectors[decoded])
    recon = logits[0].sigmoid().mul(255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    seen = {spec.id: _seen(spec, *kept[spec.id]) for spec in layers(model) if spec.id in kept}
    return Capture(picture, recon, seen, {name: value[0].numpy() for name, value in vectors.items()}, decoded)


def responses(model: LatentModel, pictures: Pictures, spec: LayerSpec, channel: int) -> Iterator[Floats]:
    """What a channel (or unit) of an encoder's layer answers to (N, H, W, C) pictures, after its activation.

    Yields:
        (n, h, w) or (n,), in the order of the pictures.
    """
    for start in range(0, len(pictures), BATCH):
        with torch.inference_mode(), _kept((spec,)) as kept:
            model.encode(to_tensor(pictures[start : start + BATCH]))
            yield _activated(spec, kept[spec.id][1])[:, channel].numpy()


def layer_of(model: LatentModel, layer_id: str) -> LayerSpec:
    """The layer of an id.

    Raises:
        InvalidInputError: the net has none; the hint names those that it has.
    """
    found = {spec.id: spec for spec in layers(model)}
    if layer_id not in found:
        raise InvalidInputError(
            f"the net has no layer {layer_id[:60]!r}", field="layer_id", hint=f"It has {', '.join(found)}."
        )
    return found[layer_id]


@contextmanager
def _kept(specs: tuple[LayerSpec, ...]) -> Iterator[dict[str, tuple[Tensor, Tensor]]]:
    """Within this block, each layer's last input and output by its id."""
    kept: dict[str, tuple[Tensor, Tensor]] = {}

    def keep(id_: str, read: Tensor, made: Tensor) -> None:
        kept[id_] = read, made

    hooks = [
        spec.module.register_forward_hook(lambda _, read, made, id_=spec.id: keep(id_, read[0], made)) for spec in specs
    ]
    try:
        yield kept
    finally:
        for hook in hooks:
            hook.remove()


def _vectors(model: LatentModel, x: Tensor, noise: Tensor) -> dict[str, Tensor]:
    if isinstance(model, AutoEncoder):
        z = model.encode(x)
        return {"z": z} if model.label is None else {"z": z, "label_probs": model.label(z).softmax(1)}
    mu, logvar, logits = model.encode(x)
    qc = log_responsibilities(model, mu, logits).exp()
    return {"mu": mu, "logvar": logvar, "qc_probs": qc, "z_sample": mu + noise * (0.5 * logvar).exp()}


def _seen(spec: LayerSpec, read: Tensor, made: Tensor) -> Seen:
    return Seen(spec, read[0].numpy(), made[0].numpy(), _activated(spec, made)[0].numpy())


def _activated(spec: LayerSpec, made: Tensor) -> Tensor:
    return {"relu": torch.relu, "sigmoid": torch.sigmoid, "none": torch.clone}[spec.activation](made)
