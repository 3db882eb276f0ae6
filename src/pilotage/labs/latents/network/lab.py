"""The network lab of a run: every question is answered once, from a checkpoint, and its answer kept in the run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.core.hashing import digest
from pilotage.core.seeds import stream_seed
from pilotage.labs.latents import samples
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.network import convolution, inspection, perturbing, strongest
from pilotage.labs.latents.network.capture import Capture, capture, layer_of
from pilotage.labs.latents.network.forward import SAMPLE_ID, forward
from pilotage.labs.latents.network.sheets import Answer, Piece, Question, answered
from pilotage.labs.latents.paths import artifact_path
from pilotage.models.files import hash_of
from pilotage.models.latents.checkpoints import load
from pilotage.models.latents.nets import LatentModel

SUBSET = 500  # pictures that are scanned for the strongest
LOADED = 2  # models that are kept in memory


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """A model as a checkpoint holds it: nobody trains it."""

    model: LatentModel
    sha256: str

    @property
    def seed(self) -> int:
        return self.model.config.seed


class NetworkLab:
    """Asks the checkpoints of one run. The same question finds the answer that is there: same key, same bytes.

    Every method raises `NotFoundError` where the epoch has no checkpoint, `InvalidInputError` (with the field) for an
    index, layer, channel or place that is not there, `UnsupportedInputError` where the model or layer is of another
    kind, and `StorageError` when the disk refuses.
    """

    def __init__(self, folder: RunFolder, images: ImageSet) -> None:
        """Open the lab.

        Args:
            folder: of the run.
            images: the set that the run learned from: an index is a position in it.

        Raises:
            ConflictError: the run learned from another set.
        """
        self._folder, self._images, self._sha256 = folder, images.images, images.sha256
        self._labels, self._shape = images.labels, images.examples().shape
        if (wanted := folder.config().data.get("sha256")) not in (None, self._sha256):
            raise ConflictError(
                f"the run learned from other pictures than {images.name}", field="data", wanted=wanted,
                hint="Import the pictures again as they were.")  # fmt: skip
        self._models: OrderedDict[str, _Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def forward(self, epoch: int, i: int) -> Answer:
        """A picture through the whole net."""
        loaded, picture = self._load(epoch), self._picture(i)

        def make() -> Sequence[Piece]:
            seen, label = self._capture(loaded, i), None if self._labels is None else int(self._labels[i])
            return forward(loaded.model, seen, i=i, label=label, seed=_noise_seed(loaded, i))

        return self._answered(loaded, epoch, "forward_meta", make, picture=picture, i=i)

    def inspect(self, epoch: int, i: int, layer_id: str, c: int) -> Answer:
        """A channel of a layer: its map, its heat on the picture, its warmest place and what that sees."""
        loaded, picture = self._load(epoch), self._picture(i)
        spec = layer_of(loaded.model, layer_id)
        return self._answered(
            loaded, epoch, "inspect", lambda: inspection.inspect(loaded.model, self._capture(loaded, i), spec.id, c),
            picture=picture, i=i, layer_id=spec.id, c=c,
        )  # fmt: skip

    def probe(self, epoch: int, i: int, layer_id: str, c: int, xy: tuple[int, int]) -> Answer:
        """One place of a channel: its value, and what it sees."""
        return self._placed("inspect_probe", inspection.probe, epoch, i, layer_id, c, xy)

    def conv_step(self, epoch: int, i: int, layer_id: str, c: int, xy: tuple[int, int]) -> Answer:
        """One step of a convolution, multiplied out and compared with what the model made of it."""
        return self._placed("conv_step", convolution.conv_step, epoch, i, layer_id, c, xy)

    def kernels(self, epoch: int, layer_id: str, c: int) -> Answer:
        """The kernel of an output channel of a convolution of the encoder."""
        loaded = self._load(epoch)
        pieces = convolution.kernels(layer_of(loaded.model, layer_id), c)
        return self._answered(loaded, epoch, pieces[-1].name, lambda: pieces, layer_id=layer_id, c=c)

    def perturb(self, epoch: int, i: int, key: str, d: int, delta: float) -> Answer:
        """What the decoder draws when one coordinate of a vector is moved."""
        loaded, picture, tag = self._load(epoch), self._picture(i), perturbing.delta_tag(delta)
        perturbing.require_key(loaded.model, key)

        def make() -> Sequence[Piece]:
            seen, noise = self._capture(loaded, i), _noise(loaded, i)
            return perturbing.perturb(loaded.model, seen, noise, key=key, d=d, delta=delta)

        return self._answered(loaded, epoch, "perturb_meta", make, picture=picture, i=i, key=key, d=d, tag=tag)

    def topk(
        self, epoch: int, layer_id: str, c: int, *, metric: str = "max", n: int | None = None, k: int = 9
    ) -> Answer:
        """Which of the first n pictures (500, or all) a channel answers most to."""
        loaded = self._load(epoch)
        spec = layer_of(loaded.model, layer_id)
        n = min(SUBSET, len(self._images)) if n is None else n
        if not 1 <= n <= len(self._images):
            raise InvalidInputError(f"n must be 1..{len(self._images)}", field="n")

        def make() -> Sequence[Piece]:
            return strongest.topk(loaded.model, self._images[:n], spec, channel=c, metric=metric, k=k)

        return self._answered(
            loaded, epoch, "topk", make, picture=self._sha256, layer_id=spec.id, c=c, metric=metric, n=n, k=k
        )

    def posterior_local(self, epoch: int, i: int, m: int = 16, seed: int | None = None) -> Answer:
        """As many pictures from around the latent of one."""
        loaded, picture = self._load(epoch), self._images[self._checked(i)]
        drawn = samples.sample_seed(loaded.seed, "posterior_local", i) if seed is None else seed

        def make() -> Sequence[Piece]:
            return samples.posterior_local(loaded.model, picture, i=i, m=m, seed=drawn, is_override=seed is not None)

        return self._sampled(loaded, epoch, "posterior_local", make, seed, picture=self._picture(i), i=i, m=m)

    def prior_component(self, epoch: int, c: int, m: int = 16, seed: int | None = None) -> Answer:
        """As many pictures from one component of the prior."""
        loaded = self._load(epoch)
        drawn = samples.sample_seed(loaded.seed, "prior_component", c) if seed is None else seed

        def make() -> Sequence[Piece]:
            return samples.prior_component(loaded.model, c=c, m=m, seed=drawn, is_override=seed is not None)

        return self._sampled(loaded, epoch, "prior_component", make, seed, c=c, m=m)

    def _placed(
        self, index: str, ask: Callable[[LatentModel, Capture, str, int, tuple[int, int]], list[Piece]],
        epoch: int, i: int, layer_id: str, c: int, xy: tuple[int, int],
    ) -> Answer:  # fmt: skip
        loaded, picture = self._load(epoch), self._picture(i)
        spec = layer_of(loaded.model, layer_id)
        return self._answered(
            loaded, epoch, index, lambda: ask(loaded.model, self._capture(loaded, i), spec.id, c, xy),
            picture=picture, i=i, layer_id=spec.id, c=c, x=xy[0], y=xy[1],
        )  # fmt: skip

    def _sampled(
        self, loaded: _Loaded, epoch: int, kind: str, make: Callable[[], Sequence[Piece]], seed: int | None,
        *, picture: str = "", **keys: int,
    ) -> Answer:  # fmt: skip
        if seed is None:
            return self._answered(loaded, epoch, kind, make, picture=picture, **keys)
        return self._answered(loaded, epoch, f"{kind}_seeded", make, picture=picture, **keys, seed=seed)

    def _answered(
        self, loaded: _Loaded, epoch: int, index: str, make: Callable[[], Sequence[Piece]],
        *, picture: str = "", **keys: int | str,
    ) -> Answer:  # fmt: skip
        inputs = digest([loaded.sha256, picture])
        with self._lock:  # torch's hooks are the model's: one question at a time
            return answered(Question(self._folder, epoch, index, keys, inputs), make)

    def _load(self, epoch: int) -> _Loaded:
        try:
            path = self._folder.file(artifact_path("checkpoint", epoch))
        except NotFoundError as cause:
            kept = self._folder.epochs("checkpoint")
            hint = f"There are checkpoints of {', '.join(map(str, kept))}." if kept else "Wait for the first epoch."
            raise NotFoundError(f"there is no checkpoint of epoch {epoch}", field="epoch", hint=hint) from cause
        sha256 = hash_of(path)
        with self._lock:
            loaded = self._models.pop(sha256, None) or _Loaded(load(path).model(), sha256)
            if loaded.model.shape != self._shape:
                raise ConflictError(f"the checkpoint of epoch {epoch} is of pictures of another size", field="epoch")
            self._models[sha256] = loaded
            while len(self._models) > LOADED:
                self._models.popitem(last=False)
        return loaded

    def _capture(self, loaded: _Loaded, i: int) -> Capture:
        return capture(loaded.model, self._images[i], _noise(loaded, i))

    def _checked(self, i: int) -> int:
        if not 0 <= i < len(self._images):
            raise InvalidInputError(f"i must be 0..{len(self._images) - 1}", field="i")
        return i

    def _picture(self, i: int) -> str:
        """The sha256 of a picture, among what an answer follows from."""
        return digest(self._images[self._checked(i)].tolist())


def _noise_seed(loaded: _Loaded, i: int) -> int:
    return stream_seed(loaded.seed, "forward", i, SAMPLE_ID)


def _noise(loaded: _Loaded, i: int) -> NDArray[np.float32]:
    shape = loaded.model.config.latent_dims
    return np.random.default_rng(_noise_seed(loaded, i)).standard_normal(shape, dtype=np.float32)
