"""Answers: what a person said about the candidates of one round, as typed, versioned data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pilotage.core.errors import InvalidInputError
from pilotage.core.strategies import invalid_input

CandidateId = Annotated[str, Field(min_length=1, max_length=64)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1


class Ranking(_Answer):
    """Pick, top-k and rank as one: candidates best first; those not named are worse than the last named."""

    kind: Literal["ranking"] = "ranking"
    order: tuple[CandidateId, ...] = Field(min_length=1, max_length=12)


class Pairwise(_Answer):
    """One of two."""

    kind: Literal["pairwise"] = "pairwise"
    winner: CandidateId
    loser: CandidateId


class Ratings(_Answer):
    """Stars, 1 (worst) to 5 (best), for at least one candidate."""

    kind: Literal["ratings"] = "ratings"
    stars: Mapping[CandidateId, Annotated[int, Field(ge=1, le=5, strict=True)]] = Field(min_length=1)


class Approval(_Answer):
    """Yes or no for each candidate named; `favourite`, if given, is the best of those approved."""

    kind: Literal["approval"] = "approval"
    approved: Mapping[CandidateId, Annotated[bool, Field(strict=True)]] = Field(min_length=1)
    favourite: CandidateId | None = None


Answer = Annotated[Ranking | Pairwise | Ratings | Approval, Field(discriminator="kind")]
_TAG = re.compile(r"^answer\.(?:ranking|pairwise|ratings|approval)\.")
ANSWER: TypeAdapter[Ranking | Pairwise | Ratings | Approval] = TypeAdapter(Answer)


def parse_answer(value: Any, *, shown: Sequence[str], kinds: Sequence[str]) -> Ranking | Pairwise | Ratings | Approval:
    """A checked answer about the candidates `shown`.

    Args:
        value: an answer, or a mapping with `kind`.
        shown: ids of the round's candidates that can be judged.
        kinds: the query kinds that the session takes.

    Raises:
        InvalidInputError: malformed, another kind, an id that was not shown, named twice, or contradictory.
    """
    try:
        answer = ANSWER.validate_python(value.model_dump() if isinstance(value, BaseModel) else value)
    except ValidationError as cause:
        raise _without_tag(invalid_input(cause, prefix="answer")) from cause
    if answer.kind not in kinds:
        raise InvalidInputError(
            f"this session takes {', '.join(kinds)}, not {answer.kind}",
            field="answer.kind",
            kinds=list(kinds),
        )
    named = named_candidates(answer)
    strangers = [name for name in named if name not in shown]
    if strangers:
        raise InvalidInputError(f"{strangers[0]!r} is not a candidate of this round", field="answer", shown=list(shown))
    if len(set(named)) != len(named):
        raise InvalidInputError("a candidate is named twice", field="answer")
    if isinstance(answer, Approval) and answer.favourite is not None and not answer.approved.get(answer.favourite):
        raise InvalidInputError("the favourite must be approved", field="answer.favourite")
    return answer


def _without_tag(error: InvalidInputError) -> InvalidInputError:
    """The field as the answer has it: pydantic puts the kind between `answer` and the key."""
    field = _TAG.sub("answer.", error.field)
    return InvalidInputError(_TAG.sub("answer.", str(error)), hint=error.hint, field=field, **error.facts)


def named_candidates(answer: Ranking | Pairwise | Ratings | Approval) -> tuple[str, ...]:
    """The candidates that an answer speaks of, in its order."""
    match answer:
        case Ranking():
            return answer.order
        case Pairwise():
            return (answer.winner, answer.loser)
        case Ratings():
            return tuple(answer.stars)
        case Approval():
            return tuple(answer.approved)
