"""The bound on what can be known of a judge, against a naive loop and against the fit of many answers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from pilotage.core.shapes import Array
from pilotage.simulation import Judge, Query
from pilotage.simulation.bounds import least_sd
from pilotage.simulation.fitting import Trace, fit

SETS = 2.0 * np.random.default_rng(3).standard_normal((5, 3))


def chance(utilities: Array, order: tuple[int, ...], log_temperature: float, lapse: float) -> float:
    """Of an order, place by place."""
    worth, left, seen, blind = np.exp(utilities / np.exp(log_temperature)), set(range(len(utilities))), 1.0, 1.0
    for item in order:
        seen, blind = seen * worth[item] / sum(worth[i] for i in left), blind / len(left)
        left.remove(item)
    return (1 - lapse) * seen + lapse * blind


@pytest.mark.parametrize("depth", [1, 2, None])
def test_the_information_is_that_of_a_naive_loop(depth: int | None) -> None:
    at, information = np.array([0.0, 0.07]), np.zeros((2, 2))
    for utilities in SETS:
        for order in permutations(range(3), depth or 3):
            higher, lower = (
                [chance(utilities, order, *(at + step)) for step in sign * 1e-5 * np.eye(2)] for sign in (1, -1)
            )
            slopes = (np.array(higher) - np.array(lower)) / 2e-5
            information += np.outer(slopes, slopes) / chance(utilities, order, *at)
    expected = np.sqrt(np.diag(np.linalg.inv(information)))
    assert least_sd(SETS, lapse=0.07, depth=depth) == pytest.approx(tuple(expected), rel=1e-6)


def test_four_times_the_answers_halve_it_and_deeper_ones_tell_more() -> None:
    once = least_sd(SETS, lapse=0.05)
    assert least_sd(np.tile(SETS, (4, 1)), lapse=0.05) == pytest.approx((once[0] / 2, once[1] / 2))
    depths = [least_sd(SETS, lapse=0.05, depth=depth)[1] for depth in (1, 2, 3)]
    assert depths == sorted(depths, reverse=True)


@pytest.mark.parametrize("depth", [1, None])
def test_the_fit_of_many_answers_is_as_sure_as_can_be(
    judge: Callable[..., Judge], query: Callable[..., Query], depth: int | None
) -> None:
    utilities = 2.0 * np.random.default_rng(0).standard_normal((1500, 4))
    worth = {f"{i}.{j}": float(value) for i, row in enumerate(utilities) for j, value in enumerate(row)}
    person, traces = judge(worth, 0, lapse=0.1), list[Trace]()
    for index in range(len(utilities)):
        told, why = person.answer(query(*(f"{index}.{j}" for j in range(4)), index=index, depth=depth), ())
        traces.append(Trace(told, why.utilities))
    bound, sd = least_sd(utilities, lapse=0.1, depth=depth), fit(traces).sd
    assert sd["lapse"] == pytest.approx(bound[1], rel=0.15)
    assert sd["temperature"] == pytest.approx(bound[0], rel=0.15)
