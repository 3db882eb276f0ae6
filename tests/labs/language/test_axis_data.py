"""The texts of the axes that ship: enough of them, apart from each other, and different in nothing but their axis."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from math import log
from statistics import mean

import pytest

from pilotage.labs.language.axes import Axis, Contrast
from pilotage.labs.language.axis_checks import remarks
from pilotage.labs.language.builtin import AXES_FOLDER, builtin_axis, builtin_names

POLES = {
    "formality": ("casual", "formal"),
    "sentiment": ("negative", "positive"),
    "detail_level": ("brief", "detailed"),
    "confidence": ("hesitant", "assured"),
    "friendliness": ("cold", "warm"),
    "creativity": ("plain", "imaginative"),
    "cost": ("budget", "luxury"),
    "ambiance": ("famous sights", "indie and local"),
    "age": ("for kids", "for adults"),
    "time": ("evening", "morning"),
    "culture": ("Asian food and outings", "American food and outings"),
}
SIDES = ("positive", "negative")
WORDS = (8, 40)
PROPER = re.compile(  # what may begin with a capital inside a sentence: nobody's name, and no brand
    "(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|January|February|March|April|May|June|July|August|September|October"
    "|November|December|Christmas|New|Year|Eve|Asia|Australia|Canberra|Sydney|Melbourne|Japan|Spanish"
)
REGIONAL = re.compile(  # and where cuisines are what it is about
    "Japanese|Korean|Cantonese|Sichuan|Thai|Vietnamese|Balinese|Kyoto|Suzhou|Seoul|Obon|Silk|Road|Southern|Western"
    "|Texas|Louisiana|Vermont|Kansas|City|Philly|England|Rockies|Grand|Canyon|Wild|West|Independence|Day"
)
OF_THE_AXIS = {("formality", "'"), ("detail_level", ",")}  # contractions are casual, and details are strung by commas
INSULT = re.compile(r"\b(idiot|stupid|dumb|moron|loser|fool|freak|liar|scum)(s|ic)?\b", re.IGNORECASE)

all_axes = pytest.mark.parametrize("name", sorted(POLES))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+", text.lower())


def last(text: str) -> str:
    return words(text)[-1]


def stems(text: str) -> set[str]:
    """What a text is about, roughly: the beginnings of its longer words."""
    return {word[:5] for word in words(text) if len(word) > 3}


def texts(axis: Axis, side: str) -> list[str]:
    return [getattr(one, side) for one in axis.pairs]


def most(items: Iterable[str]) -> int:
    return Counter(items).most_common(1)[0][1]


def test_these_axes_ship_and_no_others() -> None:
    assert set(builtin_names()) == set(POLES)


@all_axes
def test_the_file_says_what_the_axis_is(name: str) -> None:
    data = json.loads((AXES_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    axis = builtin_axis(name)
    assert data["name"] == name
    assert data["licence"] == "Apache-2.0"
    assert len(data["description"]) >= 40
    assert {frozenset(pair) for pair in data["pairs"]} == {frozenset({"prompt", "positive", "negative", "split"})}
    assert axis.length_matters == (name == "detail_level")
    assert (axis.poles.negative, axis.poles.positive) == POLES[name]
    assert len(axis.pairs) == len(data["pairs"])


@all_axes
def test_there_is_enough_to_learn_from_and_enough_to_measure_on(name: str) -> None:
    count = Counter(one.split for one in builtin_axis(name).pairs)
    assert count["train"] >= 24
    assert count["held_out"] >= 10


@all_axes
def test_the_checks_that_users_data_undergo_find_nothing(name: str) -> None:
    assert remarks(builtin_axis(name)) == ()


@all_axes
def test_no_prompt_comes_twice_and_held_out_ones_resemble_none_that_was_learned_from(name: str) -> None:
    pairs = builtin_axis(name).pairs
    prompts = [" ".join(words(one.prompt)) for one in pairs]
    assert len(set(prompts)) == len(prompts)
    assert all(prompts)
    learned = [one.prompt for one in pairs if one.split == "train"]
    for held_out in (one.prompt for one in pairs if one.split == "held_out"):
        for prompt in learned:
            shared = set(words(held_out)) & set(words(prompt))
            assert len(shared) < 0.75 * len({*words(held_out), *words(prompt)}), (held_out, prompt)


def test_no_answer_comes_twice_in_any_axis() -> None:
    answers = [" ".join(words(text)) for name in POLES for side in SIDES for text in texts(builtin_axis(name), side)]
    assert len(set(answers)) == len(answers)


@all_axes
def test_answers_are_neither_fragments_nor_essays(name: str) -> None:
    for side in SIDES:
        for text in texts(builtin_axis(name), side):
            assert WORDS[0] <= len(text.split()) <= WORDS[1], text
            assert text[-1] in ".!?", text
            assert text == " ".join(text.split())


@all_axes
def test_length_tells_the_poles_apart_only_where_it_is_the_point(name: str) -> None:
    axis = builtin_axis(name)
    ratios = [len(one.positive.split()) / len(one.negative.split()) for one in axis.pairs]
    if axis.length_matters:
        assert min(ratios) >= 2.5
    else:
        assert max(*ratios, *(1 / ratio for ratio in ratios)) <= 1.5
        assert 0.87 <= mean(ratios) <= 1.15


@all_axes
def test_the_final_token_tells_nothing(name: str) -> None:
    axis = builtin_axis(name)
    for one in axis.pairs:
        assert one.positive[-1] == one.negative[-1], one.prompt  # so every mark is as frequent at either pole
    for side in SIDES:
        assert most(last(text) for text in texts(axis, side)) <= 0.1 * len(axis.pairs)
    won = [ends_learned(axis, one) for one in axis.pairs if one.split == "held_out"]
    assert mean(won) <= 0.7


def ends_learned(axis: Axis, pair: Contrast) -> float:
    """Whether the last words of the training answers tell which of two answers is the positive one; 0.5 for a guess."""
    learned = [one for one in axis.pairs if one.split == "train"]
    positive, negative = (Counter(last(getattr(one, side)) for one in learned) for side in SIDES)
    lean = [positive[end] - negative[end] for end in (last(pair.positive), last(pair.negative))]
    return 0.5 if lean[0] == lean[1] else float(lean[0] > lean[1])


@all_axes
def test_no_mark_tells_the_poles_apart(name: str) -> None:
    axis = builtin_axis(name)
    for mark in ";:?!,'":
        if (name, mark) in OF_THE_AXIS:
            continue
        shares = [mean(mark in text for text in texts(axis, side)) for side in SIDES]
        assert abs(shares[0] - shares[1]) <= 0.4, (mark, shares)


@all_axes
def test_answers_begin_in_many_ways(name: str) -> None:
    axis = builtin_axis(name)
    for side in SIDES:
        openings = [words(text)[:2] for text in texts(axis, side)]
        assert most(opening[0] for opening in openings) <= 0.25 * len(openings)
        assert most(" ".join(opening) for opening in openings) <= 0.1 * len(openings)


@all_axes
def test_both_answers_of_a_pair_speak_of_the_same(name: str) -> None:
    pairs = builtin_axis(name).pairs
    positive, negative = ([stems(getattr(one, side)) for one in pairs] for side in SIDES)
    overlap = [[len(a & b) / min(len(a), len(b)) for b in negative] for a in positive]
    own = mean(row[place] for place, row in enumerate(overlap))
    others = mean(value for i, row in enumerate(overlap) for k, value in enumerate(row) if i != k)
    assert own >= 4 * others


@pytest.mark.parametrize("name", sorted({*POLES} - {"detail_level"}))  # whose poles are told apart by length
def test_what_is_learned_of_the_poles_holds_for_answers_that_were_held_out(name: str) -> None:
    axis = builtin_axis(name)
    learned = [one for one in axis.pairs if one.split == "train"]
    positive, negative = (Counter(word for one in learned for word in words(getattr(one, side))) for side in SIDES)

    def lean(text: str) -> float:
        """Log-odds that a text is positive, a word, as a naive Bayes classifier sees it."""
        return mean(log((positive[word] + 0.5) / (negative[word] + 0.5)) for word in words(text))

    held_out = [one for one in axis.pairs if one.split == "held_out"]
    assert mean(lean(one.positive) > lean(one.negative) for one in held_out) >= 0.75


@all_axes
def test_nobody_is_named_and_nobody_insulted(name: str) -> None:
    for text in (text for one in builtin_axis(name).pairs for text in (one.prompt, one.positive, one.negative)):
        for word in re.findall(r"(?<![.!?:] )(?<!^)\b[A-Z]\w+", text):
            assert PROPER.fullmatch(word) or (name == "culture" and REGIONAL.fullmatch(word)), text
        assert not INSULT.search(text), text
