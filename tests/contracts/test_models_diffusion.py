from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("diffusers")

from pilotage.models import DiffusionModel, GenerationRequest, Model
from pilotage.testing import tiny_diffusion as tiny
from pilotage.testing.models import ModelContract


class TinyContract(ModelContract):
    """Random weights: what the numbers do, not what the pictures show."""

    @pytest.fixture
    def request_(self) -> GenerationRequest:
        return GenerationRequest(prompt="a red fox", steps=2)


class TestStableDiffusion1(TinyContract):
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> Model:
        return DiffusionModel("sd1", tiny.save(tiny.sd_pipeline(), tmp_path_factory.mktemp("sd1")), device="cpu")


class TestStableDiffusion2(TinyContract):
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> Model:
        folder = tiny.save(tiny.sd_pipeline(version=2), tmp_path_factory.mktemp("sd2"))
        return DiffusionModel("sd2", folder, device="cpu")


class TestStableDiffusionXl(TinyContract):
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> Model:
        folder = tiny.save(tiny.sdxl_pipeline(), tmp_path_factory.mktemp("sdxl"))
        return DiffusionModel("sdxl", folder, device="cpu")


@pytest.mark.starter
class TestStarter(ModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        starter = pytest.importorskip("pilotage_starter")
        return DiffusionModel("starter", Path(starter.path()), device="cpu")

    @pytest.fixture
    def request_(self) -> GenerationRequest:
        return GenerationRequest(prompt="a red fox", steps=3)
