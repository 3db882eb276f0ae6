"""What laid an epoch's map out, read from the run's file."""

from __future__ import annotations

import io
import zipfile
import zlib

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.maps import Pca, Umap
from pilotage.labs.latents.paths import artifact_path

_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    OSError,
)  # of numpy's reader, whichever byte is another; a RuntimeError for a way of packing that it does not know


def kept_reducer(folder: RunFolder, epoch: int, method: Method, dims: int) -> Pca | Umap:
    """What further latents can be put onto an epoch's map by.

    Args:
        folder: of the run.
        epoch: of the map.
        method: of the map.
        dims: 2 or 3.

    Raises:
        NotFoundError: the epoch has no such map.
        InvalidInputError: its file is damaged; field `method`.
    """
    path = folder.file(artifact_path(f"reducer_{dims}d_{method}", epoch))
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = dict(file)
        return Pca(**arrays) if method == "pca" else Umap.of(arrays)
    except _FAULTS as cause:
        raise InvalidInputError(f"the map of epoch {epoch} by {method} is damaged", field="method") from cause
