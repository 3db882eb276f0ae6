"""What was answered in a session about texts, as a profile hears it, so that there is one belief."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilotage.elicitation import Judgement, Pairwise, Undecided
from pilotage.labs.language.profiles.base import Doses
from pilotage.labs.language.profiles.compared import Amount, Compared

_TELLING = ("more ", "less ")  # tags that wish for a step along an axis


def heard_in_session(judgement: Judgement, axes: Sequence[str], source: str) -> Iterator[Compared | Amount]:
    """What one answer says of doses: which text was the best, or that they are about equal; and wishes, each apart.

    An answer that puts several of more texts first, and not all, says nothing that a profile could hear.

    Args:
        judgement: about items whose coordinates are doses.
        axes: their names.
        source: id of the answer, by which it is known again.
    """
    doses = {item.candidate: _doses(axes, item.u) for item in judgement.items}
    answer = judgement.answer
    shown = tuple(name for name in doses if not isinstance(answer, Pairwise) or name in answer.named)
    first = [place for place, name in enumerate(shown) if name in answer.first]
    if not isinstance(answer, Undecided) and len(shown) > 1 and len(first) in (1, len(shown)):
        yield Compared(
            options=tuple(doses[name] for name in shown), best=first[0] if len(first) == 1 else None, source=source,
            confidence=judgement.confidence, ties_offered=judgement.ties_offered or len(first) > 1,
        )  # fmt: skip
    for wish in judgement.critiques:
        if wish.direction is not None and wish.tag.lower().startswith(_TELLING):
            place, sign = next((i, value) for i, value in enumerate(wish.direction) if value)
            amount = "too_little" if sign > 0 else "too_much"
            yield Amount(options=(doses[wish.candidate],), axis=axes[place], amount=amount, source=source)


def _doses(axes: Sequence[str], u: Sequence[float]) -> Doses:
    """In the box, whatever the last bits say."""
    return {axis: min(max(float(value), -1.0), 1.0) for axis, value in zip(axes, u, strict=True)}
