"""Choices in which "about equal" can be said.

Source: Davidson 1970 for two (a tie has the geometric mean of the worths, times nu), generalised to sets by
    Firth, Kosmidis and Turner 2019, Davidson-Luce models for multi-item choice with ties.
Differs: one log nu for ties of any size; of larger ties only the set of all, and the one said, are alternatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from pilotage.elicitation.forms import TIE, Form, Stage


def utility(item: str) -> Form:
    """A candidate's own utility."""
    return Form(((item, 1.0),))


def tied(items: Sequence[str]) -> Form:
    """The utility of calling `items` about equal: their mean, plus log nu."""
    return Form((*((item, 1 / len(items)) for item in items), (TIE, 1.0)))


def first_or_tie(said: Sequence[str], shown: Sequence[str]) -> Stage:
    """Who comes first among `shown`, when ties could be said: `said` alone, or `said` together."""
    sets = [frozenset([item]) for item in shown]
    for group in (*combinations(shown, 2), shown, said):
        if len(group) > 1 and frozenset(group) not in sets:
            sets.append(frozenset(group))
    groups = [[item for item in shown if item in group] for group in sets]
    forms = tuple(utility(group[0]) if len(group) == 1 else tied(group) for group in groups)
    return Stage(forms, sets.index(frozenset(said)))


def against(incumbent: str, challenger: str, verdict: str) -> Stage:
    """A duel in which "same" can be said."""
    forms = (utility(challenger), utility(incumbent), tied((challenger, incumbent)))
    return Stage(forms, ("better", "worse", "same").index(verdict))
