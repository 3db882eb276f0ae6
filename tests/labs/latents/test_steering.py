"""Axes of a trained space: what one unit of each means, where a start lies, and what is no trained space."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, PilotageError, UnsupportedInputError
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import ImageSet, builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.maps import Pca, pca
from pilotage.labs.latents.placing import on_map
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.steered_run import LatentRef, SteeredRun, enlarged, written
from pilotage.labs.latents.steering import BEYOND, HELD, SPREADS, LatentAxes, axes_of, latents_of
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig
from pilotage.spaces import Axis

TRAINING = TrainingConfig(components=3, latent_dims=4, epochs=3, pretrain_epochs=1)
RNG = np.random.default_rng(5)
LATENTS = (RNG.standard_normal((40, 4)) * [4.0, 2.0, 1.0, 0.01] + [1, 2, 3, 4]).astype("<f4")
MEANS = RNG.standard_normal((3, 4))


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def recorded(
    runs: Path, images: ImageSet | None = None, training: TrainingConfig = TRAINING, *, ended: bool = True
) -> RunFolder:
    """A run whose files were put there by hand: the latents of epochs 1 to 3, and what is read beside them."""
    folder = RunFolder.create(
        runs, run_config("lat_tiny", images or builtin("digits8"), training, Recording(points=40))
    )
    health = {"p": [0.2, 0.5, 0.3], "data": {"prior": {"mu": MEANS.tolist(), "logvar": np.zeros((3, 4)).tolist()}}}
    with RunWriter(folder) as writer:
        writer.emit("run.started", {"after_epoch": 0})
        for epoch in (1, 2, 3):
            writer.artifact("latents", epoch, npy(LATENTS))
            writer.artifact("mixture_health", epoch, json.dumps(health).encode())
        writer.artifact("checkpoint", 2, b"weights")
        writer.artifact("checkpoint", 3, b"weights")
        if ended:
            writer.emit("run.completed", {"epoch": 3})
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return recorded(tmp_path_factory.mktemp("runs"))


def test_principal_directions_are_the_fewest_that_hold_most_each_three_spreads_long(folder: RunFolder) -> None:
    found = axes_of(folder, 3, "pca")
    z = LATENTS.astype(np.float64)
    variances = np.linalg.eigvalsh(np.cov(z.T))[::-1]
    held = variances.cumsum() / variances.sum()
    assert held[0] < HELD < held[1]
    assert len(found.axes) == 2
    flat = (z - z.mean(axis=0)) @ (found.steps / np.linalg.norm(found.steps, axis=1, keepdims=True)).T
    np.testing.assert_allclose(flat.std(axis=0) * SPREADS, [axis.unit for axis in found.axes])
    np.testing.assert_allclose(found.place(np.zeros((1, 2)))[0], z.mean(axis=0))


def test_components_lead_to_their_means_the_most_used_first(folder: RunFolder) -> None:
    found = axes_of(folder, 3, "components")
    assert [axis.positive for axis in found.axes] == ["component 1", "component 2", "component 0"]
    np.testing.assert_allclose(found.place(np.eye(3) / BEYOND), MEANS[[1, 2, 0]])


def test_classes_lead_to_the_means_of_their_pictures(folder: RunFolder) -> None:
    found = axes_of(folder, 3, "classes")
    labels = np.array(folder.config().data["viz_labels"])
    assert [(axis.negative, axis.positive) for axis in found.axes] == [(f"not {c}", str(c)) for c in range(10)]
    means = np.stack([LATENTS[labels == c].astype(np.float64).mean(axis=0) for c in range(10)])
    np.testing.assert_allclose(found.place(np.eye(10) / BEYOND), means)


def plain(steps: np.ndarray, start: np.ndarray) -> LatentAxes:
    axes = tuple(
        Axis(name=str(i), negative="a", positive="b", source="coordinate", unit=1.0) for i in range(len(steps))
    )
    return LatentAxes(axes, np.zeros(steps.shape[1]), steps, start)


@given(st.lists(st.floats(-1.4, 1.4), min_size=3, max_size=3), st.integers(0, 2**32 - 1))
def test_from_any_start_the_ball_stays_the_ball_around_the_centre(start: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.linalg.qr(rng.standard_normal((3, 3)))[0] * rng.uniform(0.5, 3, (3, 1))
    there = np.array(start)
    found = plain(steps, there @ steps)
    np.testing.assert_allclose(found.place(np.zeros((1, 3))), found.start[None], atol=1e-12)  # type: ignore[index]
    way = rng.standard_normal((8, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    edges = np.linalg.norm(found.coordinates(found.place(way)), axis=1)
    np.testing.assert_allclose(edges, max(1.0, np.linalg.norm(there) + 0.25), rtol=1e-6)
    half = found.coordinates(found.place(way / 2))
    np.testing.assert_allclose(half, (found.coordinates(found.place(way)) + there) / 2, atol=1e-6)  # a straight line


def test_what_lies_beside_the_axes_stays_with_a_start(folder: RunFolder) -> None:
    place = LATENTS[3].astype(np.float64)
    found = axes_of(folder, 3, "pca", place)
    np.testing.assert_allclose(found.place(np.zeros((1, 2)))[0], place)
    moved = found.place(np.array([[0.3, -0.2]]))[0] - place
    inside = np.linalg.lstsq(found.steps.T, moved, rcond=None)[0] @ found.steps
    np.testing.assert_allclose(moved, inside, atol=1e-9)


@given(st.lists(st.floats(-100, 100, width=16), min_size=1, max_size=128), st.integers(1, 999))
def test_a_ref_is_read_back_as_it_was_written(place: list[float], epoch: int) -> None:
    ref = LatentRef("lat_0123456789abcdef", epoch, "components", written(np.array(place)))
    assert LatentRef.parse(str(ref)) == ref
    assert len(str(ref)) < 500
    assert ref.start is not None
    assert ref.start.tolist() == place


@pytest.mark.parametrize("ref", ["starter", "smollm2?axes=pca", "analytic", "latent", "Latent:lat_1"])
def test_refs_of_other_models_are_left_to_them(ref: str) -> None:
    assert LatentRef.parse(ref) is None


@pytest.mark.parametrize(
    "ref",
    ["latent:", "latent:../x", "latent:lat_1?epoch=0", "latent:lat_1?epoch=x", "latent:lat_1?axes=tsne",
     "latent:lat_1?pace=2", "latent:lat_1?epoch=1?axes=pca", "latent:lat_1\n"],
)  # fmt: skip
def test_what_names_no_trained_space_is_refused(ref: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        LatentRef.parse(ref)
    assert caught.value.field == "model"


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        ("?epoch=9", NotFoundError),
        ("?epoch=1", NotFoundError),  # its checkpoint was not kept
        ("?at=AAAA!", InvalidInputError),
        ("?at=AAA", InvalidInputError),
        ("?at=AAAAAAAA", InvalidInputError),  # of three numbers
        ("?at=AH4AfgB-AH4", InvalidInputError),  # no numbers
    ],
)
def test_what_a_run_does_not_have_is_refused_by_field(folder: RunFolder, rest: str, kind: type[PilotageError]) -> None:
    with pytest.raises(kind) as caught:
        SteeredRun(f"latent:lat_tiny{rest}", folder)
    assert caught.value.field == "model"


def test_axes_that_a_run_cannot_have_are_refused_with_those_that_it_can(tmp_path: Path) -> None:
    digits = builtin("digits8")
    bare = recorded(tmp_path / "bare", ImageSet("bare", digits.images))
    coder = recorded(tmp_path / "ae", training=TrainingConfig(kind="ae", latent_dims=4, epochs=3))
    for folder, epoch, axes in ((bare, 3, "classes"), (coder, 3, "components"), (bare, 1, "components")):
        with pytest.raises(UnsupportedInputError) as caught:
            axes_of(folder, epoch, axes)  # type: ignore[arg-type]
        assert (caught.value.field, "axes=pca" in caught.value.hint) == ("model", True)


def test_a_run_that_trains_is_steered_once_it_has_ended(tmp_path: Path) -> None:
    with pytest.raises(ConflictError) as caught:
        SteeredRun("latent:lat_tiny", recorded(tmp_path, ended=False))
    assert caught.value.field == "model"


def test_a_checkpoint_that_is_gone_or_damaged_is_told_when_it_is_wanted(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    model = SteeredRun("latent:lat_tiny?epoch=3", folder)
    with pytest.raises(InvalidInputError):
        model.load()
    (folder.path / "checkpoints/epoch_3.safetensors").unlink()
    with pytest.raises(NotFoundError) as caught:
        model.load()
    assert caught.value.field == "model"


def test_latents_are_placed_on_a_map_where_the_map_itself_has_them(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    z = latents_of(folder, 3)
    made = pca(z, 2)
    path = folder.path / "projections/reducer_2d_epoch_3_pca.npz"
    np.savez(path, **made.arrays())
    np.testing.assert_allclose(on_map(folder, 3, "pca", 2, z[:5]), Pca(**made.arrays()).transform(z[:5]))
    with pytest.raises(NotFoundError) as caught:
        on_map(folder, 3, "umap", 2, z)
    assert (caught.value.field, "backfill" in caught.value.hint) == ("method", True)
    path.write_bytes(b"PK nothing")
    with pytest.raises(InvalidInputError):
        on_map(folder, 3, "pca", 2, z)


@pytest.mark.parametrize(("side", "drawn"), [(8, 224), (28, 224), (50, 200), (300, 300)])
def test_pictures_are_enlarged_by_whole_pixels(side: int, drawn: int) -> None:
    picture = RNG.integers(0, 256, (side, side, 1), dtype=np.uint8)
    large = enlarged(picture)
    assert large.shape == (drawn, drawn, 3)
    times = drawn // side
    np.testing.assert_array_equal(large[::times, ::times], np.repeat(picture, 3, axis=2))
