"""The default preference model: a Gaussian process over all kinds of answers, hyperparameters averaged.

Source: Chu and Ghahramani 2005, Preference Learning with Gaussian Processes (pairs, probit).
Differs: softmax stages carry every kind of answer; moments are matched by expectation propagation where Laplace's
    method takes the curvature at the mode; the prior has an ideal point; the evidence weighs a grid of
    hyperparameters and all of them are kept, since its arg-max over-commits after few answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator
from scipy.special import logsumexp

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement, incumbent
from pilotage.preferences.base import PreferenceModel, PreferenceModelConfig
from pilotage.preferences.beliefs import GPBelief, latent_prior
from pilotage.preferences.kernels import UtilityPrior
from pilotage.preferences.leads import Leads, leads_of
from pilotage.preferences.likelihood import Choices, Latents, choices_of, latents_of
from pilotage.preferences.mixture import MixturePosterior
from pilotage.preferences.propagation import posterior
from pilotage.spaces import Region

MIN_WEIGHT = 0.02  # beliefs below this share cost time and move nothing
LEAST = float(np.log(MIN_WEIGHT))  # nats behind the best
SHARPNESS_LOG_SD = 1.5  # of the prior over sharpness, natural log
TASTE_HOLDS = 0.7  # the probability, before any answer, that a session is after what earlier ones were after


class Taste(BaseModel):
    """Where a person's ideal lay in earlier sessions, per axis of the unit ball."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: tuple[float, ...] = Field(min_length=1, description="Centre of the prior over the ideal point.")
    sd: tuple[Annotated[float, Field(gt=0, le=3)], ...] = Field(min_length=1, description="How sure, per axis.")

    @model_validator(mode="after")
    def _same_length(self) -> Taste:
        if len(self.mean) != len(self.sd):
            raise ValueError("mean and sd must have one number per axis each")
        return self


class LaplaceGPConfig(PreferenceModelConfig, frozen=True):
    """A smooth hill of liking, with how sure it is of every place.

    The grids are averaged over, not chosen from.
    """

    kind: Literal["laplace_gp"] = "laplace_gp"
    sharpness: tuple[PositiveFloat, ...] = Field(
        (8.0, 32.0, 128.0, 512.0),
        min_length=1,
        max_length=12,
        description="How decisive the judge may be: twice the utility lost at distance 1 from the ideal.",
    )
    typical_sharpness: float = Field(16.0, gt=0, description="Centre of the prior over sharpness.")
    remainders: tuple[tuple[PositiveFloat, PositiveFloat], ...] = Field(
        ((1.0, 0.03), (1.0, 0.3)),
        min_length=1,
        max_length=8,
        description="How preferences may leave a plain bowl: (over what distance, how far as a share of sharpness).",
    )
    ideal_distance: float = Field(
        0.8,
        gt=0,
        le=3,
        description="How far from the anchor a person's ideal typically lies, as a share of the region's own reach.",
    )
    anisotropy: float = Field(0.1, ge=0, le=2, description="How much more some directions may matter than others.")
    seed_noise: float = Field(
        0.1, gt=0, le=5, description="Utility sd between two samples of one place, in noise units."
    )
    lapse: float = Field(0.05, ge=0, lt=0.5, description="Share of all choices that are slips: any option as likely.")
    taste: Taste | None = Field(None, description="Where the ideal lay in earlier sessions; none: about the anchor.")


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    """Where an ideal may lie: (d,) mean and (d,) sd, and the natural log of how probable that is."""

    mean: Array
    sd: Array
    log_prior: float


class LaplaceGP(PreferenceModel):
    """Gaussian process with an ideal-point trend; see `LaplaceGPConfig`."""

    def __init__(self, config: LaplaceGPConfig, *, taste_holds: float = TASTE_HOLDS) -> None:
        """By its config; `taste_holds` is how probable the config's taste is before any answer, 1 if it was said."""
        self.config, self.taste_holds = config, taste_holds

    def fold(self, region: Region, judgements: Sequence[Judgement]) -> MixturePosterior:
        """The posterior after `judgements`, oldest first; with none, the prior.

        Raises:
            ShapeError: an item, a critique or the taste does not have the region's dimension.
        """
        latents = latents_of(judgements, region.dim)
        choices = choices_of(judgements, latents)
        scored = self._tried(region, _Fold(self.config, latents, choices, len(judgements)))
        scores = np.array([score for score, _ in scored])
        weights, kept = _weigh(scores)
        best = incumbent(judgements)
        reference = np.zeros(region.dim) if best is None else np.array(best.u, dtype=np.float64)
        beliefs = tuple(scored[i][1] for i in kept)
        foresight = self._log_evidence(scores) + float(np.log(choices.options).sum()) if judgements else None
        return MixturePosterior(region, reference, beliefs, weights, self.config.lapse, foresight)

    def _tried(self, region: Region, fold: _Fold) -> list[tuple[float, GPBelief]]:
        """Beliefs with their scores: outwards from the likeliest sharpness so far, on each side while there is hope."""
        sharpness = sorted(self.config.sharpness)
        start = int(np.abs(np.log(np.array(sharpness) / self.config.typical_sharpness)).argmin())
        tried = list[tuple[float, int, GPBelief]]()
        best = -np.inf
        for where, remainder in product(self._whereabouts(region), self.config.remainders):
            for side in (range(start, len(sharpness)), range(start - 1, -1, -1)):
                for i in side:
                    prior = UtilityPrior(sharpness[i], *remainder, where.sd, self.config.anisotropy, where.mean)
                    likely = self._log_hyperprior(sharpness[i]) + where.log_prior
                    belief = fold(prior, hopeless=best + LEAST - likely)
                    if belief is None:
                        break
                    score = belief.gaussian.log_evidence + likely
                    tried.append((score, i, belief))
                    best = max(best, score)
                    if score < best + 0.5 * LEAST:  # scores fall ever faster: the next one would be below the least
                        break
            start = max(tried, key=lambda one: one[0])[1]
        return [(score, belief) for score, _, belief in tried]

    def _whereabouts(self, region: Region) -> list[_Whereabouts]:
        """About the anchor; with a taste, there too: answers soon tell which, so a wrong taste costs little."""
        config, taste = self.config, self.config.taste
        reach = config.ideal_distance / np.sqrt(region.dim if region.shape == "ball" else 3.0)
        centre, spread = np.zeros(region.dim), np.full(region.dim, reach)
        if taste is None:
            return [_Whereabouts(centre, spread, 0.0)]
        if len(taste.mean) != region.dim:
            raise ShapeError(f"the taste has {len(taste.mean)} axes, the space {region.dim}", field="taste")
        there = _Whereabouts(np.array(taste.mean), np.array(taste.sd), float(np.log(self.taste_holds)))
        if self.taste_holds == 1:
            return [there]
        return [there, _Whereabouts(centre, spread, float(np.log1p(-self.taste_holds)))]

    def _log_evidence(self, scores: Array) -> float:
        """Of the mixture over the whole grid; what was not tried adds nothing to speak of."""
        mass = np.exp([self._log_hyperprior(sharpness) for sharpness in self.config.sharpness]).sum()
        return float(logsumexp(scores) - np.log(mass * len(self.config.remainders)))

    def _log_hyperprior(self, sharpness: float) -> float:
        """Log-normal in sharpness, flat in the rest, up to a constant."""
        away = np.log(sharpness / self.config.typical_sharpness)
        return float(-0.5 * (away / SHARPNESS_LOG_SD) ** 2)


class _Fold:
    """Conditions priors on one list of choices."""

    def __init__(self, config: LaplaceGPConfig, latents: Latents, choices: Choices, n_judgements: int) -> None:
        self.config, self.latents = config, latents
        self.leads: Leads = leads_of(choices)
        self.owner = np.zeros((n_judgements, len(self.leads.offsets)))
        self.owner[choices.owners[self.leads.stage], np.arange(len(self.leads.offsets))] = 1.0

    def __call__(self, prior: UtilityPrior, *, hopeless: float) -> GPBelief | None:
        mean, covariance = latent_prior(prior, self.latents, seed_noise=self.config.seed_noise)
        gaussian = posterior(self.leads, mean, covariance, lapse=self.config.lapse, hopeless=hopeless)
        if gaussian is None:
            return None
        shares = (self.owner * gaussian.pulls) @ self.leads.rows
        return GPBelief(prior, self.latents, shares, gaussian)


def _weigh(log_scores: Array) -> tuple[Array, list[int]]:
    """Shares of the beliefs worth keeping, most likely first, and their indices."""
    shares = np.exp(log_scores - log_scores.max())
    order = np.argsort(-shares, kind="stable")
    kept = [int(i) for i in order if shares[i] >= MIN_WEIGHT * shares.sum() or i == order[0]]
    return shares[kept] / shares[kept].sum(), kept
