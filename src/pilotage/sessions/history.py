"""A session's history as judgements: what the preference model folds, read from the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilotage.elicitation import ANSWER, TAGS, Critique, Item, Judgement
from pilotage.preferences import PREFERENCE_MODELS, Posterior
from pilotage.spaces import Region
from pilotage.store import AnswerRow, CandidateRow, Reader, RoundRow, SessionRow


def region_of(session: SessionRow) -> Region:
    """The unit region of a session."""
    return Region(session.dimension, session.region)


def rounds_of(reader: Reader, session: SessionRow) -> Sequence[RoundRow]:
    """The rounds that count, oldest first; superseded ones are left out."""
    rounds = reader.list(RoundRow, where={"session_id": session.id})
    return [round_ for round_ in rounds if round_.state != "superseded"]


def judgements_of(reader: Reader, session: SessionRow, *, before: int | None = None) -> tuple[Judgement, ...]:
    """The answered rounds as judgements, oldest first; only rounds with an index below `before`, if given."""
    result = []
    for round_ in rounds_of(reader, session):
        if round_.state == "answered" and (before is None or round_.index < before):
            result.append(judgement_of(reader, session, round_))
    return tuple(result)


def judgement_of(reader: Reader, session: SessionRow, round_: RoundRow) -> Judgement:
    """The judgement of one answered round."""
    answer = reader.list(AnswerRow, where={"round_id": round_.id, "retracted_at": None})[0]
    candidates = reader.list(CandidateRow, where={"round_id": round_.id, "id": tuple(answer.shown)})
    return Judgement(
        tuple(item_of(session, candidate) for candidate in candidates), ANSWER.validate_python(answer.answer),
        confidence=answer.confidence, critiques=tuple(_critiques(answer)), ties_offered=answer.ties_offered,
    )  # fmt: skip


def _critiques(answer: AnswerRow) -> Iterator[Critique]:
    """The tags, each with the direction that was measured when the answer was given."""
    for candidate in sorted(answer.tags):
        for tag in answer.tags[candidate]:
            statistic = TAGS[tag].statistic if tag in TAGS else tag  # a wish has a direction of its own
            direction = answer.directions.get(statistic or "")
            yield Critique(candidate, tag, tuple(direction) if direction else None)


def item_of(session: SessionRow, candidate: CandidateRow) -> Item:
    """A shown candidate as an item in unit coordinates; a carried one is the sample that it carries."""
    u = tuple(value / session.radius for value in candidate.z)
    return Item(candidate.id, candidate.sample_id or candidate.id, u)


def posterior_of(session: SessionRow, judgements: Sequence[Judgement]) -> Posterior:
    """The belief after `judgements`, by the session's own preference model."""
    return PREFERENCE_MODELS.build(session.config["preference_model"]).fold(region_of(session), judgements)
