"""Further latents on a map that is there: where what a session shows lies among the run's pictures."""

from __future__ import annotations

import numpy as np

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.core.shapes import Array
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.maps import Pca, Umap
from pilotage.labs.latents.paths import artifact_path


def on_map(folder: RunFolder, epoch: int, method: Method, dims: int, latents: Array) -> Array:
    """(n, dims) coordinates of (n, d) latents on an epoch's map, which stays as it is.

    Args:
        folder: of the run.
        epoch: whose latent space and map.
        method: of the map.
        dims: 2 or 3.
        latents: of that epoch's model.

    Raises:
        NotFoundError: the epoch has no such map; field `method`.
        InvalidInputError: what keeps the map is damaged.
        ShapeError: latents of another space.
    """
    try:
        path = folder.file(artifact_path(f"reducer_{dims}d_{method}", epoch))
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        reducer = Pca(**arrays) if method == "pca" else Umap.of(arrays)
    except NotFoundError as cause:
        hint = f"Make it: pilotage latents backfill {folder.run_id} --kind {method} --epoch {epoch}."
        raise NotFoundError(f"epoch {epoch} has no map by {method}", field="method", hint=hint) from cause
    except (ValueError, KeyError, TypeError, OSError, EOFError) as cause:
        raise InvalidInputError(f"the map of epoch {epoch} by {method} is damaged", field="method") from cause
    return reducer.transform(latents)
