"""How many threads each process takes, said before anything that counts them is imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def model_threads() -> int:
    """The threads of a worker's models: all cores but one, which the page and the belief keep."""
    return max(1, cores() - 1)


def set_threads(count: int, environment: MutableMapping[str, str] = os.environ) -> None:
    """Write `count` where the numeric libraries look, unless the user has said otherwise."""
    for name in _POOLS:
        environment.setdefault(name, str(count))
