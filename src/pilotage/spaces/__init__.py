"""Steering spaces: anchor, basis, named axes, bounds; coordinate z <-> conditioning."""

from pilotage.spaces.axes import Axis, AxisText
from pilotage.spaces.bases import BASES, Basis, BasisConfig, TextEmbedding
from pilotage.spaces.conditioning import Conditioning
from pilotage.spaces.profiles import PROFILES, Profile, dimension_of
from pilotage.spaces.region import Region
from pilotage.spaces.space import SteeringSpace
from pilotage.spaces.vocabulary import GENERAL_VOCABULARY, Vocabulary

__all__ = [
    "BASES",
    "GENERAL_VOCABULARY",
    "PROFILES",
    "Axis",
    "AxisText",
    "Basis",
    "BasisConfig",
    "Conditioning",
    "Profile",
    "Region",
    "SteeringSpace",
    "TextEmbedding",
    "Vocabulary",
    "dimension_of",
]
