"""Axes that a latent space is steered along, and where a place on them lies in it; a run's files tell all of it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from pilotage.core.errors import InvalidInputError, NotFoundError, UnsupportedInputError
from pilotage.core.shapes import Array, require_matrix
from pilotage.core.threads import one_blas_thread
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.maps import pca
from pilotage.labs.latents.paths import artifact_path
from pilotage.labs.latents.plan import training_of
from pilotage.spaces import Axis

AxesKind = Literal["pca", "components", "classes"]
AXES: tuple[AxesKind, ...] = ("pca", "components", "classes")
MOST = 16  # axes that a session takes
DIRECTIONS, HELD = 8, 0.9  # principal directions: the fewest that hold this share of the variance, 8 at most
SPREADS = 3.0  # standard deviations that one unit of a principal direction is
BEYOND = 1.5  # one unit towards a component or class goes half as far again as its mean
ROOM = 0.25  # units beyond a start that lies outside of the region


@dataclass(frozen=True, slots=True)
class _Way:
    """One axis before it is measured: what it is called, its poles, and where one unit of it leads."""

    name: str
    negative: str
    positive: str
    step: Array


@dataclass(frozen=True, eq=False)
class LatentAxes:
    """A region of a latent space: the unit ball of a session, laid along directions around a centre.

    Attributes:
        axes: what each coordinate means; `unit` is its length in the latent space.
        centre: (d,) mean of the latents that are shown.
        steps: (k, d) one unit along each axis.
        start: (d,) where the middle of the ball lies; the centre if None.
    """

    axes: tuple[Axis, ...]
    centre: Array
    steps: Array
    start: Array | None = None

    def coordinates(self, latents: Array) -> Array:
        """(n, k) where (n, d) latents lie on the axes from the centre, by least squares; what lies beside is lost."""
        points = require_matrix("latents", latents, len(self.centre)) - self.centre
        with one_blas_thread():
            return np.asarray(points @ np.linalg.pinv(self.steps))

    def place(self, z: Array) -> Array:
        """(n, d) latents of (n, k) points of the unit ball.

        The middle is the start, and a straight line from it ends where it would leave the ball around the centre: all
        that lies around the centre stays within reach from any start, and nothing else comes in.
        """
        points = require_matrix("z", z, len(self.axes))
        if self.start is None:
            return np.asarray(self.centre + points @ self.steps)
        return np.asarray(self.start + self._stretched(points) @ self.steps)

    @cached_property
    def _from(self) -> Array:
        """(k,) the start on the axes."""
        return self.coordinates(np.asarray(self.start)[None])[0]

    def _stretched(self, z: Array) -> Array:
        away = float(np.linalg.norm(self._from))
        radius = max(1.0, away + ROOM)
        length = np.linalg.norm(z, axis=1, keepdims=True)
        along = (z / np.maximum(length, np.finfo(float).tiny)) @ self._from[:, None]
        return np.asarray(z * (np.sqrt(along**2 + radius**2 - away**2) - along))


def axes_of(folder: RunFolder, epoch: int, kind: AxesKind, start: Array | None = None) -> LatentAxes:
    """The axes of an epoch's latent space.

    Args:
        folder: of the run.
        epoch: that left latents.
        kind: `pca`: the directions in which the shown latents vary most; `components`: towards the mean of each
            component of the mixture; `classes`: away from all others towards the mean of each class.
        start: (d,) where a session begins.

    Raises:
        NotFoundError: the epoch left no latents.
        UnsupportedInputError: no mixture, or no labels, to make these axes of; field `model`.
        InvalidInputError: a file is damaged, or the start is of another space.
    """
    z = latents_of(folder, epoch)
    centre = z.mean(axis=0)
    if start is not None and (start.shape != centre.shape or not np.isfinite(start).all()):
        raise InvalidInputError(f"the start must be {len(centre)} numbers", field="model")
    makers = {"pca": _directions, "components": _towards_components, "classes": _towards_classes}
    with one_blas_thread():
        ways = [way for way in makers[kind](folder, epoch, z) if np.linalg.norm(way.step) > 0][:MOST]
    if not ways:
        raise UnsupportedInputError(f"there is nothing to tell apart by {kind} here", field="model")
    axes = tuple(
        Axis(name=way.name, negative=way.negative, positive=way.positive, source="coordinate",
             unit=float(np.linalg.norm(way.step)), measured=True)
        for way in ways
    )  # fmt: skip
    return LatentAxes(axes, centre, np.stack([way.step for way in ways]), start)


def latents_of(folder: RunFolder, epoch: int) -> Array:
    """(n, d) latents of the shown pictures after an epoch, in the order of `viz_indices`.

    Raises:
        NotFoundError: the epoch left none; field `epoch`.
        InvalidInputError: they are damaged.
    """
    try:
        data = folder.file(artifact_path("latents", epoch)).read_bytes()
        return np.asarray(np.load(io.BytesIO(data), allow_pickle=False), dtype=np.float64)
    except NotFoundError as cause:
        raise NotFoundError(f"epoch {epoch} left no latents", field="epoch") from cause
    except (ValueError, EOFError, OSError) as cause:
        raise InvalidInputError(f"the latents of epoch {epoch} are damaged", field="latents") from cause


def _directions(folder: RunFolder, epoch: int, z: Array) -> Sequence[_Way]:
    found = pca(z, min(DIRECTIONS, z.shape[1]))
    wanted = max(2, 1 + int(np.searchsorted(found.shares.cumsum(), HELD)))
    spreads = found.transform(z).std(axis=0)
    return [
        _Way(f"direction {i + 1}", f"direction {i + 1}, one way", "the other way", SPREADS * spreads[i] * axis)
        for i, axis in enumerate(found.axes[:wanted])
    ]


def _towards_components(folder: RunFolder, epoch: int, z: Array) -> Sequence[_Way]:
    """The most used first."""
    training = training_of(folder.config())
    if training.kind != "gmvae":
        raise UnsupportedInputError("an autoencoder has no components", field="model", hint="Take axes=pca.")
    if epoch <= training.pretrain_epochs:
        hint = f"Take an epoch after {training.pretrain_epochs}, or axes=pca."
        raise UnsupportedInputError(f"the mixture has no place yet after epoch {epoch}", field="model", hint=hint)
    try:
        said = json.loads(folder.file(artifact_path("mixture_health", epoch)).read_bytes())
        means, used = np.asarray(said["data"]["prior"]["mu"], dtype=np.float64), np.asarray(said["p"], dtype=np.float64)
    except (ValueError, KeyError, TypeError) as cause:
        raise InvalidInputError(f"the mixture's health of epoch {epoch} is damaged", field="mixture_health") from cause
    return [
        _Way(f"component {c}", f"away from component {c}", f"component {c}", BEYOND * (means[c] - z.mean(axis=0)))
        for c in np.argsort(-used, kind="stable").tolist()[:MOST]
    ]


def _towards_classes(folder: RunFolder, epoch: int, z: Array) -> Sequence[_Way]:
    """In the order of the labels; of too many, the most frequent."""
    data = folder.config().data
    labels, names = data.get("viz_labels"), data.get("class_names") or ()
    if not labels or len(labels) != len(z):
        raise UnsupportedInputError("these pictures have no labels", field="model", hint="Take axes=pca.")
    told = np.asarray(labels)
    counts = np.bincount(told, minlength=len(names))
    most = sorted(np.argsort(-counts, kind="stable").tolist()[:MOST])
    return [
        _Way(names[c], f"not {names[c]}", names[c], BEYOND * (z[told == c].mean(axis=0) - z.mean(axis=0)))
        for c in most if counts[c]
    ]  # fmt: skip
