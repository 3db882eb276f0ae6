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
from pilotage.labs.latents.envelope import VIZ_INDICES, encode
from pilotage.labs.latents.mixture import mixture_health, sample_key
from pilotage.labs.latents.network.lab import NetworkLab
from pilotage.labs.latents.network.pictures import png, tiled
from pilotage.labs.latents.network.sheets import Answer
from pilotage.labs.latents.plan import recording_of, training_of
from pilotage.labs.latents.sprites import sprite
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import reading
from pilotage.models.latents.nets import LatentModel, MixtureVae
from pilotage.models.latents.reading import Encoded
from pilotage.models.latents.training import Batch, Epoch

SHEET = 32  # held-out pictures above their reconstructions


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

    def on_epoch(self, epoch: Epoch) -> None:
        """Write what the epoch leaves, tell its metrics, and keep a checkpoint if one is due."""
        found = reading.encode(epoch.model, self._shown)
        self._writer.artifact("latents", epoch.epoch, _npy(found.z))
        if isinstance(epoch.model, MixtureVae):
            self._writer.artifact("mixture_health", epoch.epoch, self._health(epoch.epoch, epoch.model, found))
        self._writer.artifact("reconstructions_png", epoch.epoch, self._reconstructions(epoch.model))
        about = {"epoch": epoch.epoch, "epochs": epoch.epochs, "stage": epoch.stage, "seconds": epoch.seconds}
        self._writer.emit("train.metrics", {**epoch.metrics, **about})
        if self._recording.has_checkpoint(epoch.epoch, epoch.epochs):
            self._writer.artifact("checkpoint", epoch.epoch, epoch.checkpoint().to_bytes())
            self.draw_samples(epoch.epoch)

    def draw_samples(self, epoch: int) -> None:
        """Draw from each component, and around the first picture that is shown, if that is due and not there."""
        if self._training.kind == "ae" or not is_due(self._recording.samples_every, epoch, self._training.epochs):
            return
        asked: list[Callable[[], Answer]] = [lambda: self._lab.posterior_local(epoch, self._config.viz_indices[0])]
        asked += [lambda c=c: self._lab.prior_component(epoch, c) for c in range(self._training.components)]  # type: ignore[misc]
        for ask in asked:
            for artifact in ask().made:
                self._writer.announce(artifact)

    def _health(self, epoch: int, model: MixtureVae, found: Encoded) -> bytes:
        """How the mixture is used by the pictures that are shown, its light, and the prior as it is."""
        began = time.perf_counter()
        assert found.qc_probs is not None
        assert found.logvar is not None
        z, logvar, q = (part.astype(np.float64) for part in (found.z, found.logvar, found.qc_probs))
        health, told = mixture_health(q), latent_information(z, logvar)
        mu, logvar = (part.detach().numpy() for part in model.prior)
        data: dict[str, Any] = {
            "component": q.argmax(axis=1), "confidence": q.max(axis=1), "uncertainty": _entropies(q),
            "latent_information": told, "light": diagnose(health, told, self._training, epoch).fields(),
            "prior": {"mu": mu, "logvar": logvar},
        }  # fmt: skip
        inputs = digest([sha256_hex(array.tobytes()) for array in (found.z, found.logvar, found.qc_probs, mu, logvar)])
        return encode(
            "mixture_health", run_id=self._config.run_id, epoch=epoch, seed=None, inputs_sha256=inputs,
            compute_ms=(time.perf_counter() - began) * 1000, indices_ref=VIZ_INDICES, data=data,
            **health.fields(sample_key=sample_key(self._rows), sample_indices_ref=VIZ_INDICES),
        )  # fmt: skip

    def _reconstructions(self, model: LatentModel) -> bytes:
        drawn = reading.decode(model, reading.encode(model, self._sheet).z)
        return png(tiled(np.concatenate([self._sheet, drawn], axis=1)))


def _entropies(q: Array) -> Array:
    """(n,) nats: how undecided each picture's q(c|x) is."""
    return np.asarray(0.0 - (q * np.log(np.where(q > 0, q, 1))).sum(axis=1))


def _npy(z: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(z, dtype="<f4"))
    return buffer.getvalue()
