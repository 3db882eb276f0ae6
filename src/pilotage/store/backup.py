"""Backups: a copy of a database as one file, made while others go on reading it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, Engine  # noqa: TID253

from pilotage.core.errors import StorageError
from pilotage.store.engines import storage_errors


def back_up(engine: Engine, file: Path) -> Path:
    """Copy a database to a file that is not there yet.

    Args:
        engine: of the database.
        file: a SQLite database afterwards; of a PostgreSQL one, an archive for `pg_restore`.

    Returns:
        `file`.

    Raises:
        StorageError: the file is there already or cannot be written, or PostgreSQL's `pg_dump` is not installed
            or failed; no half backup is left.
    """
    if file.exists():
        raise StorageError(f"{file} is there already", hint="Name another file.")
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        if engine.dialect.name == "sqlite":
            _vacuum(engine, part)
        else:
            _dump(engine.url, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    except OSError as cause:
        raise StorageError(f"cannot write {file}: {cause.strerror}", hint="Name another folder.") from cause
    finally:
        if part.parent.is_dir():
            part.unlink(missing_ok=True)
    return file


def _vacuum(engine: Engine, file: Path) -> None:
    with storage_errors(), engine.connect() as connection:
        driver = connection.connection.driver_connection  # VACUUM refuses to run within a transaction
        assert driver is not None
        connection.rollback()
        driver.execute("VACUUM INTO ?", (str(file),))


def _dump(url: URL, file: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise StorageError(
            "a backup of PostgreSQL needs pg_dump, which is not installed",
            hint="Install PostgreSQL's client programs, or make a backup your own way and use --no-backup.",
        )
    # libpq reads the password from the environment: a command line is there for all to see.
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    command = [program, "--format=custom", f"--file={file}", f"--dbname={plain}"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise StorageError(
            f"pg_dump failed: {said[-1] if said else ran.returncode}",
            hint="Its version must be the server's or newer; or make a backup your own way and use --no-backup.",
        )
