"""Commands for the database: bring it to today's schema, look at it, copy it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import as_json


@click.group()
def db() -> None:
    """Upgrade, look at, and back up the database."""


@db.command()
@click.option("--no-backup", is_flag=True, help="Upgrade without a copy of what was there before.")
@as_json
@click.pass_obj
def migrate(ctx: Context, no_backup: bool, as_json: bool) -> None:
    """Bring the database to today's schema, after a backup."""
    from pilotage.store.migrate import migrate as bring_up  # noqa: PLC0415  (--help must not pay for it)

    settings = ctx.settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    done = bring_up(settings.database_url, backup=not no_backup, folder=settings.home / "backups")
    told = f"schema {done.now}" + ("" if done.before != done.now else ", as it was")
    data = {**asdict(done), "backup": str(done.backup) if done.backup else None}
    emit(data, as_json=as_json, text=f"{told}\nbackup  {done.backup}" if done.backup else told)


@db.command()
@as_json
@click.pass_obj
def status(ctx: Context, as_json: bool) -> None:
    """Where the database is, its schema, its size and its rows."""
    from pilotage.store.upkeep import database_status  # noqa: PLC0415

    found = database_status(ctx.settings().database_url)
    behind = "" if found.revision == found.head else f" (today's is {found.head}: pilotage db migrate)"
    lines = [found.url, f"schema  {found.revision or 'none'}{behind}", f"size    {found.size / 1e6:.1f} MB"]
    lines += [f"{count:>10}  {table}" for table, count in found.rows.items()]
    emit(asdict(found), as_json=as_json, text="\n".join(lines))


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def backup(ctx: Context, file: Path, as_json: bool) -> None:
    """Copy the database to FILE, while others go on using it.

    FILE is then a SQLite database, or of PostgreSQL an archive for pg_restore. Pictures lie in the artifacts
    folder: copy that one too, afterwards.
    """
    from pilotage.store.upkeep import back_up_database  # noqa: PLC0415

    made = back_up_database(ctx.settings().database_url, file)
    size = made.stat().st_size
    emit({"file": str(made), "size": size}, as_json=as_json, text=f"{made}  {size / 1e6:.1f} MB")
