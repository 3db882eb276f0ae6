"""Expectation propagation: the Gaussian that has, nearly, the posterior's own means and covariances.

A decisive judge's answers cut the prior like a knife. Laplace's Gaussian then sits at the edge of what is left, and
the variational one shrinks into it: both misjudge pairs by .3 and more. Matching the moments after each cut does not.

A softmax choice comes apart exactly: with the winner's Gumbel noise g, `p = E[prod_j exp(-exp(-(s_j + g)))]` over
its leads s_j. `p^rho` is the same with all exponents times rho, up to the constant `Gamma(rho) / rho^rho`.

Source: Minka 2001, Expectation Propagation for Approximate Bayesian Inference; with auxiliary noise as in
    Riihimaki, Jylanki and Vehtari 2013, Nested Expectation Propagation (Journal of Machine Learning Research 14).
Differs: noise is Gumbel, not normal; all sites move at once, damped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.special import entr, expit

from pilotage.core.shapes import Array
from pilotage.preferences.contests import FLOOR, Cavities, cavities, log_mean, nodes
from pilotage.preferences.cuts import Moments, cut_moments
from pilotage.preferences.leads import Indices, Leads
from pilotage.preferences.lines import line_moments

MAX_SWEEPS = 16  # in a row
SHARES = (0.8, 0.5)  # of the way that each sweep goes, in the first half of them and then
SETTLED = 0.04  # sds that a lead's mean may still move, and share that its variance may
ROUGHLY = 0.2  # likewise, before it is asked which choices were slips
DOUBT = 1.0  # nats that the evidence may still rise from there, slips forgiven
LEAST = 1e-4  # precision of a cavity, at least: the winner's noise is proper before its rivals speak
GUMBEL_MEAN, GUMBEL_VARIANCE = 0.5772156649015329, np.pi**2 / 6
JITTER = 1e-10  # of the largest variance: keeps Cholesky exact enough when one lead is asked for twice


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A posterior, as what it changes of the prior N(mean, K) of n latents.

    With k the (n, m) prior covariance of the latents and of any m values, the mean of these rises by
    `k' weights` and their covariance falls by `(root k)' (root k)`.

    Attributes:
        pulls: (n_leads,) how hard each lead pulls: `weights = rows' pulls`.
        weights: (n,).
        root: (r, n).
        log_evidence: natural-log probability of all choices.
    """

    pulls: Array
    weights: Array
    root: Array
    log_evidence: float


@dataclass(frozen=True, slots=True)
class _Sites:
    """Gaussian stand-ins `exp(pull x - precision x^2 / 2)`: (n,) for the leads, (n_contests,) for winners' noise."""

    precision: Array
    pull: Array
    noise_precision: Array
    noise_pull: Array

    def towards(self, other: _Sites, share: float) -> _Sites:
        """These, moved by `share` of the way to `other`."""
        mine = (self.precision, self.pull, self.noise_precision, self.noise_pull)
        theirs = (other.precision, other.pull, other.noise_precision, other.noise_pull)
        return _Sites(*((1.0 - share) * a + share * b for a, b in zip(mine, theirs, strict=True)))


@dataclass(frozen=True, slots=True)
class _Fit:
    """Prior times stand-ins, noise averaged out.

    Attributes:
        mean: (n,) of the leads.
        spread: (n, r) R, with R R' the covariance of the leads.
        curved: (r, r) precision that the stand-ins add to the whitened latents.
        pull: (n,) linear term of all stand-ins together.
        noise_variance: (n_contests,) of each winner's noise once its leads are known.
        log_mass: natural log of the integral.
    """

    mean: Array
    spread: Array
    curved: Array
    pull: Array
    noise_variance: Array
    log_mass: float


@dataclass(frozen=True, slots=True)
class _Marginals:
    """Means and variances: (n,) of the leads, noise included, and (n_contests,) of the noise."""

    mean: Array
    variance: Array
    noise_mean: Array
    noise_variance: Array

    def moved(self, before: _Marginals) -> float:
        """The farthest that any lead's mean has come, in sds, or any variance, as a share."""
        means = np.abs(self.mean - before.mean) / np.sqrt(before.variance)
        return float(max(means.max(), np.abs(self.variance / before.variance - 1.0).max()))


@dataclass(frozen=True, slots=True)
class _State:
    sites: _Sites
    fit: _Fit
    marginals: _Marginals


def posterior(
    leads: Leads, mean: Array, covariance: Array, *, lapse: float = 0.0, hopeless: float = -np.inf
) -> Gaussian | None:
    """The Gaussian nearest in its moments to prior times choices.

    Args:
        leads: what was chosen, over n latents.
        mean: (n,) prior mean.
        covariance: (n, n) prior covariance, positive definite.
        lapse: share of all choices that are slips, in which every option is as likely. What is probably a slip
            counts for less: to the power of the probability that it is none.
        hopeless: None is returned as soon as the log evidence is seen to lie clearly below.
    """
    if len(leads.offsets) == 0:
        return Gaussian(np.zeros(0), np.zeros(len(mean)), np.zeros((0, len(mean))), 0.0)
    return _Propagation(leads, mean, covariance).run(lapse, hopeless)


class _Propagation:
    """The sweeps over one prior and one list of leads; what does not change between them is done once."""

    def __init__(self, leads: Leads, mean: Array, covariance: Array) -> None:
        self.leads = leads
        self.start = leads.rows @ mean + leads.offsets
        few = len(leads.rows) <= len(mean)  # work with the leads or with the latents, whichever are fewer
        gram = leads.rows @ covariance @ leads.rows.T if few else covariance
        self.factor = _factor(gram, JITTER * gram.diagonal().max(initial=0.0))
        self.white = self.factor if few else leads.rows @ self.factor  # (n, r) W, W W' the leads' prior covariance
        self.lift = leads.rows if few else np.eye(len(mean))  # (r, n_latents) to what the factor is of
        self.power = np.ones(len(leads.options))

    def run(self, lapse: float, hopeless: float) -> Gaussian | None:
        """Sweeps; then which choices were slips is asked anew, and it sweeps on from where it was."""
        state = self._settle(self._state(self._nothing()), ROUGHLY)
        log_evidence, given = self._weighed(state, lapse)
        if log_evidence + self._forgiven(given, lapse) < hopeless - DOUBT:
            return None
        if lapse > 0.0:
            self.power = self._meant(given, lapse)
            if self.power.min() < 0.5:  # a likely slip has misled what was thought of the others
                state = self._settle(state, ROUGHLY)
                self.power = self._meant(self._weighed(state, lapse)[1], lapse)
        state = self._settle(state, SETTLED)
        return self._gaussian(state, self._weighed(state, lapse)[0])

    def _forgiven(self, given: Array, lapse: float) -> float:
        """What the log evidence can gain, at most about, once slips are seen as such."""
        return float(np.log1p(lapse / (1.0 - lapse) / self.leads.options * np.exp(np.minimum(-given, 700.0))).sum())

    def _meant(self, given: Array, lapse: float) -> Array:
        """(n_stages,) the probability that each choice was no slip, by what all others say of it."""
        return np.maximum(expit(np.log1p(-lapse) + given - np.log(lapse / self.leads.options)), LEAST)

    def _settle(self, state: _State, settled: float) -> _State:
        """Sweeps on until no lead moves by more than `settled`."""
        for sweep in range(MAX_SWEEPS):
            matched, _ = self._match(state)
            before, sites = state, state.sites.towards(matched, SHARES[2 * sweep // MAX_SWEEPS])
            state = self._state(sites)
            if state.marginals.moved(before.marginals) < settled:
                break
        return state

    def _state(self, sites: _Sites) -> _State:
        fit = self._fit(sites)
        return _State(sites, fit, self._marginals(sites, fit))

    def _slips(self, lapse: float) -> float:
        """Log-probability of which choices were slips, with the uncertainty about it (a lower bound)."""
        if lapse == 0.0:
            return 0.0
        p = self.power
        doubt = entr(p) + entr(1.0 - p)
        return float((p * np.log1p(-lapse) + (1.0 - p) * np.log(lapse / self.leads.options) + doubt).sum())

    def _nothing(self) -> _Sites:
        n, precision = len(self.start), np.full(len(self.leads.contests), 1.0 / GUMBEL_VARIANCE)
        return _Sites(np.zeros(n), np.zeros(n), precision, GUMBEL_MEAN * precision)

    def _curved(self, sites: _Sites, variance: Array, values: Array) -> Array:
        """(n, …) the precision of all stand-ins together, noise averaged out, times (n, …) `values`."""
        tau = sites.precision.reshape(-1, *(1 for _ in values.shape[1:]))
        curved = tau * values
        shared = variance.reshape(-1, *(1 for _ in values.shape[1:])) * self.leads.total(curved)
        return curved - tau * self.leads.each(shared)

    def _fit(self, sites: _Sites) -> _Fit:
        leads = self.leads
        variance = 1.0 / (sites.noise_precision + leads.total(sites.precision))
        pulled = sites.noise_pull + leads.total(sites.pull)
        pull = sites.pull - sites.precision * leads.each(variance * pulled)
        curved = self.white.T @ self._curved(sites, variance, self.white)
        lower = _factor(curved, 1.0)
        spread = solve_triangular(lower, self.white.T, lower=True, check_finite=False).T
        error = pull - self._curved(sites, variance, self.start)
        risen = spread @ (spread.T @ error)
        log_mass = (
            0.5 * float((variance * pulled**2 + np.log(2 * np.pi * variance)).sum())
            - float(np.log(np.diag(lower)).sum())
            + 0.5 * float(self.start @ (pull + error) + error @ risen)
        )
        return _Fit(self.start + risen, spread, curved, pull, variance, log_mass)

    def _marginals(self, sites: _Sites, fit: _Fit) -> _Marginals:
        leads, variance = self.leads, fit.noise_variance
        shared = leads.total(sites.precision[:, None] * fit.spread)
        noise_mean = variance * (sites.noise_pull + leads.total(sites.pull - sites.precision * fit.mean))
        noise_variance = variance + variance**2 * (shared**2).sum(axis=1)
        own = (fit.spread**2).sum(axis=1)
        across = (fit.spread * leads.each(variance[:, None] * shared)).sum(axis=1)
        return _Marginals(
            fit.mean + leads.each(noise_mean),
            own - 2.0 * across + leads.each(noise_variance),
            noise_mean,
            noise_variance,
        )

    def _match(self, state: _State) -> tuple[_Sites, Array]:
        """Stand-ins whose products with their cavities have the right moments; and the log mass of each row's.

        The second has (n,) of the leads, then (n_contests,) of the noise.
        """
        sites, m = state.sites, state.marginals
        left = np.maximum(1.0 / m.variance - sites.precision, FLOOR / m.variance)
        drawn = m.mean / m.variance - sites.pull
        lead = self._lead_moments(drawn, left, m.mean)
        power = self.power[self.leads.contests]
        noise_left = np.maximum(1.0 / m.noise_variance - sites.noise_precision, LEAST)
        noise_drawn = m.noise_mean / m.noise_variance - sites.noise_pull
        noise = _cut(noise_drawn - power, noise_left, power)  # Gumbel noise has exp(-g) besides its cut
        masses = lead.log_mass + _log_integral(drawn, left) - _log_gaussian(m.mean, m.variance)
        noise_masses = noise.log_mass + _log_integral(noise_drawn - power, noise_left)
        noise_masses -= _log_gaussian(m.noise_mean, m.noise_variance)
        matched = _Sites(
            np.maximum(1.0 / lead.variance - left, 0.0),
            lead.mean / lead.variance - drawn,
            np.maximum(1.0 / noise.variance - noise_left, 0.0),
            noise.mean / noise.variance - noise_drawn,
        )
        return matched, np.concatenate([masses, noise_masses])

    def _lead_moments(self, drawn: Array, left: Array, near: Array) -> Moments:
        cuts, power = self.leads.n_cuts, self.power[self.leads.stage]
        contest = _cut(drawn[:cuts], left[:cuts], power[:cuts])
        if cuts == len(drawn):
            return contest
        line = line_moments(
            self.leads.lines, drawn[cuts:] / left[cuts:], 1.0 / left[cuts:], power[cuts:], near=near[cuts:]
        )
        return Moments(
            np.concatenate([contest.log_mass, line.log_mass]),
            np.concatenate([contest.mean, line.mean]),
            np.concatenate([contest.variance, line.variance]),
        )

    def _weighed(self, state: _State, lapse: float) -> tuple[float, Array]:
        """The log evidence; and (n_stages,) the log-probability of each choice given all others.

        Each contest's share of the evidence is integrated whole, not cut by cut.
        """
        leads, m, n = self.leads, state.marginals, len(self.start)
        _, masses = self._match(state)
        total, given = state.fit.log_mass + float(masses.sum()) + self._slips(lapse), np.zeros(len(leads.options))
        pulled, v = state.sites.noise_pull + leads.total(state.sites.pull), state.fit.noise_variance
        own = leads.total(masses[:n]) + masses[n:] + 0.5 * (v * pulled**2 + np.log(2 * np.pi * v))
        for which, rest in self._cavities(state):
            stage, log_p = leads.contests[which], rest.log_p()
            given[stage] = log_mean(log_p)
            total += float((log_mean(self.power[stage, None] * log_p) - own[which] - rest.log_share).sum())
        left = np.maximum(1.0 / m.variance - state.sites.precision, FLOOR / m.variance)[leads.n_cuts :]
        drawn = (m.mean / m.variance - state.sites.pull)[leads.n_cuts :]
        likely = drawn[:, None] / left[:, None] + nodes(1).T / np.sqrt(left)[:, None]
        given[leads.lined] = log_mean(leads.lines.log_p(likely)[0])
        return total, given

    def _cavities(self, state: _State) -> Iterator[tuple[Indices, Cavities]]:
        """The contests of each size, and what all others say of them."""
        for size in np.unique(self.leads.sizes):
            which = np.flatnonzero(self.leads.sizes == size)
            rows = self.leads.starts[which][:, None] + np.arange(size)
            spread, tau = state.fit.spread[rows], state.sites.precision[rows]
            precision = -state.fit.noise_variance[which, None, None] * tau[:, :, None] * tau[:, None, :]
            precision[:, np.arange(size), np.arange(size)] += tau
            covariance = spread @ spread.transpose(0, 2, 1)
            yield which, cavities(state.fit.mean[rows], covariance, precision, state.fit.pull[rows])

    def _gaussian(self, state: _State, log_evidence: float) -> Gaussian:
        fit, sites = state.fit, state.sites
        pulls = fit.pull - self._curved(sites, fit.noise_variance, fit.mean)
        half = _factor(fit.curved, 1e-12 * fit.curved.diagonal().max(initial=1.0))
        shrunk = solve_triangular(_factor(half.T @ half, 1.0), half.T, lower=True, check_finite=False)
        root = shrunk @ solve_triangular(self.factor, self.lift, lower=True, check_finite=False)
        return Gaussian(pulls, self.leads.rows.T @ pulls, root, log_evidence)


def _factor(matrix: Array, ridge: float) -> Array:
    """Lower Cholesky factor of a symmetric matrix whose diagonal is raised by `ridge`."""
    raised = matrix.copy()
    raised[np.diag_indices_from(raised)] += ridge
    return cholesky(raised, lower=True, check_finite=False)


def _log_gaussian(mean: Array, variance: Array) -> Array:
    return _log_integral(mean / variance, 1.0 / variance)


def _cut(drawn: Array, left: Array, power: Array) -> Moments:
    """Moments of Gaussians with this pull and precision after the cut to this power."""
    late = np.log(power)
    cut = cut_moments(drawn / left - late, 1.0 / left)
    return Moments(cut.log_mass, cut.mean + late, cut.variance)


def _log_integral(pull: Array, precision: Array) -> Array:
    """(n,) natural log of the integral of `exp(pull x - precision x^2 / 2)`."""
    return 0.5 * (pull * pull / precision + np.log(2 * np.pi / precision))
