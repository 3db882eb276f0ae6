"""All events of a profile as one type."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, ValidationError

from pilotage.core.errors import InvalidInputError
from pilotage.core.strategies import invalid_input
from pilotage.labs.language.profiles.base import EventBase
from pilotage.labs.language.profiles.compared import Amount, Compared
from pilotage.labs.language.profiles.signals import Edited, Erased, Reaction, Remarked, TimeSpent
from pilotage.labs.language.profiles.stated import AxesRemoved, Consent, DosesSet, Reset, TakenBack

Stated = DosesSet | AxesRemoved | Reset | Consent | TakenBack | Erased
Answer = Compared | Amount
Signal = Reaction | TimeSpent | Edited | Remarked
ProfileEvent = Annotated[Stated | Answer | Signal, Field(discriminator="kind")]
KINDS: Mapping[str, type[EventBase]] = MappingProxyType(
    {kind.model_fields["kind"].default: kind for kind in (*get_args(Stated), *get_args(Answer), *get_args(Signal))}
)


def parse_event(value: Any, *, field: str = "event") -> Any:
    """A checked event, one of `ProfileEvent`, from an event or a mapping with `kind`; `field` names it in errors.

    Raises:
        InvalidInputError: unknown kind, unknown key, a dose that is no number from -1 to 1, or parts that contradict.
    """
    data = value.model_dump() if isinstance(value, BaseModel) else value
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if kind not in KINDS:
        hint = f"One of: {', '.join(KINDS)}."
        raise InvalidInputError(f"unknown event {kind!r}", field=f"{field}.kind", hint=hint)
    try:
        return KINDS[str(kind)].model_validate(data)
    except ValidationError as cause:
        raise invalid_input(cause, prefix=field) from cause
