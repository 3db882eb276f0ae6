"""Diagnostics: what was measured is shown, what is unknown is null, each start and load is an event."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.app.diagnostics import diagnose
from pilotage.app.memory import MemoryBudget
from pilotage.app.settings import Settings
from pilotage.app.snapshots import TOPIC, LabStarted, note_load, note_start
from pilotage.app.warmth import Warmth
from pilotage.core.clock import system_clock
from pilotage.core.errors import StorageError
from pilotage.core.progress import CancelToken, silent
from pilotage.store import WorkerRow


@pytest.fixture
def watched(lab: Any) -> Any:
    """The lab's verbs as a worker runs them."""
    warmth = Warmth(lab.catalog, on_loaded=lambda info, ms: note_load(lab.store, info, ms, system_clock))
    return warmth.watched(lab.verbs())


def run_round(lab: Any, watched: Any, session: Any) -> None:
    asked = lab.request_round(session.id)
    watched["step"]({"round_id": asked.id, "model": "analytic"}, progress=silent, cancel=CancelToken())


def test_the_history_has_each_load_and_each_round_with_its_measured_time(steer: Any, lab: Any, watched: Any) -> None:
    session = steer()
    run_round(lab, watched, session)
    session.pick(1)
    run_round(lab, watched, session)
    history = diagnose(lab.store, Settings(), system_clock()).history
    assert [(timing.what, timing.model) for timing in history].count(("load", "analytic")) == 1
    assert [timing.what for timing in history].count("round") == 2
    assert all(timing.ms > 0 for timing in history if timing.what == "round")
    assert [timing.at for timing in history] == sorted(timing.at for timing in history)


def test_a_load_that_cannot_be_noted_costs_no_job(lab: Any, steer: Any) -> None:
    def full(info: Any, ms: float) -> None:
        raise StorageError("the disk is full")

    session = steer()
    run_round(lab, Warmth(lab.catalog, on_loaded=full).watched(lab.verbs()), session)
    assert session.last().state == "awaiting"


def test_a_start_says_what_runs_where(lab: Any) -> None:
    note_start(lab.store, Settings(device="cpu"), "worker", system_clock, threads=1)
    (event,) = lab.store.events(topic=TOPIC)
    assert (event.type, event.data["role"], event.data["device"]) == (LabStarted.type, "worker", "cpu")
    assert event.data["versions"]["pilotage"]


def test_without_a_worker_its_memory_is_unknown(lab: Any) -> None:
    memory = diagnose(lab.store, Settings(), system_clock()).memory
    assert set(memory.model_dump().values()) == {None}


def test_the_newest_heartbeat_tells_the_memory(lab: Any) -> None:
    status = {"memory": MemoryBudget(lab.catalog, Settings(memory_budget_mb=500)).status()}
    now = system_clock()
    with lab.store.transaction() as tx:
        tx.put(WorkerRow(id="here:0", created_at=now, pid=1, device="cpu", address="127.0.0.1:1", beat_at=now,
                         status=status))  # fmt: skip
    memory = diagnose(lab.store, Settings(), now).memory
    assert memory.budget_mb == 500
    assert memory.total_mb is None or memory.total_mb > 0
    assert memory.device_total_mb is None or memory.device_total_mb > 0


def test_a_heartbeat_tells_the_language_models_in_memory(lab: Any, tmp_path: Any) -> None:
    from pilotage.testing import tiny_language

    ref = str(tiny_language.save("llama", tmp_path / "tiny"))
    model = lab.catalog.language(ref)
    assert lab.catalog.warm_languages() == []
    model.load()
    now = system_clock()
    status = {"languages": [one.model_dump(mode="json") for one in lab.catalog.warm_languages()]}
    with lab.store.transaction() as tx:
        tx.put(WorkerRow(id="here:0", created_at=now, pid=1, device="cpu", address="127.0.0.1:1", beat_at=now,
                         status=status))  # fmt: skip
    seen = diagnose(lab.store, Settings(), now)
    assert "Texts are written by" in seen.sentence
    (told,) = seen.workers[0].languages
    assert told == model.info
    assert (told.ref, told.device) == (ref, "cpu")
    assert told.load_ms > 0


def test_rounds_of_an_imported_session_were_made_elsewhere(
    steer: Any, lab: Any, new_lab: Any, watched: Any, tmp_path: Any
) -> None:
    session = steer()
    run_round(lab, watched, session)
    other = new_lab()
    lab.bundle(session.id, tmp_path / "session.zip")
    other.import_bundle(tmp_path / "session.zip")
    told = diagnose(other.store, Settings(), system_clock())
    assert (told.history, told.timings.last_round_ms) == ([], None)
