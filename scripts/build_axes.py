"""Makes the calibrated packs of the built-in axes for the default language model, with a report of each beside it.

.venv/bin/python scripts/build_axes.py [AXIS ...] [--again | --calibrate | --measure | --table]

An axis whose pack is there and was made from its present texts is left as it is, so a run that was broken off goes
on where it was; where only held-out texts changed it is measured again. One axis takes about five minutes of a core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pilotage.core.progress import Step
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import AxisReport, Heat
from pilotage.labs.language.builtin import PACKS_FOLDER, builtin_axis, builtin_names, builtin_report
from pilotage.labs.language.calibration import calibrate
from pilotage.labs.language.choosing import METHODS, choose
from pilotage.labs.language.composition import most_alike
from pilotage.labs.language.evaluation import evaluate, measured
from pilotage.labs.language.meaning import installed_encoder
from pilotage.labs.language.packs import VectorPack, read_pack
from pilotage.labs.language.study import Study
from pilotage.models.language import LanguageModel
from pilotage.models.language.sources import default_source

MOST_BYTES = 2_000_000  # of all packs together
SEEDS = {"calibration": 0, "evaluation": 1}  # texts are written anew to be judged


def main() -> int:
    """Build what is asked for; 1 if the packs grew too large."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("axes", nargs="*", default=list(builtin_names()))
    parser.add_argument("--again", action="store_true", help="also those that are there")
    parser.add_argument("--calibrate", action="store_true", help="those that are there, by the vectors that they have")
    parser.add_argument("--measure", action="store_true", help="those that are there, as they are")
    parser.add_argument("--table", action="store_true", help="only tell what is there, as docs/decisions/0017 does")
    parser.add_argument(
        "--methods", nargs="+", default=list(METHODS), help="the first is looked at on every third layer"
    )
    options = parser.parse_args()
    if options.table:
        print("\n".join(table()))
        return 0
    model = LanguageModel("default", default_source(), device="cpu")
    model.load()
    for name in options.axes:
        begun, axis = time.process_time(), builtin_axis(name)
        there = None if options.again else present(axis, model)
        known = there is not None and there.card.measured_on == axis.fingerprint("held_out")
        if known and not (options.calibrate or options.measure):
            print(f"{name}: there", flush=True)
            continue
        pack, heat = (there, heat_of(there)) if there is not None else chosen(model, axis, options.methods)
        if options.calibrate or not pack.card.calibrated:
            pack = calibrate(study(model, "calibration"), axis, pack)
            pack.save(path_of(name))  # what took longest is not lost with the rest
        pack, report = told_of(model, axis, pack, heat)
        print(line(pack, report, time.process_time() - begun), flush=True)
    size = sum(path.stat().st_size for path in PACKS_FOLDER.glob("*.safetensors"))
    print(f"{size / 1e6:.2f} MB of packs")
    return int(size > MOST_BYTES)


def path_of(name: str) -> Path:
    """The file of an axis' pack; its report lies beside it."""
    return PACKS_FOLDER / f"{name}.safetensors"


def study(model: LanguageModel, what: str) -> Study:
    """Of the noise that this part of the work writes texts with."""
    return Study(model, seed=SEEDS[what], progress=say)


def present(axis: Axis, model: LanguageModel) -> VectorPack | None:
    """The pack that was made from these answers for this model, if there is one."""
    path = path_of(axis.name)
    pack = read_pack(path) if path.is_file() else None
    mine = pack is not None and pack.card.model.fingerprint == model.info.fingerprint
    return pack if pack is not None and mine and pack.card.data == axis.fingerprint() else None


def heat_of(pack: VectorPack) -> tuple[Heat, ...]:
    """The layers and methods that a pack was chosen from, as its report still tells."""
    report = builtin_report(pack.card.axis)
    same = report is not None and (report.method, report.layer) == (pack.card.method, pack.card.layer)
    return report.heat if report is not None and same else ()


def chosen(model: LanguageModel, axis: Axis, methods: Sequence[str]) -> tuple[VectorPack, tuple[Heat, ...]]:
    """Vectors with their layer, and what they were chosen from."""
    choice = choose(study(model, "calibration"), axis, methods=methods)
    return choice.pack, tuple(Heat.of(cell) for cell in choice.cells)


def told_of(
    model: LanguageModel, axis: Axis, pack: VectorPack, heat: tuple[Heat, ...]
) -> tuple[VectorPack, AxisReport]:
    """Measure a pack; its card and its report are kept."""
    ours = {name: read_pack(path_of(name)) for name in builtin_names() if path_of(name).is_file()}
    report = evaluate(study(model, "evaluation"), axis, pack, embed=installed_encoder(), beside=most_alike(pack, ours))
    report = report.model_copy(update={"heat": heat})
    pack = measured(pack, report, axis)
    pack.save(path_of(axis.name))
    path_of(axis.name).with_suffix(".json").write_text(report.model_dump_json(indent=1) + "\n")
    return pack, report


def say(step: Step) -> None:
    """What is being done."""
    print(f"  {time.process_time():5.0f} CPU-s  {step.phase} {step.done} of {step.total}", file=sys.stderr, flush=True)


def line(pack: VectorPack, report: AxisReport, seconds: float) -> str:
    """One line an axis."""
    ends = [side.ended_by for side in (pack.card.negative, pack.card.positive) if side is not None]
    floor = ", ".join(f"{one:+.2f}" for one in report.floor)
    return (
        f"{report.axis}: {report.method} at {report.layer}, effect {report.effect:.2f} (random {floor};"
        f" asked {report.instructed:+.2f}), won {report.won:.0%}, monotone {report.monotone:.3f},"
        f" strengths {report.strengths[0]:.3f} to {report.strengths[-1]:.3f}, ended by {' and '.join(ends)},"
        f" perplexity x{report.damage[0].perplexity:.2f} and x{report.damage[-1].perplexity:.2f},"
        f" KL {report.damage[0].kl:.2f} and {report.damage[-1].kl:.2f}; {seconds:.0f} CPU-s"
    )


def table() -> list[str]:
    """What ships, a line an axis."""
    head = ("axis", "method, block", "strength at -1 and 1", "effect", "random: mean, most", "asked for",
            "dose and gap", "perplexity at -1 and 1", "answers declined")  # fmt: skip
    reports = [report for name in builtin_names() if (report := builtin_report(name)) is not None]
    rows = [head, ("---",) * len(head), *(cells(report) for report in reports)]
    return [f"| {' | '.join(row)} |" for row in rows]


def cells(report: AxisReport) -> tuple[str, ...]:
    """One axis, as the table tells it."""
    (low, *_, high), sizes = report.damage, [abs(one) for one in report.floor]
    more = max(report.refusals[0], report.refusals[-1]) - report.refusals[report.doses.index(0.0)]
    return (
        report.axis, f"{report.method.replace('_', ' ')}, {report.layer}",
        f"{report.strengths[0]:.2f}, {report.strengths[-1]:.2f}", f"{report.effect:.2f}",
        f"{sum(sizes) / len(sizes):.2f}, {max(sizes):.2f}", f"{report.instructed:.2f}", f"{report.monotone:.2f}",
        f"{low.perplexity:.2f}, {high.perplexity:.2f}", f"{more:+.0%}",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
