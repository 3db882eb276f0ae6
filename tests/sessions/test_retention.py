"""What may go and what stays: deletion, the trash, classes, cleaning, rendering again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import open_store
from pilotage.artifacts import DiskArtifacts, MemoryArtifacts
from pilotage.core.clock import system_clock
from pilotage.core.errors import CleanedError, ConflictError, NotFoundError, SessionDeletedError
from pilotage.core.media import Media
from pilotage.jobs import InlineEngine
from pilotage.models import Output
from pilotage.models.analytic import AnalyticModel
from pilotage.reports.checks import verify_bundle
from pilotage.sessions import cleaning
from pilotage.sessions.acts import Submission
from pilotage.sessions.cleaning import Choice, CleanReport
from pilotage.sessions.renders import RenderPlan, RenderPoint, enqueue_render
from pilotage.sessions.retention import classify
from pilotage.store import (
    ROWS,
    ArtifactRow,
    ExperimentRow,
    JobRow,
    MemoryStore,
    RequestRow,
    RunRow,
    SampleRow,
    SessionRow,
)

Steer = Callable[..., Any]
REPRODUCIBLE = Choice(reproducible=True)
WHY_SUPERSEDED = "rounds that were taken back"


class Calendar:
    """A clock that can be set ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def passes(self, **more: float) -> None:
        self.ahead += timedelta(**more)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture(params=["memory", "disk"])
def lab(request: pytest.FixtureRequest, calendar: Calendar, tmp_path: Path) -> Lab:
    """A lab whose days pass when the test says so."""
    settings = Settings(home=tmp_path / "home")
    if request.param == "memory":
        lab = Lab(MemoryStore(), MemoryArtifacts(calendar), ModelCatalog(settings), clock=calendar)
    else:
        artifacts = DiskArtifacts(settings.artifacts_folder)
        lab = Lab(open_store(settings), artifacts, ModelCatalog(settings), clock=calendar)
    lab.use_engine(InlineEngine(lab.store, lab.verbs(), clock=calendar))
    return lab


def pictures(lab: Lab, session_id: str) -> dict[str, bytes]:
    """The bytes of everything that the page of a session shows."""
    shown = [c.artifact for round_ in lab.get_session(session_id).round_views for c in round_.candidates]
    return {name: lab.get_media(name).data for name in shown if name}


def rows(lab: Lab) -> Any:
    return {kind: sorted(lab.store.list(kind), key=lambda row: row.id) for kind in ROWS}


def classes(lab: Lab) -> Mapping[str, str]:
    uses = classify(lab.store, lab._can_render, lab.ports.clock())
    return {name: f"{use.kind}: {use.why}" for name, use in uses.items()}


def line(report: CleanReport, why: str) -> tuple[str, int, bool]:
    found = next(one for one in report.lines if one.why == why)
    return found.kind, found.files, found.goes


def rendered(lab: Lab, job: Any) -> list[str]:
    done = lab.wait(job.id)
    assert done.state == "succeeded", done.error
    return [sample["artifact"] for sample in done.result["samples"]]


def previews(lab: Lab) -> JobRow:
    """Minus and plus one unit of an axis, as the setup page asks for them."""
    points = tuple(RenderPoint(z=(reach, 0.0, 0.0, 0.0, 0.0), seed=1) for reach in (-0.5, 0.5))
    config = lab.check_config({"model": "analytic", "request": {"prompt": "a disc"}, "dimension": 5})
    return enqueue_render(
        lab.ports, lab.engine, RenderPlan(key="rdr_1", purpose="preview", config=config, points=points)
    )


class Drifting(AnalyticModel):
    """A model that says it is the same and, once `drifts`, is not."""

    drifts = False

    def generate(self, *args: Any, **more: Any) -> tuple[Output, ...]:
        outputs = super().generate(*args, **more)
        return tuple(Output(Media.from_pixels(255 - one.media.pixels())) for one in outputs) if self.drifts else outputs


class TestExperiments:
    """Deleting an experiment, alone or with its sessions."""

    @pytest.fixture
    def group(self, lab: Lab, steer: Steer) -> tuple[str, Any, Any, Any]:
        """An experiment of two sessions that have a picture each, and a session outside."""
        experiment = lab.create_experiment({"name": "discs"}).id
        sessions = [steer(seed=seed) for seed in (1, 2, 3)]
        for session in sessions:
            session.step()
        for session in sessions[:2]:
            lab.assign(session.id, experiment)
        return experiment, *sessions

    def test_alone_it_leaves_its_sessions_and_finds_them_again(self, lab: Lab, group: Any) -> None:
        experiment, first, second, _ = group
        before = rows(lab)
        told = lab.get_experiment_deletion(experiment)
        assert (told.sessions, told.staying, told.pictures, told.final_at) == ([], 2, 0, None)
        deleted = lab.delete_experiment(experiment)
        assert deleted.deleted_at is not None
        assert deleted.final_at == deleted.deleted_at + timedelta(days=7)
        assert lab.list_experiments()[0] == []
        assert [one.experiment_id for one in lab.list_trashed_experiments()] == [experiment]
        assert len(lab.list_sessions()[0]) == 3
        assert lab.delete_experiment(experiment, with_sessions=True) == deleted
        assert {lab.get_session(one.id).experiment_id for one in (first, second)} == {experiment}
        assert lab.restore_experiment(experiment).sessions == 2
        assert {kind: found for kind, found in rows(lab).items()} == before

    def test_with_its_sessions_all_go_and_all_come_back(
        self, lab: Lab, group: Any, calendar: Calendar, steer: Steer
    ) -> None:
        experiment, first, second, outside = group
        earlier = steer(seed=4)
        lab.assign(earlier.id, experiment)
        lab.delete_session(earlier.id)
        calendar.passes(hours=1)
        sizes = {row.id: row.size for row in lab.store.list(ArtifactRow)}
        shown = pictures(lab, first.id) | pictures(lab, second.id)
        kept = pictures(lab, outside.id)
        told = lab.get_experiment_deletion(experiment, with_sessions=True)
        assert (set(told.sessions), told.staying, told.rounds) == ({first.id, second.id}, 0, 2)
        assert told.pictures + told.shared_pictures == len(shown)
        assert told.bytes == sum(sizes[name] for name in shown if name not in kept)
        deleted = lab.delete_experiment(experiment, with_sessions=True)
        assert deleted.sessions == told.sessions
        assert [one.id for one in lab.list_sessions()[0]] == [outside.id]
        assert len(lab.list_trash()) == 3
        assert lab.restore_experiment(experiment).sessions == 2
        assert [one.session_id for one in lab.list_trash()] == [earlier.id], "it was deleted by itself"
        assert pictures(lab, first.id) | pictures(lab, second.id) == shown
        assert lab.fsck().findings == []

    def test_what_two_of_its_sessions_share_goes_with_both(self, lab: Lab, group: Any) -> None:
        experiment, first, *_ = group
        branch = lab.branch(first.id).id
        lab.assign(branch, experiment)
        assert lab.get_deletion(first.id).shared_pictures == 4
        assert lab.get_experiment_deletion(experiment, with_sessions=True).shared_pictures == 0

    def test_its_jobs_are_cancelled_with_its_sessions_only(self, lab: Lab, group: Any) -> None:
        experiment, first, *_ = group
        first.pick(0)
        job = lab.request_round(first.id).job
        lab.delete_experiment(experiment)
        assert lab.get_job(job.id).state == "queued"
        lab.restore_experiment(experiment)
        assert lab.delete_experiment(experiment, with_sessions=True).jobs == 0
        assert lab.get_job(job.id).state == "cancelled"

    def test_in_the_trash_it_takes_nothing(self, lab: Lab, group: Any) -> None:
        experiment, *_, outside = group
        lab.delete_experiment(experiment)
        with pytest.raises(ConflictError, match="in the trash") as caught:
            lab.assign(outside.id, experiment)
        assert caught.value.field == "experiment_id"
        with pytest.raises(ConflictError):
            lab.change_experiment(experiment, {"name": "another"})

    @pytest.mark.parametrize("with_sessions", [False, True])
    def test_after_a_week_it_is_gone_and_nothing_of_its_text_is_left(
        self, lab: Lab, group: Any, calendar: Calendar, with_sessions: bool
    ) -> None:
        experiment, first, second, outside = group
        lab.change_experiment(experiment, {"description": "a private question"})
        lab.delete_experiment(experiment, with_sessions=with_sessions)
        calendar.passes(days=6.9)
        assert lab.clean(Choice()).purged == []
        calendar.passes(days=0.2)
        report = lab.clean(Choice())
        gone = {first.id, second.id} if with_sessions else set()
        assert (set(report.purged), report.faults) == ({experiment, *gone}, [])
        with pytest.raises(NotFoundError):
            lab.restore_experiment(experiment)
        left = {one.id: one for one in lab.list_sessions()[0]}
        assert left.keys() == {first.id, second.id, outside.id} - gone
        assert {lab.get_session(one).experiment_id for one in left} == {None}
        assert [event.type for event in lab.store.events(topic=experiment)] == ["experiment.purged"]
        assert [row for kind in ROWS for row in lab.store.list(kind) if experiment in row.model_dump_json()] == []


def test_an_imported_session_keeps_every_picture_through_cleans_and_the_end_of_its_original(
    lab: Lab, steer: Steer, calendar: Calendar, tmp_path: Path
) -> None:
    session = steer()
    session.step()
    session.pick(1)
    session.step()
    lab.undo(session.id)
    lab.bundle(session.id, tmp_path / "before.zip")
    copy = lab.import_bundle(tmp_path / "before.zip").id
    names = {row.artifact for row in lab.store.list(SampleRow, where={"session_id": copy})}
    assert len(names) > len(pictures(lab, copy)), "a round that was taken back came with it"
    lab.delete_session(session.id)
    for days in (2, 8):
        calendar.passes(days=days)
        assert lab.clean(REPRODUCIBLE).faults == []
        assert {name for name in names if not lab.artifacts.has(name or "")} == set()
    lab.bundle(copy, tmp_path / "after.zip")
    for name in ("before.zip", "after.zip"):
        assert verify_bundle(tmp_path / name).faults == []
    with pytest.raises(NotFoundError):
        lab.get_session(session.id)


# deleting


def test_a_deletion_is_told_before_anything_goes(lab: Lab, steer: Steer) -> None:
    session = steer()
    session.step()
    session.pick(1)
    before = rows(lab)
    told = lab.get_deletion(session.id)
    sizes = {row.id: row.size for row in lab.store.list(ArtifactRow)}
    assert (told.rounds, told.answers, told.pictures, told.bytes) == (1, 1, 4, sum(sizes.values()))
    assert (told.shared_pictures, told.shared_by, told.deleted_at, told.final_at) == (0, [], None, None)
    assert rows(lab) == before


def test_a_deleted_session_is_out_of_the_lists_and_takes_no_act(lab: Lab, steer: Steer) -> None:
    session = steer()
    session.step()
    told = lab.delete_session(session.id)
    assert told.final_at is not None
    assert told.deleted_at is not None
    assert told.final_at - told.deleted_at == timedelta(days=7)
    assert lab.list_sessions()[0] == []
    assert [one.session_id for one in lab.list_trash()] == [session.id]
    for act in (lambda: session.pick(0), lambda: lab.request_round(session.id), lambda: lab.branch(session.id)):
        with pytest.raises(SessionDeletedError):
            act()
    assert lab.delete_session(session.id) == told


def test_a_restored_session_is_whole(lab: Lab, steer: Steer, calendar: Calendar) -> None:
    session = steer()
    session.step()
    session.pick(2)
    before, shown = rows(lab), pictures(lab, session.id)
    lab.delete_session(session.id)
    calendar.passes(days=6.9)
    lab.clean(REPRODUCIBLE)
    lab.restore_session(session.id)
    assert rows(lab) == before
    assert pictures(lab, session.id) == shown
    assert lab.list_trash() == []
    session.step()
    assert lab.fsck().findings == []


def test_jobs_under_way_are_cancelled_and_the_round_can_be_asked_for_again(lab: Lab, steer: Steer) -> None:
    session = steer()
    job = lab.request_round(session.id).job
    assert job is not None
    lab.delete_session(session.id)
    assert lab.get_job(job.id).state == "cancelled"
    lab.restore_session(session.id)
    assert session.step().state == "awaiting"


def test_after_a_week_nothing_is_left_but_the_word_that_it_was(lab: Lab, steer: Steer, calendar: Calendar) -> None:
    gone, kept = steer(seed=1), steer(seed=2)
    for session in (gone, kept):
        session.step()
        session.pick(1)
    shown = pictures(lab, kept.id)
    lab.delete_session(gone.id)
    calendar.passes(days=7.01)
    report = lab.clean(Choice())
    assert report.purged == [gone.id]
    assert report.faults == []
    with pytest.raises(NotFoundError):
        lab.restore_session(gone.id)
    left = [row for kind in ROWS for row in lab.store.list(kind) if gone.id in row.model_dump_json()]
    assert left == []
    told = lab.store.events(topic=gone.id)
    assert [(event.type, event.data["rounds"], event.data["pictures"]) for event in told] == [("session.purged", 1, 4)]
    assert pictures(lab, kept.id) == shown
    assert {one.name for one in lab.artifacts.held()} == set(shown)
    assert lab.fsck().findings == []


def test_emptying_the_trash_does_not_wait(lab: Lab, steer: Steer) -> None:
    session = steer()
    lab.delete_session(session.id)
    assert lab.clean(Choice()).purged == []
    assert lab.clean(Choice(), empty_trash=True).purged == [session.id]


@pytest.mark.parametrize("act", ["get_deletion", "delete_session", "restore_session"])
def test_what_is_not_there_is_not_found(lab: Lab, act: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(lab, act)("ses_none")


def test_a_branch_keeps_the_pictures_of_the_session_that_it_came_from(
    lab: Lab, steer: Steer, calendar: Calendar
) -> None:
    session = steer()
    session.step()
    session.pick(1)
    session.step()
    session.pick(2)
    first = lab.get_session(session.id).round_views[0]
    branch = lab.branch(session.id, first.id)
    leaf = lab.branch(branch.id)
    shown = {id_: pictures(lab, id_) for id_ in (branch.id, leaf.id)}
    told = lab.get_deletion(session.id)
    assert (told.pictures, told.shared_pictures) == (3, 4)
    assert {one.id: one.is_branch for one in told.shared_by} == {branch.id: True, leaf.id: False}
    for id_ in (session.id, branch.id):
        lab.delete_session(id_)
        calendar.passes(days=8)
        assert lab.clean(REPRODUCIBLE).purged == [id_]
        assert pictures(lab, leaf.id) == shown[leaf.id]
        assert lab.fsck().findings == []
    lab.answer(leaf.id, 1, first_is_best(lab, leaf.id))
    lab.delete_session(leaf.id)
    calendar.passes(days=8)
    lab.clean(Choice())
    assert list(lab.artifacts.held()) == []
    assert lab.store.list(RunRow) == []


def first_is_best(lab: Lab, session_id: str) -> Any:
    slots = lab.get_session(session_id).round_views[-1].candidates
    return Submission(answer={"kind": "ranking", "order": [slots[0].id]})


def test_the_same_bytes_in_two_sessions_go_with_the_last(lab: Lab, steer: Steer, calendar: Calendar) -> None:
    one, other = steer(), steer()
    one.step()
    other.step()
    assert (shown := pictures(lab, one.id)) == pictures(lab, other.id)
    assert lab.get_deletion(one.id).pictures == 0
    lab.delete_session(one.id)
    calendar.passes(days=8)
    lab.clean(Choice())
    assert pictures(lab, other.id) == shown
    lab.delete_session(other.id)
    calendar.passes(days=8)
    lab.clean(Choice())
    assert list(lab.artifacts.held()) == []


def test_a_deletion_names_the_experiment(lab: Lab, steer: Steer) -> None:
    session = steer()
    now = lab.ports.clock()
    with lab.store.transaction() as tx:
        tx.put(ExperimentRow(id="exp_1", created_at=now, updated_at=now, name="warm or cold"))
        tx.put(tx.get(SessionRow, session.id).model_copy(update={"experiment_id": "exp_1"}))
    assert lab.get_deletion(session.id).experiment == "warm or cold"


# classes


def test_each_picture_has_the_class_of_its_strongest_use(lab: Lab, steer: Steer) -> None:
    session = steer()
    first = session.step()
    session.pick(0)
    second = session.step()
    favourite, plain = second.candidates[1], second.candidates[2]
    lab.mark(session.id, favourite.id, favourite=True)
    fresh = rendered(lab, lab.verify(session.id, first.candidates[1].id))
    point = rendered(lab, lab.render_point(session.id, [0.1] * session.view.dimension))
    final = rendered(lab, lab.render_final(session.id, second.candidates[3].id, {}))
    alone = rendered(lab, lab.generate({"prompt": "a disc"}, model="analytic", seed=5))
    axes = rendered(lab, previews(lab))
    lab.undo(session.id)
    found = classes(lab)
    assert {found[c.artifact] for c in first.candidates if c.artifact} == {"essential: rounds that count"}
    assert found[favourite.artifact or ""] == "essential: favourites and pinned pictures"
    assert found[plain.artifact or ""] == f"reproducible: {WHY_SUPERSEDED}"
    assert {found[name] for name in fresh} == {"reproducible: fresh seeds"}
    assert {found[name] for name in point} == {"reproducible: points chosen by hand"}
    assert {found[name] for name in final} == {"essential: best or final pictures"}
    assert {found[name] for name in alone} == {"reproducible: pictures without a session"}
    assert {found[name] for name in axes} == {"disposable: previews of axes"}


def test_what_cannot_be_made_again_here_is_essential(lab: Lab, steer: Steer) -> None:
    session = steer()
    round_ = session.step()
    fresh = rendered(lab, lab.verify(session.id, round_.candidates[1].id))
    assert {classes(lab)[name] for name in fresh} == {"reproducible: fresh seeds"}
    run = next(run for run in lab.store.list(RunRow) if run.purpose == "verify")
    for change in (
        {"model_fingerprint": "0" * 64}, {"model": "/nowhere/model"},
        {"environment": {**run.environment, "device": "cuda"}}, {"environment": {**run.environment, "versions": {}}},
    ):  # fmt: skip
        with lab.store.transaction() as tx:
            tx.put(run.model_copy(update=change))
        assert {classes(lab)[name].partition(":")[0] for name in fresh} == {"essential"}


@pytest.mark.parametrize("change", [{"origin": {"app": "pilotage"}}, {"deleted_at": system_clock()}])
def test_an_imported_or_deleted_session_keeps_all_its_pictures(lab: Lab, steer: Steer, change: Any) -> None:
    session = steer()
    round_ = session.step()
    fresh = rendered(lab, lab.verify(session.id, round_.candidates[1].id))
    with lab.store.transaction() as tx:
        tx.put(tx.get(SessionRow, session.id).model_copy(update=change))
    assert {classes(lab)[name].partition(":")[0] for name in fresh} == {"essential"}


def test_while_a_job_runs_its_session_keeps_all_its_pictures(lab: Lab, steer: Steer, calendar: Calendar) -> None:
    session = steer()
    round_ = session.step()
    fresh = rendered(lab, lab.verify(session.id, round_.candidates[1].id))
    waiting = lab.render_point(session.id, [0.0] * session.view.dimension)
    calendar.passes(days=2)
    assert lab.clean(REPRODUCIBLE).removed == 0
    lab.wait(waiting.id)
    assert lab.clean(REPRODUCIBLE).removed == len(fresh)


# cleaning


@pytest.fixture
def taken_back(lab: Lab, steer: Steer, calendar: Calendar) -> Any:
    """A session with a round that was taken back, days ago."""
    session = steer()
    session.step()
    session.pick(1)
    second = session.step()
    lab.undo(session.id)
    calendar.passes(days=2)
    session.second = second
    return session


def test_a_dry_run_says_what_would_go_and_changes_nothing(lab: Lab, taken_back: Any) -> None:
    before, held = rows(lab), list(lab.artifacts.held())
    plain = lab.clean(Choice(), dry_run=True)
    assert (plain.removed, line(plain, WHY_SUPERSEDED)) == (0, ("reproducible", 3, False))
    told = lab.clean(REPRODUCIBLE, dry_run=True)
    assert line(told, WHY_SUPERSEDED) == ("reproducible", 3, True)
    assert line(told, "rounds that count") == ("essential", 4, False)
    assert (rows(lab), list(lab.artifacts.held())) == (before, held)
    done = lab.clean(REPRODUCIBLE)
    assert (done.removed, done.freed, done.lines) == (told.removed, told.freed, told.lines)
    assert done.faults == []


def test_what_was_cleaned_says_so_and_comes_again_byte_for_byte(lab: Lab, taken_back: Any) -> None:
    names = [c.artifact for c in taken_back.second.candidates if c.carried_from is None]
    before = {name: lab.get_media(name).data for name in names}
    lab.clean(REPRODUCIBLE)
    with pytest.raises(CleanedError) as caught:
        lab.get_media(names[0])
    job = lab.wait(lab.render_again(str(caught.value.facts["run_id"])).id)
    assert job.state == "succeeded", job.error
    assert {name: lab.get_media(name).data for name in names} == before
    assert [row for row in lab.store.list(ArtifactRow) if row.cleaned_at] == []


def test_what_was_cleaned_and_is_made_by_another_session_is_there_again(
    lab: Lab, steer: Steer, taken_back: Any
) -> None:
    lab.clean(REPRODUCIBLE)
    twin = steer()
    twin.step()
    twin.pick(1)
    made = [c.artifact for c in twin.step().candidates]
    assert made == [c.artifact for c in taken_back.second.candidates]
    assert all(lab.store.get(ArtifactRow, name).cleaned_at is None for name in made)
    assert lab.fsck().findings == []


def test_it_can_be_cleaned_and_rendered_again_and_again(lab: Lab, taken_back: Any, calendar: Calendar) -> None:
    name = taken_back.second.candidates[-1].artifact
    for _ in range(3):
        calendar.passes(days=2)
        lab.clean(REPRODUCIBLE)
        with pytest.raises(CleanedError) as caught:
            lab.get_media(name)
        assert lab.wait(lab.render_again(str(caught.value.facts["run_id"])).id).state == "succeeded"
        assert lab.get_media(name)


def test_other_bytes_than_before_are_not_taken(lab: Lab, calendar: Calendar) -> None:
    model = Drifting()
    ref = lab.catalog.add(model)
    run = lab.wait(lab.generate({"prompt": "a disc"}, model=ref, seed=5).id).result or {}
    name = run["samples"][0]["artifact"]
    calendar.passes(days=2)
    lab.clean(REPRODUCIBLE)
    assert not lab.artifacts.has(name)
    model.drifts = True
    job = lab.wait(lab.render_again(run["run_id"]).id)
    assert job.state == "failed"
    assert "otherwise" in (job.error or {})["message"]
    assert list(lab.artifacts.held()) == []
    model.drifts = False
    assert lab.wait(lab.render_again(run["run_id"]).id).state == "succeeded"
    assert isinstance(lab.get_media(name), Media)


def test_what_has_no_record_cannot_be_rendered_again(lab: Lab) -> None:
    done = lab.wait(previews(lab).id)
    with pytest.raises(ConflictError):
        lab.render_again((done.result or {})["run_id"])


def test_previews_and_what_nothing_names_go_after_a_day(lab: Lab, calendar: Calendar) -> None:
    rendered(lab, previews(lab))
    lab.artifacts.put(b"left by a crash before any row named it")
    assert lab.clean(Choice()).removed == 0
    calendar.passes(hours=25)
    assert lab.clean(Choice()).removed == 3
    assert list(lab.artifacts.held()) == []
    assert lab.fsck().findings == []


def test_a_favourite_made_while_the_plan_is_made_stays(lab: Lab, taken_back: Any) -> None:
    saved = taken_back.second.candidates[2]
    marked: list[str] = []

    def can_render(run: RunRow) -> bool:
        if not marked:  # another process, in the middle of the plan
            marked.append(saved.id)
            lab.mark(taken_back.id, saved.id, favourite=True)
        return True

    cleaning._mark(lab.ports, can_render, REPRODUCIBLE, list(lab.artifacts.held()))
    cleaned = {row.id for row in lab.store.list(ArtifactRow) if row.cleaned_at}
    assert saved.artifact not in cleaned
    assert len(cleaned) == 2


def test_bytes_put_again_between_the_mark_and_the_sweep_stay(lab: Lab, taken_back: Any, monkeypatch: Any) -> None:
    name = taken_back.second.candidates[2].artifact
    data, remove = lab.artifacts.get(name), lab.artifacts.remove

    def put_first(names: Any, *, before: datetime) -> Any:
        if isinstance(lab.artifacts, DiskArtifacts):  # files age by the machine's clock
            ahead = lab.ports.clock().timestamp()
            lab.artifacts.put(data)
            os.utime(lab.artifacts.path(name), (ahead, ahead))
        else:
            lab.artifacts.put(data)
        return remove(names, before=before)

    monkeypatch.setattr(lab.artifacts, "remove", put_first)
    lab.clean(REPRODUCIBLE)
    assert lab.get_media(name).data == data
    assert lab.store.get(ArtifactRow, name).cleaned_at is None
    assert lab.fsck().findings == []


def test_old_completed_sessions_are_packed_and_look_the_same(lab: Lab, steer: Steer, calendar: Calendar) -> None:
    done, active = steer(seed=1), steer(seed=2)
    for session in (done, active):
        session.step()
        session.pick(1)
    lab.finish(done.id, done.last().candidates[1].id)
    shown = {session.id: pictures(lab, session.id) for session in (done, active)}
    assert lab.clean(Choice(archive=True)).packed == 0
    calendar.passes(days=31)
    report = lab.clean(Choice(archive=True))
    assert report.packed == len(shown[done.id])
    assert report.faults == []
    assert {id_: pictures(lab, id_) for id_ in shown} == shown
    assert lab.fsck().findings == []
    if isinstance(lab.artifacts, DiskArtifacts):
        assert {one.name for one in lab.artifacts.held() if one.archive} == set(shown[done.id])
    lab.delete_session(done.id)
    calendar.passes(days=8)
    lab.clean(Choice())
    assert {one.name for one in lab.artifacts.held()} == set(shown[active.id])


def test_kept_answers_to_requests_go_after_a_week(lab: Lab, calendar: Calendar) -> None:
    def ask(key: str) -> RequestRow:
        return RequestRow(
            id=key, created_at=lab.ports.clock(), fingerprint="f", status=201, response={"body": "a disc"}
        )

    with lab.store.transaction() as tx:
        tx.put(ask("old"))
    calendar.passes(days=6)
    with lab.store.transaction() as tx:
        tx.put(ask("young"))
    lab.clean(Choice())
    assert len(lab.store.list(RequestRow)) == 2
    calendar.passes(days=2)
    lab.clean(Choice())
    assert [row.id for row in lab.store.list(RequestRow)] == ["young"]
    assert lab.store.list(JobRow) == []
