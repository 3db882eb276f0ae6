"""An answer from the command line's places and ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.sessions.views import RoundView, SessionView

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Way:
    """An option that answers: what it makes of (round, BEST or None, its value), and how many BEST it takes."""

    build: Callable[[RoundView, str | None, Any], Json]
    least: int = 0
    most: int = 0


def open_round(session: SessionView) -> RoundView:
    """The newest round.

    Raises:
        ConflictError: there is none yet.
    """
    if not session.round_views:
        raise ConflictError("the session has no round yet", hint=f"pilotage step {session.id}")
    return session.round_views[-1]


def build_answer(round_: RoundView, best: Sequence[str], ways: Mapping[str, Any]) -> Json:
    """The one answer that the arguments and options describe.

    Args:
        round_: what is answered.
        best: places or ids, best first.
        ways: option (a key of `WAYS`) -> what it was given; empty if it wasn't.

    Raises:
        InvalidInputError: none or more than one kind of answer, or a place that the round lacks.
    """
    given = [name for name, value in ways.items() if value]
    if len(given) > 1 or not (given or best):
        options = ", ".join(f"--{name}" for name in WAYS)
        raise InvalidInputError(f"give BEST, or one of {options}", field="answer")
    order = [candidate_id(round_, place) for place in best]
    if not given:
        return {"kind": "ranking", "order": order}
    way = WAYS[given[0]]
    if not way.least <= len(order) <= way.most:
        wanted = "one BEST" if way.least else "at most one BEST" if way.most else "no BEST"
        raise InvalidInputError(f"--{given[0]} takes {wanted}", field="answer")
    return way.build(round_, order[0] if order else None, ways[given[0]])


def build_tags(round_: RoundView, pairs: Sequence[str]) -> dict[str, list[str]]:
    """Candidate -> its tags, from PLACE=TAG."""
    tags: dict[str, list[str]] = {}
    for pair in pairs:
        name, tag = _pair(round_, pair, "TAG", field="tags")
        tags.setdefault(name, []).append(tag)
    return tags


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


def _pair(round_: RoundView, pair: str, what: str, *, field: str) -> tuple[str, str]:
    place, equals, value = pair.partition("=")
    if not (place and equals and value):
        raise InvalidInputError(f"{pair!r} is not PLACE={what}", field=field)
    return candidate_id(round_, place), value


def _ready(round_: RoundView) -> list[str]:
    return [candidate.id for candidate in round_.candidates if candidate.state == "ready"]


def _ratings(round_: RoundView, best: str | None, pairs: Sequence[str]) -> Json:
    stars = dict(_pair(round_, pair, "STARS", field="answer.stars") for pair in pairs)
    wrong = next((value for value in stars.values() if not value.isdecimal()), None)
    if wrong is not None:
        raise InvalidInputError(f"{wrong!r} is no number of stars", field="answer.stars")
    return {"kind": "ratings", "stars": {name: int(value) for name, value in stars.items()}}


def _approval(round_: RoundView, best: str | None, places: Sequence[str]) -> Json:
    yes = {candidate_id(round_, place) for place in places}
    return {"kind": "approval", "approved": {name: name in yes for name in _ready(round_)}}


def _pairwise(round_: RoundView, best: str | None, place: str) -> Json:
    return {"kind": "pairwise", "winner": best, "loser": candidate_id(round_, place)}


def _worst(round_: RoundView, best: str | None, place: str) -> Json:
    return {"kind": "worst", "worst": candidate_id(round_, place), "best": best}


def _shortlist(round_: RoundView, best: str | None, places: Sequence[str]) -> Json:
    kept = [] if list(places) == ["none"] else [candidate_id(round_, place) for place in places]
    return {"kind": "shortlist", "kept": kept, "favourite": best}


def _versus(round_: RoundView, best: str | None, pairs: Sequence[str]) -> Json:
    """Challengers against the best so far, or before there is one against the first."""
    incumbent = next((c.id for c in round_.candidates if c.role == "incumbent"), round_.candidates[0].id)
    verdicts = dict(_pair(round_, pair, "VERDICT", field="answer.verdicts") for pair in pairs)
    return {"kind": "versus", "incumbent": incumbent, "verdicts": verdicts, "best": best}


def _tie(round_: RoundView, best: str | None, places: Sequence[str]) -> Json:
    return {"kind": "tie", "items": [candidate_id(round_, place) for place in places]}


def _undecided(round_: RoundView, best: str | None, why: str) -> Json:
    return {"kind": "undecided", "why": why}


WAYS: Mapping[str, _Way] = {
    "stars": _Way(_ratings), "approve": _Way(_approval), "over": _Way(_pairwise, 1, 1), "worst": _Way(_worst, 0, 1),
    "keep": _Way(_shortlist, 0, 1), "versus": _Way(_versus, 0, 1), "tie": _Way(_tie), "undecided": _Way(_undecided),
}  # fmt: skip
