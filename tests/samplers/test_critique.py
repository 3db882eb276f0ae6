"""Critique: proposals go the way that remarks ask for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.elicitation import Critique
from pilotage.samplers import View
from pilotage.samplers.critique import CANCELLED, NO_REMARK, NO_ROOM, wishes
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after

BRIGHT = (0.0, 1.0, 0.0, 0.0)


def remarked(*critiques: tuple[int, Critique], rounds: int = 4) -> View:
    """A view whose judgement `-age` carries the critiques."""
    view = view_after(Region(4), rounds)
    history = list(view.history)
    for age, critique in critiques:
        judgement = history[-1 - age]
        name = critique.candidate or judgement.items[1].candidate
        tagged = (*judgement.critiques, replace(critique, candidate=name))
        history[-1 - age] = replace(judgement, critiques=tagged)
    return replace(view, history=tuple(history))


def test_too_dark_goes_where_brightness_grows_and_too_bright_where_it_falls() -> None:
    for tag, sign in (("too_dark", 1), ("too_bright", -1)):
        view = remarked((0, Critique("", tag, BRIGHT)))
        found = ask("critique", view)
        steps = found.u - view.centre
        assert (sign * steps[:, 1] > 0).all()
        assert found.state == {"tags": [tag], "direction": [0.0, sign, 0.0, 0.0]}
        assert found.roles == ("heeded",) * 4


def test_each_tells_its_angle_and_how_far_it_goes() -> None:
    view = remarked((0, Critique("", "too_dark", BRIGHT)))
    found = ask("critique", view, spread=30.0)
    for facts, step in zip(found.metadata, found.u - view.centre, strict=True):
        cosine = step[1] / np.linalg.norm(step)
        assert facts["angle"] == pytest.approx(np.degrees(np.arccos(cosine)), abs=1e-4)
        assert facts["angle"] <= 30.0 + 1e-6
        assert facts["expected_change"] == facts["changes"]["too_dark"] == pytest.approx(step[1])


def test_two_wishes_share_the_way() -> None:
    contrast = Critique("", "too_flat", (1.0, 0.0, 0.0, 0.0))
    state = ask("critique", remarked((0, Critique("", "too_dark", BRIGHT)), (0, contrast))).state
    assert state["direction"] == pytest.approx([0.5**0.5, 0.5**0.5, 0, 0])


def test_what_cannot_be_measured_leads_towards_what_is_praised_and_away_from_what_is_not() -> None:
    view = remarked((0, Critique("", "good_lighting")))
    item = view.history[-1].items[1]
    away = np.array(item.u) - view.centre
    (wish,) = wishes(view, 1)
    np.testing.assert_allclose(wish.direction, away / np.linalg.norm(away))
    (wish,) = wishes(remarked((0, Critique("", "wrong_subject"))), 1)
    np.testing.assert_allclose(wish.direction, -away / np.linalg.norm(away))


def test_older_remarks_count_half_and_then_not_at_all() -> None:
    view = remarked((0, Critique("", "too_dark", BRIGHT)), (1, Critique("", "too_flat", BRIGHT)))
    assert [(wish.tag, wish.weight) for wish in wishes(view, 2)] == [("too_dark", 1.0), ("too_flat", 0.5)]
    assert [wish.tag for wish in wishes(view, 1)] == ["too_dark"]


def test_without_a_direction_it_steps_around_the_best_and_says_why() -> None:
    opposite = remarked((0, Critique("", "too_dark", BRIGHT)), (0, Critique("", "too_bright", BRIGHT)))
    praised = replace(remarked(), history=remarked().history)
    best = praised.incumbent
    assert best is not None
    own = best.candidate if best.candidate in praised.history[-1].shown else praised.history[-1].items[0].candidate
    for view, reason in (
        (remarked(), NO_REMARK),
        (remarked((0, Critique("", "nice hat"))), NO_REMARK),
        (remarked((0, Critique(own, "good_lighting"))), NO_REMARK),
        (opposite, CANCELLED),
    ):
        found = ask("critique", view)
        assert (found.state["fallback"], found.state["reason"]) == ("steps", reason)


def test_where_the_space_ends_it_says_so() -> None:
    view = view_after(Region(1), 4)
    edge = replace(view.history[-1].items[0], candidate="edge", sample="edge", u=(1.0,))
    from pilotage.elicitation import Judgement, Ranking

    last = Judgement((edge,), Ranking(order=("edge",)), critiques=(Critique("edge", "too_dark", (1.0,)),))
    found = ask("critique", replace(view, history=(*view.history, last)))
    assert found.state["reason"] == NO_ROOM
