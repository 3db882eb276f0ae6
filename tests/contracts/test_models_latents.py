from __future__ import annotations

import pytest

from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.running import run
from pilotage.labs.latents.steered_run import LatentRef, SteeredRun, written
from pilotage.labs.latents.steering import latents_of
from pilotage.models import Model
from pilotage.models.latents import TrainingConfig
from pilotage.testing.models import ModelContract

TINY = TrainingConfig(
    network="mlp", hidden=16, latent_dims=4, components=3, epochs=2, pretrain_epochs=1, recon="bce_sum",
    responsibilities="vade", learning_rate=3e-3,
)  # fmt: skip
BLIND = Recording(points=40, pca_every=0, umap_every=0, samples_every=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    images = builtin("digits8")
    folder = RunFolder.create(tmp_path_factory.mktemp("runs"), run_config("lat_tiny", images, TINY, BLIND))
    assert run(folder, images) == "completed"
    return folder


class TestSteeredRun(ModelContract):
    @pytest.fixture(scope="module", params=["pca", "components", "classes", "a start"])
    @classmethod
    def model(cls, request: pytest.FixtureRequest, folder: RunFolder) -> Model:
        if request.param != "a start":
            return SteeredRun(f"latent:{folder.run_id}?axes={request.param}", folder)
        at = written(latents_of(folder, 2)[7])
        return SteeredRun(str(LatentRef(folder.run_id, 2, "classes", at)), folder)
