"""Commands of a session: new, step, answer, show, sessions, finish, export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.options import session_settings, settings_of
from pilotage.core.errors import InvalidInputError

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, for scripts.")
SESSION = "SESSION_ID"


@click.command()
@session_settings
@click.option("--template", "as_template", is_flag=True, help="Print a YAML file to fill in, and create nothing.")
@as_json
@click.pass_obj
def new(ctx: Context, /, as_template: bool, as_json: bool, **settings: Any) -> None:
    """Create a session for PROMPT; prints its id."""
    config = settings_of(**settings)
    if as_template:
        from pilotage.app.template import template  # noqa: PLC0415

        click.echo(template(config), nl=False)
        return
    session = ctx.lab().create_session(config)
    emit(session, as_json=as_json, text=session.id)


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write the pictures to.")
@as_json
@click.pass_obj
def step(ctx: Context, session_id: str, out: Path | None, as_json: bool) -> None:
    """Propose and generate the next round."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415
    from pilotage.cli.tables import round_table, save_round  # noqa: PLC0415

    lab = ctx.lab()
    requested = lab.request_round(session_id)
    raise_if_failed(lab.wait(requested.job.id))
    round_ = lab.get_round(session_id, requested.index)
    paths = save_round(lab, round_, out) if out else []
    emit(round_, as_json=as_json, text=round_table(round_, paths))


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.argument("best", nargs=-1)
@click.option("--round", "index", type=int, help="Which round; the open one by default.")
@click.option("--stars", multiple=True, metavar="PLACE=1..5", help="Rate instead of rank; repeat it.")
@click.option("--approve", multiple=True, metavar="PLACE", help="Say yes to these and no to the rest.")
@click.option("--over", metavar="PLACE", help="A/B: BEST over this one.")
@click.option("--worst", metavar="PLACE", help="Drop this one; BEST, if you give it, is the one to keep.")
@click.option("--keep", multiple=True, metavar="PLACE", help="Shortlist these, BEST your favourite; none: `none`.")
@click.option("--versus", multiple=True, metavar="PLACE=better|same|worse", help="Against the best so far.")
@click.option("--tie", multiple=True, metavar="PLACE", help="These are about equal, and better than the rest.")
@click.option("--undecided", type=click.Choice(["alike", "bad", "different"]), help="You can't say, and why.")
@click.option("--tag", "tags", multiple=True, metavar="PLACE=TAG", help="Such as 2=too_dark; words of your own too.")
@click.option("--confidence", type=click.IntRange(1, 3), help="1: a guess; 3: certain.")
@click.option("--comment", default="", help="Kept as you write it.")
@as_json
@click.pass_obj
def answer(ctx: Context, /, session_id: str, best: tuple[str, ...], index: int | None, tags: tuple[str, ...],
           confidence: int | None, comment: str, as_json: bool, **ways: Any) -> None:  # fmt: skip
    """Answer a round: BEST are places (1, 2, …) or ids, best first."""
    from pilotage.cli.answers import build_answer, build_tags, open_round  # noqa: PLC0415
    from pilotage.cli.tables import round_table  # noqa: PLC0415
    from pilotage.sessions.acts import Submission  # noqa: PLC0415

    lab = ctx.lab()
    round_ = lab.get_round(session_id, index) if index is not None else open_round(lab.get_session(session_id))
    sent = Submission(
        answer=build_answer(round_, best, ways), tags=build_tags(round_, tags), confidence=confidence, comment=comment
    )
    answered = lab.answer(session_id, round_.index, sent)
    emit(answered, as_json=as_json, text=round_table(answered, []))


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def show(ctx: Context, session_id: str, as_json: bool) -> None:
    """Show a session: its rounds, its answers, what is believed."""
    from pilotage.cli.tables import session_text  # noqa: PLC0415

    lab = ctx.lab()
    session = lab.get_session(session_id)
    emit(session, as_json=as_json, text=session_text(lab, session))


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
@as_json
@click.pass_obj
def sessions(ctx: Context, limit: int, as_json: bool) -> None:
    """List the sessions, newest first."""
    found, _ = ctx.lab().list_sessions(limit=limit)
    lines = [f"{s.id}  {s.created_at:%Y-%m-%d %H:%M}  {s.rounds:>3} rounds  {s.state:<9}  {s.prompt}" for s in found]
    emit([s.model_dump(mode="json") for s in found], as_json=as_json, text="\n".join(lines) or "no sessions yet")


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.argument("candidate", default="")
@click.option("--closeness", type=click.IntRange(1, 5), help="1: far from what you meant; 5: exactly it.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the final picture here, with its recipe."
)
@as_json
@click.pass_obj
def finish(
    ctx: Context, session_id: str, candidate: str, closeness: int | None, out: Path | None, as_json: bool
) -> None:
    """Name the final picture (the best so far, if CANDIDATE is left out) and complete the session.

    CANDIDATE is a round and a place in it (2.1), or an id.
    """
    from pilotage.cli.answers import candidate_of  # noqa: PLC0415

    lab = ctx.lab()
    chosen = candidate_of(lab, session_id, candidate) or lab.get_session(session_id).incumbent_id
    if not chosen:
        raise InvalidInputError("nothing was chosen yet", field="candidate", hint="Answer a round first.")
    if out:  # first, so that a full disk leaves the session open
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(lab.take_away(session_id, "png", candidate_id=chosen).data)
    session = lab.finish(session_id, chosen, closeness=closeness)
    emit(session, as_json=as_json, text=f"{session.id} completed; final picture {session.final_id}")


@click.command()
@click.option("--table", required=True, help="Which table: sessions, rounds, candidates, answers, runs, samples.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .csv or .parquet file.")
@click.pass_obj
def export(ctx: Context, table: str, out: Path) -> None:
    """Write a table as CSV or Parquet, with a codebook beside it."""
    written: Any = ctx.lab().export_table(table, out)
    click.echo("\n".join(str(path) for path in written))
