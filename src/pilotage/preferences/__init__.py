"""Preference models: a posterior over utility as a pure function of the judgements so far."""

from pilotage.preferences.base import Posterior, PreferenceModel, PreferenceModelConfig

__all__ = ["Posterior", "PreferenceModel", "PreferenceModelConfig"]
