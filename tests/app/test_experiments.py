"""Experiments, and finding and comparing sessions: every figure is computed from the rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import log
from typing import Any

import pytest

from pilotage.app.verbs.experiments import SessionFilter
from pilotage.core.errors import InvalidInputError, NotFoundError


def ids(found: Any) -> list[str]:
    return [session.id for session in found[0]]


@pytest.mark.parametrize(
    ("wanted", "which"),
    [
        ({}, [2, 1, 0]),
        ({"text": "DISC"}, [2, 0]),
        ({"text": "lamp"}, [1]),
        ({"sampler": "sobol"}, [1]),
        ({"preference_model": "winner_average"}, [2]),
        ({"state": "paused"}, [0]),
        ({"favourites": True}, [1]),
        ({"favourites": True, "text": "disc"}, []),
        ({"model": "starter"}, []),
        ({"until": datetime(2000, 1, 1, tzinfo=UTC)}, []),
        ({"since": datetime(2000, 1, 1, tzinfo=UTC)}, [2, 1, 0]),
        ({"since": "2000-01-01", "until": "2999-01-01T00:00:00"}, [2, 1, 0]),
        ({"since": datetime.now(UTC) + timedelta(days=1)}, []),
    ],
)
def test_sessions_are_found_by_what_they_are(steer: Any, lab: Any, wanted: Any, which: list[int]) -> None:
    sessions = [
        steer(),
        steer(request={"prompt": "a lamp"}, sampler="sobol"),
        steer(preference_model="winner_average"),
    ]
    lab.pause(sessions[0].id)
    for session, is_liked in ((sessions[1], True), (sessions[2], False)):
        shown = session.step().candidates[0].id
        lab.mark(session.id, shown, favourite=True)
        lab.mark(session.id, shown, favourite=is_liked)
    assert ids(lab.find_sessions(SessionFilter(**wanted))) == [sessions[i].id for i in which]


def test_pages_of_a_search_leave_nothing_out_and_repeat_nothing(steer: Any, lab: Any) -> None:
    wanted = [steer(request={"prompt": f"a {'disc' if i % 2 else 'lamp'}"}).id for i in range(7)][1::2]
    pages, place = [], None
    for _ in range(5):
        page, place = lab.find_sessions(SessionFilter(text="disc"), after=place, limit=2)
        pages += [session.id for session in page]
        if place is None:
            break
    assert pages == wanted[::-1]


def test_an_experiment_groups_sessions_until_they_are_taken_out(steer: Any, lab: Any) -> None:
    experiment = lab.create_experiment({"name": "samplers", "config": {"model": "analytic", "request": {"prompt": ""}}})
    first, second = steer(), steer()
    for session in (first, second):
        lab.assign(session.id, experiment.id)
    assert ids(lab.find_sessions(SessionFilter(experiment_id=experiment.id))) == [second.id, first.id]
    lab.assign(first.id, None)
    assert lab.get_experiment(experiment.id).sessions == 1
    assert lab.change_experiment(experiment.id, {"name": "two samplers"}).name == "two samplers"
    assert [e.name for e in lab.list_experiments()[0]] == ["two samplers"]


def test_what_does_not_fit_is_refused_before_anything_is_stored(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    before = snapshot(lab.store)
    for name in ("", " ", "\u2003\n"):
        with pytest.raises(InvalidInputError) as caught:
            lab.create_experiment({"name": name})
        assert caught.value.field == "name"
    with pytest.raises(InvalidInputError) as caught:
        lab.create_experiment(
            {"name": "x", "config": {"model": "analytic", "request": {"prompt": ""}, "candidates": 99}}
        )
    assert caught.value.field == "candidates"
    with pytest.raises(NotFoundError):
        lab.assign(session.id, "exp_of_nobody")
    with pytest.raises(InvalidInputError):
        lab.compare([])
    assert snapshot(lab.store) == before


def test_the_figures_are_what_the_rounds_say(steer: Any, lab: Any) -> None:
    session = steer()
    for slot, milliseconds in ((1, 1000), (2, 3000), (0, 8000)):
        session.step()
        session.pick(slot, decision_ms=milliseconds)
    (compared,) = lab.compare([session.id])
    figures, rounds = compared.figures, session.view.round_views
    assert (figures.rounds, figures.answers, figures.decision_s, figures.incumbent_changes) == (3, 3, 3.0, 1)
    assert figures.expected_gains == [r.expected_gain for r in rounds]
    assert figures.expected_gains[0] is None
    assert compared.config == session.view.config
    assert figures.forecasts == 2  # nothing was believed before the first answer
    told = [[c.forecast["p_best"] for c in r.candidates] for r in rounds[1:]]
    hits = [p.index(max(p)) == slot for p, slot in zip(told, (2, 0), strict=True)]
    assert figures.forecast_hits == sum(hits) / 2
    skill = [log(p[slot]) + log(4) for p, slot in zip(told, (2, 0), strict=True)]
    assert figures.forecast_skill == pytest.approx(sum(skill) / 2)


def test_a_round_whose_forecasts_were_seen_is_no_test_of_them(steer: Any, lab: Any) -> None:
    session = steer()
    for slot in (1, 2):
        session.step()
        session.pick(slot)
    lab.undo(session.id)
    session.pick(3)
    (compared,) = lab.compare([session.id])
    assert (compared.figures.forecasts, compared.figures.forecast_hits, compared.figures.retracted) == (0, None, 1)


def test_a_session_without_answers_has_no_invented_figures(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    figures = lab.compare([session.id])[0].figures
    assert (figures.decision_s, figures.incumbent_distance, figures.forecast_skill, figures.closeness) == (None,) * 4
