"""The finished session that ships: made for real, by the rule that it tells, and opened only when asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import make_example
from pilotage.app.examples import BUNDLE
from pilotage.app.lab import Lab
from pilotage.core.errors import PilotageError
from pilotage.reports.checks import verify_bundle
from pilotage.sessions.cleaning import Choice
from pilotage.store import SessionRow


def blueness(lab: Lab, session_id: str) -> Iterator[tuple[list[float], int]]:
    """Of each round how blue its candidates are, and which was chosen."""
    for round_ in lab.get_session(session_id).round_views:
        assert round_.answer is not None
        order = round_.answer.answer["order"]
        chosen = [one.id for one in round_.candidates].index(order[0])
        yield [make_example.score(lab, one) for one in round_.candidates], chosen


def test_the_bundle_is_whole_and_small() -> None:
    assert verify_bundle(BUNDLE).faults == []
    assert BUNDLE.stat().st_size <= make_example.MOST_BYTES


def test_it_was_answered_by_the_rule_that_it_tells(lab: Lab) -> None:
    session = lab.open_example()
    assert (session.name, session.outcome) == (make_example.NAME, make_example.RULE)
    assert session.closeness is None
    rounds = list(blueness(lab, session.id))
    assert len(rounds) == make_example.ROUNDS
    assert all(chosen == scores.index(max(scores)) for scores, chosen in rounds)
    (first, _), (last, chosen) = rounds[0], rounds[-1]
    assert last[chosen] > max(first), "it ends bluer than it began"
    assert session.final_id == session.round_views[-1].candidates[chosen].id


def test_nothing_is_there_before_it_is_opened_and_then_it_is_read_only_and_sound(lab: Lab) -> None:
    assert lab.store.list(SessionRow) == []
    session = lab.open_example()
    assert (session.state, session.model, session.read_only) == ("completed", "starter", True)
    assert lab.fsck().findings == []
    with pytest.raises(PilotageError) as refused:
        lab.reopen(session.id)
    assert refused.value.code == "session_read_only"


def test_opened_again_it_is_the_same_even_by_two_clicks_at_once(lab: Lab) -> None:
    opened: list[str] = []
    clicks = [threading.Thread(target=lambda: opened.append(lab.open_example().id)) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert len(set(opened)) == 1
    assert len(opened) == 4
    assert len(lab.store.list(SessionRow)) == 1


def test_in_the_trash_it_comes_back_and_gone_for_good_it_comes_anew(lab: Lab) -> None:
    session_id = lab.open_example().id
    lab.delete_session(session_id)
    assert lab.open_example().id == session_id
    assert lab.list_trash() == []
    lab.delete_session(session_id)
    lab.clean(Choice(), empty_trash=True)
    assert lab.store.find(SessionRow, session_id) is None
    assert lab.open_example().id == session_id
    assert lab.fsck().findings == []
