"""The process that trains: a crash of it ends one run, never the server. It ends with whoever started it.

`python -m pilotage.app.latent_child RUNS SETS RUN_ID`, with a pipe as standard input.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from pilotage.core.errors import PilotageError

NICENESS = 10  # a page or a picture is waited for; a training is not
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

    folder = RunFolder.open(runs, run_id)
    try:
        run(folder, PictureSets(sets).get(str(folder.config().data["name"])))
    except PilotageError as error:  # before it could begin
        with RunWriter(folder) as writer:
            if writer.summary.state == "created":
                writer.emit("run.failed", {"code": error.code, "message": str(error), "hint": error.hint})
        raise


def _end_with_parent() -> None:
    """Standard input ends when the parent does, or lets go. What is on the disk is whole at any moment."""
    sys.stdin.buffer.read()
    os._exit(ORPHANED)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
