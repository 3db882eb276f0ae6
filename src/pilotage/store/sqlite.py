"""SQLite, opened so that many processes can share one file and no acknowledged write is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event, make_url  # noqa: TID253

from pilotage.core.errors import StorageError
from pilotage.store.texts import read_json

# In this order: without the timeout first, switching to WAL fails while another process has the file open.
_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=FULL",  # a commit survives a power cut, not only a crash
    "cache_size=-65536",
    "mmap_size=268435456",
)
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "fuse.sshfs", "fuse.rclone"})
_MOUNTS = Path("/proc/mounts")
WRITE = {"pilotage_write": True}  # execution option of a connection that will write


def sqlite_engine(url: str, *, begin: Literal["ours", "driver"] = "ours", foreign_keys: bool = True) -> Engine:
    """An engine on a SQLite file.

    Args:
        url: `sqlite:///path`.
        begin: ours: we say `BEGIN` (reads) or `BEGIN IMMEDIATE` (connections with the option `WRITE`);
            driver: Python's sqlite3 begins an immediate transaction before the first write, as DBOS expects.
        foreign_keys: whether they are enforced; a migration that rebuilds a table needs them off.

    Raises:
        StorageError: the folder lies on a network file system, where SQLite's locks do not hold.
    """
    path = make_url(url).database
    if not path or path == ":memory:":
        raise StorageError("a SQLite store needs a file", hint="Use MemoryStore for a store without one.")
    refuse_network_folder(Path(path))
    # Many readers may wait for one writer: the threads of a web server must not run out of connections.
    engine = create_engine(
        url, pool_size=8, max_overflow=56, json_deserializer=read_json, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = "IMMEDIATE" if begin == "driver" else None
        for pragma in (*_PRAGMAS, f"foreign_keys={'ON' if foreign_keys else 'OFF'}"):
            connection.execute(f"PRAGMA {pragma}").close()

    if begin == "ours":

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            # A transaction that reads first and writes later would fail at once if another wrote in between.
            writes = connection.get_execution_options().get("pilotage_write", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def refuse_network_folder(path: Path, *, mounts: Path = _MOUNTS) -> None:
    """Nothing, if `path` lies on a disk of this machine, or if the machine does not say.

    Raises:
        StorageError: it lies on a network file system.
    """
    kind = file_system(path, mounts=mounts)
    if kind in _NETWORK:
        raise StorageError(
            f"{path.parent} lies on a network file system ({kind}), where a database file can be damaged",
            hint="Choose a home folder on a local disk, or use PostgreSQL.",
        )


def file_system(path: Path, *, mounts: Path = _MOUNTS) -> str:
    """The kind of file system that `path` lies on; empty if the machine does not say (it is not Linux)."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    target, best, kind = os.path.realpath(path), "", ""
    for line in lines:
        _, point, name, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # of two mounts on one point, the later one is seen
            best, kind = point, name
    return kind
