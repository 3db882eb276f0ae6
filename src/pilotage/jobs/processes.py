"""Processes that run jobs themselves, without a queue: their names, and whether they are still there."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PREFIX = "inline"
_PROC = Path("/proc")


def process_name() -> str:
    """Who this process is, for the jobs that it runs: `inline:PLACE:PID:BORN`.

    PLACE is where the number means something, BORN tells it from a later process with the same number.
    """
    return f"{_PREFIX}:{_place()}:{os.getpid()}:{_born(os.getpid())}"


def is_process(worker_id: str | None) -> bool:
    """Whether a job was begun by such a process; None is one of a release that did not say which."""
    return worker_id is None or worker_id.startswith(f"{_PREFIX}:")


def process_is_gone(worker_id: str | None) -> bool:
    """Whether such a process is known to have ended; one of another machine is not."""
    if worker_id is None:
        return True
    place, pid, born = worker_id.removeprefix(f"{_PREFIX}:").rsplit(":", 2)
    if place != _place() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return _born(int(pid)) != born


def _place() -> str:
    """This machine, and on Linux which of its numberings of processes."""
    try:
        numbering = (_PROC / "self/ns/pid").readlink().name
    except OSError:
        numbering = ""
    return f"{socket.gethostname()}/{numbering.strip('pid:[]')}"


def _born(pid: int) -> str:
    """When a process began, counted from the start of the machine; empty where the system does not say."""
    try:
        state, *rest = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()[:8]
    except OSError:
        return ""
    return "" if state == "Z" else f"{boot}-{rest[18]}"  # a zombie only waits to be noticed
