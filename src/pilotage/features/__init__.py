"""Features: pictures as named numbers, for calibration, archives, judges and benchmarks; near-duplicates."""

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.features.base import FeatureConfig, Features
from pilotage.features.clip import Clip, ClipConfig
from pilotage.features.layout import Layout, LayoutConfig
from pilotage.features.statistics import Statistics, StatisticsConfig

__all__ = ["FEATURES", "Clip", "FeatureConfig", "Features", "Layout", "Statistics"]

FEATURES: StrategyTable[Features] = StrategyTable(
    "features",
    "pilotage.features",
    {
        "layout": Entry(LayoutConfig, Layout),
        "statistics": Entry(StatisticsConfig, Statistics),
        "clip": Entry(ClipConfig, Clip),
    },
)
