"""Commands that clear and check: delete, trash, clean, fsck."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import SESSION, as_json

if TYPE_CHECKING:
    from pilotage.sessions.cleaning import CleanLine, CleanReport
    from pilotage.sessions.deletion import Deletion, ExperimentDeletion
    from pilotage.sessions.fsck import Checkup


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@as_json
@click.pass_obj
def delete(ctx: Context, session_id: str, dry_run: bool, as_json: bool) -> None:
    """Put a session into the trash; for a week it can be restored."""
    lab = ctx.lab()
    found = lab.get_deletion(session_id) if dry_run else lab.delete_session(session_id)
    emit(found, as_json=as_json, text=_deletion_text(found))


@click.group()
def trash() -> None:
    """List, restore or empty what was deleted."""


@trash.command("list")
@as_json
@click.pass_obj
def list_trash(ctx: Context, as_json: bool) -> None:
    """What is in the trash, the latest first."""
    lab = ctx.lab()
    experiments, sessions = lab.list_trashed_experiments(), lab.list_trash()
    lines = [_trash_line(one.experiment_id, one) for one in experiments]
    lines += [_trash_line(one.session_id, one) for one in sessions]
    emit([one.model_dump(mode="json") for one in (*experiments, *sessions)], as_json=as_json,
         text="\n".join(lines) or "the trash is empty")  # fmt: skip


@trash.command()
@click.argument("id_", metavar="ID")
@as_json
@click.pass_obj
def restore(ctx: Context, id_: str, as_json: bool) -> None:
    """Take a session out of the trash, or an experiment with the sessions that went with it."""
    lab = ctx.lab()
    back = lab.restore_experiment(id_) if id_.startswith("exp_") else lab.restore_session(id_)
    emit(back, as_json=as_json, text=f"{back.id} is back")


@trash.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_obj
def empty(ctx: Context, yes: bool, as_json: bool) -> None:
    """Remove for good what is in the trash."""
    from pilotage.sessions.cleaning import Choice  # noqa: PLC0415

    lab = ctx.lab()
    found = len(lab.list_trash()) + len(lab.list_trashed_experiments())
    if found and not yes:
        click.confirm(f"Remove {found} sessions and experiments for good?", abort=True, err=True)
    _tell(lab.clean(Choice(), empty_trash=True), as_json=as_json)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--reproducible", is_flag=True, help="Also pictures that can be rendered again byte for byte.")
@click.option("--archive", is_flag=True, help="Then pack what sessions keep that were completed a month ago.")
@as_json
@click.pass_obj
def clean(ctx: Context, dry_run: bool, reproducible: bool, archive: bool, as_json: bool) -> None:
    """Remove what may go: previews, leftovers, sessions a week in the trash. Nothing younger than a day goes."""
    from pilotage.sessions.cleaning import Choice  # noqa: PLC0415

    choice = Choice(reproducible=reproducible, archive=archive)
    _tell(ctx.lab().clean(choice, dry_run=dry_run), as_json=as_json)


@click.command()
@click.option("--repair", is_flag=True, help="Do what is safe: clear unfinished writes, move unused files aside.")
@as_json
@click.pass_obj
def fsck(ctx: Context, repair: bool, as_json: bool) -> None:
    """Check that rows, files and events tell one story; leaves with 1 if they do not."""
    found = ctx.lab().fsck(repair=repair)
    emit(found, as_json=as_json, text=_checkup_text(found))
    if not found.is_well:
        sys.exit(1)


def _tell(report: CleanReport, *, as_json: bool) -> None:
    emit(report, as_json=as_json, text=_clean_text(report))
    if report.faults:
        sys.exit(1)


def _clean_text(report: CleanReport) -> str:
    verb = "would go" if report.dry_run else "removed"
    lines = [*_table(report.lines), f"{report.removed} files {verb}, {_mb(report.freed)}"]
    lines += [f"purged {session_id}" for session_id in report.purged]
    if report.packed:
        lines.append(f"{report.packed} files packed, {_mb(report.saved)} saved")
    return "\n".join([*lines, *report.faults])


def _table(lines: Sequence[CleanLine]) -> list[str]:
    head = f"{'class':<13} {'files':>7} {'size':>10}  {'':<5} why"
    rows = [
        f"{line.kind:<13} {line.files:>7} {_mb(line.bytes):>10}  {'goes' if line.goes else 'stays':<5} {line.why}"
        for line in lines
    ]
    return [head, *rows]


def _deletion_text(found: Deletion) -> str:
    lines = [f"{found.name}: {found.rounds} rounds, {found.answers} answers"]
    lines.append(f"goes: {found.pictures} pictures, {_mb(found.bytes)}")
    if found.shared_pictures:
        lines.append(f"stays: {found.shared_pictures} pictures, {_mb(found.shared_bytes)}")
    lines += [f"  {'branch' if one.is_branch else 'shared with'} {one.id}  {one.name}" for one in found.shared_by]
    if found.jobs:
        lines.append(f"{found.jobs} jobs are cancelled")
    if found.experiment:
        lines.append(f"it is part of the experiment {found.experiment}")
    if found.final_at:
        lines.append(f"until {found.final_at:%Y-%m-%d %H:%M} UTC: pilotage trash restore {found.session_id}")
    return "\n".join(lines)


def _trash_line(id_: str, one: Deletion | ExperimentDeletion) -> str:
    return f"{id_}  until {one.final_at:%Y-%m-%d %H:%M}  {_mb(one.bytes):>9}  {one.name}"


def _checkup_text(found: Checkup) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in found.looked_at.items())
    lines = [f"{one.code:<17} {'repaired' if one.repaired else 'wrong':<9} {one.subject}: {one.message}"
             for one in found.findings]  # fmt: skip
    return "\n".join([f"looked at {counts}", *(lines or ["all is well"])])


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


COMMANDS = (delete, trash, clean, fsck)
