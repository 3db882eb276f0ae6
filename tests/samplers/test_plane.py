"""Maps: candidates on a plane or a line through the incumbent, and the zoom as a fold of the history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from pilotage.elicitation import Answer, Critique, Item, Judgement, Ranking, Undecided
from pilotage.samplers import Proposals, View
from pilotage.samplers.directions import upright
from pilotage.samplers.plane import expected_improvement
from pilotage.samplers.sheets import grid_steps
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def answered(view: View, found: Proposals, winner: int | None) -> View:
    """The view after proposal `winner` was picked, or none was."""
    turn = view.round
    best = view.incumbent or Item("b", "b", (0.0,) * view.region.dim)
    new = tuple(Item(f"x{turn}.{i}", f"x{turn}.{i}", tuple(u)) for i, u in enumerate(found.u.tolist()))
    answer: Answer = Undecided(why="different") if winner is None else Ranking(order=(new[winner].candidate,))
    return replace(view, history=(*view.history, Judgement((best, *new), answer)), round=turn + 1)


def off_sheet(u: np.ndarray, state: dict[str, object]) -> float:
    basis, steps = np.array(state["basis"]), u - np.array(state["centre"])
    return float(np.abs(steps - steps @ basis.T @ basis).max())


@pytest.mark.parametrize(("kind", "k"), [("plane", 2), ("line", 1)])
@pytest.mark.parametrize("region", [Region(2), Region(6), Region(5, "box")])
@pytest.mark.parametrize("rounds", [0, 3, 5])
def test_all_candidates_lie_on_one_sheet_through_the_incumbent(kind: str, k: int, region: Region, rounds: int) -> None:
    view = view_after(region, rounds)
    found = ask(kind, view, n=8)
    np.testing.assert_allclose(np.array(found.state["centre"]), view.centre)
    basis = np.array(found.state["basis"])
    np.testing.assert_allclose(basis @ basis.T, np.eye(k), atol=1e-9)
    assert off_sheet(found.u, dict(found.state)) < 1e-9


@pytest.mark.parametrize("kind", ["plane", "line"])
def test_grid_coordinates_lead_back_to_the_place(kind: str) -> None:
    found = ask(kind, view_after(Region(6), 3), n=8)
    state = found.state
    grid = np.array([facts["grid"] for facts in found.metadata])
    again = np.array(state["centre"]) + state["half_width"] * grid @ np.array(state["basis"])
    np.testing.assert_allclose(again, found.u, atol=1e-9)
    assert np.abs(grid).max() <= 1 + 1e-9


def test_the_most_promising_place_of_all_is_one_of_the_cells_and_no_fixed_one() -> None:
    slots = set()
    for rounds in range(1, 7):
        view = view_after(Region(6), rounds)
        found = ask("plane", view, n=8)
        gains = [facts["expected_improvement"] for facts in found.metadata]
        everywhere = view.region.sample(300, rng=np.random.default_rng(0))
        mean, cov = view.posterior.mean_cov(everywhere)
        assert max(gains) > expected_improvement(mean, np.sqrt(np.diag(cov))).mean()
        slots.add(int(np.argmax(gains)))
    assert len(slots) > 2


@pytest.mark.parametrize("region", [Region(4), Region(4, "box")])
def test_a_favourite_at_the_edge_still_has_a_map_whose_cells_stand_apart(region: Region) -> None:
    view = view_after(region, 3)
    edge = Item("e", "e", (1.0, 0.0, 0.0, 0.0))
    judged = Judgement((edge, *view.history[-1].items), Ranking(order=("e",)))
    view = replace(view, history=(*view.history, judged), round=view.round + 1)
    found = ask("plane", view, n=8)
    assert region.size(found.u).max() <= 1 + 1e-9
    places = np.vstack([found.u, edge.u])
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)[~np.eye(len(places), dtype=bool)]
    assert gaps.min() > 0.1 * found.state["half_width"]


def test_cells_stand_in_rows_from_the_top_left() -> None:
    for rounds in (0, 4):
        found = ask("plane", view_after(Region(6), rounds), n=8, zooms=0)
        grid = np.round([facts["grid"] for facts in found.metadata])
        assert [tuple(row) for row in grid] == sorted(map(tuple, grid), key=lambda cell: (-cell[1], cell[0]))


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_a_planes_directions_do_not_depend_on_how_it_was_given(seed: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(d, 2)))[0].T
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    found = upright(basis)
    np.testing.assert_allclose(upright(turn @ basis), found, atol=1e-7)
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(found.T @ found, basis.T @ basis, atol=1e-9)
    assert found[0].max() == pytest.approx(np.sqrt(np.diag(basis.T @ basis).max()))


def test_a_person_may_say_whether_to_look_closer_or_elsewhere() -> None:
    view, levels = view_after(Region(6), 0), []
    for turn, wish in enumerate(["look closer", "look closer", "look closer", "look elsewhere", "", "look elsewhere"]):
        found = ask("plane", view, seed=turn, zooms=2)
        levels.append(found.state["level"])
        after = answered(view, found, 1)
        *earlier, last = after.history
        tagged = replace(last, critiques=(Critique(last.items[2].candidate, wish),) if wish else ())
        view = replace(after, history=(*earlier, tagged))
    assert levels == [0, 1, 2, 3, 0, 1]
    assert ask("plane", view, zooms=2).state["level"] == 0


def test_choosing_a_cell_looks_closer_around_it_on_the_same_plane_and_then_a_new_one_comes() -> None:
    view = view_after(Region(6), 0)
    levels, widths, planes = [], [], []
    for turn in range(6):
        found = ask("plane", view, seed=turn, zooms=2, zoom=0.4)
        levels.append(found.state["level"])
        widths.append(found.state["half_width"])
        planes.append(np.array(found.state["basis"]))
        np.testing.assert_allclose(found.state["centre"], view.centre)
        view = answered(view, found, 1)
    assert levels == [0, 1, 2, 0, 1, 2]
    for start in (0, 3):
        for turn in (start, start + 1):
            np.testing.assert_allclose(planes[turn], planes[turn + 1], atol=1e-7)
            assert 0.3 < widths[turn + 1] / widths[turn] < 0.45
    assert np.abs(planes[2] @ planes[3].T).max() < 0.999


def test_a_round_without_a_choice_still_looks_closer_and_an_undone_one_leaves_no_trace() -> None:
    start = view_after(Region(6), 0)
    first = ask("plane", start)
    later = ask("plane", answered(start, first, None))
    assert later.state["level"] == 1
    np.testing.assert_allclose(later.state["centre"], start.centre)
    np.testing.assert_array_equal(ask("plane", start).u, first.u)


def test_a_pinned_picture_beside_the_map_does_not_hide_it() -> None:
    view = view_after(Region(6), 6)
    found = ask("plane", view)
    after = answered(view, found, 0)
    *earlier, last = after.history
    pinned = replace(earlier[0].items[2], candidate="pinned")
    beside = replace(last, items=(last.items[0], pinned, *last.items[1:]))
    again = ask("plane", replace(after, history=(*earlier, beside)))
    assert again.state["level"] == 1
    np.testing.assert_allclose(again.state["basis"], found.state["basis"], atol=1e-7)


def test_rounds_of_another_sampler_are_no_map_to_look_closer_at() -> None:
    view = view_after(Region(6), 4)
    assert len(view.history) % 3 == 1
    assert ask("plane", view).state["level"] == 0


def test_one_axis_has_a_line_instead_of_a_plane_and_says_so() -> None:
    found = ask("plane", view_after(Region(1), 3))
    assert set(found.roles) == {"line"}
    assert "line" in found.state["reason"]


@given(st.integers(1, 30), st.integers(1, 2))
def test_grid_cells_are_distinct_within_reach_and_never_the_middle(n: int, k: int) -> None:
    steps = grid_steps(n, k)
    assert len(np.unique(steps, axis=0)) == len(steps) == n
    assert np.abs(steps).max() == 1
    assert np.abs(steps).sum(axis=1).min() > 0
    ends = [[1.0, *[0.0] * (k - 1)], [-1.0, *[0.0] * (k - 1)]]
    np.testing.assert_array_equal(steps[:2], ends[:n])


def test_eight_cells_are_all_of_a_three_by_three_grid() -> None:
    assert sorted(map(tuple, grid_steps(8, 2))) == sorted(
        (x, y) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) if (x, y) != (0.0, 0.0)
    )


@pytest.mark.parametrize(("mean", "sd"), [(-1.0, 0.5), (0.0, 1.0), (2.0, 0.3)])
def test_expected_improvement_is_the_integral(mean: float, sd: float) -> None:
    integral = quad(lambda f: f * norm.pdf(f, mean, sd), 0, mean + 12 * sd)[0]
    assert expected_improvement(np.array([mean]), np.array([sd]))[0] == pytest.approx(integral, abs=1e-8)
