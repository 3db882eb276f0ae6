from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pilotage.core.errors import InvalidInputError, ShapeError
from pilotage.labs.latents.data import read_images

PICTURES = np.random.default_rng(0).integers(256, size=(30, 9, 8)).astype(np.uint8)
LABELS = (np.arange(30) % 3 * 2).astype(np.uint8)  # 0, 2, 4: gaps are closed


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_are_read_packed_or_not(folder: Path, packed: bool) -> None:
    pack, end = (gzip.compress, ".gz") if packed else (bytes, "")
    (folder / f"train-images-idx3-ubyte{end}").write_bytes(pack(idx(PICTURES)))
    (folder / f"train-labels-idx1-ubyte{end}").write_bytes(pack(idx(LABELS)))
    (folder / f"t10k-images-idx3-ubyte{end}").write_bytes(pack(idx(255 - PICTURES)))
    found = read_images(folder)
    np.testing.assert_array_equal(found.images[..., 0], PICTURES)
    assert found.labels is not None
    assert found.labels.tolist() == (LABELS // 2).tolist()
    assert found.class_names == ("0", "2", "4")


def test_pictures_larger_than_any_net_learns_from_are_refused(folder: Path) -> None:
    for shape, is_taken in (((20, 256, 8), True), ((20, 8, 257), False), ((20, 257, 8), False)):
        (folder / "train-images-idx3-ubyte").write_bytes(idx(np.zeros(shape, np.uint8)))
        np.savez(folder / "set.npz", images=np.zeros((*shape, 3), np.uint8))
        for path in (folder, folder / "set.npz"):
            if is_taken:
                assert read_images(path).images.shape[1:3] == shape[1:]
                continue
            with pytest.raises(InvalidInputError, match="at most 256") as refused:
                read_images(path)
            assert refused.value.field == "data"


def test_idx_pictures_may_come_without_labels(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte").write_bytes(idx(PICTURES))
    assert read_images(folder).labels is None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0\0", b"\0\0\x08", idx(PICTURES)[:-1], idx(PICTURES) + b"\0", b"\x01" + idx(PICTURES)[1:],
        b"\0\0\x0d" + idx(PICTURES)[3:], struct.pack(">HBB", 0, 8, 0), struct.pack(">HBB9I", 0, 8, 9, *[1] * 9),
        struct.pack(">HBB3I", 0, 8, 3, *[2**32 - 1] * 3), gzip.compress(idx(PICTURES))[:-30],
        gzip.compress(idx(PICTURES))[:40] + b"junk" * 99,
    ],
)  # fmt: skip
def test_a_broken_idx_file_is_told_by_its_name(folder: Path, data: bytes) -> None:
    (folder / "train-images-idx3-ubyte").write_bytes(data)
    with pytest.raises(InvalidInputError, match="train-images-idx3-ubyte") as caught:
        read_images(folder)
    assert caught.value.field == "data"


def test_idx_labels_that_do_not_fit_the_pictures_are_refused(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte").write_bytes(idx(PICTURES))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(LABELS[:-1]))
    with pytest.raises(InvalidInputError, match="one whole number or word a picture"):
        read_images(folder)


@pytest.mark.parametrize(
    ("images", "labels"), [("images", "labels"), ("x_train", "y_train"), ("x", "y"), ("data", "target")]
)
def test_an_archives_arrays_are_found_by_the_usual_names(folder: Path, images: str, labels: str) -> None:
    words = np.array(["cat", "dog", "owl"])[LABELS // 2]
    np.savez_compressed(folder / "pets.npz", **{images: PICTURES[..., None].repeat(3, 3), labels: words})
    found = read_images(folder / "pets.npz")
    assert (found.name, found.class_names, found.images.shape) == ("pets", ("cat", "dog", "owl"), (30, 9, 8, 3))


def test_real_numbers_from_0_to_1_become_bytes(folder: Path) -> None:
    np.savez(folder / "real.npz", images=(PICTURES / 255).astype(np.float32))
    np.testing.assert_array_equal(read_images(folder / "real.npz").images[..., 0], PICTURES)


@pytest.mark.parametrize(
    "images", [PICTURES.astype(np.float32), PICTURES * np.nan, PICTURES.astype(np.int64), PICTURES > 9]
)
def test_numbers_whose_scale_is_unknown_are_refused(folder: Path, images: np.ndarray) -> None:
    np.savez(folder / "odd.npz", images=images)
    with pytest.raises(InvalidInputError, match="pictures must be bytes"):
        read_images(folder / "odd.npz")


def test_an_archive_without_pictures_says_what_to_name_them(folder: Path) -> None:
    np.savez(folder / "odd.npz", pixels=PICTURES)
    with pytest.raises(InvalidInputError) as caught:
        read_images(folder / "odd.npz")
    assert "images" in caught.value.hint
    np.savez(folder / "flat.npz", images=PICTURES.reshape(30, -1))
    with pytest.raises(ShapeError):
        read_images(folder / "flat.npz")


def save_pictures(folder: Path, count: int, mode: str = "RGB", ending: str = ".png") -> None:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        colour = (number * 8 % 256, 40, 90)
        Image.new("RGB", (40, 30), colour).convert(mode).save(folder / f"{number:03}{ending}")


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".bmp"])
def test_a_folders_folders_are_the_classes(folder: Path, ending: str) -> None:
    save_pictures(folder / "owls", 12, ending=ending)
    save_pictures(folder / "cats", 10, ending=ending)
    (folder / "owls" / "notes.txt").write_text("passed over")
    found = read_images(folder, side=16)
    assert found.images.shape == (22, 16, 16, 3)
    assert found.class_names == ("cats", "owls")
    assert found.labels is not None
    assert found.labels.tolist() == [0] * 10 + [1] * 12
    assert abs(int(found.images[5, 8, 8, 0]) - 40) < 8


def test_gray_pictures_stay_gray_and_a_flat_folder_has_no_labels(folder: Path) -> None:
    save_pictures(folder, 20, mode="L")
    found = read_images(folder, side=8)
    assert found.images.shape == (20, 8, 8, 1)
    assert (found.labels, found.class_names) == (None, ())


def test_the_middle_of_a_picture_is_kept_undistorted(folder: Path) -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 200
    for number in range(20):
        Image.fromarray(wide).save(folder / f"{number}.png")
    assert (read_images(folder, side=10).images == 200).all()


def test_pictures_both_in_the_folder_and_in_folders_of_it_are_refused(folder: Path) -> None:
    save_pictures(folder / "owls", 20)
    save_pictures(folder, 1)
    with pytest.raises(InvalidInputError, match="one a class"):
        read_images(folder)


@pytest.mark.parametrize("name", ["nothing", "empty", "words.txt", "https://example.org/digits.npz", "\0", "x" * 5000])
def test_where_no_pictures_are_that_is_said(folder: Path, name: str) -> None:
    (folder / "empty").mkdir()
    (folder / "words.txt").write_text("words")
    with pytest.raises(InvalidInputError):
        read_images(folder / name)


@pytest.mark.parametrize("side", [7, 257, -1])
def test_a_side_out_of_bounds_is_refused(folder: Path, side: int) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_images(folder, side=side)
    assert caught.value.field == "side"
