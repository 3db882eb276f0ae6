"""What a run writes as it trains: from an epoch to its files and events. Looks, and never touches the model."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from pilotage.core.hashing import digest, sha256_hex
from pilotage.core.shapes import Array
from pilotage.labs.latents.cadence import is_due
from pilotage.labs.latents.collapse import diagnose, latent_information
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.drawing import explained
from pilotage.labs.latents.envelope import VIZ_INDICES, encode
from pilotage.labs.latents.mixture import mixture_health, sample_key
from pilotage.labs.latents.network.lab import NetworkLab
from pilotage.labs.latents.network.pictures import png, tiled
from pilotage.labs.latents.network.sheets import Answer
from pilotage.labs.latents.plan import recording_of, training_of
from pilotage.labs.latents.sprites import sprite
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import reading
from pilotage.models.latents.examples import Pictures
from pilotage.models.latents.nets import MixtureVae
from pilotage.models.latents.reading import Encoded, Floats
from pilotage.models.latents.training import Batch, Epoch

SHEET = 30  # held-out pictures above their reconstructions: six columns of five


class Recorder:
    """Writes each epoch of one training into its run. Its methods are the callbacks of a training.

    A checkpoint comes last: where it is, all that its epoch leaves is there and told of, maps and samples apart.
    """

    def __init__(self, writer: RunWriter, images: ImageSet) -> None:
        """Take the run's plan.

        Args:
            writer: of the run, nobody else's.
            images: what it learns from.

        Raises:
            InvalidInputError: the plan in config.json is none.
            ConflictError: the run is of other pictures.
        """
        self._writer, self._config = writer, writer.folder.config()
        self._training, self._recording = training_of(self._config), recording_of(self._config)
        self._lab = NetworkLab(writer.folder, images)
        self._rows = np.array(self._config.viz_indices, dtype=np.int64)
        held_out = self._rows[np.isin(self._rows, images.split()[1])]
        self._shown = images.images[self._rows]
        self._sheet = images.images[(held_out if len(held_out) else self._rows)[:SHEET]]
        self._middle = self._shown.mean(axis=0)

    def begin(self) -> None:
        """Write the pictures that are shown as one sprite, in their order, as of epoch 0."""
        began = time.perf_counter()
        data, sheet = sprite(self._shown)
        self._writer.artifact("pictures_png", 0, data)
        about = encode(
            "pictures", run_id=self._config.run_id, epoch=0, seed=None, inputs_sha256=str(self._config.data["sha256"]),
            compute_ms=(time.perf_counter() - began) * 1000, indices_ref=VIZ_INDICES, data=sheet.fields(),
        )  # fmt: skip
        self._writer.artifact("pictures", 0, about)

    def on_batch(self, batch: Batch) -> None:
        """Tell how far the training is."""
        self._writer.emit("train.progress", asdict(batch))

    def on_epoch(self, epoch: Epoch) -> Callable[[], None]:
        """Read from the model what the epoch leaves; what is returned writes it, and needs the model no more.

        It tells the epoch's metrics, and keeps a checkpoint if one is due.
        """
        number, found = epoch.epoch, reading.encode(epoch.model, self._shown)
        drawn = reading.decode(epoch.model, reading.encode(epoch.model, self._sheet).z)
        health = self._health(number, epoch.model, found, drawn) if isinstance(epoch.model, MixtureVae) else None
        about = {"epoch": number, "epochs": epoch.epochs, "stage": epoch.stage, "seconds": epoch.seconds}
        kept = epoch.checkpoint() if self._recording.has_checkpoint(number, epoch.epochs) else None

        def write() -> None:
            self._writer.artifact("latents", number, _npy(found.z))
            if health is not None:
                self._writer.artifact("mixture_health", number, health())
            self._writer.artifact(
                "reconstructions_png", number, png(tiled(np.concatenate([self._sheet, drawn], axis=1)))
            )
            self._writer.emit("train.metrics", {**epoch.metrics, **about})
            if kept is not None:
                self._writer.artifact("checkpoint", number, kept.to_bytes())
                self.draw_samples(number)

        return write

    def draw_samples(self, epoch: int) -> None:
        """Draw from each component, and around the first picture that is shown, where that is due and not done."""
        if self._training.kind == "ae" or not is_due(self._recording.samples_every, epoch, self._training.epochs):
            return
        asked: list[Callable[[], Answer]] = [lambda: self._lab.posterior_local(epoch, self._config.viz_indices[0])]
        asked += [lambda c=c: self._lab.prior_component(epoch, c) for c in range(self._training.components)]  # type: ignore[misc]
        for ask in asked:
            answer = ask()
            for artifact in answer.made:
                self._writer.announce(artifact)
            self._writer.tell_rest(answer.files)  # somebody may have asked before us, or we died before we told

    def _health(self, epoch: int, model: MixtureVae, found: Encoded, drawn: Pictures) -> Callable[[], bytes]:
        """What says how the mixture is used by the pictures that are shown, its light, and the prior as it is now."""
        prior = tuple(part.detach().numpy().copy() for part in model.prior)
        return lambda: self._health_of(epoch, found, drawn, *prior)

    def _health_of(self, epoch: int, found: Encoded, drawn: Pictures, mu: Floats, prior_logvar: Floats) -> bytes:
        began = time.perf_counter()
        assert found.qc_probs is not None
        assert found.logvar is not None
        z, logvar, q = (part.astype(np.float64) for part in (found.z, found.logvar, found.qc_probs))
        health, told = mixture_health(q), latent_information(z, logvar)
        share = explained(self._sheet, drawn, self._middle)
        data: dict[str, Any] = {
            "component": q.argmax(axis=1), "confidence": q.max(axis=1), "uncertainty": _entropies(q),
            "latent_information": told, "explained": share,
            "light": diagnose(health, told, share, self._training, epoch).fields(),
            "prior": {"mu": mu, "logvar": prior_logvar},
        }  # fmt: skip
        arrays = (found.z, found.logvar, found.qc_probs, mu, prior_logvar, drawn)
        return encode(
            "mixture_health", run_id=self._config.run_id, epoch=epoch, seed=None,
            inputs_sha256=digest([sha256_hex(array.tobytes()) for array in arrays]),
            compute_ms=(time.perf_counter() - began) * 1000, indices_ref=VIZ_INDICES, data=data,
            **health.fields(sample_key=sample_key(self._rows), sample_indices_ref=VIZ_INDICES),
        )  # fmt: skip


def _entropies(q: Array) -> Array:
    """(n,) nats: how undecided each picture's q(c|x) is."""
    return np.asarray(0.0 - (q * np.log(np.where(q > 0, q, 1))).sum(axis=1))


def _npy(z: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(z, dtype="<f4"))
    return buffer.getvalue()
