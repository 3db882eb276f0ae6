"""Runs without steering: typed stages, an effective config, seeds that can be given again."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.sessions.runs import RunStage
from pilotage.store import RunRow

REQUEST = {"prompt": "a disc"}


def run_of(lab: Any, **how: Any) -> Any:
    job = lab.wait(lab.generate(REQUEST, model="analytic", **how).id)
    assert job.state == "succeeded", job.error
    return lab.get_run(job.result["run_id"])


def test_pictures_are_made_without_a_session(lab: Any) -> None:
    run = run_of(lab, n=3, seed=5)
    assert (run.purpose, run.state, run.session_id) == ("generate", "succeeded", None)
    assert [sample.index for sample in run.samples] == [0, 1, 2]
    assert all(sample.z is None and sample.artifact for sample in run.samples)
    assert len({sample.seed for sample in run.samples}) == 3
    assert lab.list_sessions() == ([], None)


def test_the_same_seed_makes_the_same_pictures_and_a_printed_seed_makes_its_own_again(lab: Any) -> None:
    first, second = run_of(lab, n=3, seed=5), run_of(lab, n=3, seed=5)
    assert [s.artifact for s in first.samples] == [s.artifact for s in second.samples]
    assert first.id != second.id
    alone = run_of(lab, seed=first.samples[2].seed)
    assert alone.samples[0].artifact == first.samples[2].artifact


def test_without_a_seed_each_run_has_its_own(lab: Any) -> None:
    assert run_of(lab).samples[0].seed != run_of(lab).samples[0].seed


def test_a_run_records_its_stages_its_group_and_where_it_ran(lab: Any) -> None:
    run = run_of(lab, n=2, seed=1)
    row = lab.store.get(RunRow, run.id)
    (stage,) = (RunStage.model_validate(stage) for stage in row.stages)
    assert (stage.kind, stage.request.prompt) == ("txt2img", "a disc")
    assert row.group == [{"z": None, "seed": sample.seed} for sample in run.samples]
    assert row.environment["versions"]["numpy"]
    assert row.timings_ms["generate"] >= 0


@pytest.mark.parametrize("stages", [("img2img",), ("txt2img", "refiner"), ("txt2img", "hires", "upscale"), ("dream",)])
def test_a_stage_that_cannot_be_run_is_refused_by_field(lab: Any, snapshot: Any, stages: tuple[str, ...]) -> None:
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError) as caught:
        lab.generate(REQUEST, model="analytic", stages=stages)
    assert caught.value.field.startswith("stages")
    assert snapshot(lab.store) == before


def test_a_pipeline_without_stages_is_refused(lab: Any) -> None:
    with pytest.raises(InvalidInputError):
        lab.generate(REQUEST, model="analytic", stages=())


@pytest.mark.parametrize("how", [{"n": 0}, {"n": 17}, {"seed": -1}, {"seed": 2**32}])
def test_counts_and_seeds_out_of_range_are_refused(lab: Any, how: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.generate(REQUEST, model="analytic", **how)
    assert caught.value.field == next(iter(how))


def test_a_request_that_the_model_does_not_take_is_refused(lab: Any) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        lab.generate({**REQUEST, "width": 64}, model="analytic")
    assert caught.value.field == "request.width"


def test_warming_up_says_whether_the_model_was_cold(lab: Any) -> None:
    first, second = (lab.wait(lab.warm("analytic").id).result for _ in range(2))
    assert (first["cold"], second["cold"]) == (True, False)
    assert first["load_ms"] >= 0
