"""Language models: loaded from anywhere, steered row by row in one batch."""

from pilotage.models.language.model import LanguageInfo, LanguageModel
from pilotage.models.language.requests import (
    Direction,
    Exchange,
    Message,
    Sampling,
    TextOutput,
    TextRequest,
)

__all__ = [
    "Direction",
    "Exchange",
    "LanguageInfo",
    "LanguageModel",
    "Message",
    "Sampling",
    "TextOutput",
    "TextRequest",
]
