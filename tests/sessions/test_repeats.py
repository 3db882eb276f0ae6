"""Sets shown again, unannounced: like any other round until the answer, and told for what they were after it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.reports.record import events_of, record_of
from pilotage.sessions.forecasts import kept_back
from pilotage.sessions.history import judgements_of
from pilotage.sessions.repeats import repeat_of, searched
from pilotage.store import RoundRow, RunRow, SessionRow


def keep_best(session: Any) -> Any:
    """Answer the round that waits: the best so far stays."""
    return session.pick(0)


def steer_to_a_repeat(session: Any, most: int = 14) -> Any:
    """The first round that shows an earlier set again; it waits for its answer."""
    for _ in range(most):
        session.step()
        if stored(session).sampler_state.get("repeat_of"):
            return session.last()
        keep_best(session)
    raise AssertionError(f"no set came again in {most} rounds")


def stored(session: Any) -> RoundRow:
    return session.lab.store.get(RoundRow, session.last().id)


def pictures(round_: Any) -> set[Any]:
    return {(c.sample_id, c.artifact, tuple(c.z), c.seed) for c in round_.candidates}


def source_of(session: Any) -> Any:
    row = session.lab.store.get(RoundRow, repeat_of(stored(session)))
    return session.lab.get_round(session.id, row.index)


@pytest.fixture
def repeating(steer: Any) -> Any:
    """A session whose last round shows an earlier set again, and waits."""
    session = steer(repeats=4)
    steer_to_a_repeat(session)
    return session


def test_a_set_comes_again_whole_with_the_best_in_its_place_and_nothing_is_drawn(steer: Any, lab: Any) -> None:
    session = steer(repeats=4)
    round_ = steer_to_a_repeat(session)
    source = source_of(session)
    assert 3 <= round_.index <= 7
    assert source.index <= round_.index - 2
    assert pictures(round_) == pictures(source)
    assert round_.candidates[0].role == "incumbent"
    runs = lab.store.list(RunRow, where={"session_id": session.id})
    assert len(runs) == round_.index - 1
    assert session.view.renders == 1 + 3 * (round_.index - 1)


def test_by_default_no_set_comes_again(steer: Any) -> None:
    session = steer()
    for _ in range(8):
        session.step()
        assert repeat_of(stored(session)) is None
        keep_best(session)
    assert session.view.agreement is None


def test_the_others_stand_in_another_order_in_most_repeats(steer: Any) -> None:
    changed = 0
    for seed in range(6):
        session = steer(repeats=4, seed=seed, candidates=6)
        round_ = steer_to_a_repeat(session)
        best = round_.candidates[0].sample_id
        before = [c.sample_id for c in source_of(session).candidates if c.sample_id != best]
        changed += [c.sample_id for c in round_.candidates[1:]] != before
    assert changed >= 4


def shape(value: Any) -> Any:
    """The structure of a document: names and types, lists with their lengths, plain roles and states as they are."""
    if isinstance(value, dict):
        return {key: value[key] if key in ("role", "state", "why") else shape(value[key]) for key in value}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


def test_nothing_that_is_told_of_a_waiting_repeat_differs_in_form_from_an_ordinary_round(steer: Any, lab: Any) -> None:
    session = steer(repeats=4)
    ordinary: Any = None
    for _ in range(14):
        session.step()
        seen = everything_told(session)
        if repeat_of(stored(session)):
            break
        ordinary = seen if session.last().index > 1 else ordinary
        keep_best(session)
    assert repeat_of(stored(session))
    for name in seen:
        assert shape(seen[name]) == shape(ordinary[name]), name
        text = json.dumps(seen[name])
        assert source_of(session).id not in text, name
        assert not {c.id for c in source_of(session).candidates[1:]} & set(text.split('"')), name


def everything_told(session: Any) -> dict[str, Any]:
    """All that the API and the files say of the newest round alone."""
    lab, id_ = session.lab, session.last().id
    events = [e for e in _events(lab, session.id) if e.data.get("round_id") == id_ and not e.type.startswith("job.")]
    record = record_of(lab.store, session.id)
    view = session.last().model_dump(mode="json")
    beside = {"candidates", "carried_from", "parent_id"}  # the best so far is an earlier round's candidate, and says so
    return {
        "view": {**view, "parent_id": None, "candidates": [_anonymous(c) for c in view["candidates"]]},
        "round": lab.get_round(session.id, session.last().index).model_dump(mode="json", exclude=beside),
        "events": [_event(e.data) for e in events],
        "record": [
            _anonymous(row.model_dump(mode="json", exclude={"parent_id"}))
            for rows in record.rows.values()
            for row in rows
            if id_ in (row.id, getattr(row, "round_id", None))
        ],
        "bundle": [_event(e.data) for e in events_of(lab.store, record) if e.data.get("round_id") == id_],
        "story": lab.report(session.id).chapters[-1].model_dump(mode="json", exclude={"best_before", "best_after"}),
    }


def _anonymous(row: Any) -> Any:
    return {**row, "carried_from": None} if row.get("role") == "incumbent" else row


def _event(data: Any) -> Any:
    return {**data, "candidates": [_anonymous(c) for c in data["candidates"]]} if "candidates" in data else data


def _events(lab: Any, topic: str) -> Any:
    return kept_back(lab.store, lab.store.events(topic=topic, limit=500))


def test_after_the_answer_it_says_which_round_it_was_and_whether_the_same_was_chosen(repeating: Any) -> None:
    source = source_of(repeating)
    told = keep_best(repeating)
    assert (told.repeat.index, told.repeat.same) == (source.index, _first(source) == told.candidates[0].sample_id)
    assert {c.role for c in told.candidates[1:]} == {"repeat"}
    assert all(c.carried_from_round == source.index for c in told.candidates[1:])
    assert all(f"round {source.index}" in c.why for c in told.candidates[1:])
    assert sum(c.forecast["p_best"] for c in told.candidates) == pytest.approx(1)
    assert repeating.view.agreement.model_dump() == {"repeats": 1, "same": int(told.repeat.same)}


def _first(round_: Any) -> Any:
    name = round_.answer.answer["order"][0]
    return next(c.sample_id for c in round_.candidates if c.id == name)


def test_another_choice_counts_as_evidence_and_as_a_change_of_mind(repeating: Any, lab: Any) -> None:
    chosen = repeating.last().candidates[2]
    told = repeating.pick(2)
    assert told.repeat.same is False
    assert repeating.view.agreement.model_dump() == {"repeats": 1, "same": 0}
    assert repeating.view.incumbent_id == chosen.id
    assert repeating.view.answers == told.index
    assert repeating.step().candidates[0].sample_id == chosen.sample_id


def test_a_repeat_that_changes_nothing_is_no_step_of_the_search(repeating: Any, lab: Any) -> None:
    session = lab.store.get(SessionRow, repeating.id)
    before = judgements_of(lab.store, session)
    keep_best(repeating)
    after = judgements_of(lab.store, session)
    assert len(after) == len(before) + 1
    assert searched(after) == before == searched(before)
    repeating.step()
    assert stored(repeating).sampler_state["losses"] == len(before)


def test_no_set_comes_a_third_time_and_repeats_keep_their_distance(steer: Any, lab: Any) -> None:
    session = steer(repeats=4)
    for _ in range(24):
        session.step()
        keep_best(session)
    rows = sorted(lab.store.list(RoundRow, where={"session_id": session.id}), key=lambda row: row.index)
    again = [row for row in rows if repeat_of(row)]
    assert 4 <= len(again) <= 8
    assert len({repeat_of(row) for row in again}) == len(again)
    assert all(3 <= b.index - a.index <= 5 for a, b in pairwise(again))
    agreed = session.view.agreement
    assert (agreed.repeats, agreed.same) == (
        len(again),
        sum(r.repeat.same for r in session.view.round_views if r.repeat),
    )


def test_a_set_without_the_best_so_far_would_be_noticed_so_it_waits_until_the_best_has_stayed(steer: Any) -> None:
    session = steer(repeats=4)
    for _ in range(9):
        session.step()
        assert repeat_of(stored(session)) is None
        session.pick(1)
    session.step()
    keep_best(session)
    session.step()
    assert repeat_of(stored(session))
    assert session.last().candidates[0].role == "incumbent"


def test_a_marked_picture_would_betray_its_set_so_another_one_comes(steer: Any, lab: Any) -> None:
    session = steer(repeats=4)
    for _ in range(14):
        round_ = session.step()
        if repeat_of(stored(session)):
            break
        lab.mark(session.id, round_.candidates[1].id, favourite=True)
        keep_best(session)
    assert not repeat_of(stored(session))


def test_a_pinned_picture_is_shown_in_a_repeat_as_in_every_round(steer: Any, lab: Any) -> None:
    session = steer(repeats=4)
    session.step()
    pin = session.last().candidates[2]
    lab.mark(session.id, pin.id, pinned=True)
    keep_best(session)
    round_ = steer_to_a_repeat(session)
    assert [c.role for c in round_.candidates] == ["incumbent", "pinned", None, None]
    assert round_.candidates[1].sample_id == pin.sample_id


def test_others_asked_for_instead_of_a_repeat_are_new(repeating: Any, lab: Any) -> None:
    waiting = repeating.last()
    lab.wait(lab.regenerate(repeating.id, waiting.id).job.id)
    assert repeat_of(stored(repeating)) is None
    assert not pictures(repeating.last()) >= pictures(waiting)
    assert all(view.repeat is None for view in repeating.view.superseded)


def test_a_repeat_answered_anew_after_an_undo_is_no_test_any_more(repeating: Any, lab: Any) -> None:
    keep_best(repeating)
    lab.revert(repeating.id, repeating.last().index)
    told = repeating.pick(2)
    assert told.repeat.same is False
    assert repeating.view.agreement is None


def test_the_same_seed_and_answers_bring_the_same_repeat(steer: Any) -> None:
    one, other = steer(repeats=4), steer(repeats=4)
    first, second = (
        [(c.slot, c.z, c.artifact) for c in steer_to_a_repeat(session).candidates] for session in (one, other)
    )
    assert first == second


def test_a_branch_of_a_waiting_repeat_keeps_the_secret_and_tells_its_own_round(repeating: Any, lab: Any) -> None:
    source = source_of(repeating)
    child = lab.branch(repeating.id)
    waiting = child.round_views[-1]
    assert waiting.repeat is None
    assert [c.role for c in waiting.candidates] == ["incumbent", None, None, None]
    from pilotage.sessions.acts import Submission

    order = [waiting.candidates[0].id]
    told = lab.answer(child.id, waiting.index, Submission(answer={"kind": "ranking", "order": order}))
    assert told.repeat.index == source.index
    assert lab.get_session(child.id).agreement.repeats == 1
    keep_best(repeating)  # its copy was answered first, and has told what it is
    assert repeating.view.agreement is None


def test_a_repeat_can_be_rendered_again_by_the_run_of_its_first_showing(repeating: Any, lab: Any) -> None:
    from pilotage.sessions.replay import verify_replay

    index = repeating.last().index
    model = lab.catalog.get("analytic")
    check = verify_replay(lab.ports, repeating.id, model, rounds=[index], progress=lambda step: None)
    assert [run.round for run in check.runs] == [source_of(repeating).index]
    assert check.different == check.missing == 0
    assert check.equal > 0


def test_a_repeat_that_would_be_seen_for_what_it_is_is_refused(steer: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        steer(repeats=8, show_forecasts=True)
    assert caught.value.field == "repeats"
    for wrong in (0, 3, 51, "8"):
        with pytest.raises(InvalidInputError):
            steer(repeats=wrong)


def test_report_and_comparison_tell_of_it_after_the_answer_and_not_before(repeating: Any, lab: Any) -> None:
    source = source_of(repeating).index
    waiting = lab.report(repeating.id).chapters[-1]
    assert (waiting.repeat_of, waiting.same_again) == (None, None)
    assert [p.first_round for p in waiting.pictures[1:]] == [waiting.index] * 3
    assert [p.badges for p in waiting.pictures[1:]] == [[]] * 3
    repeating.pick(2)
    told = lab.report(repeating.id).chapters[-1]
    assert (told.repeat_of, told.same_again) == (source, False)
    assert all("carried" in p.badges for p in told.pictures)
    (compared,) = lab.compare([repeating.id])
    assert (compared.figures.repeats, compared.figures.repeats_same) == (1, 0)


def test_a_bundle_takes_a_repeat_along(repeating: Any, lab: Any, new_lab: Any, tmp_path: Any) -> None:
    source = source_of(repeating).index
    keep_best(repeating)
    path = tmp_path / "one.zip"
    lab.bundle(repeating.id, path)
    for there in (new_lab(), lab):  # at home it gets ids of its own
        arrived = there.import_bundle(path)
        assert arrived.round_views[-1].repeat == repeating.last().repeat
        assert arrived.round_views[-1].repeat.index == source
        assert arrived.agreement == repeating.view.agreement


@pytest.mark.parametrize("kind", ["plane", "line"])
def test_a_map_that_comes_again_looks_like_a_map_with_the_best_in_its_middle(steer: Any, kind: str) -> None:
    session = steer(repeats=4, sampler={"kind": kind}, candidates=5)
    round_ = steer_to_a_repeat(session)
    assert round_.sheet == source_of(session).sheet
    assert round_.candidates[0].grid == [0.0] * len(round_.sheet.basis)
    assert {tuple(c.grid) for c in round_.candidates} == {tuple(c.grid) for c in source_of(session).candidates}
