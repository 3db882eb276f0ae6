"""Preference models of other packages, to compare with and to test against; each needs its package."""

from collections.abc import Mapping

from pilotage.core.strategies import Entry
from pilotage.preferences.adapters.item_level import ItemLevel, ItemLevelConfig
from pilotage.preferences.adapters.pairwise_gp import PairwiseGP, PairwiseGPConfig
from pilotage.preferences.base import PreferenceModel

ADAPTERS: Mapping[str, Entry[PreferenceModel]] = {
    "pairwise_gp": Entry(PairwiseGPConfig, PairwiseGP),
    "item_level": Entry(ItemLevelConfig, ItemLevel),
}

__all__ = ["ADAPTERS"]
