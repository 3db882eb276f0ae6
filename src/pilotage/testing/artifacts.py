"""What every artifact store promises: subclass `ArtifactContract` and provide `artifacts`."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from pilotage.artifacts import ArtifactStore
from pilotage.core.errors import NotFoundError
from pilotage.core.hashing import sha256_hex

LATER = timedelta(hours=1)
NO_HASHES = ("", "abc", "../../secret", "A" * 64, "g" * 64, "0" * 63, "0" * 64 + "/", "0" * 64 + "\n")


class ArtifactContract:
    """The contract of `pilotage.artifacts.ArtifactStore`."""

    @pytest.fixture
    def artifacts(self) -> ArtifactStore:
        """An empty store."""
        raise NotImplementedError

    @pytest.mark.parametrize("data", [b"", b"\x00\xff" * 7, bytes(range(256)) * 4096])
    def test_bytes_come_back_under_their_sha256(self, artifacts: ArtifactStore, data: bytes) -> None:
        name = artifacts.put(data)
        assert name == sha256_hex(data)
        assert artifacts.has(name)
        assert artifacts.get(name) == data

    def test_the_same_bytes_have_one_name_and_others_another(self, artifacts: ArtifactStore) -> None:
        assert artifacts.put(b"a") == artifacts.put(b"a") != artifacts.put(b"b")

    def test_what_is_not_there_is_not_found(self, artifacts: ArtifactStore) -> None:
        assert not artifacts.has("0" * 64)
        with pytest.raises(NotFoundError):
            artifacts.get("0" * 64)

    @pytest.mark.parametrize("name", NO_HASHES)
    def test_what_is_no_hash_names_nothing(self, artifacts: ArtifactStore, name: str) -> None:
        assert not artifacts.has(name)
        with pytest.raises(NotFoundError):
            artifacts.get(name)

    def test_threads_may_put_the_same_bytes_at_once(self, artifacts: ArtifactStore) -> None:
        data, names = b"x" * 100_000, []
        threads = [threading.Thread(target=lambda: names.append(artifacts.put(data))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert names == [sha256_hex(data)] * 4
        assert artifacts.get(names[0]) == data

    def test_what_is_held_is_told_with_its_size_and_age(self, artifacts: ArtifactStore) -> None:
        began = datetime.now(UTC) - timedelta(seconds=2)  # a file system may round
        names = sorted(artifacts.put(data) for data in (b"a", b"bb" * 50, b""))
        held = list(artifacts.held())
        assert [one.name for one in held] == names
        assert {one.size for one in held} == {0, 1, 100}
        assert all(began <= one.touched_at <= datetime.now(UTC) + LATER for one in held)

    def test_old_bytes_are_removed_and_younger_ones_stay(self, artifacts: ArtifactStore) -> None:
        name, other = artifacts.put(b"a"), artifacts.put(b"b")
        assert list(artifacts.remove([name, "0" * 64], before=datetime.now(UTC) - LATER)) == []
        assert artifacts.get(name) == b"a"
        assert list(artifacts.remove([name, "0" * 64], before=datetime.now(UTC) + LATER)) == [name]
        assert not artifacts.has(name)
        assert [one.name for one in artifacts.held()] == [other]
        assert artifacts.put(b"a") == name
        assert artifacts.get(name) == b"a"

    def test_bytes_that_are_packed_are_read_as_before(self, artifacts: ArtifactStore) -> None:
        blobs = {artifacts.put(data): data for data in (b"", b"text " * 5000, bytes(range(256)) * 300)}
        names = sorted(blobs)
        assert artifacts.pack("ses_1", names) >= 0
        assert {name: artifacts.get(name) for name in names} == blobs
        assert all(artifacts.has(name) for name in names)
        assert artifacts.pack("ses_1", names) == 0
        more = artifacts.put(b"more")
        artifacts.pack("ses_1", [more])
        assert {name: artifacts.get(name) for name in names} == blobs
        assert artifacts.get(more) == b"more"
        assert sorted(artifacts.remove([names[0], more], before=datetime.now(UTC) + LATER)) == sorted([names[0], more])
        assert [one.name for one in artifacts.held()] == names[1:]
        assert all(artifacts.get(name) == blobs[name] for name in names[1:])

    def test_bytes_that_are_set_aside_are_not_here_any_more(self, artifacts: ArtifactStore) -> None:
        name = artifacts.put(b"unused")
        artifacts.set_aside(name)
        assert not artifacts.has(name)
        assert list(artifacts.held()) == []
