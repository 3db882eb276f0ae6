"""Sets that are shown again, unannounced: when one is due, which one, and whether the same was chosen.

A repeat looks like any other round until it is answered: the best so far stands where it always does, pinned pictures
beside it, and the rest in another order. So only a set that holds these can come again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pilotage.core.seeds import stream
from pilotage.elicitation import ANSWER, Judgement, Worst, incumbent
from pilotage.preferences import Posterior
from pilotage.store import AnswerRow, CandidateRow, MarkRow, Reader, RoundRow, SessionRow

ROLE = "repeat"
AGE = 2  # a set may come again when another was judged in between


def repeat_of(round_: RoundRow) -> str | None:
    """The round whose set this one shows again; None for most."""
    source = round_.sampler_state.get("repeat_of")
    return source if isinstance(source, str) else None


def is_due(session: SessionRow, round_: RoundRow, before: Sequence[RoundRow]) -> bool:
    """Whether it is time: about every `repeats` rounds, one sooner or later as the seed has it.

    A round that was asked for anew shows others, as the person wished.
    """
    every = session.config.get("repeats")
    if every is None or round_.attempt:
        return False
    last = max((one.index for one in before if repeat_of(one)), default=0)
    gap = every + int(stream(session.seed, "repeats", last).integers(-1, 2))
    return round_.index - last >= gap


def set_to_repeat(
    reader: Reader, session: SessionRow, round_: RoundRow, before: Sequence[RoundRow], kept: Sequence[CandidateRow],
    posterior: Posterior,
) -> tuple[RoundRow, Sequence[CandidateRow]] | None:  # fmt: skip
    """The round whose set comes again, with its candidates beside `kept`, in another order; None if none can.

    Of several it is the one whose best is believed to be clearest: there, another choice tells of a slip.

    Args:
        reader: where the session is kept.
        session: the session.
        round_: the round that is due.
        before: the rounds that count before it.
        kept: what every round shows now: the best so far, and what is pinned.
        posterior: what is believed now.
    """
    shown = {row.sample_id for row in kept}
    sets = [
        one for one in _sets(reader, session, round_, before, shown) if kept and _has_middle(one[0], kept[0], session)
    ]
    if not sets:
        return None
    clear = [posterior.p_best(np.array([row.z for row in rows]) / session.radius).max() for _, rows in sets]
    source, rows = sets[int(np.argmax(clear))]
    rest = [row for row in rows if row.sample_id not in shown]
    order = stream(session.seed, "repeats", round_.index, "order").permutation(len(rest))
    return source, [rest[i] for i in order]


def searched(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The judgements that were steps of a search: not those of a set shown again that left the best as it was."""
    steps, seen = list[Judgement](), list[frozenset[str]]()
    for index, judgement in enumerate(judgements):
        samples = frozenset(item.sample for item in judgement.items)
        if samples not in seen or _best(judgements[:index]) != _best(judgements[: index + 1]):
            steps.append(judgement)
        seen.append(samples)
    return tuple(steps)


def agrees(answer: AnswerRow, earlier: AnswerRow, samples: Mapping[str, str | None]) -> bool | None:
    """Whether two answers about one set put the same first; None where they can't be compared.

    Equals count as the same where one of them is; a pair is compared with the same pair alone. Where only a worst was
    named both times, that is compared.

    Args:
        answer: the later one.
        earlier: the one before it.
        samples: candidate -> the sample that it shows.
    """
    one, other = (ANSWER.validate_python(row.answer) for row in (answer, earlier))
    named = [{samples.get(name) for name in said.named} for said in (one, other)]
    if "pairwise" in (one.kind, other.kind) and named[0] != named[1]:
        return None
    firsts = [{samples.get(name) for name in said.first} for said in (one, other)]
    if all(firsts):
        return bool(firsts[0] & firsts[1])
    if isinstance(one, Worst) and isinstance(other, Worst):
        return samples.get(one.worst) == samples.get(other.worst)
    return None


def _best(judgements: Sequence[Judgement]) -> str | None:
    best = incumbent(judgements)
    return best.sample if best else None


def _has_middle(source: RoundRow, best: CandidateRow, session: SessionRow) -> bool:
    """Whether the best so far stands where it always does: on a map, in the middle."""
    centre = source.sampler_state.get("centre")
    return centre is None or bool(np.allclose(centre, np.array(best.z) / session.radius, atol=1e-9))


def _sets(
    reader: Reader, session: SessionRow, round_: RoundRow, before: Sequence[RoundRow], kept: set[str | None]
) -> Iterator[tuple[RoundRow, Sequence[CandidateRow]]]:
    """The earlier rounds whose sets may come again, each with its candidates: none twice, none that a mark betrays."""
    used = {repeat_of(one) for one in before}
    marks = reader.list(MarkRow, where={"session_id": session.id})
    marked = {mark.sample_id for mark in marks if mark.favourite or mark.pinned} - kept
    for one in before:
        if one.state != "answered" or not 1 <= one.index <= round_.index - AGE or repeat_of(one) or one.id in used:
            continue  # round 0 is a style calibration
        rows = reader.list(CandidateRow, where={"round_id": one.id})
        answer = reader.list(AnswerRow, where={"round_id": one.id, "retracted_at": None})[0]
        samples = {row.sample_id for row in rows}
        is_whole = len(rows) == session.config["candidates"] and {row.id for row in rows} == set(answer.shown)
        if is_whole and kept < samples and not samples & marked:
            yield one, rows
