"""`pilotage bench axes` and `pilotage bench paper`: what steering does to a language model."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pilotage.cli.context import Context, bar, emit
from pilotage.cli.language import MODEL
from pilotage.cli.sessions import as_json
from pilotage.core.errors import NotFoundError

if TYPE_CHECKING:
    from pilotage.app.lab import Lab
    from pilotage.labs.language.axes import Axis
    from pilotage.labs.language.packs import VectorPack

AXIS = click.option("--axis", "names", multiple=True, help="An axis; repeat it. All that the model has, if absent.")
QUICK_PEOPLE = 20


@click.command()
@click.option("--quick", is_flag=True, help="Three random directions and four prompts an axis: too few for the bars.")
@AXIS
@MODEL
@click.option("--seed", type=click.IntRange(0), help="Of the noise of texts. [default: one that no pack was made with]")
@as_json
@click.pass_obj
def axes(ctx: Context, quick: bool, names: tuple[str, ...], model: str, seed: int | None, as_json: bool) -> None:
    """What each axis does to held-out answers and damages, beside chance and asking; 1 if a bar is missed."""
    from pilotage.bench import language_axes as benchmark  # noqa: PLC0415  (--help must not pay for it)
    from pilotage.bench.rows import report, table  # noqa: PLC0415
    from pilotage.labs.language.meaning import installed_encoder  # noqa: PLC0415

    lab = ctx.lab()
    chosen, packs = _calibrated(lab, model, names)
    known = lab.catalog.language(model)
    known.load()
    found = benchmark.measure(known, chosen, packs, seed=benchmark.SEED if seed is None else seed, quick=quick,
                              embed=None if quick else installed_encoder(), progress=bar)  # fmt: skip
    rows = benchmark.rows_of(found, judged=not quick)
    emit(report("axes", rows, command=_command(), packages=("torch",)), as_json=as_json, text=table(rows))
    sys.exit(0 if all(row.holds is not False for row in rows) else 1)


@click.command()
@click.option("--quick", is_flag=True, help="Twenty simulated people instead of 200.")
@AXIS
@MODEL
@click.option("-j", "processes", type=click.IntRange(1, 64), default=1, help="Processes.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def paper(
    ctx: Context, quick: bool, names: tuple[str, ...], model: str, processes: int, cache: Path | None, as_json: bool
) -> None:
    """What can be repeated of arXiv 2505.04260 without people: linearity, composition, convergence."""
    from pilotage.bench import language_paper as benchmark  # noqa: PLC0415
    from pilotage.bench import profiles  # noqa: PLC0415
    from pilotage.bench.rows import report, table  # noqa: PLC0415

    lab = ctx.lab()
    chosen, packs = _calibrated(lab, model, names)
    known = lab.catalog.language(model)
    known.load()
    found = profiles.measure(cache or ctx.settings().home / "bench", people=QUICK_PEOPLE if quick else profiles.PEOPLE,
                             quick=True, processes=processes, progress=bar)  # fmt: skip
    rows = benchmark.rows_of(benchmark.lines_of(known, chosen, packs), benchmark.pair_of(known, chosen, packs),
                             found, profiles.STATED)  # fmt: skip
    emit(report("paper", rows, command=_command(), packages=("torch",)), as_json=as_json, text=table(rows))


def _calibrated(lab: Lab, model: str, names: Sequence[str]) -> tuple[list[Axis], Mapping[str, VectorPack]]:
    """The axes that are asked for, or all, that the model can be steered along.

    Raises:
        NotFoundError: the model has no vectors of one, or of any.
    """
    packs = {name: lab.pack(name, model) for name in names} or {
        axis.name: lab.pack(axis.name, model)
        for axis in lab.list_axes(model)
        if axis.pack is not None and axis.pack.usable
    }
    if not packs:
        raise NotFoundError(f"{model} has no calibrated axis", field="axis", hint="pilotage axes build formality")
    return [lab.shelf.axis(name) for name in packs], packs


def _command() -> str:
    return " ".join(["pilotage", *sys.argv[1:]])
