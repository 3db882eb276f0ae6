"""Wishes about axes in a session: a tag in plain words moves the belief, is kept, and is refused if it contradicts."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.sessions.history import judgements_of, posterior_of
from pilotage.store import SessionRow


def told(lab: Any, session: Any) -> Any:
    row = lab.store.get(SessionRow, session.id)
    return posterior_of(row, judgements_of(lab.store, row)).ideal()[0]


def answered(steer: Any, *wishes: str) -> Any:
    session = steer()
    session.step()
    session.pick(0, tags={session.last().candidates[0].id: list(wishes)})
    return session


def test_a_wish_is_kept_with_its_direction_and_moves_the_belief_that_way(steer: Any, lab: Any) -> None:
    plain, wishing = answered(steer), answered(steer, "more warm!", "small is right")
    assert wishing.last().answer.directions == {
        "more warm!": [0, 0, 0, 1, 0], "small is right": [0, 0, -1, 0, 0],
    }  # fmt: skip
    assert told(lab, wishing)[3] > told(lab, plain)[3] + 0.05
    child = lab.branch(wishing.id, wishing.step().id)
    assert told(lab, child).tolist() == told(lab, wishing).tolist()


@pytest.mark.parametrize("other", ["less warm", "more cool", "warm is right"])
def test_one_thing_is_said_of_an_axis(steer: Any, lab: Any, snapshot: Any, other: str) -> None:
    session = steer()
    session.step()
    name, before = session.last().candidates[0].id, snapshot(lab.store)
    with pytest.raises(InvalidInputError) as refused:
        session.pick(0, tags={name: ["more warm", other]})
    assert refused.value.field == f"tags.{name}"
    assert snapshot(lab.store) == before
