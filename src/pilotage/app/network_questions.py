"""Questions to the network lab of a run, as data: what is asked, and of which epoch, picture, layer and channel."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pilotage.app.latent_shelf import LatentShelf
from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.writer import RunWriter

if TYPE_CHECKING:
    from pilotage.labs.latents.network.lab import NetworkLab
    from pilotage.labs.latents.network.sheets import Answer

Ask = Literal[
    "forward", "inspect", "probe", "conv_step", "kernels", "perturb", "topk", "posterior_local", "prior_component"
]
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "forward": ("i",), "inspect": ("i", "layer_id", "c"), "probe": ("i", "layer_id", "c", "xy"),
    "conv_step": ("i", "layer_id", "c", "xy"), "kernels": ("layer_id", "c"), "perturb": ("i", "key", "d", "delta"),
    "topk": ("layer_id", "c"), "posterior_local": ("i",), "prior_component": ("c",),
})  # fmt: skip
_MAY: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "topk": ("metric", "n", "k"), "posterior_local": ("m", "seed"), "prior_component": ("m", "seed"),
})  # fmt: skip
_OPEN = 2  # labs that are kept, each with the pictures of its run
_MOST = 10**6


class NetworkQuestion(BaseModel):
    """One question; what `ask` does not need stays out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: Ask
    epoch: int = Field(ge=0, le=_MOST)
    i: int | None = Field(None, ge=0, le=_MOST, description="Position of a picture in the set.")
    layer_id: str | None = Field(None, min_length=1, max_length=64)
    c: int | None = Field(None, ge=0, le=_MOST, description="A channel, or a component.")
    xy: tuple[int, int] | None = Field(None, description="A place of a channel.")
    key: str | None = Field(None, max_length=16, description="Which vector is moved: z, mu, logvar or z_sample.")
    d: int | None = Field(None, ge=0, le=_MOST, description="The coordinate that is moved.")
    delta: float | None = Field(None, ge=-1000, le=1000, description="By how much.")
    metric: Literal["max", "mean"] | None = None
    n: int | None = Field(None, ge=1, le=_MOST, description="How many pictures are scanned.")
    k: int | None = Field(None, ge=1, le=1000, description="How many of the strongest are told.")
    m: int | None = Field(None, ge=1, le=1000, description="How many samples are drawn.")
    seed: int | None = Field(None, ge=0, lt=2**63, description="Of the samples; none: always the same.")

    def arguments(self) -> dict[str, Any]:
        """What the method of the network lab takes beside the epoch.

        Raises:
            InvalidInputError: something is missing, or too much; the field names it.
        """
        given = {name: value for name, value in self if name not in ("ask", "epoch") and value is not None}
        if missing := [name for name in _NEEDS[self.ask] if name not in given]:
            raise InvalidInputError(f"{self.ask} needs {missing[0]}", field=missing[0])
        if needless := sorted(given.keys() - {*_NEEDS[self.ask], *_MAY.get(self.ask, ())}):
            raise InvalidInputError(f"{self.ask} takes no {needless[0]}", field=needless[0])
        return given


class NetworkAnswer(BaseModel):
    """Where an answer lies among the files of its run: its index, and all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    files: tuple[str, ...]


class NetworkDesk:
    """Answers questions where models are loaded; the labs of the last runs stay open."""

    def __init__(self, shelf: LatentShelf) -> None:
        self._shelf = shelf
        self._labs: OrderedDict[str, NetworkLab] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, run_id: str, question: NetworkQuestion) -> NetworkAnswer:
        """Look up or compute an answer, and tell of its files once nobody trains the run.

        Raises:
            NotFoundError: no such run, or no checkpoint of that epoch.
            InvalidInputError, UnsupportedInputError: no such picture, layer, channel or place.
            ConflictError: the run learned from other pictures.
        """
        folder = self._shelf.folder(run_id)
        found = getattr(self._lab(folder), question.ask)(question.epoch, **question.arguments())
        self._tell(folder, found)
        return NetworkAnswer(path=found.path, files=found.files)

    def _lab(self, folder: RunFolder) -> NetworkLab:
        from pilotage.labs.latents.network.lab import NetworkLab  # noqa: PLC0415  (needs torch)

        with self._lock:
            lab = self._labs.pop(folder.run_id, None)
            if lab is None:
                lab = NetworkLab(folder, self._shelf.sets.get(str(folder.config().data.get("name"))))
            self._labs[folder.run_id] = lab
            while len(self._labs) > _OPEN:
                self._labs.popitem(last=False)
        return lab

    def _tell(self, folder: RunFolder, found: Answer) -> None:
        """Of the files that were made now, or before while somebody else wrote to the run."""
        mirror = self._shelf.mirror(folder.run_id)
        mirror.catch_up()
        if not found.made and mirror.told.keys() >= set(found.files):
            return
        with suppress(ConflictError):  # it is being trained: its trainer alone may tell
            with RunWriter(folder) as run:
                for artifact in found.made:
                    run.announce(artifact)
                run.tell_rest(found.files)
            mirror.catch_up()
