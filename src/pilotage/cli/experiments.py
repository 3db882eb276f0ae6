"""Commands of experiments: list, create, show, put a session in, compare sessions, delete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import SESSION, as_json

if TYPE_CHECKING:
    from pilotage.app.verbs.experiments import ComparedSession, ExperimentView
    from pilotage.sessions.deletion import ExperimentDeletion
    from pilotage.sessions.views import SessionSummary

_MOST = 200


@click.group()
def experiments() -> None:
    """Group sessions that ask one question, and compare them."""


@experiments.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@as_json
@click.pass_obj
def list_experiments(ctx: Context, limit: int, as_json: bool) -> None:
    """List the experiments, newest first."""
    found, _ = ctx.lab().list_experiments(limit=limit)
    emit([one.model_dump(mode="json") for one in found], as_json=as_json,
         text="\n".join(map(_line, found)) or "no experiments yet")  # fmt: skip


@experiments.command()
@click.argument("name")
@click.option("--asks", default="", help="What the experiment asks, in your words.")
@click.option("--config", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="YAML of the settings that its sessions start with.")  # fmt: skip
@as_json
@click.pass_obj
def create(ctx: Context, name: str, asks: str, file: Path | None, as_json: bool) -> None:
    """Create an experiment; prints its id."""
    from pilotage.cli.configs import read_config  # noqa: PLC0415

    config = read_config(file, {}, ()) if file else {}
    made = ctx.lab().create_experiment({"name": name, "description": asks, "config": config})
    emit(made, as_json=as_json, text=made.id)


@experiments.command("show")
@click.argument("experiment_id")
@as_json
@click.pass_obj
def show_experiment(ctx: Context, experiment_id: str, as_json: bool) -> None:
    """Show an experiment and its sessions."""
    from pilotage.app.verbs.experiments import SessionFilter  # noqa: PLC0415

    lab = ctx.lab()
    experiment = lab.get_experiment(experiment_id)
    found, _ = lab.find_sessions(SessionFilter(experiment_id=experiment_id), limit=_MOST)
    told = {**experiment.model_dump(mode="json"), "items": [one.model_dump(mode="json") for one in found]}
    emit(told, as_json=as_json, text="\n".join([_line(experiment), *_asks(experiment), *map(_session_line, found)]))


@experiments.command()
@click.argument("session_id", metavar=SESSION)
@click.argument("experiment_id", default="")
@as_json
@click.pass_obj
def assign(ctx: Context, session_id: str, experiment_id: str, as_json: bool) -> None:
    """Put a session into an experiment; out of its own, if EXPERIMENT_ID is left out."""
    session = ctx.lab().assign(session_id, experiment_id or None)
    emit(session, as_json=as_json, text=f"{session.id} is in {session.experiment_id or 'no experiment'}")


@experiments.command()
@click.argument("session_ids", metavar="SESSION_ID...", nargs=-1)
@as_json
@click.pass_obj
def compare(ctx: Context, session_ids: tuple[str, ...], as_json: bool) -> None:
    """Lay sessions side by side: the settings that differ, and what each came to."""
    from pilotage.cli.comparison import comparison_table  # noqa: PLC0415

    found: Sequence[ComparedSession] = ctx.lab().compare(session_ids)
    emit({"items": [one.model_dump(mode="json") for one in found]}, as_json=as_json, text=comparison_table(found))


@experiments.command("delete")
@click.argument("experiment_id")
@click.option("--with-sessions", is_flag=True, help="Its sessions go with it; otherwise they stay.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@as_json
@click.pass_obj
def delete_experiment(ctx: Context, experiment_id: str, with_sessions: bool, dry_run: bool, as_json: bool) -> None:
    """Put an experiment into the trash; for a week it can be restored."""
    lab = ctx.lab()
    act = lab.get_experiment_deletion if dry_run else lab.delete_experiment
    found = act(experiment_id, with_sessions=with_sessions)
    emit(found, as_json=as_json, text=_deletion_text(found))


def _deletion_text(found: ExperimentDeletion) -> str:
    lines = [f"{found.name}: {len(found.sessions)} sessions go, {found.staying} stay"]
    if found.sessions:
        lines.append(f"goes: {found.rounds} rounds, {found.answers} answers, {found.pictures} pictures, "
                     f"{found.bytes / 1e6:.1f} MB")  # fmt: skip
    if found.shared_pictures:
        lines.append(f"stays: {found.shared_pictures} pictures, {found.shared_bytes / 1e6:.1f} MB")
    if found.final_at:
        lines.append(f"until {found.final_at:%Y-%m-%d %H:%M} UTC: pilotage trash restore {found.experiment_id}")
    return "\n".join(lines)


def _line(one: ExperimentView) -> str:
    sessions = "session" if one.sessions == 1 else "sessions"
    return f"{one.id}  {one.created_at:%Y-%m-%d %H:%M}  {one.sessions:>3} {sessions}  {one.name}"


def _asks(one: ExperimentView) -> list[str]:
    return [f"  {one.description}"] if one.description else []


def _session_line(one: SessionSummary) -> str:
    return f"  {one.id}  {one.rounds:>3} rounds  {one.answers:>3} answers  {one.state:<9}  {one.name}"
