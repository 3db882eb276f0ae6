"""The health light of a mixture VAE: it names the kind of collapse, and the one knob to turn against it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pilotage.core.shapes import Array, require_matrix
from pilotage.labs.latents.maps.shapes import require_points, require_same_length
from pilotage.labs.latents.mixture import MixtureHealth
from pilotage.models.latents import TrainingConfig

Kind = Literal["kl_zero", "drawn_alike", "few_components", "soft_responsibilities"]
BIT = math.log(2)  # nats. Latents that had collapsed told .01 to .03 of a picture, others 2.5 and more
FAINT = 0.02  # of the pictures' variance: less is drawn alike. After 50 to 100 steps .00, after the default .57
FEW = (
    0.3  # of K: fewer components in use are few. Runs that had lost theirs used .2 and less, healthy ones .35 and more
)
FEWEST = 1.5  # components in use: fewer are one and a remnant, which FEW cannot say of a mixture of less than five
SOFT = 0.6  # of log K: a higher mean entropy of q(c|x) is soft. Healthy runs had .2 to .5, soft ones .7 and more
LEAST_BATCH, MOST_EPOCHS = 16, 1000  # beyond which neither is turned further
UNSETTLED = 3  # first epochs of a mixture, in which its components still find their places
SAID: dict[Kind, str] = {
    "kl_zero": "z tells less than one bit of a picture: q(z|x) is the same for all, and its KL has gone to zero",
    "drawn_alike": "all pictures are drawn nearly alike: reconstructions are hardly better than the mean picture",
    "few_components": "half of the components or more are idle",
    "soft_responsibilities": "most pictures belong to many components at once, so that clusters mean little",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One knob turned: a ready experiment.

    Attributes:
        field: of the configuration.
        value, proposed: what it is, and what it would be.
        why: one sentence.
    """

    field: str
    value: bool | int | float | str
    proposed: bool | int | float | str
    why: str


@dataclass(frozen=True, slots=True)
class Light:
    """What the light shows.

    Attributes:
        status: `waiting` while the mixture is not trained yet, or has just begun.
        kinds: all that is found, the likeliest cause first; empty unless collapsed.
        said: the first kind in words; empty if there is none.
        change: against the first kind; None if there is none.
        until: the epoch with which a schedule ends that may yet undo what is found; None if none is running.
    """

    status: Literal["healthy", "collapsed", "waiting"]
    kinds: tuple[Kind, ...] = ()
    said: str = ""
    change: Change | None = None
    until: int | None = None

    def fields(self) -> dict[str, Any]:
        """As JSON has it."""
        change = self.change and {name: getattr(self.change, name) for name in ("field", "value", "proposed", "why")}
        return {"status": self.status, "kinds": list(self.kinds), "said": self.said, "change": change,
                "until": self.until}  # fmt: skip


def latent_information(z: Array, logvar: Array) -> float:
    """What z tells of a picture, in nats: 0 if q(z|x) is the same for all pictures.

    Unlike the KL to the prior, it is not kept up by an encoder that agrees with no component.

    Args:
        z: (n, d) means of q(z|x).
        logvar: (n, d) logarithms of its variances.

    Raises:
        ShapeError: shapes differ, or a value is not finite.

    Source: capacity of a Gaussian channel in each coordinate (Shannon 1949, Proc. IRE 37, 10-21), with the variance
    of the means as signal and the mean variance as noise.
    """
    z = require_points("z", z)
    noise = np.exp(require_matrix("logvar", require_same_length("logvar", logvar, len(z)), z.shape[1])).mean(axis=0)
    return float(0.5 * np.log1p(z.var(axis=0) / noise).sum())


def diagnose(health: MixtureHealth, told: float, explained: float, config: TrainingConfig, epoch: int) -> Light:
    """The light after an epoch.

    Args:
        health: of the model at the end of the epoch.
        told: nats of a picture that z tells, of the same pictures (`latent_information`).
        explained: share of pictures' variance that their reconstructions explain (`drawing.explained`).
        config: what is trained, a mixture VAE.
        epoch: from 1.
    """
    if epoch <= config.pretrain_epochs + UNSETTLED:
        return Light("waiting")
    kinds = tuple(_found(health, told, explained))
    if not kinds:
        return Light("healthy")
    change = next(_proposals(kinds[0], health, config))
    return Light("collapsed", kinds, SAID[kinds[0]], change, _running_until(config, epoch))


def turned(config: TrainingConfig, change: Change) -> TrainingConfig:
    """The configuration of the experiment: `config` with that one knob turned."""
    return TrainingConfig.model_validate({**config.model_dump(), change.field: change.proposed})


def _found(health: MixtureHealth, told: float, explained: float) -> Iterator[Kind]:
    components = len(health.p)
    if told < BIT:
        yield "kl_zero"  # whatever is drawn then
    elif explained < FAINT:
        yield "drawn_alike"
    if components > 1 and health.neff < max(FEW * components, FEWEST):
        yield "few_components"
    if components > 1 and health.mean_entropy > SOFT * math.log(components):
        yield "soft_responsibilities"


def _running_until(config: TrainingConfig, epoch: int) -> int | None:
    """The end of the schedules whose window `epoch` lies in, if the training goes on after it."""
    ends = [config.categorical_kl_anneal_epochs] if config.categorical_kl_anneal else []
    ends += [config.entropy_bonus_epochs] if config.entropy_bonus_enable else []
    after = [config.pretrain_epochs + end for end in ends]  # windows begin with the mixture
    return max((end for end in after if epoch < end < config.epochs), default=None)


def _proposals(kind: Kind, health: MixtureHealth, config: TrainingConfig) -> Iterator[Change]:
    """Knobs against a collapse that still can be turned, best first; one at least."""
    if kind == "kl_zero":
        yield from _against_zero(config)
    if kind == "drawn_alike":
        yield from _against_alike(config)
    if kind == "few_components":
        yield from _against_few(config)
    if kind == "soft_responsibilities":
        yield from _against_soft(config)
    if kind in ("few_components", "soft_responsibilities"):
        yield from _clearer(config)
    used = max(1, round(health.neff))
    if kind == "few_components" and used < config.components:
        yield _change(config, "components", used, "Ask for as many components as the pictures fill.")
    yield _change(config, "kld_weight", config.kld_weight / 4, "Let both KL terms count for less beside the pictures.")


def _against_zero(config: TrainingConfig) -> Iterator[Change]:
    if config.recon == "mse_mean":
        why = "A mean over pixels weighs so little that the KL terms win; a sum lets reconstruction count."
        yield _change(config, "recon", "bce_sum", why)


def _against_alike(config: TrainingConfig) -> Iterator[Change]:
    """Against a decoder that passes z over: pictures that count, then more steps to learn in."""
    yield from _against_zero(config)
    if config.batch_size > LEAST_BATCH:
        why = "Smaller batches are more steps in as many epochs: the decoder has hardly begun to learn."
        yield _change(config, "batch_size", max(config.batch_size // 4, LEAST_BATCH), why)
    if config.epochs <= MOST_EPOCHS // 2:
        yield _change(config, "epochs", 2 * config.epochs, "More epochs: the decoder has hardly begun to learn.")


def _against_few(config: TrainingConfig) -> Iterator[Change]:
    if config.categorical_kl_anneal and config.categorical_kl_max_weight < 1:
        why = "The categorical KL is what draws pictures towards all components; let it count fully."
        yield _change(config, "categorical_kl_max_weight", 1.0, why)


def _against_soft(config: TrainingConfig) -> Iterator[Change]:
    if config.entropy_bonus_enable:
        why = "The bonus rewards q(c|x) for being undecided, or use for being even, at any price."
        yield _change(config, "entropy_bonus_enable", False, why)


def _clearer(config: TrainingConfig) -> Iterator[Change]:
    """Clusters by where z lies, then from where pictures lie at first; the second helps only after the first."""
    if config.responsibilities == "head":
        why = "Let the place of z decide which component it belongs to, in place of a layer of its own."
        yield _change(config, "responsibilities", "vade", why)
    elif config.pretrain_epochs == 0 and config.epochs >= 3:
        why = "Gaussians fitted to a pretrained encoder begin apart, each with pictures of its own."
        yield _change(config, "pretrain_epochs", config.epochs // 3, why)


def _change(config: TrainingConfig, field: str, proposed: bool | int | float | str, why: str) -> Change:
    return Change(field, getattr(config, field), proposed, why)
