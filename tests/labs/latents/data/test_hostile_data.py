"""Files made to hurt: archives that swell or climb, pictures that lie, objects that run code."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pilotage.core.errors import InvalidInputError
from pilotage.labs.latents.data import read_images

PICTURES = np.random.default_rng(0).integers(256, size=(24, 8, 8)).astype(np.uint8)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def archive(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return path


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("climbing", ["../images.npy", "/images.npy", "C:\\images.npy", "..\\images.npy"])
def test_an_archive_whose_names_climb_is_refused_whole(tmp_path: Path, climbing: str) -> None:
    path = archive(tmp_path / "a.npz", ("images.npy", npy(PICTURES)), (climbing, npy(PICTURES)))
    with pytest.raises(InvalidInputError):
        read_images(path)


def test_a_link_or_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("labels.npy")
    link.external_attr = 0o120777 << 16
    with pytest.raises(InvalidInputError, match="link"):
        read_images(archive(tmp_path / "a.npz", ("images.npy", npy(PICTURES)), (link, b"/etc/passwd")))
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive(tmp_path / "b.npz", ("images.npy", npy(PICTURES)), ("images.npy", npy(PICTURES)))
    with pytest.raises(InvalidInputError, match="twice"):
        read_images(twice)


def test_an_archive_that_would_swell_beyond_bounds_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pilotage.labs.latents.data.importing.MAX_BYTES", 1 << 20)
    path = archive(tmp_path / "bomb.npz", ("images.npy", npy(np.zeros((400, 64, 64), np.uint8))))
    assert path.stat().st_size < 20_000
    with pytest.raises(InvalidInputError, match="unpacks to more"):
        read_images(path)


def test_an_array_that_claims_more_than_its_file_holds_is_refused_at_no_cost(tmp_path: Path) -> None:
    honest = npy(PICTURES)
    lying = honest.replace(b"(24, 8, 8)", b"(99999999, 8, 8)")[: len(honest) + 6]
    path = archive(tmp_path / "lying.npz", ("images.npy", lying))
    tracemalloc.start()
    with pytest.raises(InvalidInputError):
        read_images(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6


@pytest.mark.parametrize("where", ["images", "labels"])
def test_objects_in_an_archive_are_never_opened(tmp_path: Path, where: str) -> None:
    trap = np.array([Trap(tmp_path / "sprung")] * 24, dtype=object)
    arrays = {"images": PICTURES, "labels": np.zeros(24, int), where: trap}
    np.savez(tmp_path / "trap.npz", **arrays)
    with pytest.raises(InvalidInputError, match="can't be read"):
        read_images(tmp_path / "trap.npz")
    assert not (tmp_path / "sprung").exists()


def test_a_pickle_is_no_archive_whatever_its_name(tmp_path: Path) -> None:
    for name in ("trap.npz", "trap.pkl", "trap.npy", "trap.pt"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
        with pytest.raises(InvalidInputError):
            read_images(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_idx_files_beyond_bounds_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    head = struct.pack(">HBB3I", 0, 8, 3, 1 << 16, 1 << 10, 1 << 10)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + bytes(1 << 20)))
    with pytest.raises(InvalidInputError, match="at most"):
        read_images(tmp_path)
    short = struct.pack(">HBB3I", 0, 8, 3, 24, 8, 8)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(short + bytes(64 << 20)))
    tracemalloc.start()
    with pytest.raises(InvalidInputError, match="holds more"):
        read_images(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8e6


def test_a_sparse_file_of_gigabytes_costs_no_memory(tmp_path: Path) -> None:
    with (tmp_path / "train-images-idx3-ubyte").open("wb") as file:
        file.truncate(8 << 30)
    with pytest.raises(InvalidInputError):
        read_images(tmp_path)
    with (tmp_path / "huge.npz").open("wb") as file:
        file.truncate(8 << 30)
    with pytest.raises(InvalidInputError):
        read_images(tmp_path / "huge.npz")


def png(width: int, height: int) -> bytes:
    """A PNG of one black row, that claims to be larger."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


def animated() -> bytes:
    file, frames = io.BytesIO(), [Image.new("RGB", (8, 8), (i, 0, 0)) for i in range(30)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


def whole() -> bytes:
    file = io.BytesIO()
    Image.fromarray(PICTURES[0]).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.png", png(50_000, 50_000)), ("wide.png", png(1 << 26, 1)),
        ("cut.png", whole()[:-60]), ("empty.png", b""),
        ("animated.webp", animated()), ("svg.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("html.jpg", b"<html><script>alert(1)</script>"), ("other.jpg", whole()), ("pickle.png", pickle.dumps([1])),
    ],
)  # fmt: skip
def test_a_picture_that_lies_is_told_by_its_name_and_nothing_is_imported(
    tmp_path: Path, name: str, data: bytes
) -> None:
    for number in range(24):
        (tmp_path / f"{number}.png").write_bytes(whole())
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InvalidInputError, match=name) as caught:
        read_images(tmp_path)
    assert caught.value.field == "data"


def test_of_a_picture_that_is_also_a_page_only_the_pixels_are_taken(tmp_path: Path) -> None:
    for number in range(24):
        (tmp_path / f"{number}.png").write_bytes(whole() + b"<html><script>alert(1)</script>")
    found = read_images(tmp_path, side=8)
    np.testing.assert_array_equal(found.images[0, ..., 0], PICTURES[0])


def test_links_out_of_the_folder_are_passed_over(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    for place in (outside, folder):
        place.mkdir()
        for number in range(24):
            (place / f"{number}.png").write_bytes(whole())
    (folder / "secret.png").symlink_to(outside / "0.png")
    (folder / "more").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    assert len(read_images(folder)) == 24


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE runs; --", "<img src=x onerror=alert(1)>", "a\r\nb: c", "%s{0}${x}", "é" * 90]
)
def test_names_of_classes_are_plain_words_on_one_line(tmp_path: Path, name: str) -> None:
    for number, label in enumerate((name, "other")):
        place = tmp_path / label
        place.mkdir()
        for picture in range(12):
            (place / f"{number}-{picture}.png").write_bytes(whole())
    found = read_images(tmp_path).class_names
    assert name.replace("\r", " ").replace("\n", " ")[:80] in found
    assert all(len(word) <= 80 and "\n" not in word for word in found)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/x.npz", "file:///etc/passwd", "ftp://h/x", "\\\\host\\share\\x.npz"]
)
def test_an_address_is_only_ever_a_file_that_is_not_there(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("socket.getaddrinfo", no_network)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInputError):
        read_images(Path(address))
