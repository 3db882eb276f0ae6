"""The loss of each stage, and what is counted on the way so that no picture is looked at twice for the metrics."""

from __future__ import annotations

import math
from typing import Protocol

import torch  # noqa: TID253  (imported when a model is trained)
import torch.nn.functional as F  # noqa: TID253
from torch import Tensor  # noqa: TID253

from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.divergences import entropy, reconstruction
from pilotage.models.latents.evaluation import Metrics
from pilotage.models.latents.nets import AutoEncoder, LatentModel, MixtureVae
from pilotage.models.latents.objectives import mixture_loss, mixture_terms
from pilotage.models.latents.schedules import categorical_kl_weight, entropy_bonus_weight


class Tally(Protocol):
    """The losses of one epoch, batch by batch."""

    def loss(self, model: LatentModel, x: Tensor, labels: Tensor | None) -> Tensor:
        """What is minimised of a batch of (B, C, H, W) pictures in 0..1 with (B,) labels; it is counted."""

    def metrics(self) -> Metrics:
        """Means over all pictures so far, as the weights were when each was seen."""


def tally_of(config: TrainingConfig, epoch: int, noise: torch.Generator) -> Tally:
    """The loss of `epoch`, counted from 1."""
    if config.kind == "ae":
        return _Supervised(config)
    if epoch <= config.pretrain_epochs:
        return _Reconstructing(config)
    return _Mixture(config, epoch, noise)


class _Sums:
    """Sums of named terms, each a mean over a batch."""

    def __init__(self, *names: str) -> None:
        self.names, self.count = names, 0
        self.sums = torch.zeros(len(names), dtype=torch.float64)

    def add(self, size: int, *terms: Tensor) -> None:
        self.count += size
        self.sums += torch.stack([term.detach() for term in terms]).double() * size

    def means(self) -> dict[str, float]:
        return dict(zip(self.names, (self.sums / self.count).tolist(), strict=True))


class _Supervised:
    """`recon + class_weight * class_loss` of an autoencoder."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config, self.right = config, 0
        self.sums = _Sums("loss", "recon", "class_loss") if config.class_weight else _Sums("loss", "recon")

    def loss(self, model: LatentModel, x: Tensor, labels: Tensor | None) -> Tensor:
        assert isinstance(model, AutoEncoder)
        z = model.encode(x)
        recon = reconstruction(self.config.recon, model.decode(z), x)
        if not self.config.class_weight:
            self.sums.add(len(x), recon, recon)
            return recon
        assert model.label is not None
        assert labels is not None
        logits = model.label(z)
        class_loss = F.cross_entropy(logits, labels)
        loss = recon + self.config.class_weight * class_loss
        self.sums.add(len(x), loss, recon, class_loss)
        self.right += int((logits.argmax(1) == labels).sum())
        return loss

    def metrics(self) -> Metrics:
        found: Metrics = {**self.sums.means()}
        return {**found, "accuracy": self.right / self.sums.count} if self.config.class_weight else found


class _Reconstructing:
    """Reconstruction alone, through the means of q(z|x): a mixture VAE before its mixture."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config, self.sums = config, _Sums("loss", "recon")

    def loss(self, model: LatentModel, x: Tensor, labels: Tensor | None) -> Tensor:
        assert isinstance(model, MixtureVae)
        recon = reconstruction(self.config.recon, model.decode(model.encode(x)[0]), x)
        self.sums.add(len(x), recon, recon)
        return recon

    def metrics(self) -> Metrics:
        return {**self.sums.means()}


class _Mixture:
    """The mixture VAE's loss under this epoch's weights."""

    def __init__(self, config: TrainingConfig, epoch: int, noise: torch.Generator) -> None:
        self.config, self.noise = config, noise
        self.kl_weight, self.bonus_weight = categorical_kl_weight(config, epoch), entropy_bonus_weight(config, epoch)
        self.sums = _Sums("loss", "recon", "kld_c", "kld_z", "qc_entropy_mean")
        self.qc = torch.zeros(config.components, dtype=torch.float64)
        self.argmax = torch.zeros(config.components, dtype=torch.int64)

    def loss(self, model: LatentModel, x: Tensor, labels: Tensor | None) -> Tensor:
        assert isinstance(model, MixtureVae)
        terms = mixture_terms(model, x, torch.randn(len(x), self.config.latent_dims, generator=self.noise))
        loss = mixture_loss(terms, self.config, self.kl_weight, self.bonus_weight)
        log_qc = terms.log_qc.detach()
        self.sums.add(len(x), loss, terms.recon, terms.kld_c, terms.kld_z, entropy(log_qc).mean())
        self.qc += log_qc.exp().sum(0)
        self.argmax += log_qc.argmax(1).bincount(minlength=self.config.components)
        return loss

    def metrics(self) -> Metrics:
        marginal = self.qc / self.sums.count
        spread = float(entropy(marginal.clamp_min(1e-12).log()))
        sums = self.sums.means()
        return {
            **sums,
            "kld": sums["kld_c"] + sums["kld_z"],
            "cat_kl_weight": self.kl_weight,
            "entropy_bonus_weight": self.bonus_weight,
            "qc_neff": math.exp(spread),
            "qc_pmax": float(marginal.max()),
            "qc_information": spread - sums["qc_entropy_mean"],
            "qc_argmax_counts": self.argmax.tolist(),
        }
