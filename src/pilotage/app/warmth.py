"""What a worker has in memory, since when, and how quick it was: measured where the work happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any

import structlog

from pilotage.app.catalog import ModelCatalog
from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import PilotageError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.jobs import Verb, Verbs
from pilotage.models import ModelInfo

Json = dict[str, Any]
_log = structlog.get_logger("pilotage.worker")


@dataclass(frozen=True, slots=True)
class _Known:
    state: str = "cold"
    warm_since: datetime | None = None
    cold_ms: float | None = None
    last_round_ms: float | None = None
    error: str | None = None


class Warmth:
    """Watches the verbs of one worker."""

    def __init__(
        self, catalog: ModelCatalog, *, clock: Clock = system_clock,
        on_loaded: Callable[[ModelInfo, float], object] = lambda info, ms: None,
    ) -> None:  # fmt: skip
        self._catalog, self._clock, self._on_loaded = catalog, clock, on_loaded
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def watched(self, verbs: Verbs) -> Verbs:
        """The same verbs, timed."""
        return {kind: self._timed(kind, verb) for kind, verb in verbs.items()}

    def status(self) -> Json:
        """The models that this worker has met, for its heartbeat."""
        with self._lock:
            known = dict(self._known)
        return {"models": [self._entry(ref, one) for ref, one in known.items()]}

    def preload(self, verbs: Mapping[str, Verb], ref: str) -> None:
        """Load a model ahead; what goes wrong is told by the status, since nobody asked for it."""
        try:
            verbs["warm"]({"model": ref}, progress=silent, cancel=CancelToken())
        except PilotageError as error:
            self._note(ref, state="failed", error=str(error))

    def _timed(self, kind: str, verb: Verb) -> Verb:
        def run(payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
            ref = payload.get("model")
            if not isinstance(ref, str):
                return verb(payload, progress=progress, cancel=cancel)
            begun = perf_counter()
            was_cold = self._begin(ref)

            def noted(step: Step, /) -> None:
                if step.phase != "loading" and was_cold:
                    self._loaded(ref, begun)
                progress(step)

            about = {"kind": kind, "model": ref, **_subject(payload)}
            try:
                result = verb(payload, progress=noted, cancel=cancel)
            except PilotageError as error:
                _log.info("job ended badly", code=error.code, error=str(error), **about)
                self._ended(ref, begun, str(error))
                raise
            except Exception:
                _log.exception("job failed", **about)
                raise
            _log.info("job done", ms=_since(begun), was_cold=was_cold, **about)
            self._ended(ref, begun, None)
            if kind == "step" and not was_cold:
                self._note(ref, last_round_ms=_since(begun))
            return result

        return run

    def _begin(self, ref: str) -> bool:
        cold = not self._catalog.get(ref).loaded
        if cold:
            self._note(ref, state="loading", error=None)
        return cold

    def _loaded(self, ref: str, begun: float) -> None:
        with self._lock:
            known = self._known.get(ref, _Known())
            if known.state == "warm":
                return
            took = _since(begun)
            self._known[ref] = replace(known, state="warm", warm_since=self._clock(), cold_ms=took, error=None)
        with suppress(PilotageError):  # a full disk must not cost the job
            self._on_loaded(self._catalog.get(ref).info, took)

    def _ended(self, ref: str, begun: float, error: str | None) -> None:
        if self._catalog.get(ref).loaded:
            self._loaded(ref, begun)
        elif error is not None:
            self._note(ref, state="failed", error=error)

    def _note(self, ref: str, **changes: Any) -> None:
        with self._lock:
            self._known[ref] = replace(self._known.get(ref, _Known()), **changes)

    def _entry(self, ref: str, known: _Known) -> Json:
        entry: Json = {
            "ref": ref, "name": ref, "family": "unknown", "state": known.state, "cold_ms": known.cold_ms,
            "last_round_ms": known.last_round_ms, "error": known.error,
            "warm_since": known.warm_since.isoformat() if known.warm_since else None,
        }  # fmt: skip
        try:
            model = self._catalog.get(ref)
        except PilotageError:
            return entry
        if known.state == "warm" and not model.loaded:  # it went so that another could come
            entry.update(state="cold", warm_since=None)
        told = ("name", "family", "path", "fingerprint", "device", "dtype")
        return {**entry, **{name: getattr(model.info, name) for name in told}}


def _subject(payload: Json) -> Json:
    plan = payload.get("plan")
    key = plan.get("key") if isinstance(plan, dict) else None
    return {"round_id": payload.get("round_id"), "render": key}


def _since(begun: float) -> float:
    return round(1000 * (perf_counter() - begun), 1)
