"""The parts of a session's story: what was shown, said, done and moved in each round."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]
Badge = Literal["baseline", "incumbent", "carried", "pinned", "final"]


class Part(BaseModel):
    """Base of every part of a story."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(Part):
    """A candidate as it was shown. `role`, `why` and `forecast` stay None until the round is answered.

    Attributes:
        place: from 1, as people count.
        p_best: the forecast that it is picked of its round, made before the click.
        chosen: whether the answer that counts put it first.
        first_round: where its picture was first shown; another round than this for one that was carried.
        comment: what the person wrote of it, verbatim; `tags`: what the person tagged it with.
        zoomed: how often the page showed it large.
    """

    id: str
    place: int
    state: str
    artifact: str | None
    role: str | None
    why: str | None
    badges: list[Badge]
    z: list[float]
    seed: int
    p_best: float | None
    mean: float | None
    sd: float | None
    chosen: bool
    first_round: int
    attempt: int
    comment: str
    tags: list[str]
    zoomed: int
    error: str


class Said(Part):
    """An answer: the judgement, and the raw gesture that it was read from."""

    id: str
    kind: str
    answer: Json
    gesture: Json
    comment: str
    confidence: int | None
    decision_ms: int | None
    begun_ms: int | None
    failed_sends: int
    at: datetime
    retracted_at: datetime | None


class Work(Part):
    """How a round was made: `phases` lists [phase, began at, seconds]; unknown times are None."""

    state: str
    phases: list[tuple[str, datetime, float | None]]
    seconds: float | None
    timings_ms: Json
    device: str | None
    error: Json | None


class Chapter(Part):
    """One round.

    Attributes:
        asked: the kind of its query.
        prompt: of this round, where rounds ask prompts in turn; None where the session's is each round's.
        counts_for_calibration: one candidate alone was put first, and the forecasts were not seen while choosing.
        repeat_of: the round whose set this one showed again, unannounced; told after the answer.
        same_again: whether the same was chosen then; None where there is nothing to compare.
        moved: per axis, how far the answer moved where the best is believed to lie, in axis units; None if the
            session is too long for it to be told, or there is nothing to compare.
        best_before, best_after: candidate ids of the best so far around the answer.
        retracted: answers that were taken back.
    """

    id: str
    index: int
    take: int
    attempt: int
    state: str
    asked: str
    prompt: str | None = None
    pictures: list[Picture]
    answer: Said | None
    retracted: list[Said]
    forecasts_shown: bool
    counts_for_calibration: bool
    repeat_of: int | None = None
    same_again: bool | None = None
    expected_gain: float | None
    moved: list[float | None] | None
    best_before: str | None
    best_after: str | None
    work: Work | None
    error: Json | None
    shown_at: datetime | None
    answered_at: datetime | None
    superseded_at: datetime | None
