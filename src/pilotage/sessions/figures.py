"""What a session came to, in figures: computed from its rows, None where there is nothing to compute from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import dist, log
from statistics import fmean, median

from pydantic import BaseModel, ConfigDict

from pilotage.elicitation import chosen
from pilotage.sessions.history import judgement_of, rounds_of
from pilotage.sessions.loading import load_session
from pilotage.sessions.repeat_views import agreement
from pilotage.store import AnswerRow, CandidateRow, Reader, RoundRow, SessionRow


class SessionFigures(BaseModel):
    """A session in a comparison.

    Attributes:
        expected_gains: what another round was expected to gain, round by round (choice-noise units); None at first.
        incumbent_changes: how often an answer put another picture first.
        incumbent_distance: how far the best so far lies from the prompt, as a share of the radius.
        decision_s: median time of an answer, seconds.
        forecasts: in how many rounds a forecast was made before the click and not shown while choosing.
        forecast_hits: share of these in which the most probable candidate was chosen.
        forecast_expected: the share that the forecasts themselves expected (mean of their highest probability).
        forecast_skill: mean log probability given to what was chosen, minus that of an even guess, in nats;
            above 0 the forecasts knew something.
        retracted: answers that were taken back.
        repeats: sets that came again unannounced and were judged twice; in `repeats_same` the same was chosen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rounds: int
    answers: int
    renders: int
    closeness: int | None
    expected_gains: list[float | None]
    incumbent_changes: int
    incumbent_distance: float | None
    decision_s: float | None
    forecasts: int
    forecast_hits: float | None
    forecast_expected: float | None
    forecast_skill: float | None
    retracted: int
    repeats: int
    repeats_same: int


class Forecast(BaseModel):
    """One round's forecast and what came of it: `skill` in nats over an even guess."""

    hit: bool
    highest: float
    skill: float


def figures_of(reader: Reader, session: SessionRow) -> SessionFigures:
    """The figures of a session as it stands; rounds that were set aside are left out."""
    rounds = rounds_of(reader, session)
    answers = reader.list(AnswerRow, where={"session_id": session.id})
    times = [a.decision_ms for a in answers if a.decision_ms is not None and a.retracted_at is None]
    forecasts = [one for round_ in rounds if (one := forecast_of(reader, session, round_))]
    agreed = agreement(load_session(reader, session))
    return SessionFigures(
        rounds=len(rounds), answers=session.answers, renders=session.renders, closeness=session.closeness,
        expected_gains=[round_.expected_gain for round_ in rounds], incumbent_changes=_changes(reader, session, rounds),
        incumbent_distance=_distance(reader, session), decision_s=median(times) / 1000 if times else None,
        forecasts=len(forecasts), forecast_hits=fmean(f.hit for f in forecasts) if forecasts else None,
        forecast_expected=fmean(f.highest for f in forecasts) if forecasts else None,
        forecast_skill=fmean(f.skill for f in forecasts) if forecasts else None,
        retracted=sum(answer.retracted_at is not None for answer in answers),
        repeats=agreed.repeats if agreed else 0, repeats_same=agreed.same if agreed else 0,
    )  # fmt: skip


def forecast_of(reader: Reader, session: SessionRow, round_: RoundRow) -> Forecast | None:
    """None where nothing was believed yet, where the forecasts could be seen, or where not one alone was put first."""
    if round_.state != "answered" or round_.forecasts_shown or round_.expected_gain is None:
        return None
    firsts = judgement_of(reader, session, round_).answer.first
    rows = reader.list(CandidateRow, where={"round_id": round_.id, "state": "ready"})
    p: dict[str, float] = {row.id: row.forecast["p_best"] for row in rows if "p_best" in row.forecast}
    if len(firsts) != 1 or firsts[0] not in p or len(p) < len(rows):
        return None
    picked, top = firsts[0], max(p, key=p.__getitem__)
    return Forecast(hit=top == picked, highest=p[top], skill=log(max(p[picked], 1e-9)) + log(len(p)))


def _changes(reader: Reader, session: SessionRow, rounds: Sequence[RoundRow]) -> int:
    samples: list[str | None] = []
    for round_ in rounds:
        if round_.state == "answered":
            judgement = judgement_of(reader, session, round_)
            picked = chosen(judgement, samples[-1] if samples else None)
            samples.append(judgement.sample_of(picked).sample if picked else samples[-1] if samples else None)
    return sum(after != before for before, after in pairwise(samples))


def _distance(reader: Reader, session: SessionRow) -> float | None:
    best = reader.find(CandidateRow, session.incumbent_id) if session.incumbent_id else None
    return dist(best.z, [0.0] * len(best.z)) / session.radius if best else None
