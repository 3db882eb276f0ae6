"""What can be chosen before a latent run: presets, knobs with bounds and words, departures from the plain form."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from pilotage.models.latents import PRESETS, TrainingConfig, differences


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KnobDifference(_View):
    """A knob that stands otherwise than in the plain form."""

    field: str
    plain: bool | int | float | str
    value: bool | int | float | str
    description: str


class LatentPreset(_View):
    """A configuration with a name, and where it departs from the plain form."""

    name: str
    title: str
    about: str
    training: TrainingConfig
    differences: tuple[KnobDifference, ...]

    @classmethod
    def all(cls) -> list[LatentPreset]:
        """Those that ship."""
        return [
            cls(name=name, title=one.title, about=one.about, training=one.config, differences=departures(one.config))
            for name, one in PRESETS.items()
        ]


class LatentSchema(_View):
    """What can be chosen, as JSON schemas with bounds, defaults and words."""

    training: dict[str, Any]
    recording: dict[str, Any]


def departures(config: TrainingConfig) -> tuple[KnobDifference, ...]:
    """Where a configuration departs from the plain form of its kind."""
    return tuple(
        KnobDifference(field=one.field, plain=one.plain, value=one.value, description=one.description)
        for one in differences(config)
    )
