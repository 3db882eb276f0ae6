"""Advice as it is told: numbers with their band, where they come from, and nothing before its time."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from pilotage.cli.main import main
from pilotage.sessions.advice import advice
from pilotage.sessions.convergence import convergence_of, remembered
from pilotage.sessions.history import judgements_of, region_of
from pilotage.store import SessionRow


def steered(session: Any, rounds: int) -> Any:
    for turn in range(rounds):
        session.step()
        session.pick(1 if turn < 2 else 0)
    return session


def test_before_the_first_answer_nothing_is_told_and_nothing_is_invented(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    found = lab.get_advice(session.id)
    assert (found.verdict, found.answers, found.left, found.held) == ("cannot_tell", 0, None, None)
    assert lab.get_convergence(session.id).course == []


def test_one_answer_can_t_show_whether_to_stop(steer: Any, lab: Any) -> None:
    found = lab.get_advice(steered(steer(), 1).id)
    assert (found.verdict, found.reason) == ("cannot_tell", "few_answers")
    assert found.low <= found.left <= found.high


def test_the_advice_names_the_pictures_and_the_answers_that_it_is_read_from(steer: Any, lab: Any) -> None:
    session = steered(steer(), 5)
    found = lab.get_advice(session.id)
    answered = [round_ for round_ in session.view.round_views if round_.answer]
    known = {candidate.id for round_ in answered for candidate in round_.candidates}
    assert found.held in known
    for seen in found.seen:
        assert seen.candidate_id in {candidate.id for candidate in answered[seen.answer - 1].candidates}
    assert 0 < sum(seen.p_best for seen in found.seen) <= 1
    assert [seen.p_best for seen in found.seen] == sorted((seen.p_best for seen in found.seen), reverse=True)
    assert 1 <= len(found.moved_by) <= 3
    assert all(1 <= one.answer <= 5 for one in found.moved_by)
    assert found.lead_low < found.lead < found.lead_high
    assert found.lead > 0


def test_the_answers_influences_are_parts_of_what_the_belief_says(steer: Any, lab: Any) -> None:
    session = steered(steer(), 2)
    row = lab.store.get(SessionRow, session.id)
    found = lab.get_advice(session.id)
    parts = {one.answer: one.raised for one in found.moved_by}
    assert set(parts) <= {1, 2}
    alone = advice(row, region_of(row), judgements_of(lab.store, row)[:1], [])
    assert alone.moved_by[0].raised > 0


def test_what_is_remembered_is_what_would_be_computed(steer: Any, lab: Any) -> None:
    session = steered(steer(), 3)
    row = lab.store.get(SessionRow, session.id)
    asked = (row, region_of(row), judgements_of(lab.store, row), [0.2])
    assert remembered(*asked) == remembered(*asked) == advice(*asked)
    assert remembered(row, asked[1], asked[2][:2], [0.2]) != remembered(*asked)


def test_taking_an_answer_back_takes_its_advice_back(steer: Any, lab: Any) -> None:
    session = steered(steer(), 3)
    before = lab.get_advice(session.id)
    session.step()
    session.pick(2)
    assert lab.get_advice(session.id) != before
    lab.undo(session.id)
    assert lab.get_advice(session.id) == before


def test_the_course_tells_every_answered_round_and_none_that_waits(steer: Any, lab: Any) -> None:
    session = steered(steer(), 4)
    session.step()
    found = lab.get_convergence(session.id)
    assert [point.round for point in found.course] == [1, 2, 3, 4]
    assert found.course[0].step is None
    assert found.course[1].step > 0
    assert found.course[2].step == found.course[3].step == 0
    assert all(point.radius and point.reason and point.advice for point in found.course)
    assert found.course[-1].advice == found.now
    assert found.course[-2].advice == found.before
    assert found.figures.forecasts == found.now.forecasts == 3


def test_of_a_long_course_the_newest_points_are_told(steer: Any, lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pilotage.sessions.convergence.MOST", 2)
    session = steered(steer(), 5)
    row, asked = lab.store.get(SessionRow, session.id), list[int]()

    def advise(session: Any, region: Any, judgements: Any, skills: Any) -> Any:
        asked.append(len(judgements))
        return advice(session, region, judgements, skills)

    found = convergence_of(lab.store, row, advise)
    assert [point.advice is not None for point in found.course] == [False, True, False, True, True]
    assert sorted(asked) == [2, 4, 5]


def test_the_terminal_tells_the_same(steer: Any) -> None:
    runner = CliRunner()
    made = runner.invoke(main, ["new", "a disc", "--model", "analytic", "--seed", "7"])
    session_id = made.output.strip()
    refused = runner.invoke(main, ["convergence", session_id])
    assert refused.exit_code != 0
    assert "no space before its first round" in refused.output + (refused.stderr or "")
    for _ in range(3):
        assert runner.invoke(main, ["step", session_id]).exit_code == 0
        assert runner.invoke(main, ["answer", session_id, "2"]).exit_code == 0
    told = runner.invoke(main, ["convergence", session_id])
    assert told.exit_code == 0, told.output
    assert "of the way" in told.output
    assert "round   3" in told.output
    assert '"course"' in runner.invoke(main, ["convergence", session_id, "--json"]).output
