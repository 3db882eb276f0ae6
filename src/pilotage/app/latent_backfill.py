"""The job that makes a run's missing maps: in a process of its own, so that no picture waits for it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from pilotage.app.latent_mirror import Mirror
from pilotage.app.latent_process import child
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import EVENTS, RunFolder

Json = dict[str, Any]
BACKFILL = "backfill_latents"
LOOK_EVERY = 0.2  # seconds


def backfill_run(
    mirror: Mirror, folder: RunFolder, kinds: Sequence[Method], epochs: Sequence[int] | None,
    *, progress: Progress, cancel: CancelToken,
) -> Json:  # fmt: skip
    """Make what is missing, to the end. Re-entrant: what is there is not made again.

    Args:
        mirror: of the run.
        folder: of a run that nobody trains.
        kinds: of maps.
        epochs: all that left latents if None.
        progress: told of maps.
        cancel: heeded within a fifth of a second; files are whole or not there.

    Raises:
        JobCancelledError: it was cancelled.
        PilotageError: as `labs.latents.backfill`.
    """
    tail = EventTail(folder.path / EVENTS)
    tail.poll()
    asked = json.dumps({"kinds": list(kinds), "epochs": None if epochs is None else list(epochs)})
    made = 0
    with child(["backfill", str(folder.path.parent), folder.run_id, asked], threads=1) as process:
        is_over = False
        while not is_over:
            cancel.check()
            is_over = process.status is not None  # before the last look
            for event in tail.poll():
                made += event.type == "artifact.created"
                if event.type == "projection.progress":
                    progress(Step("projecting", event.data["done"], event.data["due"]))
            mirror.catch_up()
            if not is_over:
                time.sleep(LOOK_EVERY)
        if process.status:
            raise process.fault("the process that makes maps ended")
    return {"run_id": folder.run_id, "made": made}
