"""What a person says of their own taste profile: how much it counts, which sessions, what holds on an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import InvalidInputError
from pilotage.records import Payload
from pilotage.sessions.events import SESSION_EVENTS
from pilotage.sessions.ports import Ports
from pilotage.store import Store

SessionId = Annotated[str, Field(max_length=64)]
AxisName = Annotated[str, Field(max_length=200)]


class Opinion(BaseModel):
    """What holds on one axis instead of what the sessions tell, in axis units; without `mean`, no opinion.

    Attributes:
        mean: where the person likes it.
        sd: how far from there a session may be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: float | None = Field(None, ge=-3, le=3)
    sd: float = Field(0.2, ge=0.01, le=3)


class TasteSettings(BaseModel):
    """The edits of a profile; as it stands, all sessions count in full.

    Attributes:
        weight: from 0 (the profile says nothing) to 1 (all that the sessions tell).
        excluded: sessions that don't count.
        axes: opinions, by the axis's name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    weight: float = Field(1.0, ge=0, le=1)
    excluded: tuple[SessionId, ...] = Field((), max_length=1000)
    axes: Mapping[AxisName, Opinion] = Field(default_factory=dict, max_length=16)


@SESSION_EVENTS.register
class TasteEdited(Payload):
    """A person changed their taste profile of a space; from here on it is as `settings` say."""

    type: ClassVar[str] = "taste.edited"

    space: str
    settings: TasteSettings


def settings_of(store: Store, space: str) -> TasteSettings:
    """The edits of the profile of the space with this fingerprint: the last ones told."""
    after, found = 0, TasteSettings()
    while page := store.events(after=after, topic=space):
        after = page[-1].seq
        edits = [event for event in page if event.type == TasteEdited.type]
        found = TasteSettings.model_validate(edits[-1].data["settings"]) if edits else found
    return found


def edit(ports: Ports, space: str, settings: TasteSettings, *, axes: Sequence[str], sessions: Sequence[str]) -> None:
    """Keep the edits of a profile.

    Args:
        ports: store and clock.
        space: fingerprint of the space.
        settings: the edits, all of them; those before count no more.
        axes: the names of the space's axes.
        sessions: ids of the space's sessions.

    Raises:
        InvalidInputError: an axis or a session that the space has not, by field.
    """
    for name in settings.axes:
        if name not in axes:
            raise InvalidInputError(f"the space has no axis {name!r}", field=f"axes.{name}", axes=list(axes))
    strangers = [one for one in settings.excluded if one not in sessions]
    if strangers:
        raise InvalidInputError(f"{strangers[0]!r} is no session of this space", field="excluded")
    with ports.store.transaction() as tx:
        ports.tell(tx, space, TasteEdited(space=space, settings=settings))
