"""Sampler families: where to look next, each a file."""

from pilotage.core.strategies import Entry, StrategyTable
from pilotage.samplers.archive import ArchiveConfig, ArchiveSampler
from pilotage.samplers.auto import AutoConfig, AutoSampler
from pilotage.samplers.bandit import BanditConfig, BanditSampler
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.cma import CmaConfig, CmaSampler
from pilotage.samplers.critique import CritiqueConfig, CritiqueSampler
from pilotage.samplers.eubo import EuboConfig, EuboSampler
from pilotage.samplers.incumbent_challenger import IncumbentChallengerConfig, IncumbentChallengerSampler
from pilotage.samplers.informative import InformativeConfig, InformativeSampler
from pilotage.samplers.local import LocalConfig, LocalSampler
from pilotage.samplers.plane import LineConfig, MapSampler, PlaneConfig
from pilotage.samplers.predecessor import PREDECESSORS
from pilotage.samplers.sobol import SobolConfig, SobolSampler
from pilotage.samplers.thompson import ThompsonConfig, ThompsonSampler
from pilotage.samplers.trust_region import TrustRegionConfig, TrustRegionSampler
from pilotage.samplers.ucb import UcbConfig, UcbSampler

SAMPLERS: StrategyTable[Sampler] = StrategyTable(
    "sampler",
    "pilotage.samplers",
    {
        "auto": Entry(AutoConfig, AutoSampler),
        "trust_region": Entry(TrustRegionConfig, TrustRegionSampler),
        "incumbent_challenger": Entry(IncumbentChallengerConfig, IncumbentChallengerSampler),
        "eubo": Entry(EuboConfig, EuboSampler),
        "informative": Entry(InformativeConfig, InformativeSampler),
        "thompson": Entry(ThompsonConfig, ThompsonSampler),
        "ucb": Entry(UcbConfig, UcbSampler),
        "critique": Entry(CritiqueConfig, CritiqueSampler),
        "archive": Entry(ArchiveConfig, ArchiveSampler),
        "plane": Entry(PlaneConfig, MapSampler),
        "line": Entry(LineConfig, MapSampler),
        "cma": Entry(CmaConfig, CmaSampler),
        "bandit": Entry(BanditConfig, BanditSampler),
        "local": Entry(LocalConfig, LocalSampler),
        "sobol": Entry(SobolConfig, SobolSampler),
        **PREDECESSORS,
    },
)

__all__ = ["SAMPLERS", "Proposals", "Sampler", "SamplerConfig", "View"]
