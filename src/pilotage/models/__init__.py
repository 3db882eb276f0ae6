"""What is steered: `Model = encode(request) + generate(batch)`; adapters load lazily."""

from pilotage.models.analytic import AnalyticModel
from pilotage.models.base import Model, ModelInfo, Output, Row
from pilotage.models.callable import CallableModel, from_callable
from pilotage.models.capabilities import Capabilities
from pilotage.models.diffusion import DiffusionModel
from pilotage.models.language import LanguageModel
from pilotage.models.requests import Asset, GenerationRequest

__all__ = [
    "AnalyticModel",
    "Asset",
    "CallableModel",
    "Capabilities",
    "DiffusionModel",
    "GenerationRequest",
    "LanguageModel",
    "Model",
    "ModelInfo",
    "Output",
    "Row",
    "from_callable",
]
