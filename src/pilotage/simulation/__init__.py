"""Simulated judges: what they like, how they err, what they say; and how their errors are measured on traces."""

from pilotage.simulation.base import Query, Taste, TasteConfig, Thing
from pilotage.simulation.judges import Judge, JudgeConfig, Rationale
from pilotage.simulation.noise import NoiseConfig
from pilotage.simulation.tastes import TASTES

__all__ = ["TASTES", "Judge", "JudgeConfig", "NoiseConfig", "Query", "Rationale", "Taste", "TasteConfig", "Thing"]
