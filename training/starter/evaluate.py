"""`python -m training.starter.evaluate [--pipeline FOLDER] [--json]`: judge a pipeline folder, under three minutes.

EfficientNet decides, against real icons; the tiny CLIP stands beside. Needs no npm package: real icons come from
the gallery's file, in the folder or in the one that ships. Exits with 1 where a bar is missed; with `--check` where
the folder is not what its own `metrics.json` and `recipe.json` say of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pilotage_starter
from pilotage.bench.rows import Row, report, table
from training.starter.export import GALLERY, weight_sums
from training.starter.gallery import read_gallery
from training.starter.guidance import judge_guides
from training.starter.judging import judge_attributes, judge_objects, judge_vae
from training.starter.painter import hush, open_painter
from training.starter.paths import ROOT
from training.starter.scores import Score
from training.starter.steering import judge_smoothness
from training.starter.vocabulary import Vocabulary

BARS: Final = {
    "cpu": {
        "R@1": 0.80, "R@5": 0.93, "style": 0.75, "colour": 0.80, "background": 0.95, "smoothness": 0.9,
        "VAE PSNR": 28.0, "round seconds": 2.0,
    },
    "gpu": {
        "R@1": 0.85, "R@5": 0.97, "style": 0.90, "colour": 0.85, "background": 0.97, "smoothness": 0.95,
        "VAE PSNR": 31.0, "round seconds": 2.0,
    },
}  # fmt: skip
_LESS = frozenset({"round seconds"})
_ROUNDING = 0.02  # of a share or a decibel: another processor's sums move a few pictures from right to wrong
_ROUND = ("a red fox", "a house", "a small tulip", "an owl, on a black background")
__all__ = ["BARS", "differences", "judge", "main", "rows_of"]


def judge(folder: Path, words: Path | None = None) -> dict[str, Score]:
    """Every figure of a folder, asked for its own objects or for those of another vocabulary's file."""
    painter = open_painter(folder)
    if words:
        painter = replace(painter, words=Vocabulary.model_validate_json(words.read_text(encoding="utf-8")))
    own = folder / GALLERY
    gallery = read_gallery(own if own.is_file() else pilotage_starter.path() / GALLERY)
    return {
        **judge_vae(painter, gallery), **judge_objects(painter, gallery, folder), **judge_attributes(painter, gallery),
        **judge_smoothness(painter), **judge_guides(painter, gallery, folder),
        "round seconds": Score(painter.seconds(_ROUND), 5),
    }  # fmt: skip


def rows_of(scores: dict[str, Score], bars: dict[str, float], case: str) -> list[Row]:
    """Benchmark rows with their bars."""
    rows = []
    for metric, score in scores.items():
        bar = bars.get(metric)
        holds = None if bar is None else (score.value <= bar if metric in _LESS else score.value >= bar)
        rows.append(Row(case, metric, round(score.value, 4), bar=bar, holds=holds, n=score.n))
    return rows


def differences(folder: Path, scores: dict[str, Score]) -> list[str]:
    """Where a folder is not what it says of itself: other weights, or worse figures by more than rounding."""
    told, found = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))["weights"], weight_sums(folder)
    faults = [
        f"{name}: not the weights of recipe.json"
        for name in sorted({*told, *found})
        if told.get(name) != found.get(name)
    ]
    rows = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["rows"]
    for metric, figure in {row["metric"]: row["ours"] for row in rows if row["metric"] not in _LESS}.items():
        measured = scores[metric].value if metric in scores else None
        if measured is None or measured < figure - _ROUNDING:
            found_now = "not measured" if measured is None else f"{measured:.3f}"
            faults.append(f"{metric}: {found_now}, and metrics.json says {figure:.3f}")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, write metrics.json, print rows; 0 if every bar holds."""
    parser = argparse.ArgumentParser(prog="training.starter.evaluate", description="Judge a starter pipeline.")
    parser.add_argument("--pipeline", type=Path, default=pilotage_starter.path(), help="the folder (default: shipped)")
    parser.add_argument("--bars", choices=sorted(BARS), default="cpu", help="which profile's bars")
    parser.add_argument("--out", type=Path, default=ROOT / "metrics.json", help="where metrics.json goes")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--words", type=Path, default=None, help="judge it on the objects of this vocabulary.json")
    parser.add_argument("--check", action="store_true", help="is it what its metrics.json and recipe.json say")
    given = parser.parse_args(arguments)
    needed = [given.pipeline / "vocabulary.json", *([given.words] if given.words else [])]
    needed += [given.pipeline / name for name in ("metrics.json", "recipe.json") if given.check]
    if missing := [str(path) for path in needed if not path.is_file()]:
        parser.error(f"no such file: {', '.join(missing)}")
    hush()
    scores = judge(given.pipeline, given.words)
    words = json.loads((given.words or given.pipeline / "vocabulary.json").read_text(encoding="utf-8"))
    case = f"{len(words['objects'])} objects x {len(words['styles'])} styles"
    rows = rows_of(scores, BARS[given.bars], case)
    command = " ".join(["python", "-m", "training.starter.evaluate", *(arguments or sys.argv[1:])])
    found = report("starter", rows, command=command, packages=("torch", "diffusers"))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found) if given.json else table(rows))
    if given.check:
        faults = differences(given.pipeline, scores)
        print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
        return 1 if faults else 0
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
