"""Commands of a session's course: undo, branch, regenerate, pause, resume, reopen, mark, retry."""

from __future__ import annotations

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import SESSION, as_json


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.option("--round", "index", type=click.IntRange(0), help="Go back to this round; the last answered by default.")
@as_json
@click.pass_obj
def undo(ctx: Context, session_id: str, index: int | None, as_json: bool) -> None:
    """Take answers back: the round waits for another, those after it are set aside, nothing is deleted."""
    lab = ctx.lab()
    session = lab.undo(session_id) if index is None else lab.revert(session_id, index)
    emit(session, as_json=as_json, text=f"round {session.round_views[-1].index} waits for another answer")


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.option("--round", "round_id", metavar="ROUND_ID", help="The round to branch at; the last shown by default.")
@click.option("--name", default="", help="What to call the branch.")
@as_json
@click.pass_obj
def branch(ctx: Context, session_id: str, round_id: str | None, name: str, as_json: bool) -> None:
    """Begin a session of its own where another stands; prints its id."""
    child = ctx.lab().branch(session_id, round_id, name=name)
    emit(child, as_json=as_json, text=child.id)


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def regenerate(ctx: Context, session_id: str, as_json: bool) -> None:
    """Other candidates for the round that waits, from the same answers."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415
    from pilotage.cli.answers import open_round  # noqa: PLC0415
    from pilotage.cli.tables import round_table  # noqa: PLC0415

    lab = ctx.lab()
    asked = lab.regenerate(session_id, open_round(lab.get_session(session_id)).id)
    if asked.job is not None:
        raise_if_failed(lab.wait(asked.job.id))
    round_ = lab.get_round(session_id, asked.index)
    emit(round_, as_json=as_json, text=round_table(round_, []))


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def pause(ctx: Context, session_id: str, as_json: bool) -> None:
    """Make no further round until the session is resumed."""
    emit(session := ctx.lab().pause(session_id), as_json=as_json, text=f"{session.id} is {session.state}")


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def resume(ctx: Context, session_id: str, as_json: bool) -> None:
    """Let a paused session go on."""
    emit(session := ctx.lab().resume(session_id), as_json=as_json, text=f"{session.id} is {session.state}")


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def reopen(ctx: Context, session_id: str, as_json: bool) -> None:
    """Let a completed session go on."""
    emit(session := ctx.lab().reopen(session_id), as_json=as_json, text=f"{session.id} is {session.state}")


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.argument("candidate")
@click.option("--favourite/--no-favourite", default=None, help="Keep it in view.")
@click.option("--pin/--unpin", "pinned", default=None, help="Show it again in every round.")
@as_json
@click.pass_obj
def mark(
    ctx: Context, session_id: str, candidate: str, favourite: bool | None, pinned: bool | None, as_json: bool
) -> None:
    """Make a picture a favourite, or pin it.

    CANDIDATE is a round and a place in it (2.1), or an id.
    """
    from pilotage.cli.answers import candidate_of  # noqa: PLC0415

    lab = ctx.lab()
    row = lab.mark(session_id, candidate_of(lab, session_id, candidate), favourite=favourite, pinned=pinned)
    emit(row, as_json=as_json, text=f"favourite: {row.favourite}, pinned: {row.pinned}")


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.argument("candidate")
@as_json
@click.pass_obj
def retry(ctx: Context, session_id: str, candidate: str, as_json: bool) -> None:
    """Render a candidate again that failed alone.

    CANDIDATE is a round and a place in it (2.1), or an id.
    """
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415
    from pilotage.cli.answers import candidate_of  # noqa: PLC0415

    lab = ctx.lab()
    job = lab.retry_candidate(session_id, candidate_of(lab, session_id, candidate))
    emit(raise_if_failed(lab.wait(job.id)), as_json=as_json, text=f"{candidate} has its picture")


COMMANDS = (undo, branch, regenerate, pause, resume, reopen, mark, retry)
