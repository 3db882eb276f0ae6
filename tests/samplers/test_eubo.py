"""Expected utility of the best option, and upper confidence bounds, over the whole region."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def worth(view: object, u: np.ndarray) -> float:
    """E[max(set, incumbent)] by many draws of its own."""
    draws = view.posterior.draw(u, 4000, rng=np.random.default_rng(1))  # type: ignore[attr-defined]
    return float(np.maximum(draws.max(axis=1), 0).mean())


def test_its_set_is_worth_more_than_those_of_other_families() -> None:
    view = view_after(Region(4), 4)
    ours = np.mean([worth(view, ask("eubo", view, seed=seed).u) for seed in range(3)])
    for other in ("sobol", "local", "thompson"):
        assert ours > np.mean([worth(view, ask(other, view, seed=seed).u) for seed in range(3)])


def test_marginal_gains_fall_and_add_up_to_the_expected_best() -> None:
    view = view_after(Region(4), 4)
    found = ask("eubo", view, n_draws=2048)
    gains = [facts["marginal_gain"] for facts in found.metadata]
    assert gains == sorted(gains, reverse=True)
    assert found.state["expected_best"] == pytest.approx(sum(gains))
    assert found.state["expected_best"] == pytest.approx(worth(view, found.u), rel=0.15)


def test_without_hope_a_bound_is_the_mean_and_with_it_the_unknown_is_sought() -> None:
    view = view_after(Region(4), 4)
    sure, hopeful = ask("ucb", view, n=1, beta=0), ask("ucb", view, n=1, beta=5)
    assert sure.metadata[0]["upper_bound"] == pytest.approx(sure.metadata[0]["mean"])
    assert hopeful.metadata[0]["sd"] > sure.metadata[0]["sd"]
    assert sure.metadata[0]["mean"] > hopeful.metadata[0]["mean"]


def test_the_first_bound_is_mean_plus_beta_sd_and_later_ones_are_lower() -> None:
    found = ask("ucb", view_after(Region(4), 4), beta=2.0)
    first = found.metadata[0]
    assert first["upper_bound"] == pytest.approx(first["mean"] + 2 * first["sd"], abs=1e-6)
    bounds = [facts["upper_bound"] for facts in found.metadata]
    assert bounds == sorted(bounds, reverse=True)
    assert all(facts["upper_bound"] < facts["mean"] + 2 * facts["sd"] for facts in found.metadata[1:])


def test_a_batch_of_bounds_keeps_its_members_apart() -> None:
    view = view_after(Region(4), 4)
    u = ask("ucb", view, beta=3.0).u
    near = [np.linalg.norm(u[i] - u[j]) for i in range(4) for j in range(i)]
    assert min(near) > 0.1
