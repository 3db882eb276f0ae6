"""The job that trains a run: it watches over a process of its own, and tells the database what that one writes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from pilotage.app.latent_mirror import Mirror
from pilotage.app.latent_process import child, fault_of
from pilotage.core.errors import JobCancelledError
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.writer import PATIENCE, RunWriter
from pilotage.store import LatentRunRow, Store

Json = dict[str, Any]
TRAIN = "train_latents"
LOOK_EVERY = 0.2  # seconds


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
    mirror.catch_up()
    before = mirror.summary
    threads = int(folder.config().training.get("threads", 1))
    with child(["train", str(folder.path.parent), folder.run_id, str(sets)], threads=threads) as trainer:
        while trainer.status is None:
            row = mirror.catch_up()
            progress(Step("training", row.epoch or 0, row.epochs))
            if cancel.cancelled and not folder.cancel_requested:
                folder.request_cancel()
            time.sleep(LOOK_EVERY)
        fault = trainer.fault(f"the trainer ended with status {trainer.status}")
    end_if_orphaned(folder, str(fault))
    row = mirror.catch_up()
    if mirror.summary == before and row.state != "completed":  # it could not begin, and told of no new end
        raise fault
    return _result(row)


def end_if_orphaned(folder: RunFolder, why: str = "", *, patience: float = PATIENCE) -> None:
    """Tell of a run that trains, and whose trainer is gone, that it failed; it can be resumed then.

    Args:
        folder: of the run.
        why: what is known of the end; a run that had not begun fails for that, too.
        patience: seconds for whoever writes to it to end.

    Raises:
        ConflictError: it is still being written to.
    """
    with RunWriter.opened(folder, patience=patience) as run:
        if run.summary.state == "running" or (why and run.summary.state == "created"):
            message = why or "the process that trained is gone"
            hint = "Resume it: it goes on from its last checkpoint."
            run.emit("run.failed", {"code": "interrupted", "message": message, "hint": hint})


def _result(row: LatentRunRow) -> Json:
    if row.state == "cancelled":
        raise JobCancelledError("cancelled", hint="Resume the run to go on.")
    if row.state != "completed":
        raise fault_of(row.error or {}, otherwise="the training failed")
    return {"run_id": row.id, "state": row.state, "epoch": row.epoch, "metrics": row.metrics}
