"""Judges: their choices are as frequent as the likelihood says; each error does what it is named for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import (
    ANSWER,
    THRESHOLD,
    TIE,
    Answer,
    Judgement,
    Pairwise,
    Ranking,
    Tie,
    Undecided,
    drift,
    stages,
)
from pilotage.simulation import Judge, JudgeConfig, NoiseConfig, Query

WORTH = {"a": 1.2, "b": 0.4, "c": -0.5}
KINDS = ("ranking", "worst", "ratings", "approval", "shortlist", "versus")
N = 2_500


def answers(judge: Judge, query: Query, n: int = N) -> list[tuple[Answer, int]]:
    """What it says to the same query at n positions of the log, and how often; the most frequent first."""
    said = [judge.answer(replace(query, index=index), ())[0].answer for index in range(n)]
    texts = Counter(answer.model_dump_json() for answer in said)
    return [(ANSWER.validate_json(text), count) for text, count in texts.most_common()]


def probability(answer: Answer, query: Query, *, tie: float, temperature: float = 1.0) -> float:
    """By the stages of elicitation, which the judge's own code does not sum up."""
    judgement = Judgement(tuple(thing.item for thing in query.things), answer, ties_offered=query.ties_offered)
    latents = {name: worth / temperature for name, worth in WORTH.items()} | {THRESHOLD: 0.0, TIE: tie, drift(0): 0.0}
    total = 1.0
    for stage in stages(judgement, 0):
        logits = np.array([f.offset + sum(w * latents[str(x)] for x, w in f.weights) for f in stage.forms])
        total *= float(np.exp(logits[stage.winner]) / np.exp(logits).sum())
    return total


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ties", [False, True])
def test_every_kind_is_answered_as_often_as_the_likelihood_says(
    kind: str, ties: bool, judge: Callable[..., Judge], query: Callable[..., Query]
) -> None:
    asked = query(*WORTH, kind=kind, incumbent="b", ties_offered=ties)
    for answer, count in answers(judge(WORTH, tie=-0.5), asked)[:8]:
        p = probability(answer, asked, tie=-0.5)
        assert count / N == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / N)), answer


def test_a_pair_is_answered_as_often_as_the_likelihood_says(
    judge: Callable[..., Judge], query: Callable[..., Query]
) -> None:
    asked = query("a", "b", kind="pairwise", ties_offered=True)
    found = answers(judge(WORTH, tie=-0.5), asked)
    assert {str(answer) for answer, _ in found} == {
        str(answer)
        for answer in (Pairwise(winner="a", loser="b"), Pairwise(winner="b", loser="a"), Tie(items=("a", "b")))
    }
    for answer, count in found:
        assert count / N == pytest.approx(probability(answer, asked, tie=-0.5), abs=0.03)


def test_temperature_flattens_choices(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    asked = query(*WORTH, depth=1)
    p = probability(Ranking(order=("a",)), asked, tie=0.0, temperature=3.0)
    assert share(judge(WORTH, temperature=3.0), asked, "a") == pytest.approx(p, abs=0.03)


def share(judge: Judge, query: Query, name: str, n: int = N) -> float:
    """How often `name` is picked."""
    return next((count for answer, count in answers(judge, query, n) if answer.first == (name,)), 0) / n


def test_a_lapse_picks_any(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    sure = {"a": 50.0, "b": 0.0, "c": 0.0, "d": 0.0}
    assert share(judge(sure, lapse=0.4), query(*sure, depth=1), "a") == pytest.approx(0.7, abs=0.03)


def test_a_judge_who_lapses_more_lapses_in_the_same_places(
    judge: Callable[..., Judge], query: Callable[..., Query]
) -> None:
    wrong = [
        {i for i in range(300) if "blind" in judge(WORTH, lapse=rate).answer(query(*WORTH, index=i), ())[1].errors}
        for rate in (0.1, 0.3)
    ]
    assert wrong[0]
    assert wrong[0] < wrong[1]


def test_position_and_habit_draw_choices(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    flat = dict.fromkeys("abcd", 0.0)
    asked = query(*flat, depth=1, incumbent="c")
    first, last = (share(judge(flat, position=1.5), asked, name, 1500) for name in "ad")
    assert first / last == pytest.approx(np.exp(1.5), rel=0.3)
    assert share(judge(flat, habit=np.log(3.0)), asked, "c", 1500) == pytest.approx(0.5, abs=0.05)


def test_tiredness_makes_late_answers_worse(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    tired = judge({"a": 3.0, "b": 0.0}, fatigue=0.05)
    right = [
        np.mean(
            [tired.answer(query("a", "b", index=i), ())[0].answer.first == ("a",) for i in range(start, start + 300)]
        )
        for start in (0, 1000)
    ]
    assert right[0] > right[1] + 0.1


def test_a_reversal_turns_only_repeats(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    sure = {"a": 50.0, "b": 20.0, "c": 0.0}
    turner = judge(sure, reversal=1.0)
    first, _ = turner.answer(query("a", "b", "c", index=0), ())
    assert first.answer == Ranking(order=("a", "b", "c"))
    again, why = turner.answer(query("c", "a", "b", index=1), (first,))
    assert (again.answer, why.errors) == (Ranking(order=("b", "a", "c")), ("reversed",))
    other, _ = turner.answer(query("a", "b", index=2), (first,))
    assert other.answer == Ranking(order=("a", "b"))


@pytest.mark.parametrize(("worth", "why"), [((-3.0, -9.0), "bad"), ((4.0, 4.2), "alike"), ((4.0, 1.0), "different")])
def test_a_refusal_says_why(
    worth: tuple[float, float], why: Any, judge: Callable[..., Judge], query: Callable[..., Query]
) -> None:
    said, _ = judge(dict(zip("ab", worth, strict=True)), skip=1.0).answer(query("a", "b"), ())
    assert said.answer == Undecided(why=why)


def test_stars_drift_together(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    flat = dict.fromkeys("abcd", 0.0)

    def spread(drifting: float) -> float:
        """Variance, between answers, of an answer's mean."""
        said = [judge(flat, drift=drifting).answer(query(*flat, kind="ratings", index=i), ())[0] for i in range(400)]
        return float(np.var([np.mean(list(one.answer.stars.values())) for one in said]))

    assert spread(3.0) > 2 * spread(0.0)


def test_the_same_judge_answers_the_same(judge: Callable[..., Judge], query: Callable[..., Query]) -> None:
    asked = query(*WORTH, kind="ratings", index=7)
    assert judge(WORTH, seed=3).answer(asked, ()) == judge(WORTH, seed=3).answer(asked, ())
    assert len({str(judge(WORTH, seed=seed).answer(asked, ())) for seed in range(8)}) > 1


def test_confidence_follows_the_odds(query: Callable[..., Query]) -> None:
    config = JudgeConfig(taste={"kind": "attributes", "worth": {"warmth": 1.0}}, confidence=True)
    for gap, sure in ((9.0, 3), (0.5, 2), (0.0, 1)):
        bare = query("a", "b", "c").things
        seen = tuple(replace(thing, features={"warmth": gap if thing.item.candidate == "a" else 0.0}) for thing in bare)
        assert Judge(config, 0).answer(Query(seen), ())[0].confidence == sure


def test_faults_are_tagged_and_written(query: Callable[..., Query]) -> None:
    config = JudgeConfig(taste={"kind": "look", "target": {"brightness": 0.6, "edges": 0.2}}, critiques=True)
    dark, right = query("a", "b").things
    seen = (replace(dark, features={"brightness": 0.2, "edges": 0.2}),
            replace(right, features={"brightness": 0.6, "edges": 0.2}))  # fmt: skip
    judgement, rationale = Judge(config, 1).answer(Query(seen), ())
    assert [(c.candidate, c.tag) for c in judgement.critiques if c.candidate == "a"] == [
        ("a", "too_dark"), ("a", "good_composition"),
    ]  # fmt: skip
    assert {c.tag for c in judgement.critiques if c.candidate == "b"} == {"good_lighting", "good_composition"}
    assert rationale.text.endswith("The first is too dark.")
    assert "second" in rationale.text


def test_a_judge_is_data_and_back() -> None:
    config = JudgeConfig(taste={"kind": "point", "target": [0.1, 0.2]}, noise=NoiseConfig(lapse=0.05))
    assert JudgeConfig.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("kind", "samples", "field"),
    [("tie", "ab", "kind"), ("pairwise", "abc", "things"), ("versus", "ab", "things"), ("worst", "a", "things")],
)
def test_a_query_that_does_not_fit_names_its_fault(
    kind: str, samples: str, field: str, judge: Callable[..., Judge], query: Callable[..., Query]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        judge(WORTH).answer(query(*samples, kind=kind), ())
    assert caught.value.field == field


def test_a_judge_who_looks_needs_something_to_look_at(query: Callable[..., Query]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Judge(JudgeConfig(taste={"kind": "look", "target": {"brightness": 0.5}}), 0).answer(query("a", "b"), ())
    assert caught.value.field == "features"
