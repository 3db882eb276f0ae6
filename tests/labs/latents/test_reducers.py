"""What laid a map out is read back from its file, or its damage is told."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.maps import align, neighbours, pca, umap
from pilotage.labs.latents.placing import on_map
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.projections import project
from pilotage.models.latents import TrainingConfig

Z = np.random.default_rng(0).standard_normal((20, 3))


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """Of an autoencoder's run whose UMAP maps are due in epochs 2 and 4."""
    asked = TrainingConfig(kind="ae", epochs=5)
    recording = Recording(points=20, umap_every=2)
    return RunFolder.create(tmp_path, run_config("lat_maps", builtin("digits8"), asked, recording))


def learned(folder: RunFolder, epoch: int) -> None:
    """An epoch whose latents are there, another in each."""
    file = io.BytesIO()
    np.save(file, (Z * (1 + epoch / 10)).astype("<f4"))
    folder.write("latents", epoch, file.getvalue())


def mapped(folder: RunFolder, epoch: int) -> dict[str, Any]:
    for _ in project(folder, epoch, "umap"):
        pass
    return dict(json.loads(folder.file(f"projections/latent_2d_epoch_{epoch}_umap.json").read_bytes())["data"])


def turned(folder: RunFolder, epoch: int, onto: int) -> Array:
    """A UMAP map of an epoch by itself, turned onto another as it lies in its file."""
    z = np.load(folder.file(f"checkpoints/latents_epoch_{epoch}.npy")).astype(float)
    layout = umap(z, neighbours(z, 15), 2, seed=0).layout.astype(float)
    reference = np.load(folder.file(f"projections/reducer_2d_epoch_{onto}_umap.npz"))["layout"].astype(float)
    return align(layout, reference).apply(layout)


def damaged(data: bytes) -> Iterator[bytes]:
    """Cut short, and with another byte anywhere."""
    rng = random.Random(1)
    yield from (data[:size] for size in range(0, len(data), 25))
    for place in range(len(data)):
        yield data[:place] + bytes([data[place] ^ rng.randrange(1, 256)]) + data[place + 1 :]


@pytest.mark.parametrize("pack", [np.savez, np.savez_compressed])
def test_whatever_is_damaged_of_what_laid_a_map_out_is_told_as_such(folder: RunFolder, pack: object) -> None:
    file = io.BytesIO()
    pack(file, **pca(Z, 2).arrays())  # type: ignore[operator]
    path = folder.path / "projections/reducer_2d_epoch_1_pca.npz"
    cases, read = list(damaged(file.getvalue())), 0
    for data in cases:
        path.write_bytes(data)
        with suppress(InvalidInputError):
            on_map(folder, 1, "pca", 2, Z)
            read += 1  # a time or a mode that nobody asks for
    assert read < len(cases) / 2


def test_a_map_says_which_one_it_is_turned_onto(folder: RunFolder) -> None:
    learned(folder, 1)
    assert mapped(folder, 1)["aligned_to"] == 1  # the run ended here: no epoch left latents that was due
    learned(folder, 3)
    third = mapped(folder, 3)
    assert third["aligned_to"] == 1
    np.testing.assert_allclose(third["points"], turned(folder, 3, 1), rtol=1e-4, atol=1e-4)
    learned(folder, 2)
    assert mapped(folder, 3)["aligned_to"] == 2  # which is due, and came when the run went on
    (folder.path / "projections/reducer_2d_epoch_2_umap.npz").unlink(missing_ok=True)
    (folder.path / "checkpoints/latents_epoch_2.npy").write_bytes(b"damaged")
    alone = mapped(folder, 3)
    assert alone["aligned_to"] == 3
    assert not np.allclose(alone["points"], third["points"], rtol=1e-2)


def test_a_map_is_turned_onto_the_first_though_that_ones_file_is_damaged(folder: RunFolder) -> None:
    for epoch in (2, 4):
        learned(folder, epoch)
    mapped(folder, 2)
    whole = mapped(folder, 4)
    reducer = folder.path / "projections/reducer_2d_epoch_2_umap.npz"
    reducer.write_bytes(reducer.read_bytes()[:-40])
    assert mapped(folder, 4) == whole
    assert whole["aligned_to"] == 2
