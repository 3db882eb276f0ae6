"""Answers: what a person said about the candidates of one round, parsed and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from pilotage.core.errors import InvalidInputError
from pilotage.core.strategies import invalid_input
from pilotage.elicitation.base import AnswerBase
from pilotage.elicitation.comparisons import Comparison
from pilotage.elicitation.verdicts import Verdict

Answer = Annotated[Comparison | Verdict, Field(discriminator="kind")]
ANSWER: TypeAdapter[Comparison | Verdict] = TypeAdapter(Answer)
KINDS: Mapping[str, type[AnswerBase]] = MappingProxyType(
    {kind.model_fields["kind"].default: kind for kind in (*get_args(Comparison), *get_args(Verdict))}
)
_TAG = re.compile(rf"^answer\.(?:{'|'.join(KINDS)})\.")


def parse_answer(value: Any, *, shown: Sequence[str], kinds: Sequence[str]) -> Comparison | Verdict:
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
    strangers = [name for name in answer.named if name not in shown]
    if strangers:
        raise InvalidInputError(f"{strangers[0]!r} is not a candidate of this round", field="answer", shown=list(shown))
    if len(set(answer.named)) != len(answer.named):
        raise InvalidInputError("a candidate is named twice", field="answer")
    wrong = answer.contradiction()
    if wrong:
        raise InvalidInputError(wrong[1], field=f"answer.{wrong[0]}")
    return answer


def _without_tag(error: InvalidInputError) -> InvalidInputError:
    """The field as the answer has it: pydantic puts the kind between `answer` and the key."""
    field = _TAG.sub("answer.", error.field)
    return InvalidInputError(_TAG.sub("answer.", str(error)), hint=error.hint, field=field, **error.facts)
