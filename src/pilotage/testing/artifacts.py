"""What every artifact store promises: subclass `ArtifactContract` and provide `artifacts`."""

from __future__ import annotations

import threading

import pytest

from pilotage.artifacts import ArtifactStore
from pilotage.core.errors import NotFoundError
from pilotage.core.hashing import sha256_hex

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
