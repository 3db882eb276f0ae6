"""Steer a function of your own: its inputs are the axes, its output is what you judge.

Here a waveform is drawn as a picture and a rule stands for your taste. Any function will do that takes an
array and returns a picture, a number or a text.

Expected: the best frequency comes close to 5, the best damping close to 0.3.
"""

import numpy as np
from numpy.typing import NDArray

import pilotage

WISH = np.array([5.0, 0.3])


def ringing(x: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(64, 160, 3) picture of a damped wave; x is its frequency and its damping."""
    time = np.linspace(0, 4, 160)
    height = np.exp(-x[1] * time) * np.sin(x[0] * time)
    picture = np.full((64, 160, 3), 255, dtype=np.uint8)
    picture[(31.5 - 30 * height).round().astype(int), np.arange(160)] = (20, 90, 160)
    return picture


def like(candidate: pilotage.Candidate) -> float:
    """Taste: the closer to the wish, the better. A person would look at `candidate.media`."""
    low, high = np.array([1.0, 0.0]), np.array([9.0, 1.0])
    x = low + (np.array(candidate.z) + 1) / 2 * (high - low)  # z runs from -1 to 1 along each axis
    return -float(np.linalg.norm((x - WISH) / (high - low)))


model = pilotage.from_callable(ringing, dim=2, bounds=[(1, 9), (0, 1)], names=["frequency", "damping"])
session = pilotage.Session(model=model, seed=4)
for _ in range(8):
    session.tell(max(session.ask(), key=like))
frequency, damping = 1 + 4 * (session.best.z[0] + 1), (session.best.z[1] + 1) / 2
print(f"frequency {frequency:.2f}, damping {damping:.2f}, after {session.view.renders} pictures")
