"""A prompt against a model's words: what it doesn't know, and what it knows that looks alike."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

from pilotage.spaces import Vocabulary


class PromptCheck(BaseModel):
    """Words that the model doesn't know, in the prompt's order; for each, up to three known ones like it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unknown_words: list[str]
    suggestions: dict[str, list[str]]


def check_prompt(vocabulary: Vocabulary, prompt: str) -> PromptCheck:
    """Check a prompt; a model with an open vocabulary knows every word."""
    unknown = vocabulary.unknown_words(prompt)
    known = sorted(vocabulary.known_words())
    return PromptCheck(
        unknown_words=list(unknown),
        suggestions={word: get_close_matches(word.lower(), known, n=3, cutoff=0.6) for word in unknown},
    )
