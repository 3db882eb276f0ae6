"""`pilotage doctor`: is everything there, and a bundle of what a maintainer would ask for."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import as_json

_SIGNS = {"ok": "ok  ", "warning": "warn", "fault": "FAIL"}


@click.command()
@click.option("--bundle", type=click.Path(dir_okay=False, path_type=Path), help="Write all of it, and logs, to a zip.")
@as_json
@click.pass_obj
def doctor(ctx: Context, bundle: Path | None, as_json: bool) -> None:
    """Look at everything that a session needs; leaves with 1 if something is at fault."""
    from pilotage.app.doctor import examine  # noqa: PLC0415
    from pilotage.app.doctor_bundle import write_bundle  # noqa: PLC0415

    settings = ctx.settings()
    found = examine(settings)
    lines = [
        f"{_SIGNS[c.state]}  {c.name:<14} {c.told}" + (f"\n      → {c.hint}" if c.hint else "") for c in found.checks
    ]
    if bundle is not None:
        lines.append(f"written: {write_bundle(settings, found, bundle)}")
    emit(found, as_json=as_json, text="\n".join(lines))
    sys.exit(0 if found.healthy else 1)
