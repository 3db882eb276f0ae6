"""The worker as a child process: started again when it dies, stopped when the server ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import structlog

from pilotage.app.settings import Settings
from pilotage.app.threads import model_threads, set_threads
from pilotage.app.worker import SUPERVISED
from pilotage.core.errors import PilotageError

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
HEALTHY_S = 30.0  # a worker that lived this long is started again at once
STOP_S = 5.0
_log = structlog.get_logger("pilotage.supervisor")


class Supervisor:
    """Keeps one worker alive.

    Args:
        settings: what the worker is started with.
        died: told, in words, how a worker ended, before the next one is started.
    """

    def __init__(self, settings: Settings, *, died: Callable[[str], None] = lambda cause: None) -> None:
        self._settings, self._died = settings, died
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    @property
    def pid(self) -> int | None:
        """The worker's process, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the worker, and go on doing so."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker: first by word, then by force."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _watch(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            begun = time.monotonic()
            self._process = self._start()
            status = self._process.wait()
            lived = time.monotonic() - begun
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE if lived > HEALTHY_S else min(LONGEST_PAUSE, 2 * pause)
            _log.warning("worker ended", status=status, lived_s=round(lived, 1), again_in_s=pause)
            self._tell(status)
            self._stopping.wait(pause)

    def _tell(self, status: int) -> None:
        try:
            self._died(in_words(status))
        except PilotageError:  # a store that fails now must not end the watch
            _log.exception("the worker's end could not be noted")

    def _start(self) -> subprocess.Popen[bytes]:
        settings = self._settings
        folder = settings.home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pilotage", "--home", str(settings.home), "--device", settings.device]
        with (folder / "worker.out").open("ab") as out:
            process = subprocess.Popen(
                [*command, "worker"], stdin=subprocess.PIPE, stdout=out, stderr=out, env=self._environment(),
                start_new_session=True,  # Ctrl-C goes to the server, which then stops its worker in order
            )  # fmt: skip
        _log.info("worker started", worker_pid=process.pid)
        return process

    def _environment(self) -> dict[str, str]:
        settings = self._settings
        pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PILOTAGE_TOKEN")
        own = {name: value for name, value in os.environ.items() if name not in pools}
        set_threads(model_threads(), own)
        return {
            **own, SUPERVISED: "1", "PILOTAGE_DATABASE": settings.database_url, "PILOTAGE_DTYPE": settings.dtype,
            "PILOTAGE_PRELOAD": str(settings.preload).lower(),
        }  # fmt: skip


def in_words(status: int) -> str:
    """How a process ended, from its exit status; below zero it is a signal."""
    number = -status if status < 0 else status - 128  # a shell adds 128
    if status == 0 or number not in {one.value for one in signal.Signals}:
        return f"the worker ended with status {status}"
    name = signal.Signals(number).name
    hint = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"the worker was ended by {name}{hint}"
