"""What a model's files say of it before it is loaded: capabilities, vocabulary, name, licence. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError
from pilotage.models.capabilities import Capabilities
from pilotage.models.diffusion.checkpoints import Checkpoint
from pilotage.models.diffusion.families import Family, family_of
from pilotage.models.diffusion.schedulers import scheduler_names
from pilotage.models.diffusion.settings import ModelSettings, read_settings, settings_of_file
from pilotage.models.diffusion.sources import Source
from pilotage.models.diffusion.vocabulary import read_vocabulary
from pilotage.spaces import GENERAL_VOCABULARY, Vocabulary


@dataclass(frozen=True, slots=True)
class Description:
    """The parts of `ModelInfo` that configs decide."""

    name: str
    family: str
    capabilities: Capabilities
    vocabulary: Vocabulary
    licence: str = "unknown"
    path: str | None = None
    size_mb: float | None = None


def describe(source: Source, scheduler: str | None = None) -> Description:
    """The description of a source; of a hub id not downloaded yet, only what every model can.

    Raises:
        ModelUnavailableError: a config is broken, or `scheduler` is not one that the model takes.
    """
    checkpoint = source.checkpoint
    if checkpoint is None:
        return Description(source.place, "unknown", Capabilities(), GENERAL_VOCABULARY)
    own_file = checkpoint.single_file
    settings = settings_of_file(own_file) if own_file else read_settings(checkpoint.config / "pilotage.json")
    family = family_of(checkpoint.pipeline)
    return Description(
        name=settings.name or Path(source.place).stem,
        family=family.name,
        capabilities=capabilities_of(checkpoint, family, settings, scheduler),
        vocabulary=GENERAL_VOCABULARY if own_file else read_vocabulary(checkpoint.config),
        licence=settings.licence or "unknown",
        path=str(own_file or checkpoint.config),
        size_mb=round(checkpoint.size_mb, 1),
    )


def capabilities_of(
    checkpoint: Checkpoint, family: Family, settings: ModelSettings, scheduler: str | None = None
) -> Capabilities:
    """Sizes from the UNet's and VAE's configs, schedulers from the scheduler's; settings go before both."""
    factor = vae_factor(checkpoint.component("vae"))
    sides = checkpoint.component("unet").get("sample_size", 64)
    height, width = sides if isinstance(sides, list) else (sides, sides)
    own = checkpoint.component("scheduler")
    names = scheduler_names(own)
    chosen = scheduler or settings.scheduler
    if chosen is not None and chosen not in names:
        raise ModelUnavailableError(
            f"unknown scheduler {chosen!r}", field="scheduler", hint=f"One of: {', '.join(names)}."
        )
    return Capabilities(
        size=settings.size or (int(width) * factor, int(height) * factor),
        size_multiple=math.lcm(8, factor),
        max_size=settings.max_size,
        default_steps=settings.steps or family.steps,
        default_guidance=family.guidance if settings.guidance is None else settings.guidance,
        schedulers=names if chosen is None else (chosen, *(name for name in names if name != chosen)),
        max_batch=settings.max_batch,
        previews=True,
    )


def vae_factor(config: Mapping[str, Any]) -> int:
    """Pixels of the picture per latent pixel, along one side."""
    return int(2 ** (len(config.get("block_out_channels", (1,) * 4)) - 1))
