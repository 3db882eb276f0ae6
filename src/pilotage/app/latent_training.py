"""The job that trains a run: it watches over a process of its own, and tells the database what that one writes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pilotage.app.latent_mirror import Mirror
from pilotage.app.threads import set_threads
from pilotage.core.errors import ConflictError, JobCancelledError, PilotageError
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.writer import RunWriter
from pilotage.store import LatentRunRow, Store

Json = dict[str, Any]
TRAIN = "train_latents"
LOOK_EVERY = 0.2  # seconds
PATIENCE = 15.0  # seconds for a former trainer to end, whose supervisor is gone
GRACE = 5.0  # seconds for a trainer that is let go
TOLD = 400  # characters of a crash
_MODULE = "pilotage.app.latent_child"


def train_run(
    store: Store, folder: RunFolder, sets: Path, *, job_id: str | None = None, progress: Progress, cancel: CancelToken
) -> Json:
    """Train a run in a process of its own, to its end. Re-entrant: what was begun goes on from its last checkpoint.

    Args:
        store: where row and events of the run are kept.
        folder: of the run.
        sets: folder of one's own picture sets.
        job_id: of the job that this is.
        progress: told of epochs.
        cancel: heeded within a batch, and a fifth of a second.

    Raises:
        JobCancelledError: the run was cancelled.
        PilotageError: it failed, with the code that its log tells.
    """
    mirror = Mirror(store, folder)
    mirror.catch_up(job_id=job_id)
    end_if_orphaned(folder)
    with tempfile.TemporaryFile() as said, _trainer(folder, sets, said) as trainer:
        while trainer.poll() is None:
            row = mirror.catch_up()
            progress(Step("training", row.epoch or 0, row.epochs))
            if cancel.cancelled and not folder.cancel_requested:
                folder.request_cancel()
            time.sleep(LOOK_EVERY)
        last_words = _last_words(said)
    end_if_orphaned(folder, f"the trainer ended with status {trainer.returncode}: {last_words}".strip(": "))
    return _result(mirror.catch_up())


def end_if_orphaned(folder: RunFolder, why: str = "", *, patience: float = PATIENCE) -> None:
    """Tell of a run that trains, and whose trainer is gone, that it failed; it can be resumed then.

    Args:
        folder: of the run.
        why: what is known of the end; a run that had not begun fails for that, too.
        patience: seconds for whoever writes to it to end.

    Raises:
        ConflictError: it is still being written to.
    """
    end = time.monotonic() + patience
    while True:
        try:
            with RunWriter(folder) as run:
                if run.summary.state == "running" or (why and run.summary.state == "created"):
                    message = why or "the process that trained is gone"
                    hint = "Resume it: it goes on from its last checkpoint."
                    run.emit("run.failed", {"code": "interrupted", "message": message, "hint": hint})
            return
        except ConflictError:
            if time.monotonic() >= end:
                raise
            time.sleep(LOOK_EVERY)


@contextmanager
def _trainer(folder: RunFolder, sets: Path, said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process; whatever ends this block ends it too."""
    command = [sys.executable, "-m", _MODULE, str(folder.path.parent), str(sets), folder.run_id]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    set_threads(int(folder.config().training.get("threads", 1)), environment)
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
    )  # fmt: skip
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()  # which it takes as the end of us
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").split("\n")
    return next((line.strip()[:TOLD] for line in reversed(lines) if line.strip()), "")


def _result(row: LatentRunRow) -> Json:
    if row.state == "cancelled":
        raise JobCancelledError("cancelled", hint="Resume the run to go on.")
    if row.state != "completed":
        error = row.error or {}
        raise _fault(error.get("code"))(
            str(error.get("message", "the training failed")), hint=str(error.get("hint", ""))
        )
    return {"run_id": row.id, "state": row.state, "epoch": row.epoch, "metrics": row.metrics}


def _fault(code: object) -> type[PilotageError]:
    """The error of a code that a log tells."""
    kinds = [PilotageError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return next((kind for kind in kinds if kind.code == code), PilotageError)
