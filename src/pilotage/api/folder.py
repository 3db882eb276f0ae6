"""One server a home folder: a lock that the system lets go of when the process ends, however it ends."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pilotage.core.errors import ConflictError


@contextmanager
def hold(home: Path, url: str) -> Iterator[None]:
    """Hold a home folder, and leave word of who does.

    Raises:
        ConflictError: another server holds it; the message names its process.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.lock").open("a+") as file:
        if not _lock(file):
            raise ConflictError(_told(file, home), hint="Use that one, stop it, or give another --home.", field="home")
        file.seek(0)
        file.truncate()
        file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "url": url}))
        file.flush()
        yield
        file.truncate(0)


def _lock(file: IO[str]) -> bool:
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:  # Windows: its own way to lock the first byte
        import msvcrt  # noqa: PLC0415

        take = getattr(msvcrt, "locking", None)
        try:
            return take is None or take(file.fileno(), 2, 1) is None
        except OSError:
            return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _told(file: IO[str], home: Path) -> str:
    file.seek(0)
    try:
        other = json.loads(file.read())
    except ValueError:
        return f"another Pilotage is using {home}"
    return f"another Pilotage (process {other.get('pid')} on {other.get('host')}, {other.get('url')}) is using {home}"
