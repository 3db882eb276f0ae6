"""The process beside a trainer that computes its maps: niced, one thread, late rather than left out."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from pilotage.core.errors import PilotageError
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.folder import Artifact, RunFolder
from pilotage.labs.latents.projections import project
from pilotage.labs.latents.writer import RunWriter

YIELDING = 10  # niceness: the trainer beside it goes first, even while the process imports what it needs
_BEGIN = f"import os; getattr(os, 'nice', int)({YIELDING}); from {__name__} import main; main()"
_ONE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}
_WAIT = 0.1  # seconds between looks at whether somebody wants to stop
_PATIENCE = 10.0  # seconds that a process may take to end
Job = tuple[int, Method]


class Projector:
    """The trainer's end of it: takes what is due, announces what has come. All calls are the trainer's thread's.

    A map that cannot be made is told of and does not end the training: it can be made later. So is what was due when
    the process ended; the next that is due has another.
    """

    def __init__(self, writer: RunWriter) -> None:
        self._writer = writer
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._waiting: list[Job] = []
        self._due = self._done = 0

    def post(self, epoch: int, method: Method) -> None:
        """Ask for the maps of an epoch whose latents are written."""
        self.announce()  # that the process has ended, too
        job = epoch, method
        self._due += 1
        self._waiting.append(job)
        self._tell(job, "due")
        try:
            print(*job, file=self._pipe(), flush=True)
        except OSError as fault:  # it cannot be started, or has ended just now
            self._finish(job, "failed", _reason(fault))

    def announce(self) -> None:
        """Tell of what has come since the last call, without waiting."""
        with suppress(queue.Empty):
            while True:
                self._take(self._said.get_nowait())

    def settle(self, is_cancelled: Callable[[], bool]) -> bool:
        """Wait until all that is due is there or told to have failed; False if somebody wanted to stop before."""
        while self._waiting:
            if is_cancelled():
                return False
            with suppress(queue.Empty):
                self._take(self._said.get(timeout=_WAIT))
        return True

    def close(self) -> None:
        """End the process; what it had begun can be made later. What has come is still announced."""
        if self._process is None:
            return
        self._process.terminate()  # files are whole or not there, wherever it is
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._listener is not None:
            self._listener.join(_PATIENCE)
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._process = None

    def _pipe(self) -> IO[str]:
        if self._process is None:
            folder = self._writer.folder
            command = [sys.executable, "-c", _BEGIN, str(folder.path.parent), folder.run_id]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                env={**os.environ, **_ONE},
            )  # fmt: skip
            self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
            self._listener.start()
        assert self._process.stdin is not None
        return self._process.stdin

    def _listen(self, lines: IO[str]) -> None:
        with suppress(ValueError, OSError):  # a line that its end has torn, or a pipe that we closed
            for line in lines:
                self._said.put(json.loads(line))
        self._said.put(None)

    def _take(self, said: dict[str, Any] | None) -> None:
        if said is None:
            self.close()
            for job in list(self._waiting):
                self._finish(job, "failed", {"code": "lab_error", "message": "the process that makes maps has ended"})
        elif "artifact" in said:
            self._writer.announce(Artifact(**said["artifact"]))
        else:
            self._finish((said["epoch"], said["method"]), "failed" if said["error"] else "done", said["error"])

    def _finish(self, job: Job, state: str, error: dict[str, str] | None) -> None:
        self._waiting.remove(job)
        self._done += 1
        self._tell(job, state, error)

    def _tell(self, job: Job, state: str, error: dict[str, str] | None = None) -> None:
        self._writer.emit("projection.progress", {
            "epoch": job[0], "method": job[1], "state": state, "done": self._done, "due": self._due, "error": error,
        })  # fmt: skip


def serve(folder: RunFolder, asked: IO[str], told: IO[str], *, parent: int) -> None:
    """The other end: a line `epoch method` in, a line of JSON for each file and one for the end of each job out.

    Args:
        folder: of the run.
        asked: where lines come from.
        told: where lines go.
        parent: process that this one is a child of until the trainer ends; then nothing is written any more.
    """
    for line in asked:
        epoch, method = line.split()
        error = None
        try:
            for artifact in project(folder, int(epoch), cast("Method", method), check=partial(_end_without, parent)):
                print(json.dumps({"artifact": asdict(artifact)}), file=told, flush=True)
        except Exception as fault:  # one map, not those that are asked for after it
            error = _reason(fault)
        print(json.dumps({"epoch": int(epoch), "method": method, "error": error}), file=told, flush=True)


def _reason(fault: Exception) -> dict[str, str]:
    """What went wrong, as JSON has it."""
    if isinstance(fault, PilotageError):
        return {"code": fault.code, "message": str(fault)}
    return {"code": "lab_error", "message": f"{type(fault).__name__}: {fault}"[:300]}


def _end_without(parent: int) -> None:
    """Stop when the trainer is gone: another one may be writing the run by then."""
    if os.getppid() != parent:
        sys.exit()


def main() -> None:
    """The life of the process: `RUNS RUN_ID` as its arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the trainer decides
    with suppress(BrokenPipeError):  # nobody listens any more
        serve(RunFolder.open(Path(sys.argv[1]), sys.argv[2]), sys.stdin, sys.stdout, parent=os.getppid())
