"""Trains the finished run that ships with Pilotage, by the code that every run is trained by, and packs it.

.venv/bin/python scripts/make_latent_example.py

The default preset on handwritten digits, as small as shows what the lab can do: fewer channels, units and epochs,
more steps an epoch, and a seed whose clusters are the clearest of three. Its checkpoint is without Adam's moments,
which only who goes on from it would need: the run is complete. Mirrors of the newest files are made when it is opened.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from pilotage.app.latent_example import BUNDLE, RUN_ID
from pilotage.app.picture_sets import PictureSets
from pilotage.core.errors import NotFoundError
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.paths import read_path
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.running import run
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import PRESETS
from pilotage.models.latents.checkpoints import Checkpoint, load

KNOBS = {"epochs": 12, "pretrain_epochs": 5, "batch_size": 32, "channels": 8, "hidden": 64, "seed": 1}
RECORDING = Recording(points=500, neighbours=5, checkpoint_every=12, umap_every=4, samples_every=12)
MOST_BYTES = 3_000_000


def trained(runs: Path) -> RunFolder:
    """The run, from its plan to its end."""
    images = PictureSets(runs / "sets").get("digits")
    training = PRESETS["default"].config.model_copy(update=KNOBS)
    folder = RunFolder.create(runs, run_config(RUN_ID, images, training, RECORDING))
    assert run(folder, images) == "completed"
    return folder


def lighten(folder: RunFolder) -> None:
    """Leave Adam's moments and the generators out of the checkpoint, and tell of it as it is now."""
    epoch = KNOBS["epochs"]
    whole = load(folder.path / f"checkpoints/epoch_{epoch}.safetensors")
    weights = {name: value for name, value in whole.tensors.items() if name.startswith("weights.")}
    with RunWriter(folder) as writer:
        writer.artifact("checkpoint", epoch, Checkpoint(whole.header, weights).to_bytes())


def is_mirror(path: str) -> bool:
    """Whether a file is the newest of its kind once more."""
    try:
        return read_path(path).epoch is None
    except NotFoundError:
        return False


def main() -> int:
    """Write the archive."""
    with tempfile.TemporaryDirectory() as runs:
        folder = trained(Path(runs))
        lighten(folder)
        assert faults(folder) == ()
        files = sorted(file for file in folder.path.rglob("*") if file.is_file())
        with zipfile.ZipFile(BUNDLE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for file in files:
                if not is_mirror(name := file.relative_to(folder.path).as_posix()):
                    archive.write(file, name)
        print({name: value for name, value in folder.summary().metrics.items() if name.startswith("held_out")})
    size = BUNDLE.stat().st_size
    print(f"{BUNDLE.name}: {size} bytes, at most {MOST_BYTES}")
    return int(size > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
