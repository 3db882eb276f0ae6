"""The maps of an epoch, with neighbours, densities and distortion: from the run's files to files of the run."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.core.hashing import digest, sha256_hex
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.envelope import VIZ_INDICES, encode
from pilotage.labs.latents.folder import Artifact, RunFolder
from pilotage.labs.latents.maps import (
    Density,
    Grid,
    Neighbours,
    Pca,
    Umap,
    align,
    bandwidth,
    density,
    distances_on,
    distortion,
    grid_over,
    neighbours,
    pca,
    trust,
    umap,
)
from pilotage.labs.latents.paths import artifact_path
from pilotage.labs.latents.plan import recording_of, training_of
from pilotage.labs.latents.reducers import kept_reducer

UMAP_NEIGHBOURS = 15  # usual, and what trustworthiness was measured with
DRAWS = 2000  # of the prior, of all components together
FEWEST = 20  # of each component
TRUSTED = 1000  # points whose trustworthiness is computed: its cost grows with their number
_DIMS = (2, 3)
_Make = Callable[[], bytes | dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class _Prior:
    """The mixture that a model draws from: (K, d) means and log variances, and (K,) how much each is used."""

    mu: Array
    logvar: Array
    used: Array


def artifact_names(method: Method, *, mixture: bool) -> tuple[str, ...]:
    """The artifacts that the maps of one epoch consist of, in the order of writing; those of a prior with `mixture`."""
    kinds = ["latent_2d", "latent_3d", "reducer_2d", "reducer_3d", "knn", "posterior_2d", "metric_ratio_2d"]
    priors = ["prior_2d", "prior_empirical_2d"] if mixture else []
    return tuple(f"{kind}_{method}" for kind in kinds + priors)


def _anyway() -> None:
    """Write whatever happened meanwhile."""


def project(
    folder: RunFolder, epoch: int, method: Method, *, check: Callable[[], None] = _anyway
) -> Iterator[Artifact]:
    """Compute the maps of an epoch, and write each file as it is there. Equal latents give equal bytes.

    The neighbours are those in latent space, the same for both methods. A UMAP map is turned onto the run's first
    one, whichever is computed first, and says which it is: its own epoch if it is turned onto none.

    Args:
        folder: of the run; the epoch's latents must be in it, and the mixture's health if it is one.
        epoch: from 1.
        method: how the latents are laid out.
        check: called right before each file is written; what it raises ends this.

    Raises:
        NotFoundError: the epoch left no latents.
        InvalidInputError: what it left is damaged.
        StorageError: the disk is full or refuses.
    """
    maps = _Maps(folder, epoch, method)
    for name in artifact_names(method, mixture=maps.prior is not None):
        kind = name.removesuffix(f"_{method}")
        began = time.perf_counter()
        content = maps.make(kind)
        if not isinstance(content, bytes):
            content = _enveloped(maps, kind, content, (time.perf_counter() - began) * 1000)
        check()
        yield folder.write(name, epoch, content)


def _enveloped(maps: _Maps, kind: str, fields: dict[str, Any], spent: float) -> bytes:
    if "meta" in fields:
        fields = {**fields, "meta": {**fields["meta"], "compute_ms": round(spent, 1)}}
    dims = None if kind == "knn" else int(kind.removesuffix("d")[-1])
    return encode(
        kind, run_id=maps.folder.run_id, epoch=maps.epoch, method=maps.method, dims=dims, seed=maps.seed,
        inputs_sha256=maps.sha256, compute_ms=spent, indices_ref=VIZ_INDICES, **fields,
    )  # fmt: skip


class _Maps:
    """What the artifacts of one epoch and method share, each part computed once, when it is first asked for."""

    def __init__(self, folder: RunFolder, epoch: int, method: Method) -> None:
        self.folder, self.epoch, self.method = folder, epoch, method
        config = folder.config()
        training, self.recording = training_of(config), recording_of(config)
        self.seed, self.last = training.seed, training.epochs
        self.z, latents = _latents(folder, epoch)
        self.prior: _Prior | None = None
        mixture = ""
        if training.kind == "gmvae":
            self.prior, mixture = _prior(folder, epoch)
        self.sha256 = digest([latents, mixture])

    def make(self, kind: str) -> bytes | dict[str, Any]:
        makers: dict[str, _Make] = {
            "latent_2d": lambda: self._latent(2), "latent_3d": lambda: self._latent(3),
            "reducer_2d": lambda: _npz(self.reducers[2].arrays()),
            "reducer_3d": lambda: _npz(self.reducers[3].arrays()),
            "knn": self._knn, "posterior_2d": self._posterior, "metric_ratio_2d": self._ratio,
            "prior_2d": lambda: self._density_of_prior("uniform"),
            "prior_empirical_2d": lambda: self._density_of_prior("empirical"),
        }  # fmt: skip
        return makers[kind]()

    @cached_property
    def widely(self) -> Neighbours:
        """The neighbours, as many as the maps or the layout of them need."""
        wanted = max(self.recording.neighbours, UMAP_NEIGHBOURS)
        return neighbours(self.z, min(wanted, len(self.z) - 1))

    @cached_property
    def near(self) -> Neighbours:
        """Those that are shown and measured: below half of the points, as trustworthiness asks."""
        return _first(self.widely, min(self.recording.neighbours, (len(self.z) - 1) // 2))

    @cached_property
    def reducers(self) -> dict[int, Pca | Umap]:
        return {dims: pca(self.z, dims) if self.method == "pca" else self._umap(dims) for dims in _DIMS}

    @cached_property
    def layouts(self) -> dict[int, Array]:
        return {
            dims: made.transform(self.z) if isinstance(made, Pca) else made.layout.astype(np.float64)
            for dims, made in self.reducers.items()
        }

    @cached_property
    def first(self) -> int:
        """The epoch that UMAP maps are turned onto: of those that left latents the first that was due, or the first."""
        there = self.folder.epochs("latents")
        due = (epoch for epoch in there if "umap" in self.recording.methods(epoch, self.last))
        return next(due, there[0])

    @cached_property
    def reference(self) -> Mapping[int, Array]:
        """By dimension, the first epoch's UMAP map, kept or computed; none in that epoch, or where it cannot be had."""
        if self.first == self.epoch:
            return {}
        with suppress(NotFoundError, InvalidInputError):
            kept = {dims: kept_reducer(self.folder, self.first, "umap", dims) for dims in _DIMS}
            return {dims: made.layout.astype(np.float64) for dims, made in kept.items() if isinstance(made, Umap)}
        with suppress(NotFoundError, InvalidInputError):
            return _Maps(self.folder, self.first, "umap").layouts
        return {}

    @cached_property
    def drawn(self) -> Array:
        """(K * m, 2) where draws of the prior lie, component by component; none without a prior."""
        if self.prior is None:
            return np.empty((0, 2))
        components, dims = self.prior.mu.shape
        each = max(DRAWS // components, FEWEST)
        noise = stream(self.seed, "prior_density").standard_normal((components, each, dims))
        points = self.prior.mu[:, None] + noise * np.exp(self.prior.logvar / 2)[:, None]
        return self.reducers[2].transform(points.reshape(-1, dims))

    @cached_property
    def grid(self) -> Grid:
        """One for all that is drawn over the map, so that it can be compared."""
        return grid_over(np.concatenate([self.layouts[2], self.drawn]))

    @cached_property
    def kernel(self) -> Array:
        return bandwidth(self.layouts[2], self.grid)

    def _umap(self, dims: int) -> Umap:
        made = umap(self.z, _first(self.widely, min(UMAP_NEIGHBOURS, self.widely.k)), dims, seed=self.seed)
        if not self.reference:
            return made
        layout = made.layout.astype(np.float64)
        return made.placed(align(layout, self.reference[dims]).apply(layout))

    def _latent(self, dims: int) -> dict[str, Any]:
        rows = np.arange(0, len(self.z), max(1, len(self.z) // TRUSTED))
        found = trust(self.z, self.layouts[dims], self.near, rows=rows)
        reducer = self.reducers[dims]
        onto = self.first if self.reference else self.epoch
        about = {"shares": reducer.shares} if isinstance(reducer, Pca) else {"aligned_to": onto}
        kept = {"k": found.k, "lost": found.lost, "trustworthiness": float(found.trustworthiness.mean())}
        return {"data": {"points": self.layouts[dims], **about}, "trust": kept}

    def _knn(self) -> dict[str, Any]:
        apart = {f"{dims}d": distances_on(self.layouts[dims], self.near) for dims in _DIMS}
        return {"k": self.near.k, "data": {
            "rows": self.near.ids, "d_latent": self.near.distances, "d_k": self.near.d_k, "d_proj": apart,
        }}  # fmt: skip

    def _posterior(self) -> dict[str, Any]:
        return density(self.layouts[2], self.grid, self.kernel).fields()

    def _density_of_prior(self, kind: Any) -> dict[str, Any]:
        assert self.prior is not None
        components = len(self.prior.mu)
        weights = np.full(components, 1 / components) if kind == "uniform" else self.prior.used
        each = len(self.drawn) // components
        found: Density = density(self.drawn, self.grid, self.kernel, weights=np.repeat(weights / each, each))
        return found.fields(kind, weights)

    def _ratio(self) -> dict[str, Any]:
        return distortion(self.layouts[2], self.near, self.grid, self.kernel).fields()


def _first(near: Neighbours, k: int) -> Neighbours:
    return Neighbours(near.ids[:, :k], near.distances[:, :k])


def _latents(folder: RunFolder, epoch: int) -> tuple[Array, str]:
    data = folder.file(artifact_path("latents", epoch)).read_bytes()
    try:
        z = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as cause:
        raise InvalidInputError(f"the latents of epoch {epoch} are damaged", field="latents") from cause
    return np.asarray(z, dtype=np.float64), sha256_hex(data)


def _prior(folder: RunFolder, epoch: int) -> tuple[_Prior, str]:
    data = folder.file(artifact_path("mixture_health", epoch)).read_bytes()
    try:
        said = json.loads(data)
        mu, logvar = (np.asarray(said["data"]["prior"][part], dtype=np.float64) for part in ("mu", "logvar"))
        prior = _Prior(mu, logvar, np.asarray(said["p"], dtype=np.float64))
        inputs = digest([said["data"]["prior"], said["p"]])
    except (ValueError, KeyError, TypeError) as cause:
        raise InvalidInputError(f"the mixture's health of epoch {epoch} is damaged", field="mixture_health") from cause
    return prior, inputs


def _npz(arrays: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()
