"""Preference models: a posterior over utility as a pure function of the judgements so far."""

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.preferences.adapters import ADAPTERS
from pilotage.preferences.base import Posterior, PreferenceModel, PreferenceModelConfig
from pilotage.preferences.laplace_gp import LaplaceGP, LaplaceGPConfig
from pilotage.preferences.updaters import UPDATERS

PREFERENCE_MODELS: StrategyTable[PreferenceModel] = StrategyTable(
    "preference model",
    "pilotage.preference_models",
    {
        "laplace_gp": Entry(LaplaceGPConfig, LaplaceGP),
        **UPDATERS,
        **ADAPTERS,
    },
)

__all__ = ["PREFERENCE_MODELS", "Posterior", "PreferenceModel", "PreferenceModelConfig"]
