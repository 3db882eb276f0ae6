"""Named axes: what one coordinate of z means, and the text that asks for it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import InvalidInputError

_SEPARATOR = re.compile(r"\s*(?:↔|<->|⟷|\bvs\.?\s|\|)\s*")


class AxisText(BaseModel):
    """An attribute axis as a person types it: two poles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    negative: str = Field(min_length=1, max_length=80)
    positive: str = Field(min_length=1, max_length=80)

    @classmethod
    def parse(cls, text: str) -> AxisText:
        """From `red ↔ blue`, `red <-> blue`, `red | blue` or `red vs blue`.

        Raises:
            InvalidInputError: not two different poles.
        """
        poles = [pole.strip() for pole in _SEPARATOR.split(text.strip())]
        if len(poles) != 2 or not all(poles) or poles[0].lower() == poles[1].lower():
            raise InvalidInputError(
                f"an axis needs two different poles, got {text!r}",
                hint="Write it like 'red ↔ blue'.",
                field="axes",
            )
        if max(len(pole) for pole in poles) > 80:
            raise InvalidInputError("a pole has at most 80 characters", field="axes")
        return cls(negative=poles[0], positive=poles[1])

    @property
    def name(self) -> str:
        """`red ↔ blue`."""
        return f"{self.negative} ↔ {self.positive}"


AxisSource = Literal["attribute", "caption_pca", "random_subspace", "dictionary", "isotropic", "coordinate", "dose"]


class Axis(BaseModel):
    """One coordinate of a steering space.

    Attributes:
        source: `attribute` (two words), `caption_pca`, `random_subspace`, `dictionary` (an atom of a sparse code),
            `isotropic` (a labelled control), `coordinate` (an input of the user's own function) or `dose` (of a
            steering vector, in calibrated units).
        unit: length of one unit of z, in the conditioning's own norm.
        scale: caption differences in one unit of z; what calibration found, else 1.
        measured: whether the axis's visible effect was measured; if not, one unit is one caption difference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    negative: str
    positive: str
    source: AxisSource
    unit: float = Field(gt=0)
    scale: float = Field(1.0, gt=0)
    measured: bool = False

    @property
    def is_own(self) -> bool:
        """Whether it is the model's own, in a unit of its own, rather than a difference of captions."""
        return self.source in ("coordinate", "dose")

    def rescaled(self, scale: float) -> Axis:
        """This axis with `scale` caption differences in one unit of z, as a measurement found."""
        return self.model_copy(update={"unit": self.unit * scale / self.scale, "scale": scale, "measured": True})
