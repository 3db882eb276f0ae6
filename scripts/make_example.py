"""Makes the finished session that ships with Pilotage: the real loop on the starter, answered by a rule.

.venv/bin/python scripts/make_example.py

The rule stands in the session's name and in what it says at its end, so that nobody takes it for a person's.
"""

from __future__ import annotations

import io
import sys

import numpy as np
from PIL import Image

from pilotage.app.examples import BUNDLE
from pilotage.app.lab import Lab
from pilotage.app.wiring import memory_lab
from pilotage.sessions.acts import Submission
from pilotage.sessions.views import CandidateView

NAME = "A blue fox: a program took the bluest each time"
RULE = "No person chose here: a program took, in every round, the picture with the bluest figure."
CONFIG = {"model": "starter", "name": NAME, "request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "seed": 3}
ROUNDS = 10
MOST_BYTES = 400_000


def blueness(picture: bytes) -> float:
    """Mean blue minus red of the figure, whatever is not the white around it."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=float)
    figure = np.abs(pixels - 255).max(axis=2) > 40
    return float((pixels[..., 2] - pixels[..., 0])[figure].mean()) if figure.any() else -255.0


def steer(lab: Lab) -> str:
    """A session whose every round is answered by the rule, finished with the last choice; its id."""
    session = lab.create_session(CONFIG).id
    for index in range(1, ROUNDS + 1):
        asked = lab.request_round(session).job
        assert asked is not None
        assert lab.wait(asked.id).state == "succeeded"
        shown = lab.get_round(session, index).candidates
        best = max(shown, key=lambda one: score(lab, one))
        lab.answer(session, index, Submission(answer={"kind": "ranking", "order": [best.id]}))
    lab.finish(session, best.id, comment=RULE)
    return session


def score(lab: Lab, candidate: CandidateView) -> float:
    """How blue a candidate is."""
    assert candidate.artifact is not None
    return blueness(lab.get_media(candidate.artifact).data)


def main() -> int:
    """Write the bundle."""
    lab = memory_lab()
    lab.bundle(steer(lab), BUNDLE)
    size = BUNDLE.stat().st_size
    print(f"{BUNDLE.name}: {size} bytes, at most {MOST_BYTES}")
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
