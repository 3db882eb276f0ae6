"""CLIP features: a folder is read or refused before anything is described."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pilotage.core.errors import InvalidInputError, ModelUnavailableError, UnsafeModelError
from pilotage.features import FEATURES


def test_a_folder_without_an_encoder_is_refused_by_field(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        FEATURES.build({"kind": "clip", "folder": str(tmp_path)})
    assert caught.value.field == "features.folder"


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(UnsafeModelError):
        FEATURES.build({"kind": "clip", "folder": str(tmp_path)})


def test_a_broken_encoder_is_told_as_such(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelUnavailableError, match="cannot be read"):
        _ = FEATURES.build({"kind": "clip", "folder": str(tmp_path)}).names


def test_a_folder_must_be_given() -> None:
    with pytest.raises(InvalidInputError) as caught:
        FEATURES.build("clip")
    assert caught.value.field == "features.folder"


def test_the_room_imports_no_torch() -> None:
    code = "import sys, pilotage.features, pilotage.features.clip; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
