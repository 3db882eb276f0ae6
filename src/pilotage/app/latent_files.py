"""A run taken elsewhere: its folder as one zip archive."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

from pilotage.core.errors import StorageError
from pilotage.labs.latents.folder import CANCEL, PART, RunFolder

_PACKED = {".png", ".npz"}  # as small as they get


def zipped(folder: RunFolder, path: Path) -> Path:
    """Write the archive; put into the folder of runs elsewhere and unpacked there, it is the run again.

    Args:
        folder: of the run.
        path: of the archive; one that is there is replaced.

    Raises:
        StorageError: the disk is full or refuses; what was at `path` stays.
    """
    part = ""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=PART)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for found in sorted(folder.path.rglob("*")):
                if (
                    found.is_file()
                    and not found.is_symlink()
                    and not found.name.endswith(PART)
                    and found.name != CANCEL
                ):
                    how = zipfile.ZIP_STORED if found.suffix in _PACKED else zipfile.ZIP_DEFLATED
                    archive.write(found, f"{folder.run_id}/{found.relative_to(folder.path).as_posix()}", how)
        os.replace(part, path)
    except OSError as cause:
        if part:
            Path(part).unlink(missing_ok=True)
        raise StorageError(f"cannot write the archive: {cause.strerror}", hint="Check the disk.") from cause
    return path
