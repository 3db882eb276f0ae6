"""How well a judge's errors can be known at all: what the answers to given sets tell of them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from scipy.special import log_softmax

from pilotage.core.shapes import Array


def least_sd(utilities: Array, *, lapse: float, depth: int | None = None) -> tuple[float, float]:
    """The smallest sd's that unbiased estimates of the log-temperature and of the lapse rate can have.

    Args:
        utilities: (n_sets, n_items) of the sets that are answered once each, in units of the temperature.
        lapse: the true rate, > 0: a set is then answered blindly.
        depth: places that each answer ranks; None for all.

    Source: Cramer 1946 and Rao 1945: the inverse of the information, which is summed over every possible answer.
    """
    n_items = utilities.shape[1]
    orders = list(permutations(range(n_items), min(depth or n_items, n_items)))
    information = np.zeros((2, 2))
    for order in orders:
        log_p, slope = _seen(utilities, order)
        seen, blind = np.exp(log_p), 1.0 / len(orders)
        score = np.array([(1.0 - lapse) * seen * slope, blind - seen])
        information += (score / ((1.0 - lapse) * seen + lapse * blind)) @ score.T
    temperature, rate = np.sqrt(np.diag(np.linalg.inv(information)))
    return float(temperature), float(rate)


def _seen(utilities: Array, order: tuple[int, ...]) -> tuple[Array, Array]:
    """(n_sets,) log-probability of an order with open eyes, and its slope in the log-temperature."""
    left = list(range(utilities.shape[1]))
    log_p, slope = np.zeros((2, len(utilities)))
    for item in order:
        felt = utilities[:, left]
        log_shares = log_softmax(felt, axis=1)
        log_p += log_shares[:, left.index(item)]
        slope += (np.exp(log_shares) * felt).sum(axis=1) - utilities[:, item]
        left.remove(item)
    return log_p, slope
