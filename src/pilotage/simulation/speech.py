"""What a judge says beside its answer: tags on what it sees, and a sentence made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pilotage.elicitation import TAGS

STEP = 0.1  # of a feature: what a person sees as a little more of it
PRESSING = 0.5  # utility that such a step must be worth to be spoken of
CONTENT = 0.05  # worth less than that, the feature is as it should be
_PRAISE = {
    "brightness": "good_lighting",
    "colourfulness": "good_color",
    "detail": "good_detail",
    "edges": "good_composition",
}
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_CHOSEN = ("I take the {place}.", "The {place} is the one.", "The {place}, of these.")
_NONE = ("None of them.", "I take none of these.", "No choice here.")
_EQUAL = ("I can't tell {places} apart.", "{places} are about as good.")


def tags_of(wishes: Mapping[str, float]) -> tuple[str, ...]:
    """The tags that a thing gets, the most pressing fault first, then praise.

    Args:
        wishes: feature -> utility, in noise units, of one more unit of it.
    """
    faults = [
        (-STEP * abs(wishes[tag.statistic]), name)
        for name, tag in TAGS.items()
        if tag.statistic is not None and wishes.get(tag.statistic, 0.0) * tag.wish * STEP >= PRESSING
    ]
    praise = [name for feature, name in _PRAISE.items() if abs(wishes.get(feature, np.inf)) * STEP <= CONTENT]
    return (*(name for _, name in sorted(faults)[:2]), *praise)


def sentence(
    names: Sequence[str], first: Sequence[str], tags: Mapping[str, Sequence[str]], *, rng: np.random.Generator
) -> str:
    """One or two plain sentences: who comes first, and what is wrong with the others.

    Args:
        names: the candidates, in the order of their slots.
        first: those that the answer puts first.
        tags: candidate -> its tags.
        rng: chooses among the ways of saying it.
    """
    places = [_place(names, name) for name in first]
    templates = _NONE if not first else _CHOSEN if len(first) == 1 else _EQUAL
    said = templates[int(rng.integers(len(templates)))].format(
        place=places[0] if places else "", places=_listed(places)
    )
    faults = [f"The {_place(names, name)} is {_words(given)}." for name, given in tags.items() if _words(given)]
    return " ".join([said[0].upper() + said[1:], *faults])


def _place(names: Sequence[str], name: str) -> str:
    return _PLACES[list(names).index(name)]


def _words(tags: Sequence[str]) -> str:
    return " and ".join(tag.replace("_", " ") for tag in tags if not TAGS[tag].good)


def _listed(places: Sequence[str]) -> str:
    return " and ".join(f"the {place}" for place in places)
