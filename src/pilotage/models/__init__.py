"""What is steered: `Model = encode(request) + generate(batch)`; adapters load lazily."""

from pilotage.models.base import Model, ModelInfo, Output, Row
from pilotage.models.capabilities import Capabilities
from pilotage.models.requests import Asset, GenerationRequest

__all__ = ["Asset", "Capabilities", "GenerationRequest", "Model", "ModelInfo", "Output", "Row"]
