"""Runs: memory that is short halves the batch and says so; what one row cannot have, the others keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.artifacts import MemoryArtifacts
from pilotage.core.errors import OutOfMemoryError, StorageError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.jobs import InlineEngine
from pilotage.models import AnalyticModel, GenerationRequest, Output, Row
from pilotage.sessions.batches import marked, render_rows, sizes_of
from pilotage.sessions.runs import Point, RunPlan, execute
from pilotage.store import MemoryStore, RunRow, SampleRow

REQUEST = GenerationRequest(prompt="a disc")


class SmallModel(AnalyticModel):
    """The analytic scene on a device that holds `room` rows, told as a real one tells it."""

    def __init__(self, room: Callable[[int], int]) -> None:
        super().__init__(ref="small")
        self._room, self.calls = room, []

    def generate(
        self, request: GenerationRequest, rows: Sequence[Row], *, progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:  # fmt: skip
        self.calls.append(len(rows))
        if len(rows) > self._room(len(self.calls)):
            raise OutOfMemoryError("no room on the device")
        return super().generate(request, rows, progress=progress, cancel=cancel)


class FullDisk(MemoryArtifacts):
    """Refuses the pictures whose turn is in `full`."""

    def __init__(self, *full: int) -> None:
        super().__init__()
        self._full, self._turn = full, 0

    def put(self, data: bytes) -> str:
        self._turn += 1
        if self._turn in self._full:
            raise StorageError("no space left on device")
        return super().put(data)


def rows_of(model: AnalyticModel, count: int) -> list[Row]:
    return [Row(model.encode(REQUEST), seed) for seed in range(count)]


def lab_with(artifacts: MemoryArtifacts) -> Lab:
    lab = Lab(MemoryStore(), artifacts, ModelCatalog(Settings()))
    lab.use_engine(InlineEngine(lab.store, lab.verbs()))
    return lab


def test_a_round_that_does_not_fit_is_made_in_halves_and_the_run_says_which(steer: Any, lab: Any) -> None:
    model = SmallModel(lambda call: 2)
    session = steer(model=lab.catalog.add(model), candidates=5)
    job = session.try_step()
    assert [candidate.state for candidate in session.last().candidates] == ["ready"] * 5
    assert model.calls == [5, 3, 2, 2, 1]
    (run,) = lab.store.list(RunRow)
    assert [row["batch"] for row in run.group] == [0, 0, 1, 1, 2]
    assert run.environment["halved"] == 2
    assert "halving" in [phase for phase, *_ in job.phases]


def test_a_round_that_fits_says_nothing_of_halves(steer: Any, lab: Any) -> None:
    job = steer(model=lab.catalog.add(SmallModel(lambda call: 9))).try_step()
    (run,) = lab.store.list(RunRow)
    assert all(set(row) == {"z", "seed"} for row in run.group)
    assert "halved" not in run.environment
    assert "halving" not in [phase for phase, *_ in job.phases]


def test_halves_are_told_with_how_many_at_a_time_and_previews_keep_their_place() -> None:
    steps: list[Step] = []
    model = SmallModel(lambda call: 2)
    render_rows(model, REQUEST, rows_of(model, 4), progress=steps.append)
    told = [(step.done, step.total) for step in steps if step.phase == "halving"]
    assert told == [(2, 4)]
    generating = [step for step in steps if step.phase == "generating"]
    assert [(step.done, step.total) for step in generating] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [row for step in generating for row, _ in step.previews] == [0, 1, 2, 3]


def test_the_pictures_are_those_of_the_rows_whatever_the_halves() -> None:
    model = SmallModel(lambda call: 2)
    whole = AnalyticModel().generate(REQUEST, rows_of(model, 7))
    assert render_rows(model, REQUEST, rows_of(model, 7), progress=silent).outputs == whole


def test_a_picture_too_large_even_alone_names_its_size_and_the_way_out(lab: Any, steer: Any) -> None:
    model = SmallModel(lambda call: 0)
    asked = GenerationRequest(prompt="a disc", width=1024, height=768, steps=30)
    with pytest.raises(OutOfMemoryError, match="1024 x 768 pixels at 30 steps") as caught:
        render_rows(model, asked, rows_of(model, 4), progress=silent)
    assert "smaller size" in caught.value.hint
    assert model.calls == [4, 2, 1]
    session = steer(model=lab.catalog.add(model))
    assert session.try_step().error["code"] == "out_of_memory"
    assert session.last().state == "failed"
    assert [run.state for run in lab.store.list(RunRow)] == ["failed"]


def test_a_row_that_loses_its_room_after_others_had_theirs_fails_alone() -> None:
    model = SmallModel(lambda call: {1: 1, 2: 1, 3: 0}.get(call, 1))  # another program took the rest meanwhile
    rendered = render_rows(model, REQUEST, rows_of(model, 3), sizes=(1, 1, 1), progress=silent)
    assert [output.error for output in rendered.outputs] == ["", "", "no room on the device"]
    assert rendered.sizes == (1, 1, 1)


def test_cancelling_between_two_halves_stops_there() -> None:
    token, model = CancelToken(), SmallModel(lambda call: 2)

    def stop_after_the_first(step: Step) -> None:
        if (step.phase, step.done) == ("generating", 2):
            token.cancel()

    with pytest.raises(Exception, match="cancelled"):
        render_rows(model, REQUEST, rows_of(model, 4), progress=stop_after_the_first, cancel=token)
    assert model.calls == [4, 2, 2]


def test_a_run_that_has_its_outputs_is_neither_made_nor_told_again(lab: Any) -> None:
    model = SmallModel(lambda call: 2)
    plan = RunPlan("generate", ("again",), REQUEST, tuple(Point(row) for row in rows_of(model, 4)))
    first = execute(lab.ports, model, plan, progress=silent)
    again = execute(lab.ports, model, plan, progress=silent)
    assert again == first
    assert model.calls == [4, 2, 2]
    assert [event.type for event in lab.store.events(topic=plan.run_id)] == ["run.finished"]
    assert sizes_of(lab.store.get(RunRow, plan.run_id).group) == (2, 2)


@given(st.integers(1, 24), st.integers(1, 24))
def test_whatever_the_room_each_row_is_made_once_and_no_call_is_larger_than_it(count: int, room: int) -> None:
    model = SmallModel(lambda call: room)
    rendered = render_rows(model, REQUEST, rows_of(model, count), progress=silent)
    assert all(output.media for output in rendered.outputs)
    assert sum(rendered.sizes) == len(rendered.outputs) == count
    assert max(rendered.sizes) <= room
    assert rendered.halved <= 5
    assert sizes_of(marked([{}] * count, rendered.sizes)) == rendered.sizes


def test_a_picture_that_cannot_be_saved_fails_alone(steer: Any) -> None:
    lab = lab_with(FullDisk(2))
    session = steer(lab=lab)
    round_ = session.step()
    assert [candidate.state for candidate in round_.candidates] == ["ready", "failed", "ready", "ready"]
    assert "no space left" in round_.candidates[1].error
    assert [sample.artifact is None for sample in lab.store.list(SampleRow)] == [False, True, False, False]
    session.pick(2)
    assert session.step().state == "awaiting"


def test_a_disk_that_takes_no_picture_fails_the_round_and_asking_again_renders_it(steer: Any) -> None:
    lab = lab_with(FullDisk(1, 2, 3, 4))
    session = steer(lab=lab)
    job = session.try_step()
    assert (job.state, job.error["code"]) == ("failed", "storage")
    assert [run.state for run in lab.store.list(RunRow)] == ["failed"]
    assert lab.store.list(SampleRow) == []
    assert session.step().state == "awaiting"
