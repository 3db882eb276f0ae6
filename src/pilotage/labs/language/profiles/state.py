"""What a list of events leaves: doses set by hand, what counts as evidence, and how old each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from pilotage.labs.language.profiles.events import Answer, Signal, Stated
from pilotage.labs.language.profiles.stated import AxesRemoved, Consent, DosesSet, Reset, TakenBack


@dataclass(frozen=True, slots=True)
class ByHand:
    """A dose that the person set, by event `event`, and how much evidence has come since."""

    dose: float
    event: int
    age: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """Evidence: the event, its place in the list, and how many later signals there are."""

    event: Answer | Signal
    index: int
    age: int = 0

    @property
    def is_signal(self) -> bool:
        """Whether it was noticed rather than asked for."""
        return isinstance(self.event, get_args(Signal))


@dataclass(frozen=True, slots=True)
class State:
    """What counts now.

    Attributes:
        consent: whether signals may be learned from.
        by_hand: axis -> the dose last set by hand.
        said: evidence, oldest first.
        removed: axes that are not steered, whatever is believed of them.
    """

    consent: bool = False
    by_hand: Mapping[str, ByHand] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    removed: frozenset[str] = frozenset()

    @property
    def spoken_of(self) -> tuple[str, ...]:
        """The axes that something was said of, in the order of their names."""
        return tuple(sorted({*self.by_hand, *(axis for said in self.said for axis in said.event.axes)}))

    @property
    def active(self) -> tuple[str, ...]:
        """Those of them that are steered."""
        return tuple(axis for axis in self.spoken_of if axis not in self.removed)


def state_of(events: Sequence[Stated | Answer | Signal]) -> State:
    """The fold. Signals without consent leave no trace."""
    taken_back = standing_retractions(events)
    state = State()
    for index, event in enumerate(events):
        if index not in taken_back:
            state = _after(state, index, event)
    return state


def standing_retractions(events: Sequence[Stated | Answer | Signal]) -> frozenset[int]:
    """The places of events that were taken back; taking back a retraction makes its event count again."""
    gone: set[int] = set()
    for index, event in reversed(list(enumerate(events))):
        if isinstance(event, TakenBack) and index not in gone:
            gone.add(event.event)
    return frozenset(gone)


def _after(state: State, index: int, event: Stated | Answer | Signal) -> State:
    match event:
        case DosesSet(doses=doses):
            hand = {**state.by_hand, **{axis: ByHand(dose, index) for axis, dose in doses.items()}}
            return replace(state, by_hand=hand, removed=state.removed - set(doses))
        case AxesRemoved(removed=axes):
            hand = {axis: one for axis, one in state.by_hand.items() if axis not in axes}
            return replace(state, by_hand=hand, removed=state.removed | set(axes))
        case Reset(what=what):
            return _reset(state, what)
        case Consent(given=given):
            return replace(state if given else _reset(state, "signals"), consent=given)
        case TakenBack():
            return state
    return _with(state, Said(event, index))


def _with(state: State, said: Said) -> State:
    """The evidence, and all that came before it a little older."""
    if said.is_signal and not state.consent:
        return state
    older = tuple(replace(one, age=one.age + 1) for one in state.said) if said.is_signal else state.said
    hand = {axis: replace(one, age=one.age + 1) for axis, one in state.by_hand.items()}
    return replace(state, by_hand=hand, said=(*older, said), removed=state.removed - said.event.axes)


def _reset(state: State, what: str) -> State:
    forgotten = {"doses": (), "answers": (False,), "signals": (True,), "all": (False, True)}[what]
    said = tuple(one for one in state.said if one.is_signal not in forgotten)
    by_hand = {} if what in ("doses", "all") else state.by_hand
    return State(state.consent, by_hand, said, frozenset() if what == "all" else state.removed)
