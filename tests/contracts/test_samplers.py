from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.samplers import SAMPLERS, Proposals, Sampler, View
from pilotage.samplers.predecessor import PREDECESSORS
from pilotage.samplers.reasons import proposals
from pilotage.spaces import Region
from pilotage.testing.samplers import SamplerContract, view_after

COVERED = (
    "auto", "sobol", "local", "trust_region", "incumbent_challenger", "eubo", "thompson", "ucb", "critique", "archive",
    "plane", "line", "cma", "bandit", "informative",
)  # fmt: skip


class TestOurs(SamplerContract):
    @pytest.fixture(params=COVERED)
    def sampler(self, request: pytest.FixtureRequest) -> Sampler:
        return SAMPLERS.build({"kind": request.param})


def test_the_table_lists_what_the_contract_covers() -> None:
    assert set(SAMPLERS.entries()) == {*COVERED, *PREDECESSORS}


class DrawsItsOwnSeed(Sampler):
    """Broken on purpose: deaf to `rng`."""

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        return proposals(view, view.region.sample(n, rng=np.random.default_rng()), roles=("explore",) * n)


class AlwaysTheSame(Sampler):
    """Broken on purpose: the incumbent again and again, whatever the seed."""

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        return proposals(view, np.tile(view.centre, (n, 1)), roles=("refine",) * n)


class Remembers(Sampler):
    """Broken on purpose: its radius lives in the object, not in the history."""

    def __init__(self) -> None:
        self._radius = 1.0

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        self._radius *= 0.5
        u = view.region.clip(view.centre + self._radius * view.region.sample(n, rng=rng))
        return proposals(view, u, roles=("refine",) * n)


class LeavesTheRegion(Sampler):
    """Broken on purpose: steps past the bounds, one too few, and does not say why."""

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        u = 3.0 + view.region.sample(max(1, n - 1), rng=rng)
        found = proposals(view, u, roles=("explore",) * len(u))
        facts = tuple({**metadata, "mean": 1e3} for metadata in found.metadata)
        return replace(found, why=("",) * len(u), metadata=facts, state={"radius": float("nan")})


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (DrawsItsOwnSeed(), "test_the_same_seed_gives_the_same_round"),
        (Remembers(), "test_the_same_seed_gives_the_same_round"),
        (Remembers(), "test_what_it_did_before_changes_nothing"),
        (AlwaysTheSame(), "test_another_seed_gives_another_round"),
        (AlwaysTheSame(), "test_no_place_is_proposed_twice_or_again"),
        (LeavesTheRegion(), "test_proposals_lie_inside"),
        (LeavesTheRegion(), "test_metadata_are_the_facts"),
    ],
)
def test_the_contract_catches_a_broken_sampler(broken: Sampler, promise: str) -> None:
    with pytest.raises(AssertionError):
        getattr(SamplerContract(), promise)(broken, view_after(Region(3), 3))


def test_the_contract_catches_too_few_proposals() -> None:
    with pytest.raises(AssertionError):
        SamplerContract().test_it_proposes_as_many_as_asked(LeavesTheRegion(), view_after(Region(3), 3), 4)


def test_the_contract_catches_silence_and_what_cannot_be_recorded() -> None:
    view = view_after(Region(3), 3)
    with pytest.raises((AssertionError, IndexError)):
        SamplerContract().test_every_proposal_says_why_to_a_person(LeavesTheRegion(), view)
    with pytest.raises(ValueError, match="not JSON compliant"):
        SamplerContract().test_what_it_says_can_be_recorded(LeavesTheRegion(), view)
