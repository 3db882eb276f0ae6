"""Makes the calibrated packs of the built-in axes for the default language model, one axis after the other.

.venv/bin/python scripts/build_axes.py [AXIS ...] [--again | --measure] [--reports FOLDER]

An axis whose pack is there and was made from its present texts is left as it is, so a run that was broken off goes
on where it was; where only held-out texts changed, or with --measure, it is measured again. One axis takes about five
minutes of a core, measuring alone two.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from pilotage.core.progress import Step
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import AxisReport, measured
from pilotage.labs.language.builtin import PACKS_FOLDER, builtin_axis, builtin_names
from pilotage.labs.language.calibration import calibrate
from pilotage.labs.language.choosing import METHODS, Cell, choose
from pilotage.labs.language.evaluation import evaluate
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
    parser.add_argument("--measure", action="store_true", help="those that are there, as they are")
    parser.add_argument(
        "--methods", nargs="+", default=list(METHODS), help="the first is looked at on every third layer"
    )
    parser.add_argument("--reports", type=Path, help="folder for a JSON report of each axis")
    options = parser.parse_args()
    model = LanguageModel("default", default_source(), device="cpu")
    model.load()
    for name in options.axes:
        path, axis = PACKS_FOLDER / f"{name}.safetensors", builtin_axis(name)
        there = None if options.again else present(path, axis, model)
        known = there is not None and there.card.measured_on == axis.fingerprint("held_out")
        if known and not options.measure:
            print(f"{name}: there", flush=True)
            continue
        begun = time.process_time()
        pack, cells = (there, ()) if there is not None else make(model, axis, options.methods)
        pack.save(path)  # what took longest is not lost with the rest
        study = Study(model, seed=SEEDS["evaluation"], progress=say)
        report = evaluate(study, axis, pack, cells=cells, embed=installed_encoder())
        measured(pack, report, axis).save(path)
        if options.reports:
            options.reports.mkdir(parents=True, exist_ok=True)
            (options.reports / f"{name}.json").write_text(report.model_dump_json(indent=1))
        print(told(pack, report, time.process_time() - begun), flush=True)
    size = sum(path.stat().st_size for path in PACKS_FOLDER.glob("*.safetensors"))
    print(f"{size / 1e6:.2f} MB of packs")
    return int(size > MOST_BYTES)


def present(path: Path, axis: Axis, model: LanguageModel) -> VectorPack | None:
    """The pack that was made from these answers for this model, if there is one."""
    pack = read_pack(path) if path.is_file() else None
    mine = pack is not None and pack.card.model.fingerprint == model.info.fingerprint
    return pack if pack is not None and mine and pack.card.data == axis.fingerprint() else None


def make(model: LanguageModel, axis: Axis, methods: list[str]) -> tuple[VectorPack, tuple[Cell, ...]]:
    """Extract, choose, calibrate."""
    study = Study(model, seed=SEEDS["calibration"], progress=say)
    choice = choose(study, axis, methods=methods)
    return calibrate(study, axis, choice.pack), choice.cells


def say(step: Step) -> None:
    """What is being done."""
    print(f"  {time.process_time():5.0f} CPU-s  {step.phase} {step.done} of {step.total}", file=sys.stderr, flush=True)


def told(pack: VectorPack, report: AxisReport, seconds: float) -> str:
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


if __name__ == "__main__":
    sys.exit(main())
