"""The default: a trust region, or steps when answers are not foreseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.preferences.mixture import MixturePosterior
from pilotage.samplers import Proposals, View
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def foreseen(by: float | None) -> View:
    """A view whose answers were foreseen so many nats better than by even guesses."""
    view = view_after(Region(4), 5)
    assert isinstance(view.posterior, MixturePosterior)
    return replace(view, posterior=replace(view.posterior, foresight=by))


def same(one: Proposals, other: Proposals) -> bool:
    return np.array_equal(one.u, other.u) and one.roles == other.roles


@pytest.mark.parametrize("by", [None, 3.0, 0.0, -1.9])
def test_it_is_a_trust_region_while_answers_are_foreseen(by: float | None) -> None:
    view = foreseen(by)
    assert same(ask("auto", view), ask("trust_region", view))


def test_it_steps_and_says_why_when_guessing_foresees_better() -> None:
    view = foreseen(-2.1)
    found = ask("auto", view)
    assert same(found, ask("local", view))
    assert found.state["fallback"] == "local"
    assert "guessing" in found.state["reason"]
    assert same(ask("auto", view, doubt=5.0), ask("trust_region", view))
