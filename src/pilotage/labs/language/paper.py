"""What the paper on steerable chatbots used: its models, with how many layers and how far, and its five axes.

Source: Bo et al. 2025, Steerable Chatbots (arXiv 2505.04260), as SteerLab's configuration repeats it.
Differs: its ranges are coefficients of unscaled probe directions, so they mean nothing for our vectors, whose doses are
calibrated per model.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperModel:
    """A model of the paper: how many layers it steered, and up to which coefficient either way."""

    ref: str
    layers: int
    reach: float


MODELS = (
    PaperModel("stabilityai/stablelm-2-1_6b-chat", 16, 10),
    PaperModel("google/gemma-2-2b-it", 16, 30),
    PaperModel("mistralai/Mistral-7B-Instruct-v0.3", 24, 30),
    PaperModel("Qwen/Qwen2.5-7B-Instruct", 24, 10),
    PaperModel("google/gemma-2-9b-it", 32, 30),
)
AXES = ("cost", "ambiance", "age", "time", "culture")
