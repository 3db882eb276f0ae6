"""Forecasts: written before anything is rendered, told after the answer."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.store import CandidateRow, RoundRow


def test_forecasts_roles_and_reasons_are_hidden_before_the_answer_and_told_after(steer: Any) -> None:
    session = steer()
    shown = session.step()
    assert all(c.forecast is None and c.why is None for c in shown.candidates)
    assert [candidate.role for candidate in shown.candidates] == ["baseline", None, None, None]
    assert shown.sampler_state is None
    told = session.pick(1)
    assert all(c.role and c.why for c in told.candidates)
    assert sum(c.forecast["p_best"] for c in told.candidates) == pytest.approx(1)
    assert told.sampler_state is not None


def test_the_incumbent_is_named_before_the_answer_since_it_is_plain_to_see(steer: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    assert [candidate.role for candidate in session.step().candidates] == ["incumbent", None, None, None]


def test_forecasts_shown_on_request_are_recorded_as_such(steer: Any, lab: Any) -> None:
    session = steer(show_forecasts=True)
    round_ = session.step()
    assert all(candidate.forecast is not None for candidate in round_.candidates)
    assert lab.store.get(RoundRow, round_.id).forecasts_shown is True


def test_forecasts_are_stored_before_the_first_picture(steer: Any, new_lab: Any) -> None:
    seen: list[Any] = []

    def watch(step: Any) -> None:
        if step.phase == "generating" and not seen:
            seen.extend(lab.store.list(CandidateRow))

    lab = new_lab(progress=watch)
    session = steer(lab=lab)
    session.step()
    assert [row.state for row in seen] == ["proposed"] * 4
    assert all("p_best" in row.forecast for row in seen)
    told = session.pick(1)
    assert [row.forecast for row in seen] == [candidate.forecast for candidate in told.candidates]


def test_what_is_told_after_the_click_is_what_was_believed_before_it(steer: Any, lab: Any) -> None:
    session = steer()
    before = [row.forecast for row in _rows(session, lab)]
    told = session.pick(2)
    assert [candidate.forecast for candidate in told.candidates] == before


def test_the_expected_gain_is_unknown_before_any_answer(steer: Any) -> None:
    session = steer()
    assert session.step().expected_gain is None
    session.pick(1)
    assert session.step().expected_gain >= 0


def test_the_belief_is_told_with_its_uncertainty_and_can_be_asked_for_as_it_was(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    first = lab.get_belief(session.id)
    assert (first.answers, first.expected_gain) == (0, None)
    assert not any(axis.known or axis.moved is not None for axis in first.axes)
    for _ in range(3):
        session.pick(2)
        session.step()
    now = lab.get_belief(session.id)
    assert now.answers == 3
    assert now.incumbent_z == pytest.approx(session.last().candidates[0].z, abs=1e-6)
    assert all(len(axis.z) == len(axis.mean) == len(axis.sd) and axis.best_sd > 0 for axis in now.axes)
    assert lab.get_belief(session.id, before=1) == first


def _rows(session: Any, lab: Any) -> Any:
    return lab.store.list(CandidateRow, where={"round_id": session.step().id})
