"""`python -m training.starter STAGE --profile NAME`: one stage, or `all` of them in their order."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import torch

from training.starter import (
    clip,
    controlnet,
    data,
    decoder,
    evaluate,
    export,
    gallery,
    ip_adapter,
    resampler,
    sheets,
    tokenizer,
    unet,
    vae,
)  # fmt: skip
from training.starter.painter import hush
from training.starter.parallel import Ranks, join, keep_memory, together
from training.starter.paths import Workspace, open_workspace
from training.starter.recipe import RecipeError

Stage = Callable[[Workspace], Any]
Training = Callable[[Workspace, Ranks], Any]


def judged(space: Workspace) -> None:
    """Stage `evaluate`: the exported folder, its figures beside its weights; a missed bar is a figure, no failure."""
    bars = "gpu" if space.profile.name == "gpu" else "cpu"
    folder = Path(os.path.relpath(space.pipeline))  # the command stands beside the figures, and must run elsewhere
    evaluate.main(["--pipeline", str(folder), "--out", str(folder / "metrics.json"), "--bars", bars])
    space.finish("evaluate")


TRAININGS: Final[dict[str, Training]] = {
    "clip": clip.teach, "vae": vae.teach, "unet": unet.teach, "controlnet": controlnet.teach,
    "resampler": resampler.teach, "ip_adapter": ip_adapter.teach, "decoder": decoder.teach,
}  # fmt: skip
STAGES: Final[dict[str, Stage]] = {
    "data": data.draw, "pictures": data.paint, "tokenizer": tokenizer.make, "latents": vae.encode_bank,
    "gallery": gallery.build, "export": export.export, "evaluate": judged, "sheets": sheets.paint_sheets,
}  # fmt: skip
ORDER: Final = (
    "data", "pictures", "tokenizer", "gallery", "clip", "vae", "latents", "unet", "controlnet", "resampler",
    "ip_adapter", "decoder", "export", "evaluate", "sheets",
)  # fmt: skip


def run_stage(name: str, space: Workspace, options: Sequence[str]) -> None:
    """One stage to its end, in as many processes as the profile says; nothing if it is done."""
    if space.done(name):
        print(f"{name}: done before")
        return
    began = time.monotonic()
    if name in TRAININGS:
        space.begin(name)
        with together([name, *options], space.profile.processes, space.profile.threads) as ranks:
            TRAININGS[name](space, ranks)
    else:
        torch.set_num_threads(max(1, space.profile.threads * space.profile.processes))
        STAGES[name](space)
    print(f"{name}: {time.monotonic() - began:.1f} s {space.facts(name)}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, and run what was asked for."""
    parser = argparse.ArgumentParser(prog="training.starter", description="Train the starter image model.")
    parser.add_argument("stage", choices=["all", *ORDER])
    parser.add_argument("--profile", default="cpu", help="a table of recipe.toml")
    parser.add_argument("--root", type=Path, default=None, help="where everything goes (default: build/starter)")
    for hidden, kind in (("--rank", int), ("--world", int), ("--meeting", Path)):
        parser.add_argument(hidden, type=kind, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    try:
        space = open_workspace(given.profile, given.root)
    except RecipeError as fault:
        parser.error(str(fault))
    hush()
    keep_memory()
    if given.rank:  # one of the further processes of a training, started by the first
        torch.set_num_threads(space.profile.threads)
        TRAININGS[given.stage](space, join(given.rank, given.world, given.meeting))
        return 0
    options = ["--profile", given.profile, *(["--root", str(given.root)] if given.root else [])]
    for name in ORDER if given.stage == "all" else (given.stage,):
        run_stage(name, space, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
