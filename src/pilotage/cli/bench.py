"""`pilotage bench`: the science, rerun with your own samplers, models and test functions."""

from __future__ import annotations

import sys
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import click

from pilotage.cli.bench_language import axes, paper
from pilotage.cli.bench_profiles import profiles
from pilotage.cli.context import Context, bar, emit
from pilotage.cli.sessions import as_json

_QUICK_CASES, _QUICK_METHODS, _QUICK_SEEDS = ("hartmann6", "bowl8"), ("default", "local", "sobol"), 4


def _command() -> str:
    return " ".join(["pilotage", *sys.argv[1:]])


@click.group()
def bench() -> None:
    """Measure how soon a search finds what a simulated person likes."""


@bench.command()
@click.option("--quick", is_flag=True, help="A few minutes: two cases, three methods, four seeds.")
@click.option("--case", "cases", multiple=True, help="A case, or {kind: bowl, dim: 12}; repeat it. All if absent.")
@click.option(
    "--method",
    "methods",
    multiple=True,
    help="default, local, sobol, cma, SAMPLER+MODEL, or {kind: pilotage, sampler: {…}}; the first is ours.",
)
@click.option("--answers", multiple=True, type=click.Choice(["winner", "ranking"]), help="Both if absent.")
@click.option("--seeds", type=click.IntRange(1, 1000), help="Runs per case and method (20; botorch and optuna 5).")
@click.option("--region", type=click.Choice(["box", "ball"]), default="box", help="Where places may lie.")
@click.option("--lapse", type=click.FloatRange(0, 1), default=0.0, help="Share of answers given blindly.")
@click.option("-j", "processes", type=click.IntRange(1, 64), default=1, help="Processes.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def preferences(
    ctx: Context, quick: bool, cases: tuple[str, ...], methods: tuple[str, ...], answers: tuple[str, ...],
    seeds: int | None, region: str, lapse: float, processes: int, cache: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Utility by round, rounds to 90 %, CPU time; leaves with 1 if a bar is missed.

    What was run is kept: a run that was stopped goes on, and new code is run anew.
    """
    from pilotage.bench import preferences as benchmark  # noqa: PLC0415  (--help must not pay for it)
    from pilotage.bench.cache import Cache  # noqa: PLC0415
    from pilotage.bench.names import CASES  # noqa: PLC0415
    from pilotage.bench.rows import report as to_json  # noqa: PLC0415
    from pilotage.bench.standing import rows_of, text_of  # noqa: PLC0415

    plan = benchmark.plan_of(
        cases or (_QUICK_CASES if quick else tuple(CASES)),
        methods or (_QUICK_METHODS if quick else benchmark.FAMILIES),
        answers=answers or benchmark.ANSWERS, seeds=seeds or (_QUICK_SEEDS if quick else 20), slow_seeds=seeds or 5,
        region=region,
        lapse=lapse,
    )  # fmt: skip
    folder = Cache(cache or ctx.settings().home / "bench")
    outcomes = benchmark.outcomes_of(plan, folder, processes=processes, progress=bar)
    rows = rows_of(outcomes)
    emit(to_json("preferences", rows, command=_command()), as_json=as_json,
         text=text_of(outcomes))  # fmt: skip
    sys.exit(0 if all(row.holds is not False for row in rows) else 1)


@bench.command()
@click.option("--quick", is_flag=True, help="A few minutes: three runs a case, 12 sessions a judge.")
@click.option("--answers", multiple=True, help="winner, ranking, pairwise, worst, ratings, …; all if absent.")
@click.option("--method", default="default", help="As in `preferences`; one that makes forecasts.")
@click.option("--seeds", type=click.IntRange(2, 1000), help="Runs per case and kind of answer (27).")
@click.option("-j", "processes", type=click.IntRange(1, 64), default=1, help="Processes.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def calibration(
    ctx: Context, quick: bool, answers: tuple[str, ...], method: str, seeds: int | None, processes: int,
    cache: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Forecasts against picks, for each kind of answer; what slips cost; a judge's errors found again."""
    from pilotage.bench import calibration as benchmark  # noqa: PLC0415
    from pilotage.bench import recovery, robustness  # noqa: PLC0415
    from pilotage.bench.cache import Cache  # noqa: PLC0415
    from pilotage.bench.rows import report as to_json  # noqa: PLC0415
    from pilotage.bench.rows import table  # noqa: PLC0415

    folder = Cache(cache or ctx.settings().home / "bench")
    found = benchmark.measure(
        folder, kinds=answers or benchmark.KINDS, method=method, seeds=seeds or (3 if quick else benchmark.SEEDS),
        processes=processes, progress=bar,
    )  # fmt: skip
    cost = robustness.measure(
        folder, seeds=seeds or (3 if quick else robustness.SEEDS), processes=processes, progress=bar
    )
    rows = [
        *benchmark.rows_of(found),
        *robustness.rows_of(cost),
        *recovery.rows(12 if quick else recovery.REPLICATES),
    ]
    emit(to_json("calibration", rows, command=_command()), as_json=as_json, text=table(rows))
    sys.exit(0 if all(row.holds is not False for row in rows) else 1)


@bench.command(name="learning_images")
@click.option("--quick", is_flag=True, help="A few minutes: four targets, one run an arm, six rounds.")
@click.option("--case", "cases", multiple=True, help="A prompt, or {prompt: a key, wish: a green key}; repeat it.")
@click.option("--arm", "arms", multiple=True, help="default, no_update, best_of_seeds, random_local, SAMPLER+MODEL, …")
@click.option("--seeds", type=click.IntRange(1, 1000), help="Runs per target and arm (3).")
@click.option("--rounds", type=click.IntRange(2, 100), help="Rounds per run (12).")
@click.option("-j", "processes", type=click.IntRange(1, 64), default=1, help="Processes, of one thread each.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def learning_images(
    ctx: Context, quick: bool, cases: tuple[str, ...], arms: tuple[str, ...], seeds: int | None, rounds: int | None,
    processes: int, cache: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Whether steering learns: real pictures, hidden targets, as many renders for every arm; 1 if a bar is missed.

    What was run is kept: a run that was stopped goes on, and new code is run anew.
    """
    from pilotage.app.threads import set_threads  # noqa: PLC0415

    set_threads(1)  # before anything counts them: the bytes must not depend on -j
    from pilotage.bench.pictures import learning  # noqa: PLC0415
    from pilotage.bench.pictures.cases import case_named  # noqa: PLC0415
    from pilotage.bench.pictures.outcomes import Courses  # noqa: PLC0415
    from pilotage.bench.pictures.standing import rows_of, standings, text_of  # noqa: PLC0415
    from pilotage.bench.rows import report as to_json  # noqa: PLC0415

    plan = learning.plan_of([case_named(text) for text in cases], arms, seeds=seeds, rounds=rounds, quick=quick)
    folder, opened = Courses(cache or ctx.settings().home / "bench"), partial(_model, ctx.settings().model_dump_json())
    outcomes = learning.outcomes_of(plan, folder, opened, processes=processes, progress=bar)
    table = standings((plan.trials[key], runs) for key, runs in outcomes.items())
    rows = rows_of(table)
    emit(to_json("learning_images", rows, command=_command(), packages=("torch", "diffusers")), as_json=as_json,
         text=text_of(table))  # fmt: skip
    sys.exit(0 if all(row.holds is not False for row in rows) else 1)


@lru_cache(maxsize=8)
def _model(settings: str, ref: str) -> Any:
    """A model, once in each process."""
    from pilotage.app.catalog import ModelCatalog  # noqa: PLC0415
    from pilotage.app.settings import Settings  # noqa: PLC0415

    return ModelCatalog(Settings.model_validate_json(settings)).get(ref)


@bench.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("bench.html"), help="The page.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def report(ctx: Context, out: Path, cache: Path | None, as_json: bool) -> None:
    """Write all that was run as one page of curves, figures and ranks; it opens offline."""
    from pilotage.bench.page import write_page  # noqa: PLC0415

    n = write_page(cache or ctx.settings().home / "bench", out, command=_command())
    emit({"page": str(out), "trials": n}, as_json=as_json, text=f"written: {out}, {n} trials")


for _command_of_language in (axes, paper, profiles):
    bench.add_command(_command_of_language)
