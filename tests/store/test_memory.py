"""The store in memory."""

import pytest

from pilotage.store import MemoryStore
from pilotage.testing.store import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
