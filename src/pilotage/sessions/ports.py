"""Ports: what the loop stands on; values that the caller brings."""

from __future__ import annotations

from dataclasses import dataclass

from pilotage.artifacts import ArtifactStore
from pilotage.core.clock import Clock, system_clock
from pilotage.records import Event, Payload
from pilotage.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Ports:
    """Store, artifacts and clock."""

    store: Store
    artifacts: ArtifactStore
    clock: Clock = system_clock

    def tell(self, tx: Transaction, topic: str, payload: Payload) -> Event:
        """Append an event about `topic`."""
        return tx.append(Event.of(topic, payload, self.clock()))
