"""Data-parallel training on a few cores: one process a core, gradients averaged over gloo.

Measured on two cores: a second OpenMP thread made a step 1.25 times as fast, a second process nearly twice; and
threads collapse where something else wants a core.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor

_PATIENCE = timedelta(seconds=300)
__all__ = ["Ranks", "alone", "join", "keep_memory", "together"]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of how many processes this is."""

    rank: int = 0
    world: int = 1

    @property
    def first(self) -> bool:
        """Whether this one writes and speaks."""
        return self.rank == 0

    def average(self, values: Tensor) -> Tensor:
        """The mean over all processes, in place."""
        if self.world > 1:
            dist.all_reduce(values)
            values /= self.world
        return values

    def agree(self, value: float) -> float:
        """The first process's value, for decisions that all must take alike."""
        if self.world == 1:
            return value
        told = torch.tensor(value, dtype=torch.float64)
        dist.broadcast(told, 0)
        return float(told)


def keep_memory() -> None:
    """Tell glibc to keep what was freed: each step asks for the same again, and fresh pages cost 5 % of it."""
    trim, pad, mapped = -1, -2, -4  # M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX of malloc.h
    with suppress(OSError, AttributeError):  # another C library has no such call
        tell = ctypes.CDLL(None).mallopt
        for option, value in ((trim, 2**31 - 1), (pad, 2**28), (mapped, 0)):
            tell(option, value)


def alone() -> Ranks:
    """One process."""
    return Ranks()


def join(rank: int, world: int, meeting: Path) -> Ranks:
    """Meet the other processes; if one of them dies, the next exchange fails and this one ends too."""
    if world > 1:
        dist.init_process_group("gloo", f"file://{meeting}", timeout=_PATIENCE, rank=rank, world_size=world)
    return Ranks(rank, world)


@contextmanager
def together(arguments: Sequence[str], world: int, threads: int) -> Iterator[Ranks]:
    """This process as the first of `world`; the others run `python -m training.starter` with the same arguments."""
    torch.set_num_threads(threads)
    if world == 1:
        yield Ranks()
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        command = [
            sys.executable,
            "-m",
            "training.starter",
            *arguments,
            "--world",
            str(world),
            "--meeting",
            str(meeting),
        ]
        env = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        others = [subprocess.Popen([*command, "--rank", str(rank)], env=env) for rank in range(1, world)]
        try:
            yield join(0, world, meeting)
            dist.destroy_process_group()
            if any(one.wait(60) for one in others):
                raise RuntimeError("a process of the training failed")
        finally:
            for one in others:
                one.kill()
