"""Sets that came again, as they are told: after the answer, and in sum."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from pilotage.sessions.loading import SessionRows
from pilotage.sessions.repeats import agrees, repeat_of
from pilotage.store import AnswerRow, RoundRow


class RepeatView(BaseModel):
    """This round showed the set of round `index` again; `same`: whether the same was chosen.

    `same` is None before the answer, and where the two answers can't be compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    same: bool | None


class AgreementView(BaseModel):
    """Of the sets that came again unannounced, in how many the same was chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repeats: int
    same: int


def repeat_told(rows: SessionRows, round_: RoundRow) -> RepeatView | None:
    """What to say of a round that showed another's set; None for most. Not to be told before the answer."""
    source = repeat_of(round_)
    index = rows.indices.get(source or "")
    return None if source is None or index is None else RepeatView(index=index, same=_same(rows, round_, source))


def agreement(rows: SessionRows) -> AgreementView | None:
    """The sum over the rounds that count and could not be known for what they were; None without any."""
    blind = (one for one in rows.rounds if one.state == "answered" and not one.forecasts_shown)
    told = [told.same for one in blind if (told := repeat_told(rows, one)) and told.same is not None]
    return AgreementView(repeats=len(told), same=sum(told)) if told else None


def _same(rows: SessionRows, round_: RoundRow, source: str) -> bool | None:
    later, earlier = (_in_force(rows.answers.get(id_, ())) for id_ in (round_.id, source))
    if later is None or earlier is None:
        return None
    shown = [*rows.candidates.get(round_.id, ()), *rows.candidates.get(source, ())]
    return agrees(later, earlier, {row.id: row.sample_id for row in shown})


def _in_force(answers: Sequence[AnswerRow]) -> AnswerRow | None:
    return next((answer for answer in answers if answer.retracted_at is None), None)
