"""Where the pictures are made stands in a session's own log, once a place."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.sessions import step
from pilotage.sessions.events import SessionPlaced


def placed(session: Any) -> list[Any]:
    return [e.data for e in session.lab.store.events(topic=session.id) if e.type == SessionPlaced.type]


def test_a_place_is_told_once_and_again_when_it_changes(steer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session = steer()
    for _ in range(2):
        session.step()
        session.pick(1)
    (first,) = placed(session)
    assert first["environment"]["versions"]["pilotage"]
    assert first["model_fingerprint"] == session.view.model_fingerprint
    elsewhere = step.environment
    monkeypatch.setattr(step, "environment", lambda model: {**elsewhere(model), "device": "cuda"})
    session.step()
    assert [told["environment"]["device"] for told in placed(session)] == [first["environment"]["device"], "cuda"]
