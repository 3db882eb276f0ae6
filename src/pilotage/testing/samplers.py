"""What every sampler promises: subclass `SamplerContract` and provide `sampler`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from pilotage.core.hashing import canonical_json
from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS, Proposals, Sampler, View
from pilotage.samplers.base import distance_to_nearest
from pilotage.spaces import Region

ROLES = {
    "explore", "refine", "challenger", "safe", "bold", "alternative", "guess", "promising", "variety", "heeded", "map",
    "line", "question",
}  # fmt: skip
MODEL = {"kind": "laplace_gp", "sharpness": [32.0], "remainders": [[1.0, 0.1]]}
SCENES = {
    "a line, first round": (Region(1), 0),
    "a line": (Region(1), 4),
    "a ball, first round": (Region(5), 0),
    "a ball": (Region(5), 4),
    "a box": (Region(3, "box"), 3),
    "sixteen axes": (Region(16), 1),
}


@cache
def view_after(region: Region, rounds: int) -> View:
    """What a sampler sees after `rounds` picks of a judge who likes (.6, 0, …) best."""
    rng, goal = np.random.default_rng(rounds), 0.6 * np.eye(region.dim)[0]
    best, history = Item("baseline", "baseline", (0.0,) * region.dim), list[Judgement]()
    for turn in range(1, rounds + 1):
        new = [Item(f"{turn}.{i}", f"{turn}.{i}", tuple(u)) for i, u in enumerate(region.sample(4, rng=rng).tolist())]
        items = (best, *new)
        best = min(items, key=lambda item: float(np.linalg.norm(np.array(item.u) - goal)))
        history.append(Judgement(items, Ranking(order=(best.candidate,))))
    posterior = PREFERENCE_MODELS.build(MODEL).fold(region, history)
    return View(region, posterior, tuple(history), rounds + 1)


def ask(kind: str, view: View, *, n: int = 4, seed: int = 3, **config: Any) -> Proposals:
    """One round of a sampler of the table."""
    return SAMPLERS.build({"kind": kind, **config}).propose(view, n=n, rng=np.random.default_rng(seed))


class SamplerContract:
    """The contract of `pilotage.samplers.Sampler`."""

    @pytest.fixture
    def sampler(self) -> Sampler:
        raise NotImplementedError

    @pytest.fixture(params=SCENES)
    def view(self, request: pytest.FixtureRequest) -> View:
        return view_after(*SCENES[request.param])

    def ask(self, sampler: Sampler, view: View, seed: int = 7, n: int = 4) -> Proposals:
        """One round."""
        return sampler.propose(view, n=n, rng=np.random.default_rng(seed))

    def test_the_same_seed_gives_the_same_round(self, sampler: Sampler, view: View) -> None:
        one, same = self.ask(sampler, view), self.ask(sampler, view)
        np.testing.assert_array_equal(one.u, same.u)
        assert (one.roles, one.why, one.metadata, one.state) == (same.roles, same.why, same.metadata, same.state)

    def test_another_seed_gives_another_round(self, sampler: Sampler, view: View) -> None:
        assert (self.ask(sampler, view, 1).u != self.ask(sampler, view, 2).u).any()

    def test_what_it_did_before_changes_nothing(self, sampler: Sampler, view: View) -> None:
        before = self.ask(sampler, view)
        self.ask(sampler, view_after(view.region, 2))
        np.testing.assert_array_equal(self.ask(sampler, view).u, before.u)

    @pytest.mark.parametrize("n", [1, 2, 3, 8])
    def test_it_proposes_as_many_as_asked(self, sampler: Sampler, view: View, n: int) -> None:
        found = self.ask(sampler, view, n=n)
        assert found.u.shape == (n, view.region.dim)
        assert len(found.roles) == len(found.why) == len(found.metadata) == n

    def test_proposals_lie_inside(self, sampler: Sampler, view: View) -> None:
        assert all(view.region.contains(self.ask(sampler, view, seed, n=8).u) for seed in range(3))

    def test_no_place_is_proposed_twice_or_again(self, sampler: Sampler, view: View) -> None:
        u = self.ask(sampler, view, n=8).u
        for i, place in enumerate(u):
            others = np.vstack([view.shown, np.delete(u, i, axis=0)])
            assert distance_to_nearest(place[None], others)[0] > 1e-9

    def test_every_proposal_says_why_to_a_person(self, sampler: Sampler, view: View) -> None:
        found = self.ask(sampler, view)
        assert set(found.roles) <= ROLES
        for sentence in found.why:
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert not any(letter.isdigit() for letter in sentence), "forecasts would sway the choice"

    def test_metadata_are_the_facts(self, sampler: Sampler, view: View) -> None:
        found = self.ask(sampler, view)
        mean, cov = view.posterior.mean_cov(found.u)
        expected = {
            "mean": mean,
            "sd": np.sqrt(np.maximum(np.diag(cov), 0)),
            "p_best": view.posterior.p_best(np.vstack([found.u, view.centre]))[:-1],
            "p_beats_incumbent": view.posterior.p_beats_incumbent(found.u),
            "distance_to_incumbent": np.linalg.norm(found.u - view.centre, axis=1),
            "distance_to_nearest_shown": distance_to_nearest(found.u, view.shown),
        }
        for name, values in expected.items():
            told = [facts[name] for facts in found.metadata if name in facts]
            assert not told or told == pytest.approx(values, abs=1e-9)

    def test_what_it_says_can_be_recorded(self, sampler: Sampler, view: View) -> None:
        found = self.ask(sampler, view)
        canonical_json([dict(found.state), [dict(facts) for facts in found.metadata]])
