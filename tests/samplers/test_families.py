"""What each family does beyond the contract."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError, ShapeError
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS, Proposals, View
from pilotage.samplers.base import distance_to_nearest
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def test_local_steps_have_the_radius_that_it_tells() -> None:
    view = view_after(Region(5), 3)
    found = ask("local", view, radius=0.3)
    far = np.linalg.norm(found.u - view.centre, axis=1)
    assert far.max() <= 1.15 * found.state["radius"] + 1e-9
    assert found.state["reason"]


def test_sobol_covers_better_than_chance() -> None:
    view = view_after(Region(2, "box"), 0)
    quarters = [len(set(map(tuple, ask("sobol", view, seed=seed).u > 0))) for seed in range(20)]
    assert np.mean(quarters) > 3.5  # four random points reach 2.7 quarters on average


def test_trust_region_steps_around_the_prompt_first() -> None:
    view = view_after(Region(5), 0)
    far = np.linalg.norm(ask("trust_region", view, first_step=0.4).u, axis=1)
    assert far == pytest.approx(0.4, abs=0.061)


@pytest.mark.parametrize("kind", ["trust_region", "incumbent_challenger", "auto"])
def test_model_based_rounds_stay_within_the_radius_or_beside_what_was_shown(kind: str) -> None:
    view = view_after(Region(5), 4)
    mean, _ = view.posterior.mean_cov(view.shown)
    centre = view.centre if kind == "incumbent_challenger" else view.shown[int(mean.argmax())]
    for seed in range(5):
        found = ask(kind, view, seed=seed, radius=0.2)
        radius = found.state.get("radius", 0.2)
        fine = 0.2 * radius  # how far a pick may be sharpened
        near = np.linalg.norm(found.u - centre, axis=1) <= radius + fine + 1e-9
        beside = distance_to_nearest(found.u, view.shown) <= 0.2 + fine + 1e-9
        assert (near | beside).all()


def test_trust_region_tells_radius_counters_and_reason() -> None:
    state = ask("trust_region", view_after(Region(5), 4)).state
    assert set(state) == {"radius", "wins", "losses", "reason", "gains"}


def test_incumbent_challenger_offers_one_sure_step_and_one_leap() -> None:
    view = view_after(Region(5), 4)
    found = ask("incumbent_challenger", view)
    assert found.roles == ("safe", "bold", "challenger", "challenger")
    lower = [facts["mean"] - facts["sd"] for facts in found.metadata]
    assert lower[0] == max(lower)
    assert found.metadata[1]["sd"] > found.metadata[0]["sd"]


def test_a_bold_proposal_may_well_win_if_anything_may() -> None:
    found = ask("incumbent_challenger", view_after(Region(5), 4), p_bold=0.3)
    assert found.metadata[1]["p_beats_incumbent"] >= 0.3


def test_one_slot_goes_to_a_challenger() -> None:
    assert ask("incumbent_challenger", view_after(Region(5), 4), n=1).roles == ("challenger",)


def test_settings_are_checked_and_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        SAMPLERS.build({"kind": "trust_region", "shrink": 2})
    assert caught.value.field == "sampler.shrink"


def test_proposals_of_unequal_length_are_refused() -> None:
    with pytest.raises(ShapeError, match="2 proposals, 1 roles"):
        Proposals(np.zeros((2, 1)), ("explore",), ("Why.", "Why."))


def test_sentences_speak_of_the_way_come() -> None:
    items = [Item("b", "b", (0.0, 0.0)), Item("c", "c", (0.4, 0.0))]
    history = (Judgement(tuple(items), Ranking(order=("c",))),)
    model = PREFERENCE_MODELS.build("laplace_gp")
    view = View(Region(2), model.fold(Region(2), history), history, 2)
    found = ask("local", view, n=8, radius=0.1)
    for step, sentence in zip(found.u - view.centre, found.why, strict=True):
        cosine = step[0] / np.linalg.norm(step)
        expected = "further along" if cosine > 0.36 else "back from" if cosine < -0.36 else ""
        assert expected in sentence


def recovered(goal: Array, seed: int) -> float:
    """The part of the way to `goal` that is left after eight picks of an errorless judge."""
    region, model, sampler = Region(len(goal)), PREFERENCE_MODELS.build("laplace_gp"), SAMPLERS.build("trust_region")
    best, history, nearest = Item("b", "b", (0.0,) * len(goal)), list[Judgement](), 1.0
    for turn in range(1, 9):
        view = View(region, model.fold(region, history), tuple(history), turn)
        u = sampler.propose(view, n=4, rng=np.random.default_rng([seed, turn])).u
        items = (best, *(Item(f"{turn}.{i}", f"{turn}.{i}", tuple(place)) for i, place in enumerate(u.tolist())))
        away = [float(np.linalg.norm(np.array(item.u) - goal)) for item in items]
        best, nearest = items[int(np.argmin(away))], min(nearest, min(away) / float(np.linalg.norm(goal)))
        history.append(Judgement(items, Ranking(order=(best.candidate,))))
    return nearest


def test_the_default_finds_a_hidden_place_in_eight_picks() -> None:
    goals = [np.array([0.6, 0.2, -0.2, 0.1, 0.3]), np.array([-0.1, -0.6, 0.2, 0.3, 0.0])]
    assert np.mean([recovered(goal, seed) for goal in goals for seed in (1, 2)]) < 0.35


@pytest.mark.parametrize("kind", ["thompson", "ucb", "eubo", "archive", "bandit", "critique"])
def test_before_the_first_choice_families_with_a_belief_step_around_the_prompt_and_say_so(kind: str) -> None:
    found = ask(kind, view_after(Region(5), 0))
    assert found.state["fallback"] == "steps"
    assert found.state["reason"]
    assert all(facts["fallback"] == "steps" for facts in found.metadata)
    assert np.linalg.norm(found.u, axis=1) == pytest.approx(0.5, abs=0.076)


def test_every_proposal_tells_how_likely_it_is_picked_beside_the_incumbent() -> None:
    view = view_after(Region(5), 4)
    found = ask("eubo", view)
    expected = view.posterior.p_best(np.vstack([found.u, view.centre]))
    assert [facts["p_best"] for facts in found.metadata] == pytest.approx(expected[:-1])
    assert expected[-1] < 1 - sum(facts["p_best"] for facts in found.metadata) + 1e-9
