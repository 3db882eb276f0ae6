"""Byte-pair merges that are the same on every machine: ties go by the alphabet, where libraries go by hash order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

Pair = tuple[str, str]


def learn_merges(words: Mapping[tuple[str, ...], int], n: int, least: int = 2) -> list[Pair]:
    """The `n` merges that byte-pair encoding makes, most frequent pair first.

    Args:
        words: how often each word is, as the symbols that it is made of.
        n: largest number of merges.
        least: a pair that is rarer is not merged.

    Source: Sennrich, Haddow & Birch 2016, "Neural Machine Translation of Rare Words with Subword Units".
    """
    spelt = [list(word) for word in words]
    times = list(words.values())
    counts: Counter[Pair] = Counter()
    holders: defaultdict[Pair, set[int]] = defaultdict(set)

    def tally(number: int, sign: int) -> None:
        for pair in zip(spelt[number], spelt[number][1:], strict=False):
            counts[pair] += sign * times[number]
            holders[pair].add(number)

    for number in range(len(spelt)):
        tally(number, 1)
    merges: list[Pair] = []
    while len(merges) < n and counts:
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < least:
            break
        merges.append(best)
        for number in holders.pop(best):
            tally(number, -1)
            spelt[number] = merged(spelt[number], best)
            tally(number, 1)
        counts = +counts
    return merges


def merged(symbols: list[str], pair: Pair) -> list[str]:
    """The symbols with each occurrence of the pair made one, from the left."""
    out: list[str] = []
    i = 0
    while i < len(symbols):
        both = tuple(symbols[i : i + 2]) == pair
        out.append("".join(pair) if both else symbols[i])
        i += 2 if both else 1
    return out
