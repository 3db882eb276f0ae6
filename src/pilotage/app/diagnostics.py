"""Diagnostics: what runs where, how warm, how fast; every figure measured or None, none made up."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict

from pilotage.app.settings import Settings
from pilotage.app.snapshots import PACKAGES, TOPIC, ModelLoaded
from pilotage.core.versions import installed
from pilotage.jobs.presence import live_workers
from pilotage.models.language import LanguageInfo
from pilotage.sessions.loading import by_id
from pilotage.store import JobRow, Reader, RunRow, SessionRow, Store, WorkerRow

RECENT = 20
HISTORY = 100


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeviceView(_View):
    """What was asked for in the settings, what that came to in the worker, what the model really runs on."""

    configured: str
    requested: str | None
    active: str | None
    dtype: str | None


class LoadedModel(_View):
    """A model that a worker met.

    Attributes:
        cold_ms: from the start of the job that loaded it to the end of its loading.
        last_round_ms: the newest warm round, from the start of its job to its end.
    """

    ref: str
    name: str
    family: str
    path: str | None
    fingerprint: str | None
    device: str | None
    dtype: str | None
    state: str
    warm_since: datetime | None
    cold_ms: float | None
    last_round_ms: float | None
    error: str | None


class WorkerView(_View):
    """A worker and its last heartbeat; `languages` are the language models that it has in memory."""

    id: str
    pid: int
    device: str
    alive: bool
    started_at: datetime
    beat_at: datetime
    jobs: list[str]
    models: list[LoadedModel]
    languages: list[LanguageInfo]
    threads: int | None


class MemoryView(_View):
    """Megabytes; `device_…` of the GPU, None on a CPU or where it is not known."""

    total_mb: float | None
    free_mb: float | None
    device_total_mb: float | None
    device_free_mb: float | None
    budget_mb: float | None


class QueueView(_View):
    """Jobs that wait and that run."""

    queued: int
    running: int


class Timings(_View):
    """Of the newest rounds, generating and saving; `warm_…` counts those since the model is warm; None without any."""

    cold_load_ms: float | None
    last_round_ms: float | None
    warm_round_median_ms: float | None
    rounds_measured: int


class Timing(_View):
    """One measured piece of work: a cold load, or a round that was generated and saved."""

    at: datetime
    what: Literal["load", "round"]
    model: str
    ms: float


class DiagnosticsView(_View):
    """All of it; `sentence` says the most important part in words, without times: a page knows its reader's zone."""

    sentence: str
    mode: str
    home: str
    database: str
    events: int
    device: DeviceView
    model: LoadedModel | None
    workers: list[WorkerView]
    queue: QueueView
    memory: MemoryView
    preload: str
    timings: Timings
    history: list[Timing]
    versions: dict[str, str | None]
    python: str
    platform: str


def diagnose(store: Store, settings: Settings, now: datetime) -> DiagnosticsView:
    """The present state, read from heartbeats, jobs and runs."""
    living = {row.id for row in live_workers(store, now)}
    workers = [_worker(row, alive=row.id in living) for row in store.list(WorkerRow)]
    alive = [worker for worker in workers if worker.alive]
    loaded = [model for worker in alive for model in worker.models]
    model = loaded[0] if loaded else None
    requested = next((row.status.get("requested") for row in store.list(WorkerRow) if row.id in living), None)
    return DiagnosticsView(
        sentence=sentence(alive, model), mode="app", home=str(settings.home.resolve()),
        database=without_password(settings.database_url), events=store.last_seq(),
        device=DeviceView(
            configured=settings.device, requested=requested, active=model.device if model else None,
            dtype=model.dtype if model else None,
        ),
        model=model, workers=workers, queue=_queue(store), memory=_memory(store, living), preload=settings.preload,
        timings=_timings(store, model), history=_history(store),
        versions={**dict.fromkeys(PACKAGES), **installed(PACKAGES)}, python=sys.version.split()[0],
        platform=platform.platform(),
    )  # fmt: skip


def sentence(alive: Sequence[WorkerView], model: LoadedModel | None) -> str:
    """What makes pictures and texts, in one sentence."""
    if not alive:
        return "No worker is running, so new pictures wait; what is stored can be looked at."
    spoken = [one.name for worker in alive for one in worker.languages]
    if model is None and not spoken:
        return "The worker is ready; no model is loaded yet."
    if model is None:
        return f"Texts are written by {', '.join(spoken)}; no model for images is loaded yet."
    if model.state == "loading":
        return f"{model.name} is being loaded."
    if model.state == "failed":
        return f"{model.name} can't be loaded: {model.error}"
    device = (model.device or alive[0].device).upper()
    return f"Images are made by {model.name} on this computer's {device}."


def _worker(row: WorkerRow, *, alive: bool) -> WorkerView:
    status = row.status
    known = LoadedModel.model_fields
    models = [LoadedModel(**{name: entry.get(name) for name in known}) for entry in status.get("models", []) if alive]
    return WorkerView(
        id=row.id, pid=row.pid, device=row.device, alive=alive, started_at=row.created_at, beat_at=row.beat_at,
        jobs=status.get("jobs", []) if alive else [], models=models, threads=status.get("threads"),
        languages=[LanguageInfo(**entry) for entry in status.get("languages", []) if alive],
    )  # fmt: skip


def _queue(reader: Reader) -> QueueView:
    counts = {state: len(reader.list(JobRow, where={"state": state}, limit=1000)) for state in ("queued", "running")}
    return QueueView(**counts)


def _timings(reader: Reader, model: LoadedModel | None) -> Timings:
    runs = _rounds_made_here(reader, RECENT)
    since = model.warm_since if model else None
    warm = [_total(run.timings_ms) for run in runs if since and run.created_at > since]
    return Timings(
        cold_load_ms=model.cold_ms if model else None,
        last_round_ms=_total(runs[0].timings_ms) if runs else None,
        warm_round_median_ms=round(median(warm), 1) if warm else None,
        rounds_measured=len(warm),
    )


def _history(store: Store) -> list[Timing]:
    """The newest loads and rounds, oldest first."""
    runs = _rounds_made_here(store, HISTORY)
    rounds = [Timing(at=run.created_at, what="round", model=run.model, ms=_total(run.timings_ms)) for run in runs]
    loads = [
        Timing(at=event.at, what="load", model=str(event.data["model"]), ms=float(event.data["ms"]))
        for event in store.events(topic=TOPIC, limit=10_000)
        if event.type == ModelLoaded.type
    ]
    return sorted([*rounds, *loads[-HISTORY:]], key=lambda timing: timing.at)


def _rounds_made_here(reader: Reader, limit: int) -> list[RunRow]:
    """The newest runs of rounds; those of imported sessions happened elsewhere."""
    where = {"purpose": "round", "state": "succeeded"}
    runs = reader.list(RunRow, where=where, limit=limit, newest_first=True)
    sessions = by_id(reader, SessionRow, (run.session_id for run in runs))
    return [run for run in runs if (of := sessions.get(run.session_id or "")) is None or of.origin is None]


def _memory(reader: Reader, living: set[str]) -> MemoryView:
    """What the newest heartbeat says."""
    beats = sorted((row for row in reader.list(WorkerRow) if row.id in living), key=lambda row: row.beat_at)
    told = beats[-1].status.get("memory", {}) if beats else {}
    return MemoryView(**{name: told.get(name) for name in MemoryView.model_fields})


def _total(timings: dict[str, Any]) -> float:
    return round(sum(value for value in timings.values() if isinstance(value, int | float)), 1)


def without_password(url: str) -> str:
    """A database's URL that may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")))
