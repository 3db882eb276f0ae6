"""Event envelopes, their schemas and upgrades, and the JSONL codec."""

from pilotage.records.envelope import Event, EventRegistry, Payload, events_from_jsonl, events_to_jsonl

__all__ = ["Event", "EventRegistry", "Payload", "events_from_jsonl", "events_to_jsonl"]
