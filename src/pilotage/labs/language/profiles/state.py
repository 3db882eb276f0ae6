"""What a list of events leaves: doses set by hand, what counts as evidence, and how old each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pilotage.labs.language.profiles.events import Answer, Signal, Stated
from pilotage.labs.language.profiles.signals import Erased
from pilotage.labs.language.profiles.stated import AxesRemoved, Consent, DosesSet, Reset, TakenBack


@dataclass(frozen=True, slots=True)
class ByHand:
    """A dose that the person set, by the event at this place."""

    dose: float
    event: int


@dataclass(frozen=True, slots=True)
class Said:
    """Evidence: an event, its place, and how many signals there were by then, it included."""

    event: Answer | Signal
    index: int
    n_signals: int

    @property
    def is_signal(self) -> bool:
        """Whether it was noticed rather than asked for."""
        return isinstance(self.event, Signal)


@dataclass(frozen=True, slots=True)
class State:
    """What counts now.

    Attributes:
        consent: whether signals may be learned from.
        by_hand: axis -> the dose last set by hand.
        said: evidence, oldest first.
        said_of: the axes that it speaks of.
        removed: axes that are not steered, whatever is believed of them.
        n_signals: how many were ever heard; what was reset among them.
    """

    consent: bool = False
    by_hand: Mapping[str, ByHand] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    said_of: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    n_signals: int = 0

    @property
    def spoken_of(self) -> tuple[str, ...]:
        """The axes that something was said of, in the order of their names."""
        return tuple(sorted({*self.by_hand, *self.said_of}))

    @property
    def active(self) -> tuple[str, ...]:
        """Those of them that are steered."""
        return tuple(axis for axis in self.spoken_of if axis not in self.removed)

    def age(self, one: Said | ByHand) -> int:
        """How much has come since: signals after evidence; after a dose set by hand, all that was said and counts."""
        if isinstance(one, Said):
            return self.n_signals - one.n_signals
        return sum(said.index > one.event for said in self.said)

    def after(self, index: int, event: Stated | Answer | Signal) -> State:
        """The state after an event at place `index`, which takes nothing back. A signal needs consent to count."""
        if isinstance(event, Stated):
            return self._decided(index, event)
        is_signal = isinstance(event, Signal)
        if is_signal and not self.consent:
            return self
        said = Said(event, index, self.n_signals + is_signal)
        return replace(
            self, said=(*self.said, said), said_of=self.said_of | event.axes, removed=self.removed - event.axes,
            n_signals=said.n_signals,
        )  # fmt: skip

    def _decided(self, index: int, event: Stated) -> State:
        match event:
            case DosesSet(doses=doses):
                hand = {axis: ByHand(dose, index) for axis, dose in doses.items()}
                return replace(self, by_hand={**self.by_hand, **hand}, removed=self.removed - set(doses))
            case AxesRemoved(removed=axes):
                hand = {axis: one for axis, one in self.by_hand.items() if axis not in axes}
                return replace(self, by_hand=hand, removed=self.removed | set(axes))
            case Reset(what=what):
                return self._without(what)
            case Consent(given=given):
                return replace(self if given else self._without("signals"), consent=given)
            case Erased(returned=axes):
                return replace(self, removed=self.removed - set(axes))
            case TakenBack():
                return self

    def _without(self, what: str) -> State:
        forgotten = {"doses": (), "answers": (False,), "signals": (True,), "all": (False, True)}[what]
        said = tuple(one for one in self.said if one.is_signal not in forgotten)
        return replace(
            self, said=said, said_of=frozenset[str]().union(*(one.event.axes for one in said)),
            by_hand={} if what in ("doses", "all") else self.by_hand,
            removed=frozenset() if what == "all" else self.removed,
        )  # fmt: skip


def state_of(events: Sequence[Stated | Answer | Signal]) -> State:
    """The fold; what was taken back does not count."""
    gone, state = _taken_back(events), State()
    for index, event in enumerate(events):
        if index not in gone:
            state = state.after(index, event)
    return state


def _taken_back(events: Sequence[Stated | Answer | Signal]) -> set[int]:
    """The places of events that were taken back; when that is taken back in turn, they count again."""
    gone: set[int] = set()
    for index, event in reversed(list(enumerate(events))):
        if isinstance(event, TakenBack) and index not in gone:
            gone.add(event.event)
    return gone
