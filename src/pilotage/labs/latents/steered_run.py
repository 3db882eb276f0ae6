"""SteeredRun: the decoder of a trained run as a generator whose coordinates lie in its latent space."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.core.hashing import digest, sha256_file
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.core.shapes import Array
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.paths import artifact_path
from pilotage.labs.latents.steering import AXES, AxesKind, LatentAxes, axes_of
from pilotage.models import Capabilities, GenerationRequest, Model, ModelInfo, Output, Row
from pilotage.models.latents.examples import Pictures
from pilotage.models.rows import require_batch
from pilotage.spaces import Axis, Conditioning, Region, Vocabulary

if TYPE_CHECKING:
    from pilotage.models.latents.nets import LatentModel

PREFIX = "latent:"
VERSION = 1  # of what a fingerprint stands for: it grows when the same files would give other pictures
SIDE = 224  # pixels: pictures are enlarged by a whole number up to about this, so that they can be judged
_REF = re.compile(r"latent:(?P<run>[a-z0-9_-]{3,64})(?:\?(?P<rest>[^?]*))?")
_ENDED = ("completed", "cancelled", "failed")
_CAPABILITIES = Capabilities(
    modality="image", text=False, own_axes=True, negative_prompt=False, guidance=False, min_steps=0, max_steps=0,
    default_steps=0, max_batch=64, seeded=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LatentRef:
    """`latent:RUN?epoch=12&axes=classes&at=…`: a run, and how its space is steered; all but the run may be left out.

    Attributes:
        epoch: whose checkpoint; the newest if None.
        axes: what the axes are made of.
        at: where the session begins, as `written` has it; empty for the centre.
    """

    run: str
    epoch: int | None = None
    axes: AxesKind = "pca"
    at: str = ""

    @classmethod
    def parse(cls, ref: str) -> LatentRef | None:
        """The parts of a ref; None if it is another kind of model's.

        Raises:
            InvalidInputError: it names no run, or something that there is not; with `field` model.
        """
        if not ref.startswith(PREFIX):
            return None
        match = _REF.fullmatch(ref)
        if match is None:
            raise _unreadable(ref)
        given = dict(part.partition("=")[::2] for part in (match["rest"] or "").split("&") if part)
        epoch, axes, at = given.pop("epoch", None), given.pop("axes", "pca"), given.pop("at", "")
        if given or axes not in AXES or (epoch is not None and not re.fullmatch("[1-9][0-9]{0,8}", epoch)):
            raise _unreadable(ref)
        return cls(match["run"], None if epoch is None else int(epoch), axes, at)

    def __str__(self) -> str:
        given = {"epoch": self.epoch, "axes": self.axes, "at": self.at}
        rest = "&".join(f"{name}={value}" for name, value in given.items() if value)
        return f"{PREFIX}{self.run}?{rest}"

    @property
    def start(self) -> Array | None:
        """(d,) where the session begins; None for the centre.

        Raises:
            InvalidInputError: `at` is not what `written` makes; with `field` model.
        """
        try:
            padded = self.at + "=" * (-len(self.at) % 4)
            values = np.frombuffer(base64.b64decode(padded, altchars=b"-_", validate=True), dtype="<f2")
        except (binascii.Error, ValueError) as cause:
            raise _unreadable(str(self)) from cause
        return values.astype(np.float64) if self.at else None


class SteeredRun(Model):
    """Draws what the decoder of a run's checkpoint makes of places in its latent space; nothing of it is random.

    The conditioning is `latent` (k,), a point of the unit ball along the axes. All rows of a call are one batch.
    """

    def __init__(self, ref: str, folder: RunFolder) -> None:
        """Take note of a checkpoint and find its axes; no weights are loaded.

        Args:
            ref: as `LatentRef` reads it.
            folder: of the run.

        Raises:
            NotFoundError: the run has no such checkpoint.
            ConflictError: it is still trained.
            UnsupportedInputError, InvalidInputError: it has no such axes, or no such start.
            All with `field` model.
        """
        asked = LatentRef.parse(ref)
        assert asked is not None
        config, state = folder.config(), folder.summary().state
        if state not in _ENDED:
            raise ConflictError(
                f"the run {folder.run_id} is {state}, and can be steered once it has ended", field="model",
                hint="Wait until it is complete, or cancel it.")  # fmt: skip
        self._ref, self._folder, self._epoch = ref, folder, _epoch(folder, asked.epoch)
        self._path = folder.path / artifact_path("checkpoint", self._epoch)
        try:
            self._axes = axes_of(folder, self._epoch, asked.axes, asked.start)
        except (NotFoundError, InvalidInputError) as error:
            error.field = "model"
            raise
        self._asked, self._data = asked, config.data
        self._net: LatentModel | None = None
        self._fingerprint: str | None = None

    @property
    def info(self) -> ModelInfo:
        """What the run's files say; its fingerprint is of the checkpoint and of what the axes were made of."""
        begins = ", from a place of your choice" if self._asked.at else ""
        return ModelInfo(
            ref=self._ref, name=f"{self._data.get('name')}, epoch {self._epoch}, by {self._asked.axes}{begins}",
            family="latent", capabilities=_CAPABILITIES, vocabulary=Vocabulary(objects=(), attributes={}),
            fingerprint=self._fingerprint, licence=str(self._data.get("licence") or "unknown"),
            path=str(self._folder.path), device="cpu", dtype="float32", size_mb=self._size_mb(),
        )  # fmt: skip

    @property
    def loaded(self) -> bool:
        """Whether the decoder is in memory."""
        return self._net is not None

    @property
    def axes(self) -> LatentAxes:
        """Where a place on the axes lies in the latent space."""
        return self._axes

    @property
    def run_id(self) -> str:
        """Whose checkpoint it is."""
        return self._folder.run_id

    @property
    def epoch(self) -> int:
        """Of the checkpoint."""
        return self._epoch

    def load(self, *, progress: Progress = silent) -> None:
        """Read the checkpoint.

        Raises:
            NotFoundError: the run, or its checkpoint, is gone; with `field` model.
            InvalidInputError: the checkpoint is damaged.
        """
        from pilotage.models.latents.checkpoints import load  # noqa: PLC0415  (needs torch)

        if not self._path.is_file():
            raise NotFoundError(
                f"the checkpoint of epoch {self._epoch} of {self._folder.run_id} is gone", field="model",
                hint="Steer in another run.")  # fmt: skip
        if self.loaded:
            return
        progress(Step("loading", 0, 1))
        self._fingerprint = self._digest()
        self._net = load(self._path).model()
        progress(Step("loading", 1, 1))

    def unload(self) -> None:
        """Free the weights."""
        self._net = None

    def encode(self, request: GenerationRequest) -> Conditioning:
        """The middle of the ball, `latent` (k,) of zeros, whatever the prompt."""
        self.load()
        _CAPABILITIES.check(request)
        return Conditioning({"latent": np.zeros(len(self._axes.axes))})

    def own_space(self) -> tuple[Region, tuple[Axis, ...]]:
        """The unit ball along the axes."""
        return Region(len(self._axes.axes)), self._axes.axes

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """One enlarged picture a row, in one batch; a row whose place is no place fails alone."""
        from pilotage.models.latents.reading import decode  # noqa: PLC0415  (needs torch)

        self.load()
        _CAPABILITIES.check(request)
        require_batch(rows, _CAPABILITIES.max_batch)
        assert self._net is not None
        dims = len(self._axes.axes)
        places = [np.asarray(row.conditioning.get("latent", ()), dtype=np.float64) for row in rows]
        wrong = [place.shape != (dims,) or not np.isfinite(place).all() for place in places]
        z = np.stack([np.zeros(dims) if bad else place for place, bad in zip(places, wrong, strict=True)])
        drawn = decode(self._net, self._axes.place(z))
        outputs: list[Output] = []
        for index, picture in enumerate(drawn):
            if cancel is not None:
                cancel.check()
            failed = Output(None, f"the latent must be ({dims},) and finite")
            outputs.append(failed if wrong[index] else Output(Media.from_pixels(enlarged(picture))))
            progress(Step("generating", index + 1, len(rows)))
        return tuple(outputs)

    def _digest(self) -> str:
        latents = self._folder.file(artifact_path("latents", self._epoch))
        return digest({
            "checkpoint": sha256_file(self._path), "latents": sha256_file(latents), "axes": self._asked.axes,
            "at": self._asked.at, "version": VERSION,
        })  # fmt: skip

    def _size_mb(self) -> float | None:
        """The weights are a third of a checkpoint: Adam keeps two numbers for each."""
        try:
            return round(self._path.stat().st_size / 3e6, 2)
        except OSError:
            return None


def written(place: Array) -> str:
    """(d,) latents as `at` of a ref, each to three digits."""
    return base64.urlsafe_b64encode(np.asarray(place, dtype="<f2").tobytes()).decode().rstrip("=")


def enlarged(picture: Pictures) -> Pictures:
    """(H, W, 1 or 3) bytes as (h, w, 3), each pixel a square: as large as `SIDE` allows, never smaller."""
    times = max(1, SIDE // max(picture.shape[:2]))
    return np.broadcast_to(picture, (*picture.shape[:2], 3)).repeat(times, axis=0).repeat(times, axis=1)


def _epoch(folder: RunFolder, wanted: int | None) -> int:
    there = folder.epochs("checkpoint")
    if not there:
        raise NotFoundError(f"the run {folder.run_id} has no checkpoint", field="model")
    if wanted is not None and wanted not in there:
        hint = f"There are those of epoch {', '.join(map(str, there[-20:]))}."
        raise NotFoundError(f"the run {folder.run_id} has no checkpoint of epoch {wanted}", field="model", hint=hint)
    return there[-1] if wanted is None else wanted


def _unreadable(ref: str) -> InvalidInputError:
    return InvalidInputError(
        f"{ref[:200]!r} names no trained space", field="model",
        hint="Write it like latent:lat_0123456789abcdef?epoch=12&axes=pca; axes are pca, components or classes.",
    )  # fmt: skip
