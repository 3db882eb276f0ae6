"""Every family of samplers carries a session."""

from __future__ import annotations

from typing import Any

import pytest

FAMILIES = ("thompson", "eubo", "ucb", "archive", "critique", "plane", "line", "cma", "bandit")


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_session_goes_on_with_it_and_tells_its_own_facts_after_the_answer(steer: Any, kind: str) -> None:
    session = steer(sampler=kind)
    for _ in range(3):
        shown = session.step()
        told = session.answer(
            {"kind": "ranking", "order": [shown.candidates[1].id, shown.candidates[0].id]},
            tags={shown.candidates[2].id: ["too_dark"]},
        )
    assert told.sampler_state is not None
    assert "fallback" not in told.sampler_state
    free = [candidate for candidate in told.candidates if candidate.role != "incumbent"]
    assert all({"p_best", "p_beats_incumbent", "distance_to_nearest_shown"} <= set(c.forecast) for c in free)
    own = {"plane": "grid", "line": "grid", "thompson": "draw", "eubo": "marginal_gain", "ucb": "upper_bound",
           "archive": "cell", "critique": "angle", "bandit": "reward"}  # fmt: skip
    assert kind not in own or all(own[kind] in candidate.forecast for candidate in free)
