"""Bases: which directions of the conditioning the axes are, from embeddings of captions; a file each."""

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.spaces.bases.attributes import Attributes, AttributesConfig, preset_axes
from pilotage.spaces.bases.attributes_pca import AttributesPca, AttributesPcaConfig
from pilotage.spaces.bases.base import Basis, BasisConfig, TextEmbedding
from pilotage.spaces.bases.dictionary import Dictionary, DictionaryConfig
from pilotage.spaces.bases.directions import attribute_direction, caption_components
from pilotage.spaces.bases.hybrid import Hybrid, HybridConfig
from pilotage.spaces.bases.isotropic import Isotropic, IsotropicConfig
from pilotage.spaces.bases.pca_rewrites import PcaRewrites, PcaRewritesConfig
from pilotage.spaces.bases.random_subspace import RandomSubspace, RandomSubspaceConfig

__all__ = [
    "BASES",
    "Basis",
    "BasisConfig",
    "TextEmbedding",
    "attribute_direction",
    "caption_components",
    "preset_axes",
]

BASES: StrategyTable[Basis] = StrategyTable(
    "basis",
    "pilotage.bases",
    {
        "attributes_pca": Entry(AttributesPcaConfig, AttributesPca),
        "attributes": Entry(AttributesConfig, Attributes),
        "hybrid": Entry(HybridConfig, Hybrid),
        "pca_rewrites": Entry(PcaRewritesConfig, PcaRewrites),
        "random_subspace": Entry(RandomSubspaceConfig, RandomSubspace),
        "dictionary": Entry(DictionaryConfig, Dictionary),
        "isotropic": Entry(IsotropicConfig, Isotropic),
    },
)
