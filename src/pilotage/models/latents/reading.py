"""A trained model put to use: pictures to latents, latents to pictures. Never changes the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch  # noqa: TID253  (imported when a model is run)
from numpy.typing import NDArray

from pilotage.models.latents.examples import Pictures
from pilotage.models.latents.nets import LatentModel, MixtureVae
from pilotage.models.latents.objectives import log_responsibilities

BATCH = 512
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What a model makes of N pictures.

    Attributes:
        z: (N, d) latents: the code of an autoencoder, the mean of q(z|x) of a mixture VAE.
        logvar: (N, d) of q(z|x); None of an autoencoder.
        qc_probs: (N, K) responsibilities q(c|x); None of an autoencoder.
        label_probs: (N, classes) of an autoencoder that learned labels.
    """

    z: Floats
    logvar: Floats | None = None
    qc_probs: Floats | None = None
    label_probs: Floats | None = None


def encode(model: LatentModel, images: Pictures) -> Encoded:
    """The latents of (N, H, W, C) uint8 pictures, without noise: equal pictures have equal latents."""
    parts = [_encode(model, images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
    return Encoded(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def decode(model: LatentModel, z: NDArray[np.floating]) -> Pictures:
    """(N, d) latents to (N, H, W, C) uint8 pictures."""
    parts = []
    with torch.inference_mode():
        for start in range(0, len(z), BATCH):
            chunk = torch.as_tensor(np.ascontiguousarray(z[start : start + BATCH], dtype=np.float32))
            parts.append(model.decode(chunk).sigmoid().mul(255).round().to(torch.uint8).permute(0, 2, 3, 1))
    return torch.cat(parts).contiguous().numpy()


def to_tensor(images: Pictures) -> torch.Tensor:
    """(N, H, W, C) bytes to (N, C, H, W) float32 in 0..1."""
    return bytes_of(images).float().div_(255)


def bytes_of(images: Pictures) -> torch.Tensor:
    """(N, H, W, C) bytes to (N, C, H, W) bytes."""
    return torch.from_numpy(np.require(images, requirements=("C", "W"))).permute(0, 3, 1, 2).contiguous()


def _encode(model: LatentModel, images: Pictures) -> dict[str, Floats]:
    with torch.inference_mode():
        x = to_tensor(images)
        if isinstance(model, MixtureVae):
            mu, logvar, logits = model.encode(x)
            qc = log_responsibilities(model, mu, logits).exp()
            return {"z": mu.numpy(), "logvar": logvar.numpy(), "qc_probs": qc.numpy()}
        z = model.encode(x)
        found = {"z": z.numpy()}
        return found if model.label is None else {**found, "label_probs": model.label(z).softmax(1).numpy()}
