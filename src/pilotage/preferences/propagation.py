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
from pilotage.preferences.cuts import cut_moments
from pilotage.preferences.leads import Block, Leads
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
    """Gaussian stand-ins `exp(pull x - precision x^2 / 2)`: (n + n_contests,) for the leads, then winners' noise."""

    precision: Array
    pull: Array

    def towards(self, other: _Sites, share: float) -> _Sites:
        """These, moved by `share` of the way to `other`."""
        return _Sites(
            (1.0 - share) * self.precision + share * other.precision, (1.0 - share) * self.pull + share * other.pull
        )


@dataclass(frozen=True, slots=True)
class _Fit:
    """Prior times stand-ins, noise averaged out.

    Attributes:
        mean: (n,) of the leads.
        variance: (n,) likewise.
        within: for each block of contests the (n_contests, size, size) covariances of their leads.
        curved: (r, r) precision that the stand-ins add to the whitened latents.
        pull: (n,) linear term of all stand-ins together.
        noise_variance: (n_contests,) of each winner's noise once its leads are known.
        log_mass: natural log of the integral.
    """

    mean: Array
    variance: Array
    within: tuple[Array, ...]
    curved: Array
    pull: Array
    noise_variance: Array
    log_mass: float


@dataclass(frozen=True, slots=True)
class _Marginals:
    """(n + n_contests,) means and variances: of the leads, noise included, and of the noise."""

    mean: Array
    variance: Array

    def moved(self, before: _Marginals, n: int) -> float:
        """The farthest that any of the `n` leads' means has come, in sds, or any variance, as a share."""
        means = np.abs(self.mean[:n] - before.mean[:n]) / np.sqrt(before.variance[:n])
        return float(max(means.max(), np.abs(self.variance[:n] / before.variance[:n] - 1.0).max()))


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
        self.n = len(leads.offsets)
        self.start = leads.rows @ mean + leads.offsets
        few = self.n <= len(mean)  # work with the leads or with the latents, whichever are fewer
        gram = leads.rows @ covariance @ leads.rows.T if few else covariance
        self.factor = _factor(gram, JITTER * gram.diagonal().max(initial=0.0))
        white = self.factor if few else leads.rows @ self.factor
        self.white = np.ascontiguousarray(white)  # (n, r) W, W W' the leads' prior covariance
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
            if state.marginals.moved(before.marginals, self.n) < settled:
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
        precision = np.zeros(self.n + len(self.leads.contests))
        precision[self.n :] = 1.0 / GUMBEL_VARIANCE
        return _Sites(precision, GUMBEL_MEAN * precision)

    def _curved(self, tau: Array, variance: Array, values: Array) -> Array:
        """(n,) the precision of all stand-ins together, noise averaged out, times (n,) `values`."""
        curved = tau * values
        return curved - tau * self.leads.each(variance * self.leads.total(curved))

    def _bent(self, tau: Array, variance: Array) -> Array:
        """(r, r) that precision seen from the whitened latents, W' T W.

        Within a contest T is diag(tau) - variance tau tau', which has the root diag(root) - share root tau'.
        """
        bent, root = np.empty_like(self.white), np.sqrt(tau)
        lined = self.leads.n_lines
        np.multiply(root[:lined, None], self.white[:lined], out=bent[:lined])
        share = variance / (1.0 + np.sqrt(np.maximum(1.0 - variance * self.leads.total(tau), 0.0)))
        for block in self.leads.blocks:
            own, k = block.of(root), np.arange(block.size)
            roots = -share[block.contests, None, None] * own[:, :, None] * block.of(tau)[:, None, :]
            roots[:, k, k] += own
            np.matmul(roots, block.of(self.white), out=block.of(bent))
        return np.asarray(bent.T @ bent)

    def _fit(self, sites: _Sites) -> _Fit:
        leads, n = self.leads, self.n
        tau, sites_pull = sites.precision[:n], sites.pull[:n]
        variance = 1.0 / (sites.precision[n:] + leads.total(tau))
        pulled = sites.pull[n:] + leads.total(sites_pull)
        pull = sites_pull - tau * leads.each(variance * pulled)
        curved = self._bent(tau, variance)
        lower = _factor(curved, 1.0)
        spread = _solved(lower, self.white.T).T
        error = pull - self._curved(tau, variance, self.start)
        risen = spread @ (spread.T @ error)
        log_mass = (
            0.5 * float((variance * pulled**2 + np.log(2 * np.pi * variance)).sum())
            - float(np.log(lower.diagonal()).sum())
            + 0.5 * float(self.start @ (pull + error) + error @ risen)
        )
        parts = [block.of(spread) for block in leads.blocks]
        within = tuple(part @ part.transpose(0, 2, 1) for part in parts)
        return _Fit(
            self.start + risen, np.einsum("ij,ij->i", spread, spread), within, curved, pull, variance, log_mass
        )  # fmt: skip

    def _marginals(self, sites: _Sites, fit: _Fit) -> _Marginals:
        leads, n, variance = self.leads, self.n, fit.noise_variance
        tau = sites.precision[:n]
        across = np.zeros(n)
        for block, within in zip(leads.blocks, fit.within, strict=True):
            block.of(across)[:] = (within @ block.of(tau)[:, :, None])[:, :, 0]
        noise_mean = variance * (sites.pull[n:] + leads.total(sites.pull[:n] - tau * fit.mean))
        noise_variance = variance + variance**2 * leads.total(tau * across)
        return _Marginals(
            np.concatenate([fit.mean + leads.each(noise_mean), noise_mean]),
            np.concatenate([
                fit.variance - 2.0 * leads.each(variance) * across + leads.each(noise_variance), noise_variance
            ]),
        )  # fmt: skip

    def _cavity(self, state: _State) -> tuple[Array, Array]:
        """(n + n_contests,) pull and precision of what all others say of each lead and of each winner's noise."""
        sites, m = state.sites, state.marginals
        least = FLOOR / m.variance
        least[self.n :] = LEAST
        return m.mean / m.variance - sites.pull, np.maximum(1.0 / m.variance - sites.precision, least)

    def _match(self, state: _State) -> tuple[_Sites, Array]:
        """Stand-ins whose products with their cavities have the right moments; and the log mass of each."""
        m, (drawn, left) = state.marginals, self._cavity(state)
        lined, noises = self.leads.n_lines, self.power[self.leads.contests]
        power = np.concatenate([self.power[self.leads.stage], noises])
        asked = drawn.copy()
        asked[self.n :] -= noises  # Gumbel noise has exp(-g) besides its cut
        late = np.log(power[lined:])
        found = cut_moments(asked[lined:] / left[lined:] - late, 1.0 / left[lined:])
        log_mass, mean, variance = found.log_mass, found.mean + late, found.variance
        if lined:
            line = line_moments(self.leads.lines, drawn[:lined] / left[:lined], 1.0 / left[:lined], power[:lined])
            log_mass = np.concatenate([line.log_mass, log_mass])
            mean, variance = np.concatenate([line.mean, mean]), np.concatenate([line.variance, variance])
        log_mass = log_mass + _log_integral(asked, left) - _log_integral(m.mean / m.variance, 1.0 / m.variance)
        return _Sites(np.maximum(1.0 / variance - left, 0.0), mean / variance - drawn), log_mass

    def _weighed(self, state: _State, lapse: float) -> tuple[float, Array]:
        """The log evidence; and (n_stages,) the log-probability of each choice given all others.

        Each contest's share of the evidence is integrated whole, not cut by cut.
        """
        leads, n = self.leads, self.n
        _, masses = self._match(state)
        total, given = state.fit.log_mass + float(masses.sum()) + self._slips(lapse), np.zeros(len(leads.options))
        pulled, v = state.sites.pull[n:] + leads.total(state.sites.pull[:n]), state.fit.noise_variance
        own = leads.total(masses[:n]) + masses[n:] + 0.5 * (v * pulled**2 + np.log(2 * np.pi * v))
        for block, rest in self._cavities(state):
            stage, log_p = leads.contests[block.contests], rest.log_p()
            given[stage] = log_mean(log_p)
            total += float((log_mean(self.power[stage, None] * log_p) - own[block.contests] - rest.log_share).sum())
        drawn, left = (part[: leads.n_lines, None] for part in self._cavity(state))
        given[leads.stage[: leads.n_lines]] = log_mean(leads.lines.log_p(drawn / left + nodes(1).T / np.sqrt(left)))
        return total, given

    def _cavities(self, state: _State) -> Iterator[tuple[Block, Cavities]]:
        """The contests of each size, and what all others say of them."""
        fit, tau = state.fit, state.sites.precision[: self.n]
        for block, within in zip(self.leads.blocks, fit.within, strict=True):
            own, k = block.of(tau), np.arange(block.size)
            precision = -fit.noise_variance[block.contests, None, None] * own[:, :, None] * own[:, None, :]
            precision[:, k, k] += own
            yield block, cavities(block.of(fit.mean), within, precision, block.of(fit.pull))

    def _gaussian(self, state: _State, log_evidence: float) -> Gaussian:
        fit = state.fit
        pulls = fit.pull - self._curved(state.sites.precision[: self.n], fit.noise_variance, fit.mean)
        half = _factor(fit.curved, 1e-12 * fit.curved.diagonal().max(initial=1.0))
        shrunk = _solved(_factor(half.T @ half, 1.0), half.T)
        root = shrunk @ _solved(self.factor, self.lift)
        return Gaussian(pulls, self.leads.rows.T @ pulls, root, log_evidence)


def _factor(matrix: Array, ridge: float) -> Array:
    """Lower Cholesky factor of a symmetric matrix whose diagonal is raised by `ridge`."""
    raised = matrix.copy()
    raised.flat[:: len(raised) + 1] += ridge
    return cholesky(raised, lower=True, overwrite_a=True, check_finite=False)


def _solved(lower: Array, values: Array) -> Array:
    """The (r, n) solution of `lower x = values`, of a lower triangle."""
    return solve_triangular(lower, values, lower=True, check_finite=False)


def _log_integral(pull: Array, precision: Array) -> Array:
    """(n,) natural log of the integral of `exp(pull x - precision x^2 / 2)`."""
    return 0.5 * (pull * pull / precision + np.log(2 * np.pi / precision))
