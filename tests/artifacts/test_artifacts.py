"""Artifacts in memory and on disk."""

import os
from pathlib import Path

import pytest

from pilotage.artifacts import DiskArtifacts, MemoryArtifacts
from pilotage.core.errors import StorageError
from pilotage.testing.artifacts import ArtifactContract


class TestMemoryArtifacts(ArtifactContract):
    @pytest.fixture
    def artifacts(self) -> MemoryArtifacts:
        return MemoryArtifacts()


class TestDiskArtifacts(ArtifactContract):
    @pytest.fixture
    def artifacts(self, tmp_path: Path) -> DiskArtifacts:
        return DiskArtifacts(tmp_path / "not yet there")


def test_a_folder_opened_again_has_what_was_put(tmp_path: Path) -> None:
    name = DiskArtifacts(tmp_path).put(b"picture")
    assert DiskArtifacts(tmp_path).get(name) == b"picture"
    assert DiskArtifacts(tmp_path).path(name).relative_to(tmp_path).as_posix() == f"{name[:2]}/{name[2:4]}/{name}"


def test_a_write_that_fails_leaves_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left") as caught:
        DiskArtifacts(tmp_path).put(b"picture")
    assert "disk space" in caught.value.hint
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
