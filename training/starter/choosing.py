"""Choosing the words: objects that every set has, by a list or by rule, and synonyms that mean one object alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from training.starter.attributes import BACKGROUNDS, COLOURS
from training.starter.vocabulary import GROUPS, HERE, Icon, Vocabulary, slug

_SYNONYMS = 5  # an object: more would each be said too rarely to be learnt
_WORD = re.compile(r"[a-z]{3,}")
# In the large profile: things that are told apart by a few pixels, by a letter or by a direction.
_ALIKE = re.compile(
    r"oclock|thirty|moon|mailbox|-suit$|globe|speaker|banknote|place-medal|^oncoming|japanese|envelope-|-book$|"
    r"lock.*-with|chart|-with-|sun-behind|calendar|map|tokyo|card-|departure|arrival|tray|bookmark|kaaba|temple|"
    r"church|mosque|synagogue|shrine|hamsa|nazar|rice-|label|memo|microbe|fog|wind|traffic-light$"
)
__all__ = ["build", "chosen_objects", "shared_slugs"]


def build(
    labels: Iterable[Mapping[str, Any]], styles: Mapping[str, frozenset[str]], chosen: Sequence[str] | None
) -> Vocabulary:
    """A vocabulary of objects that every style has.

    Args:
        labels: emojibase's records.
        styles: the slugs of each set.
        chosen: slugs; None takes all concrete ones by rule.

    Raises:
        ValueError: a chosen object is missing from a set.
    """
    known = {slug(one["label"]): one for one in labels if one.get("group") in GROUPS}
    shared = shared_slugs(known, styles)
    if chosen is None:
        concrete = {3, 4, 5, 6, 7}
        ruled = {name for name in shared if known[name]["group"] in concrete and not _ALIKE.search(name)}
        chosen = sorted(ruled | shared.intersection(chosen_objects()))
    if missing := sorted(set(chosen) - shared):
        raise ValueError(f"not in all sets: {', '.join(missing)}")
    records = sorted((known[name] for name in set(chosen)), key=lambda one: str(one["label"]))
    icons = [
        Icon(object=one["label"], group=GROUPS[one["group"]], emoji=one["emoji"], tags=tags)
        for one, tags in zip(records, _synonyms(records), strict=True)
    ]
    return Vocabulary(objects=tuple(icons), styles=tuple(styles))


def shared_slugs(known: Iterable[str], styles: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The slugs that every set has."""
    return frozenset(known).intersection(*styles.values())


def _synonyms(records: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Tags that one object alone has and that are part of no other word of the captions."""
    held = Counter(tag for one in records for tag in set(one.get("tags", ())))
    left_out = frozenset(_words("tags_left_out.txt"))
    taken = {word for name in (*COLOURS, *BACKGROUNDS, "small", "style", "background") for word in name.split()}
    names = Counter(word for one in records for word in set(one["label"].split()))

    def fits(tag: str, label: str) -> bool:
        elsewhere = names[tag] - (tag in label.split())
        return bool(_WORD.fullmatch(tag)) and held[tag] == 1 and not elsewhere and tag not in taken | left_out

    return [tuple(t for t in one.get("tags", ()) if fits(t, one["label"]))[:_SYNONYMS] for one in records]


def chosen_objects() -> list[str]:
    """The slugs of the list that was made by hand."""
    return _words("objects.txt")


def _words(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]
