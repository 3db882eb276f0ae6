"""Trained runs as models of the catalog: built when they are asked for, and gone with their runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from pilotage.app.latent_shelf import LatentShelf
from pilotage.core.errors import NotFoundError
from pilotage.labs.latents.steered_run import PREFIX, LatentRef, SteeredRun
from pilotage.store import LatentRunRow, Store

_KEPT = 32  # models, each with a decoder of a few megabytes once it was used
_LISTED = 50


class LatentModels:
    """Models by their refs. The latest stay, since a session asks for the same one round after round."""

    def __init__(self, store: Store, shelf: Callable[[], LatentShelf]) -> None:
        """Where to look.

        Args:
            store: whose rows tell of complete runs.
            shelf: of the runs; asked each time, since a lab may be given another home.
        """
        self._store, self._shelf = store, shelf
        self._models: OrderedDict[str, SteeredRun] = OrderedDict()

    def get(self, ref: str) -> SteeredRun:
        """The model of a ref that begins with `latent:`.

        Raises:
            NotFoundError: no such run, or it has no such checkpoint.
            ConflictError: the run is still trained.
            InvalidInputError, UnsupportedInputError: no such axes or start.
            All with `field` model.
        """
        asked = LatentRef.parse(ref)
        assert asked is not None
        try:
            folder = self._shelf().folder(asked.run)
        except NotFoundError as error:
            self._models.pop(ref, None)
            error.field = "model"
            raise
        model = self._models.pop(ref, None) or SteeredRun(ref, folder)
        self._models[ref] = model
        while len(self._models) > _KEPT:
            self._models.popitem(last=False)
        return model

    def refs(self) -> Sequence[str]:
        """One for each complete run, newest first."""
        rows = self._store.list(LatentRunRow, where={"state": "completed"}, limit=_LISTED, newest_first=True)
        return [f"{PREFIX}{row.id}" for row in rows]
