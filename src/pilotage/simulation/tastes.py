"""The table of tastes; the entry-point group `pilotage.tastes` adds rows."""

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.simulation.anchored import Point, PointConfig, Text, TextConfig
from pilotage.simulation.base import Taste
from pilotage.simulation.diverse import Centres, CentresConfig
from pilotage.simulation.looks import Attributes, AttributesConfig, Look, LookConfig

TASTES: StrategyTable[Taste] = StrategyTable(
    "taste",
    "pilotage.tastes",
    {
        "point": Entry(PointConfig, Point),
        "look": Entry(LookConfig, Look),
        "attributes": Entry(AttributesConfig, Attributes),
        "text": Entry(TextConfig, Text),
        "centres": Entry(CentresConfig, Centres),
    },
)
