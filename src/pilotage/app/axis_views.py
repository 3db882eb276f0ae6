"""Axes of language as they are shown: what they do to a model, and what that costs."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

from pilotage.labs.language.axes import Axis, Contrast, Loose, Poles
from pilotage.labs.language.axis_checks import Remark, remarks
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.builtin import builtin_report
from pilotage.labs.language.cards import MAX_DOSE, Reach
from pilotage.labs.language.packs import VectorPack
from pilotage.sessions.views import JobView


class PackView(BaseModel):
    """The vectors of an axis for one model.

    Attributes:
        own: whether they were made here; else they ship.
        usable: whether doses of them can be asked for.
        current: whether they were made from the axis' present texts.
        max_dose: how far a slider goes; beyond 1 the damage budget is left.
        negative, positive: effect by strength up to dose 1 of either pole, what ended it, and its damage there.
        effect: nats a token between dose -1 and 1, on held-out answers; floor: of random directions; instructed: of
            asking in words instead; None where nothing was measured.
    """

    model_config = ConfigDict(frozen=True)

    axis: str
    own: bool
    usable: bool
    current: bool
    max_dose: float
    model: str
    method: str
    layer: int | None
    negative: Reach | None
    positive: Reach | None
    effect: float | None
    floor: float | None
    instructed: float | None
    monotone: float | None
    won: float | None

    @classmethod
    def of(cls, pack: VectorPack, axis: Axis | None, *, own: bool) -> PackView:
        """The view of a pack; of imported ones it is not known from what they were made."""
        card = pack.card
        current = axis is None or not card.data or card.data == axis.fingerprint()
        shared = card.model_dump(
            include={"axis", "method", "layer", "effect", "floor", "instructed", "monotone", "won"}, mode="python"
        )
        usable = card.calibrated and card.positions == "answer"
        return cls(own=own, usable=usable, current=current, max_dose=MAX_DOSE, model=card.model.name,
                   negative=card.negative, positive=card.positive, **shared)  # fmt: skip


class AxisView(BaseModel):
    """An axis; `answers` counts those of each pole by split. `pack` is None where the model has no vectors of it."""

    model_config = ConfigDict(frozen=True)

    name: str
    poles: Poles
    description: str
    licence: str
    own: bool
    answers: dict[str, int]
    pack: PackView | None

    @classmethod
    def of(cls, axis: Axis, pack: PackView | None, *, own: bool) -> AxisView:
        """The view of an axis."""
        return cls(**_head(axis), own=own, pack=pack)


class AxisDetail(AxisView):
    """An axis with its texts, what is doubtful about them, and what was last measured with one model.

    `report_ships`: whether that is what ships, since nothing was measured here.
    """

    length_matters: bool
    pairs: tuple[Contrast, ...]
    texts: tuple[Loose, ...]
    remarks: tuple[Remark, ...]
    report: AxisReport | None
    report_ships: bool

    @classmethod
    def full(cls, axis: Axis, pack: PackView | None, report: AxisReport | None, *, own: bool) -> AxisDetail:
        """The view of an axis with all there is."""
        return cls(**_head(axis), own=own, pack=pack, length_matters=axis.length_matters, pairs=axis.pairs,
                   texts=axis.texts, remarks=remarks(axis), report=report,
                   report_ships=report is not None and report == builtin_report(axis.name))  # fmt: skip


class ComputeAnswer(JobView):
    """The job that makes the vectors."""

    hides_shipped: bool = Field(description="Whether an axis that ships is hidden until this one is deleted.")


class Overlaps(BaseModel):
    """Cosines between axes: 1 is the same direction, 0 nothing in common, -1 the opposite."""

    axes: list[str]
    cosines: list[list[float]]


def _head(axis: Axis) -> dict[str, object]:
    pairs = Counter(one.split for one in axis.pairs)
    texts = Counter(one.split for one in axis.texts if one.pole == "positive")
    shared = {name: getattr(axis, name) for name in ("name", "poles", "description", "licence")}
    return {**shared, "answers": dict(pairs + texts)}
