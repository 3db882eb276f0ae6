"""A profile of language: what a person said and did about doses, in order; all else follows from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.core.strategies import invalid_input
from pilotage.labs.language.profiles.base import AxisName, EventBase
from pilotage.labs.language.profiles.belief import Belief, belief_of
from pilotage.labs.language.profiles.events import ProfileEvent, Signal, parse_event
from pilotage.labs.language.profiles.signals import Erased
from pilotage.labs.language.profiles.state import State, state_of
from pilotage.labs.language.profiles.stated import AxesRemoved, Consent, TakenBack

MOST_AXES = 64


class Profile(BaseModel):
    """One person's belief about doses, as the list of events that it is a pure fold of. A frozen value.

    Attributes:
        id: of the profile.
        owner: the person; nobody else's events belong here.
        name: as the person calls it.
        axes: what may be steered.
        max_active: how many of them at once.
        events: oldest first; their number is the profile's revision.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["pilotage/language-profile"] = "pilotage/language-profile"
    version: Literal[1] = 1
    id: str = Field(min_length=1, max_length=64)
    owner: str = Field("", max_length=200)
    name: str = Field("", max_length=200)
    axes: Annotated[tuple[AxisName, ...], Field(min_length=1, max_length=MOST_AXES)]
    max_active: int = Field(5, ge=1, le=16)
    events: tuple[ProfileEvent, ...] = ()

    @classmethod
    def parse(cls, data: Mapping[str, Any] | str | bytes) -> Profile:
        """An exported profile, read back. Each event is checked as when it happened.

        Raises:
            InvalidInputError: no such file, with the field at fault; another format or version; an event that does not
                fit those before it.
        """
        try:
            plain = dict(json.loads(data) if isinstance(data, str | bytes) else data)
            events = list(plain.pop("events", ()))
            profile = cls.model_validate(plain)
        except ValidationError as cause:
            raise invalid_input(cause, prefix="profile") from cause
        except (TypeError, ValueError, RecursionError) as cause:
            raise InvalidInputError(f"not a profile: {cause}", field="profile") from cause
        state = State()
        for place, event in enumerate(events):
            field = f"profile.events.{place}"
            profile, state = profile._recorded(parse_event(event, field=field), field, state)
        return profile

    def export(self) -> str:
        """All of it as JSON; `parse` reads it back."""
        return self.model_dump_json(indent=1)

    @property
    def revision(self) -> int:
        """How many events it has; each revision can be had again by `at`."""
        return len(self.events)

    def at(self, revision: int) -> Profile:
        """As it was after the first `revision` events.

        Raises:
            InvalidInputError: there was no such revision.
        """
        if not 0 <= revision <= self.revision:
            raise InvalidInputError(f"revisions are 0 to {self.revision}", field="revision")
        return self.model_copy(update={"events": self.events[:revision]})

    def record(self, event: Mapping[str, Any] | BaseModel) -> Profile:
        """The next revision.

        Raises:
            InvalidInputError: not an event; an axis that is not the profile's; more active axes than allowed; nothing
                there to take back.
            ConflictError: a signal, where nobody consented to learning from signals.
        """
        return self._recorded(parse_event(event), "event", self.state)[0]

    def erased(self) -> Profile:
        """The same, without what signals said that count no more: after a reset, or when consent was withdrawn.

        Places stay as they are; what revisions before this one believed cannot be had again.
        """
        kept = {said.index for said in self.state.said}
        removed = {axis for event in self.events if isinstance(event, AxesRemoved) for axis in event.removed}
        events = (
            Erased(at=event.at, returned=tuple(sorted(event.axes & removed)))
            if isinstance(event, Signal) and place not in kept else event
            for place, event in enumerate(self.events)
        )  # fmt: skip
        return self.model_copy(update={"events": tuple(events)})

    @property
    def state(self) -> State:
        """What counts now."""
        return state_of(self.events)

    def to_learn(self, axes: Sequence[str] = ()) -> tuple[str, ...]:
        """The axes to try or to ask about: `axes`; or those active; or those not removed, as many as may be active.

        Raises:
            InvalidInputError: with the active ones these would be more than may be active.
        """
        state = self.state
        left = [axis for axis in self.axes if axis not in state.removed]
        chosen = tuple(axes) or state.active or tuple(left[: self.max_active])
        self._require_few({*state.active, *chosen}, "axes")
        return chosen

    def belief(self, axes: Sequence[str] = ()) -> Belief:
        """What is believed of the axes that something was said of, and of `axes`. It takes a moment: keep it.

        Raises:
            InvalidInputError: an axis that is not the profile's, or none at all.
        """
        strange = [axis for axis in axes if axis not in self.axes]
        if strange:
            raise InvalidInputError(f"no axis {strange[0]!r}", field="axes", hint=f"One of: {', '.join(self.axes)}.")
        state = self.state
        if not (state.spoken_of or axes):
            raise InvalidInputError("nothing was said of any axis", field="axes", hint="Name some.")
        return belief_of(state, axes=axes)

    def doses(self, belief: Belief | None = None) -> dict[str, float]:
        """Axis -> the dose to steer by, for each active axis; `belief` is this profile's, if it is at hand.

        What was set by hand is exactly that until something else is said; then it is what is believed best.
        """
        state = self.state
        fixed = {axis: one.dose for axis, one in state.by_hand.items() if state.age(one) == 0}
        if not set(state.active) - set(fixed):
            return {axis: fixed[axis] for axis in state.active}
        ideal = (belief or belief_of(state)).ideal
        return {axis: fixed.get(axis, ideal[axis]) for axis in state.active}

    def _recorded(self, event: Any, field: str, before: State) -> tuple[Profile, State]:
        """The next revision and its state, when the state so far is known."""
        strange = sorted(event.axes - set(self.axes))
        if strange:
            hint = f"One of: {', '.join(self.axes)}."
            raise InvalidInputError(f"no axis {strange[0]!r}", field=f"{field}.{_key(event, strange[0])}", hint=hint)
        if isinstance(event, TakenBack):
            self._require_to_be_taken_back(event, field)
        if isinstance(event, Signal) and not before.consent:
            raise ConflictError(
                "nobody consented to learning from signals", field=f"{field}.kind", hint="Record a consent first."
            )
        profile = self.model_copy(update={"events": (*self.events, event)})
        taken = isinstance(event, TakenBack)
        after = state_of(profile.events) if taken else before.after(self.revision, event)
        fresh = [axis for axis in after.active if axis not in before.active]
        if fresh:
            self._require_few(after.active, f"{field}.{_key(event, fresh[0])}")
        return profile, after

    def _require_few(self, axes: Collection[str], field: str) -> None:
        if len(axes) > self.max_active:
            raise InvalidInputError(
                f"{len(axes)} axes would be active: {', '.join(sorted(axes))}", field=field,
                hint=f"Remove one; at most {self.max_active} are steered at once.")  # fmt: skip

    def _require_to_be_taken_back(self, event: TakenBack, field: str) -> None:
        if event.event >= self.revision:
            raise InvalidInputError(f"there is no event {event.event}", field=f"{field}.event")
        if isinstance(self.events[event.event], Consent):
            hint = "Record whether consent is given now."
            raise InvalidInputError("a consent or its withdrawal stands", field=f"{field}.event", hint=hint)


def _key(event: EventBase, axis: str) -> str:
    """Where an event names an axis."""
    for key in ("axis", "doses", "before", "after", "options", "removed", "returned"):
        value = getattr(event, key, ())
        if axis == value or (not isinstance(value, str) and any(axis == one or axis in one for one in value)):
            return key
    return "kind"
