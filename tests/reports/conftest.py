"""A session with a story: a changed mind, comments, a taken-back answer, a final picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOSTILE = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>/*script*/\u2028& \"'"


@pytest.fixture
def told(steer: Any, lab: Any) -> Any:
    """Four rounds; the third answered twice, since its first answer was taken back; the last waits."""
    session = steer(name="a disc, told", request={"prompt": HOSTILE})
    session.step()
    session.pick(2, comment="warmer,\nplease " + HOSTILE, confidence=2, decision_ms=5200)
    session.step()
    second = session.last().candidates
    tags = {second[1].id: ["too_dark", HOSTILE[:40]]}
    session.pick(0, comments={second[1].id: "too dark"}, tags=tags, gesture={"clicks": [2, 0], "__proto__": {"x": 1}})
    session.step()
    session.pick(3)
    lab.undo(session.id)
    session.pick(1)
    session.step()
    return session


@pytest.fixture
def bundled(lab: Any, tmp_path: Path) -> Callable[..., Path]:
    """Write a session's bundle: `bundled(session_id)`."""

    def write(session_id: str, *, lab: Any = lab, name: str = "a bundle.zip") -> Path:
        lab.bundle(session_id, tmp_path / name)
        return tmp_path / name

    return write
