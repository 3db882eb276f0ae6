"""The finished run of the latent lab that ships with Pilotage, made for real by scripts/make_latent_example.py."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

from pilotage.app.latent_shelf import LatentShelf
from pilotage.core.archives import open_archive
from pilotage.core.errors import NotFoundError, StorageError
from pilotage.labs.latents.folder import PART
from pilotage.labs.latents.paths import FOLDERS, artifact_path, read_path

BUNDLE = Path(__file__).with_name("finished_run.zip")
RUN_ID = "lat_example"
_one_at_a_time = threading.Lock()


def open_finished_run(shelf: LatentShelf) -> str:
    """Put the finished run among the others, whole or not at all; its id, the same in every lab.

    Asked again it is the run that is here.

    Raises:
        StorageError: the disk is full or refuses.
    """
    with _one_at_a_time:
        if not (shelf.runs / RUN_ID).is_dir():
            try:
                _unpack(shelf.runs)
            except OSError as cause:
                raise StorageError(f"cannot open the finished run: {cause.strerror}", hint="Check the disk.") from cause
    return RUN_ID


def _unpack(runs: Path) -> None:
    runs.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{RUN_ID}.", suffix=PART, dir=runs))
    try:
        with open_archive(BUNDLE) as archive:
            for folder in FOLDERS:
                (aside / folder).mkdir()
            for name in archive.sizes:
                (aside / name).write_bytes(archive.read(name))
            _mirror(aside, archive.sizes)
        aside.chmod(0o755)  # as a run's folder is that was trained here
        try:
            os.rename(aside, runs / RUN_ID)
        except OSError:
            if not (runs / RUN_ID).is_dir():  # another process was quicker
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _mirror(run: Path, paths: Iterable[str]) -> None:
    """The mirrors of the newest, which the archive leaves out: they are the same bytes once more."""
    newest: dict[str, tuple[int, str]] = {}
    for path in paths:
        try:
            place = read_path(path)
        except NotFoundError:  # the log, what was asked for, and how it ended
            continue
        mirror = artifact_path(place.name, None, **place.keys)
        newest[mirror] = max(newest.get(mirror, (-1, "")), (place.epoch or 0, path))
    for mirror, (_, path) in newest.items():
        shutil.copyfile(run / path, run / mirror)
