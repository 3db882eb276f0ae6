"""Pooling: what sessions tell together, against the joint Gaussian written out and the sense of the thing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.sessions.pooling import OTHER_MOOD, SHARES, Evidence, evidence_of, no_opinion, pooled
from pilotage.spaces import Region

LINE = Region(1)
V = no_opinion(LINE) ** 2


def pointing(place: float, sd: float) -> Evidence:
    return Evidence(np.array([place / sd**2]), np.array([sd**-2]))


def by_the_book(places: list[float], sds: list[float]) -> tuple[float, float]:
    """Mean and variance of the next ideal from the joint Gaussian of all sessions' observations and it."""
    logs, means, variances = [], [], []
    for share in SHARES:
        joint = np.full((len(places) + 1,) * 2, (1 - share) * V) + share * V * np.eye(len(places) + 1)
        seen = joint[:-1, :-1] + np.diag(np.square(sds))
        gain = np.linalg.solve(seen, joint[:-1, -1])
        logs.append(multivariate_normal.logpdf(places, cov=seen))
        means.append(gain @ places)
        variances.append(joint[-1, -1] - gain @ joint[:-1, -1])
    weights = np.exp(np.array(logs) - max(logs))
    weights = np.append((1 - OTHER_MOOD) * weights / weights.sum(), OTHER_MOOD)
    m, s = np.append(means, 0.0), np.append(variances, V)
    return float(weights @ m), float(weights @ (s + m**2) - (weights @ m) ** 2)


@pytest.mark.parametrize(
    ("places", "sds"), [([0.3], [0.1]), ([0.3, 0.35, 0.2], [0.1, 0.3, 0.05]), ([0.4, -0.5, 0.4, 0.3], [0.1] * 4)]
)
def test_the_pool_is_that_of_the_joint_gaussian(places: list[float], sds: list[float]) -> None:
    found = pooled([pointing(*one) for one in zip(places, sds, strict=True)], LINE)
    mean, variance = by_the_book(places, sds)
    assert found.mean[0] == pytest.approx(mean, abs=1e-9)
    assert found.sd[0] ** 2 == pytest.approx(variance, abs=1e-9)


@pytest.mark.parametrize("told", [[], [Evidence(np.zeros(1), np.zeros(1))] * 3])
def test_nothing_told_is_no_opinion(told: list[Evidence]) -> None:
    found = pooled(told, LINE)
    assert (found.mean[0], found.sd[0]) == pytest.approx((0.0, no_opinion(LINE)))
    assert found.agreement == pytest.approx(0.5)


def test_sessions_that_agree_are_believed_more_the_more_there_are() -> None:
    pools = [pooled([pointing(0.5, 0.1)] * n, LINE) for n in range(5)]
    assert all(more.mean[0] > less.mean[0] for less, more in pairwise(pools))
    assert all(more.sd[0] < less.sd[0] for less, more in pairwise(pools[1:]))
    assert pools[4].agreement > pools[2].agreement > 0.5


def test_one_odd_session_does_not_dominate_however_sure_it_is() -> None:
    alike = [pointing(0.5, 0.15)] * 4
    odd = pooled([*alike, pointing(-0.5, 0.01)], LINE)
    assert odd.mean[0] > 0.1
    assert odd.sd[0] > pooled(alike, LINE).sd[0]
    assert odd.agreement < pooled(alike, LINE).agreement


def test_a_session_tells_of_the_axes_that_its_answers_spoke_of_and_not_what_it_was_told_before() -> None:
    region = Region(2)
    history = [
        Judgement((_item(f"{n}a", (0.0, 0.0)), _item(f"{n}b", (0.6, 0.0))), Ranking(order=(f"{n}b",)))
        for n in range(4)
    ]  # fmt: skip
    told = evidence_of(region, history)
    assert told.pull[0] / told.precision[0] > 0.2
    assert told.precision[1] < 0.2 * told.precision[0]
    assert evidence_of(region, ()).precision == pytest.approx([0.0, 0.0])


def _item(name: str, u: tuple[float, float]) -> Item:
    return Item(name, name, u)
