"""One BLAS thread for the preference core: small matrices are slower on many, and sums would depend on the count."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    import scipy.linalg  # noqa: F401, PLC0415  (its BLAS must be loaded before it can be limited)

    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[object]:
    """Within this block numpy and scipy use one thread; a model's own thread pool is left alone."""
    return _controller().limit(limits=1, user_api="blas")
