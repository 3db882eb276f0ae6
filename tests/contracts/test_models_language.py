from __future__ import annotations

import pytest

from pilotage.labs.language.steered_text import SteeredText
from pilotage.models import GenerationRequest, LanguageModel, Model
from pilotage.testing.models import ModelContract
from pilotage.testing.tiny_language import save
from pilotage.testing.tiny_packs import tiny_pack

AXES = ("formality", "sentiment")


class TestSteeredText(ModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> Model:
        language = LanguageModel("tiny", save("llama", tmp_path_factory.mktemp("tiny")), device="cpu")
        packs = {name: tiny_pack(language, name, seed=seed) for seed, name in enumerate(AXES)}
        return SteeredText("tiny?axes=formality,sentiment", language, AXES, lambda model, axes: packs)

    @pytest.fixture
    def request_(self) -> GenerationRequest:
        return GenerationRequest(prompt="Tell me", max_tokens=12)
