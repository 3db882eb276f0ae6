"""Memory that runs out: how each allocator says so, and how what is left is given back."""

from __future__ import annotations

import gc
import sys

_WORDS = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "status_alloc_failed",
    "could not create a primitive",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out: on CUDA, MPS, or a CPU under a limit.

    Source: PyTorch raises `torch.OutOfMemoryError` on CUDA, a plain RuntimeError on MPS ("MPS backend out of
    memory") and on CPUs ("DefaultCPUAllocator: can't allocate memory"); cuBLAS and cuDNN RuntimeErrors too.
    """
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _WORDS)


def give_back_memory() -> None:
    """Collect what nothing refers to any more, and return the device's cached blocks to it."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is None:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
