"""What is doubtful about the texts of an axis: said before a vector is made of them, never a reason to refuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from pilotage.labs.language.axes import Axis, Contrast

LENGTHS = (0.5, 2.0)  # of the median positive answer to the median negative one
LEAK = 0.75  # share of answers whose pole their last character tells
FEW = 20  # pairs, or texts of a pole


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at: a stable `code`, a sentence, the field that it is about, and which `rows` of it, if any."""

    code: str
    message: str
    field: str = "pairs"
    rows: tuple[int, ...] = ()


def remarks(axis: Axis) -> tuple[Remark, ...]:
    """Everything doubtful about an axis' texts, the gravest first."""
    found = [*_of_pairs(axis.pairs)] if axis.pairs else [_unpaired()]
    positive, negative = _texts(axis, "positive"), _texts(axis, "negative")
    found += [*_leak(positive, negative), *_lengths(axis, positive, negative), *_counts(axis)]
    return tuple(found)


def _unpaired() -> Remark:
    return Remark(
        "unpaired", "the texts come without counterparts: what they are about may differ as much as how they say it,"
        " and no share of won pairs can be told", "texts")  # fmt: skip


def _of_pairs(pairs: Sequence[Contrast]) -> Iterator[Remark]:
    split_of: dict[str, set[str]] = {}
    for one in pairs:
        split_of.setdefault(_plain(one.prompt), set()).add(one.split)
    shared = [prompt for prompt, splits in split_of.items() if len(splits) > 1 and prompt]
    if shared:
        rows = tuple(place for place, one in enumerate(pairs) if _plain(one.prompt) in shared)
        yield Remark(
            "prompt_in_two_splits",
            f"{_counted(shared, 'prompt is', 'prompts are')} both learned from and measured on",
            rows=rows,
        )
    answers = Counter(_plain(text) for one in pairs for text in (one.positive, one.negative))
    again = [text for text, count in answers.items() if count > 1]
    if again:
        rows = tuple(place for place, one in enumerate(pairs)
                     if any(answers[_plain(text)] > 1 for text in (one.positive, one.negative)))  # fmt: skip
        yield Remark(
            "duplicate",
            f"{_counted(again, 'answer comes', 'answers come')} more than once, such as {again[0][:60]!r}",
            rows=rows,
        )


def _leak(positive: Sequence[str], negative: Sequence[str]) -> Iterator[Remark]:
    """A vector of last tokens would learn the punctuation, if it told the poles apart."""
    ends = [Counter(text[-1] for text in texts) for texts in (positive, negative)]
    share = [
        {end: count / len(texts) for end, count in found.items()}
        for found, texts in zip(ends, (positive, negative), strict=True)
    ]
    told = sum(max(share[0].get(end, 0.0), share[1].get(end, 0.0)) for end in {*share[0], *share[1]}) / 2
    if told > LEAK:
        yield Remark("final_token", f"the last character tells the pole of {told:.0%} of the answers")


def _lengths(axis: Axis, positive: Sequence[str], negative: Sequence[str]) -> Iterator[Remark]:
    ratio = median(len(text.split()) for text in positive) / median(len(text.split()) for text in negative)
    if not axis.length_matters and not LENGTHS[0] <= ratio <= LENGTHS[1]:
        yield Remark("lengths", f"positive answers are {ratio:.1f} times as long as negative ones")


def _counts(axis: Axis) -> Iterator[Remark]:
    field = "pairs" if axis.pairs else "texts"
    least = min(len(_texts(axis, pole)) for pole in ("positive", "negative"))
    if least < FEW:
        yield Remark("few", f"{least} answers a pole; {FEW} say more of the axis than of their topics", field)
    splits = {one.split for one in axis.pairs} | {one.split for one in axis.texts}
    if "held_out" not in splits:
        yield Remark("nothing_held_out", "nothing is held out, so no effect can be measured", field)


def _texts(axis: Axis, pole: str) -> list[str]:
    if axis.pairs:
        return [one.positive if pole == "positive" else one.negative for one in axis.pairs]
    return [one.text for one in axis.texts if one.pole == pole]


def _counted(found: Sequence[str], one: str, many: str) -> str:
    return f"{len(found)} {one if len(found) == 1 else many}"


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
