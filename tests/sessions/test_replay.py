"""Replay: a session's pictures are made again in the batches they had, and any other byte is told with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.lab import raise_if_failed
from pilotage.core.errors import InvalidInputError, NotFoundError, OutOfMemoryError
from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.models import AnalyticModel, GenerationRequest, Output, Row
from pilotage.store import RunRow, SampleRow


class Fickle(AnalyticModel):
    """The analytic scene, whose bytes depend on the batch as a GPU's do; `room` is what its memory holds."""

    def __init__(self, *, room: int = 16, fails: int | None = None) -> None:
        super().__init__(ref="fickle")
        self.room, self.fails, self.calls = room, fails, []

    def generate(
        self, request: GenerationRequest, rows: Sequence[Row], *, progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:  # fmt: skip
        self.calls.append(len(rows))
        if len(rows) > self.room:
            raise OutOfMemoryError("no room")
        shifted = [replace(row, seed=row.seed + len(rows)) for row in rows]
        outputs = super().generate(request, shifted, progress=progress, cancel=cancel)
        return tuple(Output(None, "black") if i == self.fails else output for i, output in enumerate(outputs))


def check(lab: Any, session_id: str, rounds: Sequence[int] | None = None) -> dict[str, Any]:
    return raise_if_failed(lab.wait(lab.verify_replay(session_id, rounds).id)).result


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["equal"], found["different"], found["missing"]


def test_a_session_made_again_has_the_same_bytes_and_leaves_no_trace(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    session.step()
    lab.wait(lab.render_final(session.id, session.last().candidates[1].id, {}).id)
    before = {kind: rows for kind, rows in snapshot(lab.store)[0].items() if kind.__name__ != "JobRow"}
    found = check(lab, session.id)
    assert counts(found) == (8, 0, 0)
    assert [(run["purpose"], run["round"]) for run in found["runs"]] == [("round", 1), ("round", 2), ("final", None)]
    assert {kind: rows for kind, rows in snapshot(lab.store)[0].items() if kind.__name__ != "JobRow"} == before


def test_one_round_may_be_chosen_and_one_that_is_not_there_is_named(steer: Any, lab: Any) -> None:
    session = steer()
    with pytest.raises(InvalidInputError):
        lab.verify_replay(session.id)
    session.step()
    session.pick(0)
    session.step()
    assert [run["round"] for run in check(lab, session.id, [2])["runs"]] == [2]
    with pytest.raises(NotFoundError, match="7"):
        check(lab, session.id, [7])


def test_groups_that_were_halved_are_made_again_as_they_were(steer: Any, lab: Any) -> None:
    model = Fickle(room=2)
    session = steer(model=lab.catalog.add(model))
    session.step()
    model.room, model.calls = 16, []
    assert counts(check(lab, session.id)) == (4, 0, 0)
    assert model.calls == [2, 2]


def test_memory_that_is_shorter_now_is_given_as_the_reason(steer: Any, lab: Any) -> None:
    model = Fickle()
    session = steer(model=lab.catalog.add(model))
    session.step()
    model.room = 2
    found = check(lab, session.id)
    assert counts(found) == (0, 4, 0)
    assert "memory was short: batches of 2 + 2, then of 4" in found["runs"][0]["samples"][0]["reason"]


def test_what_is_otherwise_than_then_is_said_in_words(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    (run,) = lab.store.list(RunRow)
    versions = {**run.environment["versions"], "numpy": "1.0.0"}
    was = {**run.environment, "device": "cuda", "threads": 7, "versions": versions}
    broken = lab.store.list(SampleRow)[2]
    with lab.store.transaction() as tx:
        tx.put(run.model_copy(update={"environment": was}))
        tx.put(broken.model_copy(update={"artifact": "0" * 64}))
    found = check(lab, session.id)
    assert counts(found) == (3, 1, 0)
    assert "made on cuda, now cpu" in found["runs"][0]["changes"]
    reason = found["runs"][0]["samples"][2]["reason"]
    assert "made on cuda, now cpu" in reason
    assert "made with numpy 1.0.0, now " in reason


def test_a_difference_without_a_known_cause_says_so(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    with lab.store.transaction() as tx:
        tx.put(lab.store.list(SampleRow)[0].model_copy(update={"artifact": "0" * 64}))
    assert "nothing is known to have changed" in check(lab, session.id)["runs"][0]["samples"][0]["reason"]


def test_pictures_that_failed_then_or_now_are_missing_not_different(steer: Any, lab: Any) -> None:
    model = Fickle(fails=1)
    session = steer(model=lab.catalog.add(model))
    session.step()
    model.fails = 2
    found = check(lab, session.id)
    assert counts(found) == (2, 0, 2)
    assert [sample["outcome"] for sample in found["runs"][0]["samples"]] == ["equal", "missing", "missing", "equal"]
    assert "then: black" in found["runs"][0]["samples"][1]["reason"]
    assert "now: black" in found["runs"][0]["samples"][2]["reason"]


def test_a_model_with_other_weights_is_refused(steer: Any, lab: Any, restarted: Any) -> None:
    session = steer(model=lab.catalog.add(AnalyticModel(5, side=64, ref="mine")))
    session.step()
    again = restarted(lab, AnalyticModel(5, side=32, ref="mine"))
    assert again.wait(again.verify_replay(session.id).id).error["code"] == "conflict"


def test_a_real_pipeline_gives_its_bytes_again(steer: Any, lab: Any, tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    from pilotage.testing import tiny_diffusion as tiny

    folder = tiny.save(tiny.sd_pipeline(), tmp_path / "sd")
    asked = {"prompt": "a red fox", "steps": 2}
    session = steer(model=str(folder), request=asked, axes=["red | blue", "fox | house"], dimension=2)
    session.step()
    lab.catalog.get(str(folder)).unload()
    assert counts(check(lab, session.id)) == (4, 0, 0)


def test_the_pictures_that_a_branch_has_of_its_parent_are_made_again_too(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    session.step()
    found = check(lab, lab.branch(session.id).id)
    assert counts(found) == (7, 0, 0)
    assert [run["round"] for run in found["runs"]] == [1, 2]
