"""Extraction: the methods that turn what a model does while it reads answers of two poles into one direction a layer.

`pilotage.extractions` is the entry-point group for further ones.
"""

from __future__ import annotations

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.labs.language.differences import LastTokenConfig, MeanDifference, MeanDifferenceConfig, Pca, PcaConfig
from pilotage.labs.language.probes import LogisticProbe, LogisticProbeConfig
from pilotage.labs.language.states import Extraction

EXTRACTIONS: StrategyTable[Extraction] = StrategyTable(
    "extraction",
    "pilotage.extractions",
    {
        "mean_difference": Entry(MeanDifferenceConfig, MeanDifference),
        "last_token": Entry(LastTokenConfig, MeanDifference),
        "pca": Entry(PcaConfig, Pca),
        "logistic_probe": Entry(LogisticProbeConfig, LogisticProbe),
    },
)
