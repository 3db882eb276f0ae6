"""Sampler families: where to look next, each a file."""

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.incumbent_challenger import IncumbentChallengerConfig, IncumbentChallengerSampler
from pilotage.samplers.local import LocalConfig, LocalSampler
from pilotage.samplers.sobol import SobolConfig, SobolSampler
from pilotage.samplers.trust_region import TrustRegionConfig, TrustRegionSampler

SAMPLERS: StrategyTable[Sampler] = StrategyTable(
    "sampler",
    "pilotage.samplers",
    {
        "trust_region": Entry(TrustRegionConfig, TrustRegionSampler),
        "incumbent_challenger": Entry(IncumbentChallengerConfig, IncumbentChallengerSampler),
        "local": Entry(LocalConfig, LocalSampler),
        "sobol": Entry(SobolConfig, SobolSampler),
    },
)

__all__ = ["SAMPLERS", "Proposals", "Sampler", "SamplerConfig", "View"]
