"""Each piece of evidence as a judgement of the preference engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pilotage.elicitation import Approval, Critique, Item, Judgement, Pairwise, Ranking, Tie, Undecided
from pilotage.labs.language.profiles.compared import Amount, Compared
from pilotage.labs.language.profiles.signals import Edited, Reaction, Remarked, TimeSpent
from pilotage.labs.language.profiles.state import Said

HALF_LIFE = 30  # later signals after which a signal says half as much
FORGOTTEN = 5  # half-lives after which it says nothing
WEAK = 1  # the confidence of what is not said outright: a guess
WORDS_A_SECOND = 4.0  # Source: Brysbaert 2019, silent reading of English, 238 words a minute
READ, SKIPPED, AWAY = 0.8, 0.25, 10.0  # shares of the time that reading takes: from, up to, and no longer looked at
BARELY = 2.0  # how much noisier the time spent is than an act


def heard(said: Said, axes: Sequence[str], *, age: int = 0) -> Judgement | None:
    """What `said`, `age` signals ago, says of the ideal over `axes`; None if it says nothing."""
    if said.is_signal and age >= FORGOTTEN * HALF_LIFE:
        return None
    return _Ear(said, tuple(axes), age).judgement()


class _Ear:
    """Reads one event; its texts are samples of their own, as two answers of the same doses are."""

    def __init__(self, said: Said, axes: tuple[str, ...], age: int) -> None:
        self._said, self._axes = said, axes
        self._temperature = 2.0 ** (0.5 * age / HALF_LIFE) if said.is_signal else 1.0  # information: 1 / T^2

    def judgement(self) -> Judgement | None:
        match self._said.event:
            case Compared() as event:
                return self._compared(event)
            case Amount(options=options, axis=axis, amount=amount):
                return self._wished(options, axis, 1 if amount == "too_little" else -1)
            case Remarked(doses=doses, axis=axis, wish=wish):
                return self._wished((doses,), axis, wish)
            case Edited() as event:
                return self._edited(event)
            case Reaction(doses=doses, reaction=reaction):
                weak = reaction in ("copied", "regenerated")
                return self._accepted(doses, reaction in ("thumbs_up", "copied"), confidence=WEAK if weak else None)
            case TimeSpent() as event:
                return self._looked_at(event)

    def _items(self, options: Sequence[Mapping[str, float]]) -> tuple[Item, ...]:
        names = [f"{self._said.index}.{slot}" for slot in range(len(options))]
        places = [tuple(float(doses.get(axis, 0.0)) for axis in self._axes) for doses in options]
        return tuple(Item(name, name, place) for name, place in zip(names, places, strict=True))

    def _compared(self, event: Compared) -> Judgement:
        items = self._items(event.options)
        names = tuple(item.candidate for item in items)
        answer: Tie | Pairwise | Ranking
        if event.best is None:
            answer = Tie(items=names)
        elif len(names) == 2:
            answer = Pairwise(winner=names[event.best], loser=names[1 - event.best])
        else:
            answer = Ranking(order=(names[event.best],))
        return Judgement(items, answer, event.confidence, ties_offered=event.ties_offered)

    def _wished(self, options: Sequence[Mapping[str, float]], axis: str, sign: int) -> Judgement:
        """Nothing is said of which text is better, but of each which way from it would be."""
        items, tag = self._items(options), f"{'more' if sign > 0 else 'less'} {axis}"
        direction = tuple(float(sign) if name == axis else 0.0 for name in self._axes)
        wishes = tuple(Critique(item.candidate, tag, direction) for item in items)
        return Judgement(items, Undecided(why="different"), critiques=wishes, temperature=self._temperature)

    def _edited(self, event: Edited) -> Judgement:
        """The text that the person made is better than the one it was made from."""
        moved = {
            axis: min(max(event.doses.get(axis, 0.0) + after - event.before[axis], -1.0), 1.0)
            for axis, after in event.after.items()
        }
        items = self._items((event.doses, {**event.doses, **moved}))
        old, new = (item.candidate for item in items)
        return Judgement(items, Pairwise(winner=new, loser=old), temperature=self._temperature)

    def _accepted(
        self, doses: Mapping[str, float], good: bool, *, confidence: int | None, noise: float = 1.0
    ) -> Judgement:
        items = self._items((doses,))
        answer = Approval(approved={items[0].candidate: good})
        return Judgement(items, answer, confidence, temperature=noise * self._temperature)

    def _looked_at(self, event: TimeSpent) -> Judgement | None:
        share = event.seconds * WORDS_A_SECOND / event.words
        if SKIPPED < share < READ or share > AWAY:
            return None
        return self._accepted(event.doses, share >= READ, confidence=WEAK, noise=BARELY)
