"""Weights from a stranger: a header that lies is refused before anything is read by it."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("diffusers")

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.models import DiffusionModel
from pilotage.models.diffusion.single_file import read_header
from pilotage.testing import tiny_diffusion as tiny

NAME = "model.diffusion_model.input_blocks.0.0.weight"


def weights(header: Any, length: int | None = None, data: bytes = bytes(64)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def tensor(shape: Any, *offsets: int) -> dict[str, Any]:
    return {"dtype": "F32", "shape": shape, "data_offsets": list(offsets)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        weights({}, length=2**63),
        weights({}, length=2**64 - 1),
        weights({}, length=10_000),
        weights(b"[" * 100_000),
        weights(b"[]"),
        weights(b"null"),
        weights(b'{"a": \xff}'),
        weights({NAME: 1}),
        weights({NAME: tensor([-1, 2], 0, 4)}),
        weights({NAME: tensor("abc", 0, 4)}),
        weights({NAME: {"dtype": "F32"}}),
        b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        b"PK\x03\x04archive/data.pkl",
    ],
    ids=lambda data: repr(data[:50]),
)
def test_a_header_that_lies_is_refused_in_bounded_memory(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(data)
    tracemalloc.start()
    with pytest.raises(ModelUnavailableError):
        read_header(file)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    with pytest.raises(ModelUnavailableError):
        DiffusionModel("x", file)


@pytest.mark.parametrize("trick", ["none", "overlap", "outside", "backwards", "larger"])
def test_tensors_that_lie_over_each_other_or_outside_are_not_loaded(trick: str, tmp_path: Path) -> None:
    folder = tiny.save(tiny.sd_pipeline(), tmp_path / "model")
    file = next((folder / "unet").glob("*.safetensors"))
    honest = file.read_bytes()
    end = 8 + int.from_bytes(honest[:8], "little")
    header = json.loads(honest[8:end])
    one, other = [entry for name, entry in header.items() if name.endswith("norm1.weight")][:2]
    size = len(honest) - end
    if trick == "overlap":
        other["data_offsets"] = one["data_offsets"]
    elif trick == "outside":
        one["data_offsets"] = [size, size + one["data_offsets"][1] - one["data_offsets"][0]]
    elif trick == "backwards":
        one["data_offsets"].reverse()
    elif trick == "larger":
        one["shape"] = [2**40]
    file.write_bytes(weights(header, data=honest[end:]))
    model = DiffusionModel("x", folder, device="cpu")
    if trick == "none":
        model.load()
        return
    with pytest.raises(ModelUnavailableError):
        model.load()


@pytest.mark.parametrize("ending", [".ckpt", ".pt", ".pth", ".bin", ".pkl"])
def test_a_format_that_can_run_code_is_refused_unread(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"model{ending}"
    file.write_bytes(b"\x80\x04boom")
    with pytest.raises(UnsafeModelError):
        DiffusionModel("x", file)
