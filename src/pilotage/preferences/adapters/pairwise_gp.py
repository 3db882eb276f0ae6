"""BoTorch's Gaussian process on paired comparisons as a preference model; slower than ours by the hundredfold."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict
from scipy.spatial.distance import cdist
from scipy.special import expit

from pilotage.core.shapes import Array
from pilotage.core.versions import require
from pilotage.elicitation import Judgement
from pilotage.preferences.adapters.laplace import LaplaceBelief, removed
from pilotage.preferences.adapters.readings import duels, read
from pilotage.preferences.base import PreferenceModel, PreferenceModelConfig
from pilotage.preferences.mixture import MixturePosterior
from pilotage.spaces import Region

N_POOL = 128
FIRST_SCALE, FIRST_LENGTH = 1.0, 1.4 / 2.7  # of BoTorch's kernel before its fit; the length in sides of the cube


class PairwiseGPConfig(PreferenceModelConfig):
    """BoTorch's PairwiseGP: every answer as duels, hyperparameters at their most probable; needs BoTorch."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"tier": "baseline"})

    kind: Literal["pairwise_gp"] = "pairwise_gp"


@dataclass(frozen=True, slots=True)
class Bell:
    """`scale exp(-|(u - v) / lengths|^2 / 2)`.

    Attributes:
        scale: variance of utility.
        lengths: (d,) in unit coordinates.
    """

    scale: float
    lengths: Array

    def __call__(self, u: Array, v: Array) -> Array:
        """(n, m) covariance at (n, d) and (m, d) places."""
        return np.asarray(self.scale * np.exp(-0.5 * cdist(u / self.lengths, v / self.lengths, "sqeuclidean")))


class PairwiseGP(PreferenceModel):
    """Fitted by BoTorch; what it predicts is restated here, so that a posterior is plain data.

    Source: Chu and Ghahramani 2005, by `botorch.models.pairwise_gp`, with its logistic likelihood and its priors.
    Differs: duels of a place with itself are left out; the draw that its search starts from is always the same.
    """

    def __init__(self, config: PairwiseGPConfig) -> None:
        """Of a config.

        Raises:
            ModelUnavailableError: BoTorch is not installed.
        """
        require("botorch", extra="bench", field="preference_model")
        self.config = config

    def fold(self, region: Region, judgements: Sequence[Judgement]) -> MixturePosterior:
        """The posterior after `judgements`, oldest first; with none, the prior.

        Raises:
            ShapeError: an item's coordinates do not have the region's dimension.
        """
        reading = read(judgements, region.dim)
        told = [[(better - 1, worse - 1) for better, worse in duels(picks)] for picks in reading.picks]
        places, pairs = reading.places, [pair for one in told for pair in one]
        kernel, utility = Bell(FIRST_SCALE, np.full(region.dim, 2.0 * FIRST_LENGTH)), np.zeros(len(places))
        if pairs:
            kernel, utility = _found(fitted((places + 1.0) / 2.0, pairs))
        signs = _signs(pairs, len(places))
        wrong = expit(-signs @ utility)  # how probable the other outcome of each duel was
        owner = np.repeat(np.arange(len(told)), [len(one) for one in told])
        shares = np.zeros((len(told), len(places)))
        np.add.at(shares, owner, wrong[:, None] * signs)
        gone = removed(kernel(places, places), signs.T @ ((wrong * (1.0 - wrong))[:, None] * signs))
        pool = np.vstack([region.sobol(N_POOL, rng=np.random.default_rng(0)), places])
        belief = LaplaceBelief(kernel, places, shares, gone, pool, 2.0 * float(np.sqrt(kernel.scale)))
        return MixturePosterior(region, reading.reference, (belief,), np.ones(1))


def fitted(cube: Array, duels: Sequence[tuple[int, int]]) -> Any:
    """BoTorch's model of (better, worse) rows of (n, d) places in [0, 1]^d, its hyperparameters fitted.

    Where the fit fails, it keeps those that it starts from.
    """
    import torch
    from botorch.exceptions.errors import ModelFittingError  # noqa: PLC0415
    from botorch.fit import fit_gpytorch_mll  # noqa: PLC0415
    from botorch.models import pairwise_gp as theirs  # noqa: PLC0415
    from botorch.models.likelihoods import PairwiseLogitLikelihood  # noqa: PLC0415

    def started() -> Any:
        return theirs.PairwiseGP(torch.tensor(cube), torch.tensor(duels), likelihood=PairwiseLogitLikelihood())

    with _same_draws(), torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        torch.manual_seed(0)  # of the hyperparameters that a fit which failed begins again from
        warnings.simplefilter("ignore")  # of its optimiser, about itself
        model = started()
        try:
            fit_gpytorch_mll(theirs.PairwiseLaplaceMarginalLogLikelihood(model.likelihood, model))
        except ModelFittingError:
            return started()
    return model


def _found(model: Any) -> tuple[Bell, Array]:
    """Its kernel, its lengths twice as long since the cube's side is two units; and the most probable utilities."""
    kernel = model.covar_module
    lengths = kernel.base_kernel.lengthscale.detach().numpy()[0]
    return Bell(kernel.outputscale.item(), 2.0 * lengths), model.unconsolidated_utility.detach().numpy()


def _signs(duels: Sequence[tuple[int, int]], n: int) -> Array:
    """(len(duels), n) 1 for the better, -1 for the worse."""
    signs = np.zeros((len(duels), n))
    for row, (better, worse) in enumerate(duels):
        signs[row, [better, worse]] = 1.0, -1.0
    return signs


@contextmanager
def _same_draws() -> Iterator[None]:
    """BoTorch begins its search with draws from numpy's global state: always the same ones, and the state is left."""
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
