"""The process that trains a run, or makes its missing maps: a crash of it ends that, never the server.

`python -m pilotage.app.latent_child train RUNS RUN_ID SETS`, or `... backfill RUNS RUN_ID KINDS_AND_EPOCHS`, with a
pipe as standard input: it ends with whoever started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from pilotage.core.errors import ConflictError, PilotageError

NICENESS = 10  # a page or a picture is waited for; this is not
ORPHANED = 3  # exit status


def main(act: str, runs: Path, run_id: str, rest: str) -> None:
    """Do one piece of work to its end.

    Args:
        act: `train` or `backfill`.
        runs: folder of all runs.
        run_id: of the run.
        rest: the folder of one's own picture sets, or a JSON object with `kinds` and `epochs`.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    if act == "train":
        _train(runs, run_id, Path(rest))
    else:
        _backfill(runs, run_id, json.loads(rest))


def _train(runs: Path, run_id: str, sets: Path) -> None:
    """How it ended stands in the run's log; why it could not begin is told as the last line of standard error."""
    from pilotage.app.picture_sets import PictureSets  # noqa: PLC0415  (imports take longer than a parent may live)
    from pilotage.jobs.base import problem  # noqa: PLC0415
    from pilotage.labs.latents.folder import RunFolder  # noqa: PLC0415
    from pilotage.labs.latents.running import run  # noqa: PLC0415
    from pilotage.labs.latents.writer import RunWriter  # noqa: PLC0415

    folder = RunFolder.open(runs, run_id)
    try:
        run(folder, PictureSets(sets).get(str(folder.config().data["name"])))
    except PilotageError as error:  # before it could begin
        with suppress(ConflictError), RunWriter(folder) as writer:
            if writer.summary.state == "created":
                writer.emit("run.failed", {"code": error.code, "message": str(error), "hint": error.hint})
        sys.exit(json.dumps(problem(error)))


def _backfill(runs: Path, run_id: str, asked: dict[str, Any]) -> None:
    """What was made stands in the run's log; an error is told as the last line of standard error."""
    from pilotage.jobs.base import problem  # noqa: PLC0415
    from pilotage.labs.latents.backfill import backfill  # noqa: PLC0415
    from pilotage.labs.latents.folder import RunFolder  # noqa: PLC0415

    try:
        backfill(RunFolder.open(runs, run_id), asked["kinds"], asked["epochs"])
    except PilotageError as error:
        sys.exit(json.dumps(problem(error)))


def _end_with_parent() -> None:
    """Standard input ends when the parent does, or lets go. What is on the disk is whole at any moment."""
    while os.read(0, 1):  # past Python's own buffer, whose lock would be missed when this process ends by itself
        pass
    os._exit(ORPHANED)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    os._exit(0)  # all is on the disk, and torch takes seconds to take itself down
