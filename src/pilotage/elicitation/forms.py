"""The language of the likelihood: softmax choices over linear forms of named latents."""

from __future__ import annotations

from dataclasses import dataclass

THRESHOLD = "threshold"  # session scalar: the utility of a candidate that is only just acceptable
TIE = "tie"  # session scalar: log nu, how readily a person calls candidates equal


@dataclass(frozen=True, slots=True)
class Slope:
    """How fast utility rises at an item along a direction: one more latent, jointly Gaussian with the utilities.

    Attributes:
        item: a candidate id.
        direction: (d,) unit vector in unit coordinates.
    """

    item: str
    direction: tuple[float, ...]


Latent = str | Slope  # a candidate's utility by its id, a session scalar by its name, or a slope


def drift(index: int) -> str:
    """The session scalar of how much stricter or milder than usual judgement `index` (from 0) gave its stars."""
    return f"drift/{index}"


@dataclass(frozen=True, slots=True)
class Form:
    """One linear form: weights on latents, plus an offset."""

    weights: tuple[tuple[Latent, float], ...]
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One softmax choice: `winner` indexes `forms`; `temperature` > 0 divides them all."""

    forms: tuple[Form, ...]
    winner: int
    temperature: float = 1.0
