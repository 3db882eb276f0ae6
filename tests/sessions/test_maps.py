"""Maps in a session: where pictures lie is told at once, a zoom keeps their noise, and nothing else is given away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(("kind", "k"), [("plane", 2), ("line", 1)])
def test_where_pictures_lie_on_a_map_is_told_before_the_answer_and_what_is_believed_of_them_is_not(
    steer: Any, kind: str, k: int
) -> None:
    session = steer(sampler={"kind": kind}, candidates=9)
    for _ in range(3):
        round_ = session.step()
        sheet = round_.sheet
        for candidate in round_.candidates:
            place = np.array(sheet.centre) + sheet.half_width * np.array(candidate.grid) @ np.array(sheet.basis)
            np.testing.assert_allclose(place * session.view.radius, candidate.z, atol=1e-5)
            assert len(candidate.grid) == k
        assert round_.candidates[0].grid == [0.0] * k
        assert round_.sampler_state is None
        assert all(candidate.forecast is None for candidate in round_.candidates)
        session.pick(3)
    assert [view.sheet.level for view in session.view.round_views] == [0, 1, 2]


def test_other_rounds_have_no_map(steer: Any) -> None:
    round_ = steer().step()
    assert round_.sheet is None
    assert {candidate.grid for candidate in round_.candidates} == {None}


def test_a_pinned_picture_is_beside_the_map(steer: Any, lab: Any) -> None:
    session = steer(sampler={"kind": "plane"}, candidates=5, dimension=6)
    pin = session.step().candidates[2]
    lab.mark(session.id, pin.id, pinned=True)
    session.pick(0, tags={session.last().candidates[0].id: ["look elsewhere"]})
    grids = {candidate.role: candidate.grid for candidate in session.step().candidates}
    assert grids["incumbent"] == [0.0, 0.0]
    assert grids["pinned"] is None


def test_pictures_of_a_map_differ_by_their_place_alone(steer: Any) -> None:
    session = steer(sampler={"kind": "plane"}, candidates=5)
    for slot in (2, 3, 0):
        assert len({candidate.seed for candidate in session.step().candidates}) == 1
        session.pick(slot)


def test_noise_that_is_to_vary_varies_on_a_map_too(steer: Any) -> None:
    session = steer(sampler={"kind": "plane"}, candidates=5, seed_policy="fixed-per-candidate")
    session.step()
    session.pick(2)
    assert len({candidate.seed for candidate in session.step().candidates}) == 5


def test_where_to_look_next_is_a_tag_that_a_branch_and_an_undo_keep_to(steer: Any, lab: Any) -> None:
    session = steer(sampler={"kind": "plane", "zooms": 0}, candidates=5)
    first = session.step()
    session.pick(1, tags={first.candidates[1].id: ["look closer"]})
    closer = session.step()
    assert closer.sheet.level == 1
    child = lab.branch(session.id, closer.id)
    assert child.round_views[-1].sheet == closer.sheet
    lab.revert(session.id, 1)
    session.pick(1)
    assert session.step().sheet.level == 0
