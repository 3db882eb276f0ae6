"""How each kind of query is answered: stage by stage of elicitation's own likelihood, each stage one noisy choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import (
    TIE,
    Answer,
    Approval,
    Form,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Stage,
    Tie,
    Undecided,
    Versus,
    Worst,
    stages,
)
from pilotage.simulation.base import Query
from pilotage.simulation.noise import Mood


class Chooser:
    """Makes one judgement's choices, one after the other."""

    def __init__(self, query: Query, mood: Mood, rng: np.random.Generator) -> None:
        self.query, self._mood, self._rng = query, mood, rng
        self.items = tuple(thing.item for thing in query.things)
        self.names = [item.candidate for item in self.items]

    def choose(self, forms: Sequence[Form]) -> int:
        """The alternative that seems best, choice noise included.

        Source: the largest of logits plus standard Gumbel noise is a softmax choice (Yellott 1977).
        """
        return int((self._mood.logits(forms) + self._rng.gumbel(size=len(forms))).argmax())

    def best(self, among: Sequence[str]) -> str:
        """The candidate that seems best."""
        return among[self.choose([Form(((name, 1.0),)) for name in among])]

    def stages(self, answer: Answer) -> tuple[Stage, ...]:
        """The choices that an answer of this kind is made of; which one it says does not matter."""
        judgement = Judgement(self.items, answer, ties_offered=self.query.ties_offered)
        return stages(judgement, self.query.index)


def answer(kind: str, chooser: Chooser) -> Answer:
    """The answer to the chooser's query.

    Raises:
        InvalidInputError: a kind that cannot be asked for, or that these things do not fit.
    """
    if kind not in _ANSWERS:
        raise InvalidInputError(f"no judge answers {kind!r}", field="kind", hint=f"One of: {', '.join(_ANSWERS)}.")
    return _ANSWERS[kind](chooser)


def refusal(chooser: Chooser, felt: Mapping[str, float]) -> Undecided:
    """Why no choice was made: all are below what is acceptable, or all alike, or neither."""
    values = [felt[name] for name in chooser.names]
    if max(values) < felt["threshold"]:
        return Undecided(why="bad")
    return Undecided(why="alike" if max(values) - min(values) < 1.0 else "different")


def _ranking(chooser: Chooser) -> Answer:
    left, order = list(chooser.names), list[str]()
    depth = min(chooser.query.depth or len(left), len(left))
    if chooser.query.ties_offered and len(left) > 1:
        first = _first(chooser, Ranking(order=(left[0],)))
        if len(first) > 1:
            return Tie(items=first)
        order.append(first[0])
        left.remove(first[0])
    while len(order) < depth:
        order.append(chooser.best(left))
        left.remove(order[-1])
    return Ranking(order=tuple(order))


def _pairwise(chooser: Chooser) -> Answer:
    if len(chooser.names) != 2:
        raise InvalidInputError(f"a pair has two, not {len(chooser.names)}", field="things")
    one, other = chooser.names
    first = _first(chooser, Pairwise(winner=one, loser=other))
    if len(first) > 1:
        return Tie(items=first)
    return Pairwise(winner=first[0], loser=other if first[0] == one else one)


def _first(chooser: Chooser, like: Answer) -> tuple[str, ...]:
    """Those of the alternative chosen in the first stage."""
    forms = chooser.stages(like)[0].forms
    return tuple(str(latent) for latent, _ in forms[chooser.choose(forms)].weights if latent != TIE)


def _worst(chooser: Chooser) -> Answer:
    if len(chooser.names) < 2:
        raise InvalidInputError("the worst of one is none", field="things")
    stage = chooser.stages(Worst(worst=chooser.names[0]))[0]
    worst = chooser.names[chooser.choose(stage.forms)]
    return Worst(worst=worst, best=chooser.best([name for name in chooser.names if name != worst]))


def _ratings(chooser: Chooser) -> Answer:
    asked = chooser.stages(Ratings(stars=dict.fromkeys(chooser.names, 3)))
    return Ratings(
        stars={name: 1 + chooser.choose(stage.forms) for name, stage in zip(chooser.names, asked, strict=True)}
    )


def _accepted(chooser: Chooser) -> dict[str, bool]:
    asked = chooser.stages(Approval(approved=dict.fromkeys(chooser.names, True)))
    return {name: chooser.choose(stage.forms) == 0 for name, stage in zip(chooser.names, asked, strict=True)}


def _favourite(chooser: Chooser, accepted: Sequence[str]) -> str | None:
    return chooser.best(accepted) if accepted else None


def _approval(chooser: Chooser) -> Answer:
    approved = _accepted(chooser)
    return Approval(approved=approved, favourite=_favourite(chooser, [name for name, yes in approved.items() if yes]))


def _shortlist(chooser: Chooser) -> Answer:
    kept = tuple(name for name, yes in _accepted(chooser).items() if yes)
    return Shortlist(kept=kept, favourite=_favourite(chooser, kept))


def _versus(chooser: Chooser) -> Answer:
    sample = chooser.query.incumbent
    held = next((item.candidate for item in chooser.items if item.sample == sample), None)
    rivals = [name for name in chooser.names if name != held]
    if held is None or not rivals:
        raise InvalidInputError("the favourite and a challenger must be among the things", field="things")
    asked = chooser.stages(Versus(incumbent=held, verdicts=dict.fromkeys(rivals, "same")))
    said = [("better", "worse", "same")[chooser.choose(stage.forms)] for stage in asked]
    verdicts: dict[str, Any] = dict(zip(rivals, said, strict=True))
    better = [name for name in rivals if verdicts[name] == "better"]
    return Versus(incumbent=held, verdicts=verdicts, best=_favourite(chooser, better))


_ANSWERS: dict[str, Callable[[Chooser], Answer]] = {
    "ranking": _ranking,
    "pairwise": _pairwise,
    "worst": _worst,
    "ratings": _ratings,
    "approval": _approval,
    "shortlist": _shortlist,
    "versus": _versus,
}
