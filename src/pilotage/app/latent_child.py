"""The process that trains: a crash of it ends one run, never the server. It ends with whoever started it.

`python -m pilotage.app.latent_child RUNS SETS RUN_ID`, with a pipe as standard input.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from pilotage.core.errors import ConflictError, PilotageError
from pilotage.core.progress import CancelToken

NICENESS = 10  # a page or a picture is waited for; a training is not
LOOK_EVERY = 0.1  # seconds between two looks for a wish to stop
ORPHANED = 3  # exit status


def main(runs: Path, sets: Path, run_id: str) -> None:
    """Train one run to its end; how it ended stands in its log.

    Raises:
        PilotageError: it could not begin.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()

    from pilotage.app.picture_sets import PictureSets  # noqa: PLC0415  (imports take longer than a parent may live)
    from pilotage.labs.latents.folder import RunFolder  # noqa: PLC0415
    from pilotage.labs.latents.running import run  # noqa: PLC0415
    from pilotage.labs.latents.writer import RunWriter  # noqa: PLC0415

    folder, cancel = RunFolder.open(runs, run_id), CancelToken()
    threading.Thread(target=_heed, args=(folder, cancel), name="cancel-watch", daemon=True).start()
    try:
        data = folder.config().data
        images = PictureSets(sets).get(str(data["name"]))
        if images.sha256 != data["sha256"]:
            raise ConflictError(f"the pictures of {images.name} are not those that the run was made for", field="data")
    except PilotageError as error:
        with RunWriter(folder) as writer:
            writer.emit("run.failed", {"code": error.code, "message": str(error), "hint": error.hint})
        return
    run(folder, images, cancel=cancel)


def _heed(folder: RunFolder, cancel: CancelToken) -> None:  # type: ignore[name-defined]  # noqa: F821
    while not folder.cancel_requested:
        time.sleep(LOOK_EVERY)
    cancel.cancel()


def _end_with_parent() -> None:
    """Standard input ends when the parent does, or lets go. What is on the disk is whole at any moment."""
    sys.stdin.buffer.read()
    os._exit(ORPHANED)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
