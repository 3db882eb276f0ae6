"""The memory that models may take together: the least recently used one goes when another needs its room."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import structlog

from pilotage.app.catalog import ModelCatalog
from pilotage.app.settings import Settings
from pilotage.core.errors import PilotageError
from pilotage.core.progress import CancelToken, Progress
from pilotage.jobs import Verb, Verbs

Json = dict[str, Any]
SHARE = 0.8  # of the device: the rest is for what is computed, and for other programs
_CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_log = structlog.get_logger("pilotage.worker")


class Sized(Protocol):
    """What tells how much memory it takes, in megabytes, if it knows."""

    @property
    def size_mb(self) -> float | None: ...  # noqa: D102


class Unloadable(Protocol):
    """A model of any kind."""

    @property
    def info(self) -> Sized: ...  # noqa: D102

    @property
    def loaded(self) -> bool: ...  # noqa: D102

    def unload(self) -> None: ...  # noqa: D102


class MemoryBudget:
    """Keeps the models of one process within their memory, around the verbs that use them.

    A model that a verb is using stays, whatever it takes; so does one that is alone too large, since asking
    for it is the user's choice. Sizes are those of the weights; of a model not loaded yet, those of its files.
    """

    def __init__(self, catalog: ModelCatalog, settings: Settings) -> None:
        self._catalog, self._settings = catalog, settings
        self._used: dict[str, Unloadable] = {}  # the least recently used first
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    @cached_property
    def limit_mb(self) -> float:
        """What models may take together: the setting, or a share of the device."""
        return self._settings.memory_budget_mb or SHARE * device_mb(self._settings.device)

    def preloads(self, ref: str, *, awaited: bool) -> bool:
        """Whether to load a model before somebody asks; by itself only if a person waits for it and it fits."""
        if self._settings.preload != "auto":
            return self._settings.preload == "always"
        _, model = self._found(ref) if awaited else (ref, None)
        return model is not None and model.info.size_mb is not None and model.info.size_mb <= self.limit_mb

    def status(self) -> Json:
        """Megabytes for the heartbeat; None where the machine does not tell."""
        limit = self.limit_mb
        return {**_memory_mb(), "budget_mb": round(limit, 1) if limit < float("inf") else None}

    def kept(self, verbs: Verbs) -> Verbs:
        """The same verbs; before one uses a model, room is made for it."""
        return {kind: self._within(verb) for kind, verb in verbs.items()}

    def _within(self, verb: Verb) -> Verb:
        def run(payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
            ref, model = self._asked(payload)
            if model is None:
                return verb(payload, progress=progress, cancel=cancel)
            with self.held(ref, model):
                return verb(payload, progress=progress, cancel=cancel)

        return run

    @contextmanager
    def held(self, ref: str, model: Unloadable) -> Iterator[None]:
        """Room for a model, which stays as long as the block lasts."""
        self._make_room(ref, model)
        try:
            yield
        finally:
            with self._lock:
                self._busy[ref] -= 1

    def _asked(self, payload: Json) -> tuple[str, Unloadable | None]:
        """The model that a job is about: an image's, or a language's."""
        if "language" in payload:
            ref = str(payload["language"])
            return ref, self._catalog.language(ref)
        ref = str(payload.get("model", ""))
        return self._found(ref) if ref else (ref, None)

    def _found(self, ref: str) -> tuple[str, Unloadable | None]:
        """What takes the memory, and its ref; None if there is no such model, which is the verb's to tell."""
        try:
            return self._catalog.weights(ref)
        except PilotageError:
            return ref, None

    def _make_room(self, ref: str, model: Unloadable) -> None:
        with self._lock:
            self._used.pop(ref, None)
            self._used[ref] = model
            self._busy[ref] += 1
            if model.loaded:
                return
            others = {name: one for name, one in self._used.items() if one is not model and one.loaded}
            for name, one in others.items():
                wanted = sum(known.info.size_mb or 0.0 for known in (model, *others.values()) if known.loaded)
                if wanted + (model.info.size_mb or 0.0) <= self.limit_mb:
                    return
                if not self._busy[name]:
                    _log.info("model unloaded", model=name, size_mb=one.info.size_mb, for_model=ref)
                    one.unload()


def device_mb(device: str) -> float:
    """The whole memory of a device in megabytes; infinite where it is not known."""
    kind, _, index = device.partition(":")
    if kind != "cpu":
        import torch

        if kind in ("auto", "cuda") and torch.cuda.is_available():
            return torch.cuda.mem_get_info(int(index or 0))[1] / 1e6
        if kind in ("auto", "mps") and torch.backends.mps.is_available():
            return torch.mps.recommended_max_memory() / 1e6
    return min(_installed_mb(), _allowed_mb())


def _installed_mb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    except (AttributeError, ValueError, OSError):  # Windows
        return float("inf")


def _allowed_mb() -> float:
    """What a container may take."""
    for path in _CGROUPS:
        with suppress(OSError, ValueError):
            return int(path.read_text()) / 1e6
    return float("inf")


def _memory_mb() -> Json:
    told: Json = {"total_mb": _installed_mb(), "free_mb": _free_mb(), "device_total_mb": None, "device_free_mb": None}
    torch = sys.modules.get("torch")  # a worker that has loaded no model need not pay for it here
    with suppress(AttributeError):  # another thread is importing it just now
        if torch is not None and torch.cuda.is_available():
            free, total = torch.cuda.mem_get_info()
            told |= {"device_total_mb": total / 1e6, "device_free_mb": free / 1e6}
    return {name: round(value, 1) if value not in (None, float("inf")) else None for name, value in told.items()}


def _free_mb() -> float | None:
    """What could still be taken without swapping; Linux alone tells."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024 / 1e6
    return None
