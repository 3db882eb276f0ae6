"""The archive family: every proposal of another kind, and all centres of a taste found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import View
from pilotage.samplers.cells import Archive
from pilotage.samplers.looks import centroids, shown_once
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def looking(view: View, turned: np.ndarray) -> View:
    """The view with pictures whose looks are `turned` places."""
    items = {item.sample: item for judgement in view.history for item in judgement.items}
    return replace(view, descriptors={key: tuple(turned @ np.array(item.u)) for key, item in items.items()})


def test_no_two_proposals_lie_in_one_cell_and_all_tell_their_facts() -> None:
    for view in (view_after(Region(2), 4), view_after(Region(4), 12)):
        for seed in range(6):
            cells = [facts["cell"] for facts in ask("archive", view, n=8, seed=seed).metadata]
            assert len(set(cells)) == 8
    found = ask("archive", view_after(Region(4), 4), n=8)
    assert all(facts["novelty"] > 0 and facts["improvement"] >= 0 for facts in found.metadata)
    assert 0 < found.state["coverage"] < 1
    assert found.state["qd_score"] > 0
    assert found.state["behaviour"] == "place"


def test_one_of_a_round_looks_where_the_archive_holds_nothing() -> None:
    view = view_after(Region(4), 12)
    assert ask("archive", view, n=2).roles == ("variety", "explore")
    places, _, looks = shown_once(view)
    held = set(Archive(centroids(view.region, 32, looks), places, np.zeros(len(places))).elites)
    for seed in range(6):
        assert ask("archive", view, n=2, seed=seed).metadata[1]["cell"] not in held


def test_with_pictures_kinds_are_of_how_they_look() -> None:
    """Only the first axis can be seen: proposals must differ along it."""
    view = looking(view_after(Region(4), 6), np.diag([1.0, 0.01, 0.01, 0.01]))
    seen = ask("archive", view, n=8, cells=12)
    assert seen.state["behaviour"] == "looks"
    places = ask("archive", replace(view, descriptors={}), n=8, cells=12)

    def least_gap(u: np.ndarray) -> float:
        return float(np.diff(np.sort(u[:, 0])).min())

    assert len({facts["cell"] for facts in seen.metadata}) == 8
    assert np.ptp(seen.u[:, 0]) > 0.8
    assert least_gap(seen.u) > least_gap(places.u)


def covered(kind: str, seed: int, *, rounds: int = 25) -> int:
    """How many of three centres of a taste have a shown place close by, after some rounds of full rankings."""
    region, rng = Region(2, "box"), np.random.default_rng(seed)
    centres = np.array([[-0.7, -0.6], [0.7, -0.5], [0.0, 0.75]]) + rng.uniform(-0.1, 0.1, (3, 2))
    model, best, history = PREFERENCE_MODELS.build("laplace_gp"), Item("b", "b", (0.0, 0.0)), list[Judgement]()
    near = np.zeros(3, dtype=bool)
    for turn in range(rounds):
        view = View(region, model.fold(region, history), tuple(history), turn + 1)
        u = ask(kind, view, n=3, seed=100 * seed + turn).u
        items = (best, *(Item(f"{turn}.{i}", f"{turn}.{i}", tuple(place)) for i, place in enumerate(u.tolist())))
        places = np.array([item.u for item in items])
        away = np.linalg.norm(places[:, None] - centres, axis=2)
        near |= (away < 0.1).any(axis=0)
        liked = -away.min(axis=1) + 0.03 * rng.gumbel(size=4)
        history.append(Judgement(items, Ranking(order=tuple(items[i].candidate for i in np.argsort(-liked)))))
        best = items[int(liked.argmax())]
    return int(near.sum())


@pytest.mark.slow
def test_all_three_centres_of_a_taste_are_found_where_a_trust_region_finds_one() -> None:
    assert np.mean([covered("archive", seed) == 3 for seed in range(1, 6)]) >= 0.8
    assert np.mean([covered("trust_region", seed) for seed in (1, 2)]) <= 1.5


def test_where_all_pictures_look_alike_it_still_fills_the_round() -> None:
    found = ask("archive", looking(view_after(Region(4), 4), np.zeros((4, 4))), n=8)
    assert len(np.unique(found.u, axis=0)) == 8
