"""Further latents on a map that is there: where what a session shows lies among the run's pictures."""

from __future__ import annotations

from pilotage.core.errors import NotFoundError
from pilotage.core.shapes import Array
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.reducers import kept_reducer


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
        reducer = kept_reducer(folder, epoch, method, dims)
    except NotFoundError as cause:
        hint = f"Make it: pilotage latents backfill {folder.run_id} --kind {method} --epoch {epoch}."
        raise NotFoundError(f"epoch {epoch} has no map by {method}", field="method", hint=hint) from cause
    return reducer.transform(latents)
