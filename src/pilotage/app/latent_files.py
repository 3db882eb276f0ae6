"""A run taken elsewhere: its folder as one zip archive, with a page in it that opens by a double click."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

from pilotage.app.run_page import run_page
from pilotage.core.errors import StorageError
from pilotage.labs.latents.folder import CANCEL, PAGE, PART, RunFolder
from pilotage.labs.latents.paths import FOLDERS

_PACKED = {".png", ".npz"}  # as small as they get


def zipped(folder: RunFolder, path: Path) -> Path:
    """Write the archive; put into the folder of runs elsewhere and unpacked there, it is the run again.

    Args:
        folder: of the run.
        path: of the archive; one that is there is replaced.

    Raises:
        StorageError: the disk is full or refuses; what was at `path` stays.
        InvalidInputError: a file of the run is damaged.
    """
    part, page = "", run_page(folder)
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=PART)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in FOLDERS:
                archive.mkdir(f"{folder.run_id}/{name}")  # one that is empty, too
            archive.writestr(f"{folder.run_id}/{PAGE}", page, zipfile.ZIP_DEFLATED)
            for found in _files(folder):
                how = zipfile.ZIP_STORED if found.suffix in _PACKED else zipfile.ZIP_DEFLATED
                archive.write(found, f"{folder.run_id}/{found.relative_to(folder.path).as_posix()}", how)
        os.replace(part, path)
    except OSError as cause:
        if part:
            Path(part).unlink(missing_ok=True)
        raise StorageError(f"cannot write the archive: {cause.strerror}", hint="Check the disk.") from cause
    return path


def _files(folder: RunFolder) -> list[Path]:
    """All that is kept of a run: not what is being written, and no page of an earlier archive."""
    own = (found for found in sorted(folder.path.rglob("*")) if found.is_file() and not found.is_symlink())
    return [found for found in own if not found.name.endswith(PART) and found.name not in (CANCEL, PAGE)]
