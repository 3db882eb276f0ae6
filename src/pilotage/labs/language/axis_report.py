"""The report of an axis: what was measured of it, as data that any program can read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from pilotage.labs.language.axes import Poles
from pilotage.labs.language.cards import Damage, PackModel
from pilotage.labs.language.choosing import Cell

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Sample(BaseModel):
    """What a prompt got at each dose, written as rows of one batch."""

    model_config = _FROZEN

    prompt: str
    texts: tuple[str, ...]


class Meaning(BaseModel):
    """Where a sentence encoder places the texts of each dose between the poles, -1 to 1.

    `told_apart`: share of held-out pairs that it puts the right way round, without which its word is worth little.
    """

    model_config = _FROZEN

    scores: tuple[float, ...]
    told_apart: float


class Heat(BaseModel):
    """One cell of the map of layers and methods that the choice was made by."""

    model_config = _FROZEN

    method: str
    layer: int
    effect: float
    damage: float
    score: float

    @classmethod
    def of(cls, cell: Cell) -> Heat:
        """A cell as data."""
        return cls(method=cell.method, layer=cell.layer, effect=cell.effect, damage=cell.damage, score=cell.score)


class Composition(BaseModel):
    """What an axis does while another one steers too, nats a token on its own held-out answers.

    Attributes:
        other: that axis.
        cosine: between both directions.
        dose: of each; effects are those between -dose and dose.
        alone: of the axis, the other at 0.
        together: of the axis, the other at dose or -dose, averaged.
        spilled: of the other, the axis at 0.
    """

    model_config = _FROZEN

    other: str
    cosine: float
    dose: float
    alone: float
    together: float
    spilled: float


class AxisReport(BaseModel):
    """Everything that was measured of one axis.

    Attributes:
        answers: held-out ones a pole.
        gaps: at each dose, nats a token by which held-out positive answers are likelier than negative ones.
        effect: gap at dose 1 less gap at dose -1.
        won: share of held-out pairs whose own gap grows from dose -1 to 1.
        monotone: Spearman's correlation of dose and gap.
        straight: share of the gaps' variance that a line over the doses explains.
        floor: effect of each random direction of the same layer and strengths.
        instructed: effect of asking for either pole in the system prompt; its damage stands beside it.
        damage: at each dose, on prompts that ask for none of the axes; `kl` on everyday answers.
        texts: that damage is read off at doses -1 and 1, where more are written than at others; 0 is not known.
        spread: at doses -1 and 1, 95 % interval of the perplexity over texts of other prompts.
        refusals: at each dose, share of texts that are empty or decline.
        samples: those texts.
        composition: beside the axis that is most alike, if the model has another.
        meaning: what they mean to a sentence encoder, if one was given.
        heat: layers and methods that were compared, where that is known.
        quick: whether it was a glance: of fewer and shorter texts.
    """

    model_config = _FROZEN

    axis: str
    poles: Poles
    model: PackModel
    layer: int
    method: str
    positions: str
    doses: tuple[float, ...]
    strengths: tuple[float, ...]
    gaps: tuple[float, ...]
    effect: float
    won: float | None
    monotone: float
    straight: float
    floor: tuple[float, ...]
    instructed: float
    instructed_perplexity: tuple[float, float]
    damage: tuple[Damage, ...]
    texts: int = 0
    spread: tuple[tuple[float, float], ...] = ()
    refusals: tuple[float, ...]
    samples: tuple[Sample, ...]
    composition: Composition | None = None
    meaning: Meaning | None = None
    heat: tuple[Heat, ...] = ()
    answers: int
    quick: bool = False
