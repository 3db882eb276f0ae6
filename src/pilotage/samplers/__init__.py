"""Sampler families: where to look next, each a file."""

from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View

__all__ = ["Proposals", "Sampler", "SamplerConfig", "View"]
