"""The story: what was asked, shown, forecast, said and changed, as the rows and events tell it."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import NotFoundError
from pilotage.reports import story as telling
from pilotage.reports.traces import PageNote
from pilotage.store import CandidateRow, RoundRow, SessionRow


def test_each_round_tells_what_was_shown_said_and_changed(told: Any, lab: Any) -> None:
    story = lab.report(told.id)
    first, second, third, fourth = story.chapters
    assert [chapter.index for chapter in story.chapters] == [1, 2, 3, 4]
    assert (first.asked, first.answer.confidence, first.answer.decision_ms) == ("ranking", 2, 5200)
    assert first.answer.comment.startswith("warmer,\nplease </script>")
    assert [picture.chosen for picture in first.pictures] == [False, False, True, False]
    assert (first.best_before, first.best_after) == (None, first.pictures[2].id)
    assert second.best_after == second.pictures[0].id
    assert second.pictures[1].comment == "too dark"
    assert second.pictures[1].tags[0] == "too_dark"
    assert second.answer.gesture["clicks"] == [2, 0]
    assert third.pictures[1].chosen
    assert fourth.answer is None
    assert all(picture.p_best is None for picture in fourth.pictures)


def test_a_belief_that_moved_is_told_per_axis_as_the_page_showed_it(told: Any, lab: Any) -> None:
    story = lab.report(told.id)
    second = story.chapters[1]
    shown = lab.get_belief(told.id, before=3)
    assert second.moved == [axis.moved for axis in shown.axes]
    assert any(moved for moved in second.moved)


def test_a_long_session_leaves_the_moves_out(told: Any, lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "TOLD_MOVES", 2)
    assert all(chapter.moved is None for chapter in lab.report(told.id).chapters)


def test_an_answer_taken_back_stays_in_the_story_but_does_not_count(told: Any, lab: Any) -> None:
    third = lab.report(told.id).chapters[2]
    taken_back = third.retracted[0]
    assert taken_back.answer["order"] == [third.pictures[3].id]
    assert taken_back.retracted_at is not None
    assert third.answer.answer["order"] == [third.pictures[1].id]
    assert not third.counts_for_calibration, "its forecasts had been told"


def test_what_was_set_aside_is_told_apart(told: Any, lab: Any) -> None:
    lab.regenerate(told.id, told.last().id)
    story = lab.report(told.id)
    assert [(one.index, one.state) for one in story.aside] == [(4, "superseded")]
    assert story.aside[0].superseded_at is not None
    assert [chapter.index for chapter in story.chapters] == [1, 2, 3, 4]


def test_the_best_leads_back_to_the_round_that_first_showed_it(told: Any, lab: Any) -> None:
    story = lab.report(told.id)
    carried = story.chapters[1].pictures[0]
    assert carried.badges == ["incumbent", "carried"]
    assert carried.first_round == 1
    assert [ancestor.round for ancestor in story.lineage] == [1, 3]
    assert story.lineage[0].artifact == carried.artifact
    final = story.chapters[2].pictures[1]
    lab.finish(told.id, final.id, closeness=4, comment="that's it")
    done = lab.report(told.id)
    assert "final" in done.chapters[2].pictures[1].badges
    assert (done.closeness, done.outcome, done.final_artifact) == (4, "that's it", final.artifact)


def test_pinned_and_baseline_pictures_carry_their_badge(told: Any, lab: Any) -> None:
    first = told.view.round_views[0].candidates
    lab.mark(told.id, first[1].id, pinned=True)
    shown = lab.report(told.id).chapters[0].pictures
    assert shown[0].badges == ["baseline"]
    assert shown[1].badges == ["pinned"]


def test_calibration_counts_only_rounds_whose_forecasts_were_not_seen(told: Any, lab: Any) -> None:
    found = lab.report(told.id).calibration
    chapters = lab.report(told.id).chapters[:2]
    chosen = [next(p for p in chapter.pictures if p.chosen).p_best for chapter in chapters]
    assert (found.rounds, found.left_out) == (2, 1)
    assert found.p_chosen == pytest.approx(sum(chosen) / 2)
    assert found.p_random == pytest.approx(0.25)
    assert found.expected_hits == pytest.approx(sum(max(p.p_best for p in chapter.pictures) for chapter in chapters))


def test_what_puts_no_one_alone_first_is_told_but_proves_no_forecast(steer: Any, lab: Any) -> None:
    session = steer(query_kinds=["tie", "undecided", "ranking"])
    for build, chosen in (
        (lambda ids: {"kind": "tie", "items": [ids[1], ids[2]]}, [False, True, False, False]),
        (lambda ids: {"kind": "undecided", "why": "alike"}, [False] * 4),
    ):
        session.answer(build([candidate.id for candidate in session.step().candidates]))
        assert [picture.chosen for picture in lab.report(session.id).chapters[-1].pictures] == chosen
    found = lab.report(session.id).calibration
    assert (found.rounds, found.left_out) == (0, 2)
    session.step()
    session.pick(1)
    assert lab.report(session.id).calibration.rounds == 1
    assert lab.compare([session.id])[0].figures.forecasts == 1


def test_forecasts_shown_while_choosing_are_flagged_and_left_out(steer: Any, lab: Any) -> None:
    session = steer(show_forecasts=True)
    session.step()
    session.pick(1)
    story = lab.report(session.id)
    assert story.chapters[0].forecasts_shown
    assert (story.calibration.rounds, story.calibration.left_out) == (0, 1)


def test_the_work_behind_a_round_is_told_with_its_phases_and_times(told: Any, lab: Any) -> None:
    work = lab.report(told.id).chapters[1].work
    names = [phase for phase, _, _ in work.phases]
    assert work.state == "succeeded"
    assert {"believing", "proposing", "generating"} <= set(names)
    assert all(seconds is not None and seconds >= 0 for _, _, seconds in work.phases)
    assert work.seconds >= sum(seconds for _, _, seconds in work.phases) - 0.01 * len(names)
    assert work.timings_ms["generate"] > 0


def test_a_failed_candidate_and_a_failed_round_say_why_without_a_folder(told: Any, lab: Any) -> None:
    last = told.last()
    secret = "cannot read '/home/me/models of mine/a.safetensors': broken; see C:\\Users\\me\\log.txt or ~/x/y.log"
    fault = {"code": "storage", "message": secret, "hint": "", "field": ""}
    with lab.store.transaction() as tx:
        tx.put(tx.get(RoundRow, last.id).model_copy(update={"state": "failed", "error": fault}))
        row = tx.get(CandidateRow, last.candidates[1].id)
        tx.put(row.model_copy(update={"state": "failed", "error": secret}))
    chapter = lab.report(told.id).chapters[-1]
    told_so = "cannot read 'a.safetensors': broken; see log.txt or y.log"
    assert chapter.error["message"] == told_so
    assert chapter.pictures[1].error == told_so


def test_what_the_page_saw_stands_beside_the_answer(steer: Any, lab: Any) -> None:
    session = steer()
    round_ = session.step()
    picture = round_.candidates[2].id
    notes = [
        PageNote(kind="shown", round_id=round_.id, ms=0),
        PageNote(kind="zoomed", round_id=round_.id, candidate_id=picture, ms=900),
        PageNote(kind="zoomed", round_id=round_.id, candidate_id=picture, ms=1500),
        PageNote(kind="answer_begun", round_id=round_.id, candidate_id=picture, ms=2400),
        PageNote(kind="answer_failed", round_id=round_.id, ms=2600, code="busy"),
        PageNote(kind="answer_sent", round_id=round_.id, ms=2700),
    ]
    assert lab.note_page(session.id, notes) == 6
    session.pick(2, decision_ms=2700)
    chapter = lab.report(session.id).chapters[0]
    assert (chapter.answer.begun_ms, chapter.answer.failed_sends) == (2400, 1)
    assert [shown.zoomed for shown in chapter.pictures] == [0, 0, 2, 0]


def test_a_model_in_a_folder_keeps_its_name_alone(told: Any, lab: Any) -> None:
    ref = "/home/me/models/base.safetensors+/home/me/loras/style.safetensors@0.8"
    with lab.store.transaction() as tx:
        row = tx.get(SessionRow, told.id)
        tx.put(row.model_copy(update={"model": ref, "config": {**row.config, "model": ref}}))
    story = lab.report(told.id)
    assert story.model == story.config["model"] == "base.safetensors+style.safetensors@0.8"


def test_there_is_no_story_of_nobody(lab: Any) -> None:
    with pytest.raises(NotFoundError):
        lab.report("ses_nobody")
