"""Artifacts in memory and on disk."""

import os
import threading
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pilotage.artifacts import DiskArtifacts, MemoryArtifacts
from pilotage.core.errors import InvalidInputError, StorageError
from pilotage.testing.artifacts import ArtifactContract

TOMORROW = datetime.now(UTC) + timedelta(days=1)


class TestMemoryArtifacts(ArtifactContract):
    @pytest.fixture
    def artifacts(self) -> MemoryArtifacts:
        return MemoryArtifacts()


class TestDiskArtifacts(ArtifactContract):
    @pytest.fixture
    def artifacts(self, tmp_path: Path) -> DiskArtifacts:
        return DiskArtifacts(tmp_path / "not yet there")


def files_in(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


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
    assert files_in(tmp_path) == []


def test_a_pack_that_fails_leaves_everything_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts = DiskArtifacts(tmp_path)
    name = artifacts.put(b"text " * 1000)
    before = files_in(tmp_path)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(StorageError):
        artifacts.pack("ses_1", [name])
    assert files_in(tmp_path) == before
    assert artifacts.get(name) == b"text " * 1000


def test_an_archive_is_one_zip_that_any_program_opens(tmp_path: Path) -> None:
    artifacts = DiskArtifacts(tmp_path)
    names = sorted(artifacts.put(data) for data in (b"text " * 1000, os.urandom(1000)))
    artifacts.pack("ses_1", names)
    assert files_in(tmp_path) == ["archive/ses_1.zip"]
    with zipfile.ZipFile(tmp_path / "archive" / "ses_1.zip") as archive:
        assert archive.namelist() == names
        assert archive.testzip() is None


def test_what_packing_saves_is_what_the_disk_says(tmp_path: Path) -> None:
    def used() -> int:
        return sum(512 * file.stat().st_blocks for file in tmp_path.rglob("*") if file.is_file())

    artifacts = DiskArtifacts(tmp_path)
    names = [artifacts.put(os.urandom(500)) for _ in range(40)] + [artifacts.put(b"text " * 4000)]
    before = used()
    saved = artifacts.pack("ses_1", names)
    assert saved == before - used()
    assert saved > 20_000


def test_another_process_sees_what_was_packed_meanwhile(tmp_path: Path) -> None:
    ours, theirs = DiskArtifacts(tmp_path), DiskArtifacts(tmp_path)
    first, second = ours.put(b"first"), ours.put(b"second")
    assert theirs.get(first) == b"first"
    ours.pack("ses_1", [first])
    assert theirs.get(first) == b"first"
    ours.pack("ses_1", [second])
    assert theirs.get(second) == b"second"
    ours.remove([first], before=TOMORROW)
    assert not theirs.has(first)


def test_an_archive_that_holds_nothing_any_more_is_gone(tmp_path: Path) -> None:
    artifacts = DiskArtifacts(tmp_path)
    name = artifacts.put(b"picture")
    artifacts.pack("ses_1", [name])
    artifacts.remove([name], before=TOMORROW)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("label", ["", "../up", "a/b", "a b", "x" * 81])
def test_a_label_names_no_other_folder(tmp_path: Path, label: str) -> None:
    artifacts = DiskArtifacts(tmp_path / "artifacts")
    name = artifacts.put(b"picture")
    with pytest.raises(InvalidInputError):
        artifacts.pack(label, [name])
    assert artifacts.get(name) == b"picture"
    assert list(tmp_path.iterdir()) == [tmp_path / "artifacts"]


def test_bytes_put_while_they_are_swept_are_there_afterwards(tmp_path: Path) -> None:
    artifacts, data = DiskArtifacts(tmp_path), b"x" * 50_000
    name = artifacts.put(data)
    lost: list[int] = []
    done = threading.Event()

    def sweep() -> None:
        while not done.is_set():
            artifacts.remove([name], before=datetime.now(UTC) - timedelta(seconds=60))

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for round_ in range(300):
            path = artifacts.path(name)
            if path.exists():
                with suppress(FileNotFoundError):
                    os.utime(path, (1, 1))  # long ago: the sweeper may take it
            artifacts.put(data)
            held = {one.name for one in artifacts.held()}
            if name not in held and not _comes_back(artifacts, name):
                lost.append(round_)
    finally:
        done.set()
        sweeper.join()
    assert lost == []
    assert artifacts.get(name) == data


def _comes_back(artifacts: DiskArtifacts, name: str) -> bool:
    """Whether a file that the sweeper holds in its hand, to look at its age, is put back."""
    return any(artifacts.has(name) for _ in range(1000))


def test_what_is_no_artifact_is_told_and_moved_or_deleted(tmp_path: Path) -> None:
    artifacts = DiskArtifacts(tmp_path)
    name = artifacts.put(b"picture")
    unfinished, foreign = artifacts.path(name).with_suffix(".part"), tmp_path / "notes.txt"
    unfinished.write_bytes(b"pic")
    foreign.write_text("mine")
    strays = {stray.path: stray.is_unfinished for stray in artifacts.strays()}
    assert strays == {unfinished.relative_to(tmp_path).as_posix(): True, "notes.txt": False}
    for stray in artifacts.strays():
        artifacts.discard(stray)
    assert files_in(tmp_path) == sorted([f"{name[:2]}/{name[2:4]}/{name}", "lost+found/notes.txt"])
    assert artifacts.strays() == []
