"""Language models: loaded from anywhere, steered row by row in one batch."""

from pilotage.models.language.engine import Engine, Handle
from pilotage.models.language.model import LanguageInfo, LanguageModel
from pilotage.models.language.requests import (
    Direction,
    Exchange,
    Message,
    Sampling,
    TextOutput,
    TextRequest,
)
from pilotage.models.language.sources import default_source

__all__ = [
    "Direction",
    "Engine",
    "Exchange",
    "Handle",
    "LanguageInfo",
    "LanguageModel",
    "Message",
    "Sampling",
    "TextOutput",
    "TextRequest",
    "default_source",
]
