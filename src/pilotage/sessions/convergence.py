"""How a session converged, answer by answer: what was left, how far the favourite moved, where it was looked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import dist

from pilotage.elicitation import Judgement, incumbent
from pilotage.sessions.advice import Advice, Told, advice
from pilotage.sessions.figures import SessionFigures, figures_of, forecast_of
from pilotage.sessions.history import judgements_of, region_of, rounds_of
from pilotage.sessions.stagnation import Escape
from pilotage.spaces import Region
from pilotage.store import Reader, RoundRow, SessionRow

MOST = 25  # points of the course: what was advised then is computed anew for each
KEPT = 1024  # points that a process remembers

Advise = Callable[[SessionRow, Region, Sequence[Judgement], Sequence[float]], Advice]


class CoursePoint(Told):
    """An answered round, and what its answer came to.

    Attributes:
        round: its index.
        step: how far the favourite moved, as a share of the radius; None before there were two.
        radius: how far from the favourite was looked, in the same unit; None where the sampler has no such thing.
        reason: why that far.
        advice: what was advised after the answer; None where the course is too long to compute each.
    """

    round: int
    step: float | None
    radius: float | None
    reason: str | None
    escape: Escape | None
    skill: float | None
    advice: Advice | None


class Convergence(Told):
    """A session's course, and where it stands. `before` is what was advised before the last answer."""

    session_id: str
    now: Advice
    before: Advice | None
    course: list[CoursePoint]
    figures: SessionFigures


def advice_now(reader: Reader, session: SessionRow, advise: Advise) -> Advice:
    """What is advised now; the session's space is built."""
    skills = _skills(reader, session, _answered(reader, session))
    return advise(session, region_of(session), judgements_of(reader, session), _known(skills))


def convergence_of(reader: Reader, session: SessionRow, advise: Advise) -> Convergence:
    """The course of a session whose space is built."""
    rounds, judgements, region = _answered(reader, session), judgements_of(reader, session), region_of(session)
    skills, n = _skills(reader, session, rounds), len(rounds)

    def after(answers: int) -> Advice:
        return advise(session, region, judgements[:answers], _known(skills[:answers]))

    every = max(1, -(-n // MOST))
    told = {answers: after(answers) for answers in sorted({*range(n, 0, -every), n, max(n - 1, 0)})}
    steps = [_step(judgements[: i + 1]) for i in range(n)]
    return Convergence(
        session_id=session.id, now=told[n], before=told[n - 1] if n > 1 else None, figures=figures_of(reader, session),
        course=[_point(rounds[i], steps[i], skills[i], told.get(i + 1)) for i in range(n)],
    )  # fmt: skip


def remembered(
    session: SessionRow, region: Region, judgements: Sequence[Judgement], skills: Sequence[float]
) -> Advice:  # fmt: skip
    """As `advice`, which is pure: what was asked about before is not computed again."""
    key = repr((session.config["preference_model"], region, tuple(judgements), tuple(skills)))
    return _remembered(_Question(key, session, region, judgements, skills))


@dataclass(frozen=True, slots=True)
class _Question:
    key: str
    session: SessionRow = field(compare=False)
    region: Region = field(compare=False)
    judgements: Sequence[Judgement] = field(compare=False)
    skills: Sequence[float] = field(compare=False)


@lru_cache(maxsize=KEPT)
def _remembered(asked: _Question) -> Advice:
    return advice(asked.session, asked.region, asked.judgements, asked.skills)


def _answered(reader: Reader, session: SessionRow) -> list[RoundRow]:
    return [round_ for round_ in rounds_of(reader, session) if round_.state == "answered"]


def _skills(reader: Reader, session: SessionRow, rounds: Sequence[RoundRow]) -> list[float | None]:
    found = [forecast_of(reader, session, round_) for round_ in rounds]
    return [one.skill if one else None for one in found]


def _known(skills: Sequence[float | None]) -> list[float]:
    return [skill for skill in skills if skill is not None]


def _step(judgements: Sequence[Judgement]) -> float | None:
    before, after = incumbent(judgements[:-1]), incumbent(judgements)
    return dist(before.u, after.u) if before and after else None


def _point(round_: RoundRow, step: float | None, skill: float | None, advised: Advice | None) -> CoursePoint:
    state = round_.sampler_state
    escape = state.get("escape")
    return CoursePoint(
        round=round_.index, step=step, radius=state.get("radius"), reason=state.get("reason"),
        escape=Escape.model_validate(escape) if escape else None, skill=skill, advice=advised,
    )  # fmt: skip
