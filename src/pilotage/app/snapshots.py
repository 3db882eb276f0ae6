"""What ran where, as events: one at each start, one whenever a model was loaded; so that a trace can name it."""

from __future__ import annotations

import platform
import sys
from typing import Any, ClassVar, Literal

from pilotage.app.settings import Settings
from pilotage.core.clock import Clock
from pilotage.core.versions import installed
from pilotage.models import ModelInfo
from pilotage.records import Event, EventRegistry, Payload
from pilotage.store import Store

Json = dict[str, Any]
TOPIC = "lab"
PACKAGES = ("pilotage", "torch", "diffusers", "transformers", "numpy", "scipy", "fastapi", "dbos", "sqlalchemy")
LAB_EVENTS = EventRegistry()


@LAB_EVENTS.register
class LabStarted(Payload):
    """A server or a worker started, on this machine, with these packages."""

    type: ClassVar[str] = "lab.started"

    role: Literal["server", "worker"]
    device: str
    threads: int | None
    python: str
    platform: str
    versions: dict[str, str]


@LAB_EVENTS.register
class ModelLoaded(Payload):
    """A model came into memory: how long the job that needed it waited for that."""

    type: ClassVar[str] = "lab.model_loaded"

    model: str
    fingerprint: str | None
    device: str | None
    dtype: str | None
    ms: float


def note_start(
    store: Store, settings: Settings, role: Literal["server", "worker"], clock: Clock, *, threads: int | None = None
) -> Event:
    """Write down that a process started."""
    started = LabStarted(
        role=role, device=settings.device, threads=threads, python=sys.version.split()[0],
        platform=platform.platform(), versions=installed(PACKAGES),
    )  # fmt: skip
    return _tell(store, started, clock)


def note_load(store: Store, info: ModelInfo, ms: float, clock: Clock) -> Event:
    """Write down that a model was loaded, in `ms` milliseconds."""
    told = ModelLoaded(model=info.ref, fingerprint=info.fingerprint, device=info.device, dtype=info.dtype, ms=ms)
    return _tell(store, told, clock)


def _tell(store: Store, payload: Payload, clock: Clock) -> Event:
    with store.transaction() as tx:
        return tx.append(Event.of(TOPIC, payload, clock()))
