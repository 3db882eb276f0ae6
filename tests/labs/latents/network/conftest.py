"""Runs that can be looked into: a small net of each kind, its weights as they begin, in a checkpoint of epoch 2."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.network.lab import NetworkLab
from pilotage.labs.latents.network.sheets import Answer
from pilotage.labs.latents.state import RunConfig
from pilotage.models.latents.checkpoints import Checkpoint, Header, save
from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.nets import LatentModel, build

SMALL = {"channels": 4, "hidden": 16, "latent_dims": 3, "seed": 5}
SHAPES = {"grey": (28, 26, 1), "colour": (13, 12, 3)}


class OpenLab(NetworkLab):
    """A lab whose run, pictures and model a test can look at."""

    def __init__(self, runs: Path, run_id: str, config: TrainingConfig, shape: tuple[int, int, int]) -> None:
        pictures = np.random.default_rng(3).integers(0, 256, (40, *shape), dtype=np.uint8)
        self.images = ImageSet("noise", pictures, np.arange(40, dtype=np.int64) % 4, ("a", "b", "c", "d"))
        asked = RunConfig(
            run_id=run_id, created_at=datetime(2024, 11, 22, tzinfo=UTC), training={}, viz_indices=(0,),
            data={"name": "noise", "sha256": self.images.sha256},
        )  # fmt: skip
        self.folder, self.config = RunFolder.create(runs, asked), config
        super().__init__(self.folder, self.images)
        self.model = self.put(2)

    def put(self, epoch: int, **other: Any) -> LatentModel:
        """Write a checkpoint of fresh weights."""
        config = self.config.model_copy(update=other)
        channels, height, width = self.images.examples().shape
        model = build(config, (channels, height, width), 4).requires_grad_(requires_grad=False).eval()
        header = Header(config=config, shape=model.shape, classes=4, examples="0" * 64, epoch=epoch)
        path = self.folder.path.parent / "made.safetensors"
        save(path, Checkpoint(header, {f"weights.{name}": value for name, value in model.state_dict().items()}))
        self.folder.write("checkpoint", epoch, path.read_bytes())
        return model


LabOf = Callable[..., OpenLab]


@pytest.fixture(scope="module")
def lab_of(tmp_path_factory: pytest.TempPathFactory) -> LabOf:
    """The lab of a run: of one kind of model, net and picture; made once a module."""
    made: dict[str, OpenLab] = {}

    def make(kind: str = "gmvae", network: str = "conv", pictures: str = "grey") -> OpenLab:
        run_id = f"run_{kind}_{network}_{pictures}"
        if run_id not in made:
            config = TrainingConfig(kind=kind, network=network, **SMALL)
            made[run_id] = OpenLab(tmp_path_factory.mktemp("runs"), run_id, config, SHAPES[pictures])
        return made[run_id]

    return make


@pytest.fixture
def shown() -> Callable[[OpenLab, Answer, str], Any]:
    """One file of an answer by the end of its path: what its JSON says, or its picture's pixels."""

    def read(lab: OpenLab, answer: Answer, name: str) -> Any:
        (path,) = [path for path in answer.files if path.endswith(name)]
        data = lab.folder.file(path).read_bytes()
        return json.loads(data) if name.endswith(".json") else np.asarray(Image.open(io.BytesIO(data)))

    return read
