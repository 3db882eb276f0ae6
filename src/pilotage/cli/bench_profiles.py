"""`pilotage bench profiles`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pilotage.cli.context import Context, bar, emit
from pilotage.cli.sessions import as_json


@click.command()
@click.option("--quick", is_flag=True, help="Twenty people, of the stated kind only.")
@click.option("--people", type=click.IntRange(2, 5000), help="People of each kind (200).")
@click.option("-j", "processes", type=click.IntRange(1, 64), default=1, help="Processes.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def profiles(ctx: Context, quick: bool, people: int | None, processes: int, cache: Path | None, as_json: bool) -> None:
    """Are a person's doses of language found, by comparing and by watching? Leaves with 1 if a bar is missed."""
    from pilotage.bench import profiles as benchmark  # noqa: PLC0415  (--help must not pay for it)
    from pilotage.bench.rows import report, table  # noqa: PLC0415

    found = benchmark.measure(
        cache or ctx.settings().home / "bench", people=people or (20 if quick else benchmark.PEOPLE), quick=quick,
        processes=processes, progress=bar,
    )  # fmt: skip
    rows = benchmark.rows_of(found)
    emit(report("profiles", rows, command=" ".join(["pilotage", *sys.argv[1:]])), as_json=as_json, text=table(rows))
    sys.exit(0 if all(row.holds is not False for row in rows) else 1)
