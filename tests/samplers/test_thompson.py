"""Thompson sampling: every proposal is the best place of its own draw."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.samplers.pool import everywhere
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def test_every_proposal_maximises_its_own_draw_over_the_pool() -> None:
    view = view_after(Region(4), 4)
    found = ask("thompson", view, seed=11)
    rng = np.random.default_rng(11)
    pool = everywhere(view, 512, rng=rng)
    draws = view.posterior.draw(pool, 4, rng=rng)
    assert [facts["draw"] for facts in found.metadata] == [0, 1, 2, 3]
    for facts, u, draw in zip(found.metadata, found.u, draws, strict=True):
        taken = [int(np.abs(pool - other).sum(axis=1).argmin()) for other in found.u[: facts["draw"]]]
        best = np.delete(draw, taken).max()
        assert facts["drawn_utility"] == best
        assert draw[int(np.abs(pool - u).sum(axis=1).argmin())] == best


def test_draws_differ_more_where_less_is_known() -> None:
    def spread(rounds: int) -> float:
        rounds_of = [ask("thompson", view_after(Region(3), rounds), seed=seed).u for seed in range(10)]
        return float(np.mean([np.linalg.norm(u - u.mean(axis=0), axis=1).mean() for u in rounds_of]))

    assert spread(12) < 0.7 * spread(1)


@pytest.mark.parametrize("n_pool", [32, 512])
def test_the_pool_is_as_large_as_it_says(n_pool: int) -> None:
    found = ask("thompson", view_after(Region(4), 3), n_pool=n_pool)
    assert {facts["pool_size"] for facts in found.metadata} == {n_pool}
