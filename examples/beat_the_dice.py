"""Learning against luck: the same number of pictures, one arm learns from each choice, the other throws dice.

A hidden target in five dimensions is to be found; in each round the nearest of four is picked. The scene is
exact and needs no weights.

Expected: after ten rounds the learning arm is several times nearer.
"""

import numpy as np

import pilotage
from pilotage.models import AnalyticModel

ROUNDS, TARGETS = 10, 5


def residual(sampler: str, seed: int) -> float:
    """Distance of the best place from a hidden one, as a share of what it was at the start."""
    target = np.random.default_rng(seed).normal(size=5)
    target *= 0.7 / np.linalg.norm(target)
    session = pilotage.Session(model=AnalyticModel(5), sampler=sampler, seed=seed)
    for _ in range(ROUNDS):
        session.tell(min(session.ask(), key=lambda one: float(np.linalg.norm(np.array(one.z) - target))))
    return float(np.linalg.norm(np.array(session.best.z) - target) / 0.7)


for name, sampler in (("learning", "trust_region"), ("dice", "sobol")):
    found = [residual(sampler, seed) for seed in range(TARGETS)]
    print(f"{name}: {np.median(found):.2f} of the distance is left (median of {TARGETS} targets)")
