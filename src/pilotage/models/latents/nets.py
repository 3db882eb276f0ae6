"""Encoders and decoders, convolutional or dense, for pictures of any size from 8 x 8; and the table of their layers.

Nothing in them remembers a batch (no batch normalisation, no dropout): looking at a model never changes it, and
a picture's latents don't depend on its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch  # noqa: TID253  (imported when a model is built)
import torch.nn.functional as F  # noqa: TID253
from torch import Tensor, nn  # noqa: TID253

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream_seed
from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.sizes import Shape, require_size

LOGVAR_BOUND = 8.0  # of every logarithm of a variance: beyond it exp() soon leaves float32
_KERNEL = 3


class _Encoder(nn.Module):
    """(B, C, H, W) pictures in 0..1 to (B, hidden) features; the model adds the layers that read those."""

    z: nn.Linear
    mu: nn.Linear
    logvar: nn.Linear
    qc: nn.Linear


class _ConvEncoder(_Encoder):
    """Halves the sides twice."""

    def __init__(self, shape: Shape, config: TrainingConfig) -> None:
        super().__init__()
        channels, width = shape[0], config.channels
        _, height, breadth = _halved(_halved(shape))
        self.conv1 = nn.Conv2d(channels, width, _KERNEL, stride=2, padding=1)
        self.conv2 = nn.Conv2d(width, 2 * width, _KERNEL, stride=2, padding=1)
        self.fc1 = nn.Linear(2 * width * height * breadth, config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        return F.relu(self.fc1(x.flatten(1)))


class _ConvDecoder(nn.Module):
    """(B, d) latents to (B, C, H, W) logits of pixels."""

    def __init__(self, shape: Shape, config: TrainingConfig) -> None:
        super().__init__()
        width, half = config.channels, _halved(shape)
        self.inner = (2 * width, *_halved(half)[1:])
        self.fc1 = nn.Linear(config.latent_dims, config.hidden)
        self.fc2 = nn.Linear(config.hidden, math.prod(self.inner))
        self.deconv1 = _doubling(2 * width, width, half)
        self.deconv2 = _doubling(width, shape[0], shape)

    def forward(self, z: Tensor) -> Tensor:
        x = F.relu(self.fc2(F.relu(self.fc1(z)))).view(-1, *self.inner)
        return self.deconv2(F.relu(self.deconv1(x)))


class _DenseEncoder(_Encoder):
    """Two dense layers."""

    def __init__(self, shape: Shape, config: TrainingConfig) -> None:
        super().__init__()
        self.fc1 = nn.Linear(math.prod(shape), config.hidden)
        self.fc2 = nn.Linear(config.hidden, config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))


class _DenseDecoder(nn.Module):
    """As `_ConvDecoder`, of three dense layers."""

    def __init__(self, shape: Shape, config: TrainingConfig) -> None:
        super().__init__()
        self.shape = shape
        self.fc1 = nn.Linear(config.latent_dims, config.hidden)
        self.fc2 = nn.Linear(config.hidden, config.hidden)
        self.fc3 = nn.Linear(config.hidden, math.prod(shape))

    def forward(self, z: Tensor) -> Tensor:
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(z))))).view(-1, *self.shape)


class AutoEncoder(nn.Module):
    """Pictures to latents and back, and latents to labels."""

    def __init__(self, config: TrainingConfig, shape: Shape, classes: int) -> None:
        super().__init__()
        self.config, self.shape, self.classes = config, shape, classes
        self.enc, self.dec = _coders(shape, config)
        self.enc.z = nn.Linear(config.hidden, config.latent_dims)
        self.label = nn.Linear(config.latent_dims, classes) if classes else None

    def encode(self, x: Tensor) -> Tensor:
        """(B, C, H, W) in 0..1 to (B, d) latents."""
        return self.enc.z(self.enc(x))

    def decode(self, z: Tensor) -> Tensor:
        """(B, d) to (B, C, H, W) logits; their sigmoid is the picture."""
        return self.dec(z)


class MixtureVae(nn.Module):
    """A VAE whose prior is a mixture of Gaussians, each as likely as any other.

    Attributes:
        prior_mu, prior_logvar: (K, d), learned; `prior` bounds the latter.
    """

    def __init__(self, config: TrainingConfig, shape: Shape, classes: int = 0) -> None:
        super().__init__()
        self.config, self.shape, self.classes = config, shape, classes
        self.enc, self.dec = _coders(shape, config)
        self.enc.mu = nn.Linear(config.hidden, config.latent_dims)
        self.enc.logvar = nn.Linear(config.hidden, config.latent_dims)
        if config.responsibilities == "head":
            self.enc.qc = nn.Linear(config.hidden, config.components)
        self.prior_mu = nn.Parameter(torch.empty(config.components, config.latent_dims))
        self.prior_logvar = nn.Parameter(torch.empty(config.components, config.latent_dims))

    @property
    def prior(self) -> tuple[Tensor, Tensor]:
        """Means and log variances (K, d) of p(z|c)."""
        return self.prior_mu, _bounded(self.prior_logvar)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """(B, C, H, W) in 0..1 to mean and log variance (B, d) of q(z|x), and the head's (B, K) logits."""
        features = self.enc(x)
        logits = self.enc.qc(features) if self.config.responsibilities == "head" else None
        return self.enc.mu(features), _bounded(self.enc.logvar(features)), logits

    def decode(self, z: Tensor) -> Tensor:
        """(B, d) to (B, C, H, W) logits; their sigmoid is the picture."""
        return self.dec(z)


LatentModel = AutoEncoder | MixtureVae


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer that can be looked into.

    Attributes:
        id: stable and unique in a model (`enc.conv1`): files are named after it, and so are its weights.
        module: what computes it, before `activation`: a forward hook on it sees the value before that.
        kind: of `module`; a dense layer gives a vector, the others give maps.
        activation: what its output goes through before the next layer reads it.
    """

    id: str
    kind: Literal["conv", "deconv", "dense"]
    module: nn.Module
    activation: Literal["relu", "sigmoid", "none"]


def build(config: TrainingConfig, shape: Shape, classes: int = 0, *, drawn: bool = True) -> LatentModel:
    """A new model with first weights from `config.seed`; torch's own random state is left alone.

    Args:
        config: what to build.
        shape: channels, height, width of its pictures.
        classes: how many labels there are; 0 for none.
        drawn: False leaves the weights without memory, to be put in place by `load_state_dict(..., assign=True)`.

    Raises:
        InvalidInputError: an autoencoder that shall learn labels, and there are none; or weights beyond `MAX_WEIGHTS`.
    """
    if config.kind == "ae" and config.class_weight and not classes:
        raise InvalidInputError(
            "these pictures have no labels to learn", field="class_weight", hint="Set class_weight to 0."
        )
    with torch.device("meta"):
        model = (AutoEncoder if config.kind == "ae" else MixtureVae)(config, shape, classes)
    if drawn:
        require_size(config, shape, classes)
        model.to_empty(device="cpu")
        _draw_weights(model, torch.Generator().manual_seed(stream_seed(config.seed, "weights")))
    return model


def layers(model: LatentModel) -> tuple[LayerSpec, ...]:
    """Every layer with weights, from the picture to its reconstruction."""
    found = {name: module for name, module in model.named_modules() if type(module) in _KINDS}
    last = [name for name in found if name.startswith("dec.")][-1]
    return tuple(LayerSpec(name, _KINDS[type(part)], part, _activation(name, last)) for name, part in found.items())


def _bounded(logvar: Tensor) -> Tensor:
    return logvar.clamp(-LOGVAR_BOUND, LOGVAR_BOUND)


_KINDS: dict[type[nn.Module], Literal["conv", "deconv", "dense"]] = {
    nn.Conv2d: "conv",
    nn.ConvTranspose2d: "deconv",
    nn.Linear: "dense",
}
_HEADS = ("enc.z", "enc.mu", "enc.logvar", "enc.qc", "label")


def _activation(name: str, last: str) -> Literal["relu", "sigmoid", "none"]:
    if name in _HEADS:
        return "none"
    return "sigmoid" if name == last else "relu"


def _coders(shape: Shape, config: TrainingConfig) -> tuple[_Encoder, nn.Module]:
    if config.network == "conv":
        return _ConvEncoder(shape, config), _ConvDecoder(shape, config)
    return _DenseEncoder(shape, config), _DenseDecoder(shape, config)


def _halved(shape: Shape) -> Shape:
    channels, height, width = shape
    return channels, (height + 1) // 2, (width + 1) // 2


def _doubling(channels: int, out: int, target: Shape) -> nn.ConvTranspose2d:
    """Undoes a halving to exactly the sides of `target`, odd or even."""
    padding = (1 - target[1] % 2, 1 - target[2] % 2)
    return nn.ConvTranspose2d(channels, out, _KERNEL, stride=2, padding=1, output_padding=padding)


def _draw_weights(model: LatentModel, generator: torch.Generator) -> None:
    """As torch draws them (He et al. 2015, arXiv 1502.01852), from a generator of our own."""
    with torch.no_grad():
        for spec in layers(model):
            weight, bias = spec.module.weight, spec.module.bias
            assert isinstance(weight, Tensor)
            assert isinstance(bias, Tensor)
            nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
            bound = 1 / math.sqrt(weight[0].numel())
            nn.init.uniform_(bias, -bound, bound, generator=generator)
        if isinstance(model, MixtureVae):
            model.prior_mu.normal_(generator=generator)  # apart from the start: equal Gaussians would stay equal
            model.prior_logvar.zero_()
