"""Vectors of other tools: files of repeng, llama.cpp and steering-vectors are read, files for llama.cpp written.

The files are made here, byte for byte as those tools lay them out; nothing of theirs need be installed.
"""

from __future__ import annotations

import pickle
import struct
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import ConflictError, InvalidInputError, UnsupportedInputError
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.gguf_files import read_gguf, write_gguf
from pilotage.labs.language.importing import import_vectors, read_torch
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageInfo

NORMS = (2.0, 3.0, 5.0, 7.0)
_UINT32, _STRING, _F32 = 4, 8, 0


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def control_vector(directions: dict[int, Any], *, arch: str = "controlvector", hint: str = "llama") -> bytes:
    """A GGUF file, version 3, as repeng and llama.cpp's generator write it."""
    facts = [
        text("general.architecture") + struct.pack("<I", _STRING) + text(arch),
        text("controlvector.model_hint") + struct.pack("<I", _STRING) + text(hint),
        text("controlvector.layer_count") + struct.pack("<II", _UINT32, len(directions)),
    ]
    data, infos = b"", []
    for layer, vector in directions.items():
        infos.append(text(f"direction.{layer}") + struct.pack("<IQIQ", 1, len(vector), _F32, len(data)))
        data += np.asarray(vector, dtype="<f4").tobytes().ljust(-(-4 * len(vector) // 32) * 32, b"\0")
    head = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(facts)) + b"".join(facts) + b"".join(infos)
    return head.ljust(-(-len(head) // 32) * 32, b"\0") + data


def test_a_control_vector_of_repeng_becomes_a_pack(tmp_path: Path, small_axis: Axis, info: LanguageInfo) -> None:
    rng = np.random.default_rng(0)
    made = {layer: rng.standard_normal(8).astype(np.float32) for layer in (3, 1)}
    (tmp_path / "happy.gguf").write_bytes(control_vector(made))
    pack = import_vectors(tmp_path / "happy.gguf", small_axis, info, norms=NORMS)
    for layer, vector in made.items():
        np.testing.assert_allclose(pack.vectors[layer], vector / np.linalg.norm(vector), atol=1e-6)
    assert not pack.vectors[[0, 2]].any()
    assert (pack.card.method, pack.card.calibrated) == ("imported", False)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (control_vector({1: [0.0] * 8}, hint="qwen2"), UnsupportedInputError),
        (control_vector({4: [1.0] * 8}), UnsupportedInputError),
        (control_vector({1: [1.0] * 9}), UnsupportedInputError),
        (control_vector({1: [float("nan")] * 8}), UnsupportedInputError),
        (control_vector({0: [1.0] * 8}), InvalidInputError),
        (control_vector({}), InvalidInputError),
        (control_vector({1: [1.0] * 8}, arch="llama"), InvalidInputError),
        (control_vector({1: [1.0] * 8})[:-40], InvalidInputError),
        (b"no such format", InvalidInputError),
    ],
)
def test_control_vectors_that_do_not_fit_are_refused(
    tmp_path: Path, small_axis: Axis, info: LanguageInfo, content: bytes, error: type[Exception]
) -> None:
    (tmp_path / "v.gguf").write_bytes(content)
    with pytest.raises(error):
        import_vectors(tmp_path / "v.gguf", small_axis, info, norms=NORMS)


def test_what_is_exported_pushes_in_llama_cpp_as_far_as_the_dose_does_here(
    tmp_path: Path, make_pack: Callable[..., VectorPack]
) -> None:
    pack = make_pack()
    write_gguf(pack, tmp_path / "formal.gguf", family="llama", dose=-0.5)
    directions, hint = read_gguf(tmp_path / "formal.gguf")
    assert (list(directions), hint) == ([2], "llama")
    np.testing.assert_allclose(directions[2], pack.push(-0.5) * pack.direction.vector, rtol=1e-6)


def test_what_is_exported_has_the_layout_that_llama_cpp_reads(
    tmp_path: Path, make_pack: Callable[..., VectorPack]
) -> None:
    """One-dimensional float32 tensors named by the block, in a GGUF whose architecture is controlvector."""
    pack = make_pack()
    write_gguf(pack, tmp_path / "formal.gguf", family="llama")
    written = (tmp_path / "formal.gguf").read_bytes()
    vector = (np.float32(pack.push(1)) * pack.direction.vector).astype("<f4")
    assert written[:8] == b"GGUF" + struct.pack("<I", 3)
    assert text("general.architecture") + struct.pack("<I", _STRING) + text("controlvector") in written
    assert text("direction.2") + struct.pack("<IQIQ", 1, 8, _F32, 0) in written
    assert written.endswith(vector.tobytes())


def test_what_control_vectors_cannot_say_is_not_exported(tmp_path: Path, make_pack: Callable[..., VectorPack]) -> None:
    with pytest.raises(InvalidInputError, match="block 0"):
        write_gguf(make_pack(layer=0), tmp_path / "v.gguf", family="llama")
    with pytest.raises(ConflictError):
        write_gguf(make_pack(layer=None), tmp_path / "v.gguf", family="llama")


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> type:
    """The class that steering-vectors pickles, under its own name, for as long as files are written."""

    @dataclass
    class SteeringVector:
        layer_activations: dict[int, Any] = field(default_factory=dict)
        layer_type: str = "decoder_block"

    SteeringVector.__module__ = "steering_vectors.steering_vector"
    SteeringVector.__qualname__ = "SteeringVector"
    module = types.ModuleType("steering_vectors.steering_vector")
    module.SteeringVector = SteeringVector  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "steering_vectors", types.ModuleType("steering_vectors"))
    monkeypatch.setitem(sys.modules, "steering_vectors.steering_vector", module)
    return SteeringVector


def test_a_saved_object_of_steering_vectors_becomes_a_pack(
    tmp_path: Path, small_axis: Axis, info: LanguageInfo, foreign: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    vector = torch.arange(1.0, 9.0)
    torch.save(foreign({0: vector, 2: -vector}), tmp_path / "v.pt")
    monkeypatch.delitem(sys.modules, "steering_vectors.steering_vector")
    pack = import_vectors(tmp_path / "v.pt", small_axis, info, norms=NORMS)
    np.testing.assert_allclose(pack.vectors[0], vector.numpy() / vector.norm().item(), atol=1e-6)
    np.testing.assert_allclose(pack.vectors[2], -pack.vectors[0])


def test_a_saved_mapping_of_layers_is_read_too(tmp_path: Path, small_axis: Axis, info: LanguageInfo) -> None:
    import torch

    torch.save({1: torch.ones(1, 1, 8, dtype=torch.bfloat16)}, tmp_path / "v.pt")
    pack = import_vectors(tmp_path / "v.pt", small_axis, info, norms=NORMS)
    np.testing.assert_allclose(pack.vectors[1], np.full(8, 8**-0.5), atol=1e-6)


def test_vectors_of_other_places_than_blocks_are_refused(
    tmp_path: Path, small_axis: Axis, info: LanguageInfo, foreign: type
) -> None:
    import torch

    torch.save(foreign({1: torch.ones(8)}, "mlp"), tmp_path / "v.pt")
    with pytest.raises(InvalidInputError, match="pushes mlp"):
        import_vectors(tmp_path / "v.pt", small_axis, info, norms=NORMS)


class Trap:
    """Runs when it is unpickled by whoever trusts it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path(self.path),))

    def __init__(self, path: Path) -> None:
        self.path = str(path)


def test_nothing_in_a_pickle_runs(tmp_path: Path, small_axis: Axis, info: LanguageInfo) -> None:
    import torch

    torch.save({1: Trap(tmp_path / "ran")}, tmp_path / "v.pt")
    (tmp_path / "w.pt").write_bytes(pickle.dumps({1: Trap(tmp_path / "ran")}, protocol=2))
    for name in ("v.pt", "w.pt"):
        with pytest.raises(InvalidInputError):
            import_vectors(tmp_path / name, small_axis, info, norms=NORMS)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["sparse", "meta", "complex"])
def test_tensors_that_are_no_plain_numbers_are_refused(tmp_path: Path, kind: str) -> None:
    import torch

    made = {
        "sparse": lambda: torch.ones(8).to_sparse(), "meta": lambda: torch.ones(8, device="meta"),
        "complex": lambda: torch.ones(8, dtype=torch.complex64),
    }  # fmt: skip
    torch.save({1: made[kind]()}, tmp_path / "odd.pt")
    with pytest.raises(InvalidInputError):
        read_torch(tmp_path / "odd.pt")


@pytest.mark.parametrize("family", ["mistral", "mixtral", "llama"])
def test_a_control_vector_names_the_architecture_as_llama_cpp_does(
    tmp_path: Path, small_axis: Axis, info: LanguageInfo, make_pack: Callable[..., VectorPack], family: str
) -> None:
    write_gguf(make_pack(), tmp_path / "v.gguf", family=family)
    assert read_gguf(tmp_path / "v.gguf")[1] == "llama"
    mine = info.model_copy(update={"family": family})
    assert import_vectors(tmp_path / "v.gguf", small_axis, mine, norms=NORMS).card.method == "imported"
