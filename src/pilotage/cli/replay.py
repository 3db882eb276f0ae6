"""The command `replay`: a session's document, or the check that its pictures come again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import SESSION, as_json


@click.command()
@click.argument("session_id", metavar=SESSION)
@click.option("--verify", is_flag=True, help="Render its groups again and compare bytes; exit 1 if any differs.")
@click.option("--round", "rounds", type=click.IntRange(1), multiple=True, help="With --verify: this one; repeat it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the document here.")
@as_json
@click.pass_obj
def replay(
    ctx: Context, session_id: str, verify: bool, rounds: tuple[int, ...], out: Path | None, as_json: bool
) -> None:
    """All that was shown, asked and answered, as one JSON document; with --verify, whether it comes again."""
    lab = ctx.lab()
    if verify:
        _verify(lab, session_id, rounds, as_json=as_json)
        return
    document = lab.take_away(session_id, "replay").data
    if out is None:
        click.echo(document)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(document)
    click.echo(str(out))


def _verify(lab: Any, session_id: str, rounds: tuple[int, ...], *, as_json: bool) -> None:
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415

    check = raise_if_failed(lab.wait(lab.verify_replay(session_id, rounds or None).id)).result or {}
    emit(check, as_json=as_json, text=_text(check))
    if check["different"]:
        click.get_current_context().exit(1)


def _text(check: dict[str, Any]) -> str:
    lines = [_line(run, sample) for run in check["runs"] for sample in run["samples"]]
    return "\n".join([*lines, f"{check['equal']} equal, {check['different']} different, {check['missing']} missing"])


def _line(run: dict[str, Any], sample: dict[str, Any]) -> str:
    where = f"round {run['round']}" if run["round"] else run["purpose"]
    return f"{where:<10} {sample['index'] + 1:>2}  {sample['outcome']:<10} {sample['reason']}".rstrip()
