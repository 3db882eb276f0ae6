"""What can be chosen about a training: every knob of the plain form, and those that its words leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TrainingConfig(BaseModel):
    """All that decides what is learned; with the same examples on one machine, equal values give equal weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["ae", "gmvae"] = Field(
        "gmvae", description="ae: an autoencoder that also learns the labels. gmvae: a Gaussian-mixture VAE, no labels."
    )
    network: Literal["conv", "mlp"] = Field("conv", description="Convolutions, or dense layers alone.")
    latent_dims: int = Field(10, ge=2, le=128, description="Coordinates of the latent space.")
    channels: int = Field(16, ge=1, le=128, description="Channels of the first convolution; the second has twice that.")
    hidden: int = Field(128, ge=8, le=2048, description="Units of each dense layer.")

    epochs: int = Field(30, ge=1, le=1000, description="Passes over the examples, the pretraining's among them.")
    batch_size: int = Field(128, ge=2, le=4096, description="Examples a step.")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Adam's step size.")
    seed: int = Field(0, ge=0, lt=2**63, description="Of the first weights, the order of examples and all noise.")
    threads: int = Field(1, ge=1, le=64, description="CPU threads; another count may give other last digits.")

    recon: Literal["mse_mean", "mse_sum", "bce_sum"] = Field(
        "mse_mean",
        description="Distance of a reconstruction: squared error, mean or sum over pixels, or cross-entropy, summed.",
    )
    class_weight: float = Field(1.0, ge=0, le=1000, description="ae: weight of the labels' cross-entropy.")

    components: int = Field(10, ge=1, le=100, description="gmvae: Gaussians of the mixture.")
    responsibilities: Literal["head", "vade"] = Field(
        "head", description="gmvae: q(c|x) from a layer of the encoder, or from how near z is to each Gaussian (VaDE)."
    )
    kld_weight: float = Field(1.0, ge=0, le=1000, description="gmvae: weight of both KL terms against reconstruction.")
    categorical_kl_anneal: bool = Field(
        default=False, description="gmvae: raise the categorical KL's weight slowly from 0."
    )
    categorical_kl_anneal_epochs: int = Field(10, ge=1, le=1000, description="gmvae: epochs until its full weight.")
    categorical_kl_max_weight: float = Field(1.0, ge=0, le=1000, description="gmvae: the weight it is raised to.")
    entropy_bonus_enable: bool = Field(default=False, description="gmvae: reward a high entropy of q(c|x) at first.")
    entropy_bonus_weight: float = Field(1.0, ge=0, le=1000, description="gmvae: the bonus's weight in the first epoch.")
    entropy_bonus_epochs: int = Field(10, ge=1, le=1000, description="gmvae: epochs until the bonus is 0.")
    entropy_bonus_kind: Literal["sample", "marginal"] = Field(
        "sample", description="gmvae: entropy of each q(c|x), which softens it, or of their mean, which spreads use."
    )
    pretrain_epochs: int = Field(
        0,
        ge=0,
        le=1000,
        description="gmvae: epochs of reconstruction alone; then Gaussians are fitted to the latents.",
    )

    @model_validator(mode="after")
    def _leave_epochs_for_the_mixture(self) -> Self:
        if self.kind == "gmvae" and self.pretrain_epochs >= self.epochs:
            raise ValueError("pretrain_epochs must be fewer than epochs")
        return self


@dataclass(frozen=True, slots=True)
class Preset:
    """A configuration with a name, and what it is for."""

    title: str
    about: str
    config: TrainingConfig


@dataclass(frozen=True, slots=True)
class Difference:
    """A knob that stands otherwise than in the plain form; values as JSON has them."""

    field: str
    plain: bool | int | float | str
    value: bool | int | float | str
    description: str


PRESETS: dict[str, Preset] = {
    "default": Preset(
        "Clusters that mean something",
        "A mixture VAE that starts from Gaussians fitted to a pretrained encoder. The best of what was measured.",
        TrainingConfig(
            epochs=25, pretrain_epochs=10, recon="bce_sum", responsibilities="vade", learning_rate=2e-3,
        ),
    ),
    "seed": Preset(
        "The plain form",
        "A mixture VAE with mean squared error and a layer for q(c|x). It collapses: see how, and what helps.",
        TrainingConfig(),
    ),
    "ae": Preset(
        "Autoencoder with labels",
        "Learns to draw each picture again from a few numbers, and to name it.",
        TrainingConfig(kind="ae", latent_dims=16, epochs=10, learning_rate=2e-3),
    ),
    "small": Preset(
        "A few seconds",
        "A small mixture VAE for pictures of 8 x 8.",
        TrainingConfig(
            network="mlp", epochs=30, pretrain_epochs=15, batch_size=32, recon="bce_sum", responsibilities="vade",
            learning_rate=3e-3,
        ),
    ),
}  # fmt: skip
_PLAIN = {"gmvae": PRESETS["seed"].config, "ae": PRESETS["ae"].config}


def differences(config: TrainingConfig) -> tuple[Difference, ...]:
    """The knobs that decide what is learned and stand otherwise than in the plain form of `config.kind`."""
    plain, given = _PLAIN[config.kind].model_dump(), config.model_dump()
    return tuple(
        Difference(name, plain[name], given[name], info.description or "")
        for name, info in TrainingConfig.model_fields.items()
        if name not in ("seed", "threads") and plain[name] != given[name]
    )
