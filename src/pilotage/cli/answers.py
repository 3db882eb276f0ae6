"""An answer from the command line's places and ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.sessions.views import RoundView, SessionView


def open_round(session: SessionView) -> RoundView:
    """The newest round.

    Raises:
        ConflictError: there is none yet.
    """
    if not session.round_views:
        raise ConflictError("the session has no round yet", hint=f"pilotage step {session.id}")
    return session.round_views[-1]


def build_answer(
    round_: RoundView, best: Sequence[str], stars: Sequence[str], approve: Sequence[str], over: str | None
) -> dict[str, Any]:
    """The one answer that the options describe.

    Raises:
        InvalidInputError: none or more than one kind of answer, or a place that the round lacks.
    """
    given = [name for name, value in (("BEST", best), ("--stars", stars), ("--approve", approve)) if value]
    if len(given) != 1 or (over and given != ["BEST"]):
        raise InvalidInputError("give BEST, --stars or --approve: one of them", field="answer")
    if stars:
        return {"kind": "ratings", "stars": dict(_star(round_, pair) for pair in stars)}
    if approve:
        yes = {candidate_id(round_, place) for place in approve}
        return {"kind": "approval", "approved": {c.id: c.id in yes for c in round_.candidates if c.state == "ready"}}
    if over:
        return {"kind": "pairwise", "winner": candidate_id(round_, best[0]), "loser": candidate_id(round_, over)}
    return {"kind": "ranking", "order": [candidate_id(round_, place) for place in best]}


def candidate_of(lab: Any, session_id: str, named: str) -> str:
    """The id of ROUND.PLACE (`2.1` is the first of round 2) or of an id.

    Raises:
        NotFoundError: no such round.
        InvalidInputError: no such place.
    """
    index, _, place = named.partition(".")
    if not (index.isdecimal() and place.isdecimal()):
        return named
    return candidate_id(lab.get_round(session_id, int(index)), place, field="candidate")


def candidate_id(round_: RoundView, place: str, *, field: str = "answer") -> str:
    """The id of a place (`1` is the first) or of an id.

    Raises:
        InvalidInputError: no such place.
    """
    if not place.isdecimal():
        return place
    if not 1 <= int(place) <= len(round_.candidates):
        raise InvalidInputError(f"the round has places 1 to {len(round_.candidates)}, not {place}", field=field)
    return round_.candidates[int(place) - 1].id


def _star(round_: RoundView, pair: str) -> tuple[str, int]:
    place, _, number = pair.partition("=")
    if not number.isdecimal():
        raise InvalidInputError(f"{pair!r} is not PLACE=STARS", field="answer.stars")
    return candidate_id(round_, place), int(number)
