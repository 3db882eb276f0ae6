"""How far to look: a radius that answers widen and narrow, as a pure fold of the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pilotage.elicitation import Item, Judgement, chosen


@dataclass(frozen=True, slots=True)
class RadiusRule:
    """Start, limits and factors; all lengths in unit coordinates."""

    start: float
    least: float
    most: float
    grow: float
    shrink: float
    patience: int = 1


@dataclass(frozen=True, slots=True)
class RadiusState:
    """Where the radius stands: wins and losses in a row, and why it last changed or stayed."""

    radius: float
    wins: int = 0
    losses: int = 0
    reason: str = "first round: the starting radius"

    def as_state(self) -> dict[str, Any]:
        """Plain data for a record."""
        return {"radius": self.radius, "wins": self.wins, "losses": self.losses, "reason": self.reason}


def fold_radius(history: Sequence[Judgement], rule: RadiusRule) -> RadiusState:
    """The radius after `history`: a new favourite is a win, the old one kept a loss, no favourite neither."""
    state, best = RadiusState(rule.start), None
    for judgement in history:
        name = chosen(judgement, best.sample if best else None)
        if name is None:
            state = replace(state, reason="no candidate was preferred: the radius stays")
            continue
        winner = judgement.sample_of(name)
        state = _won(state, rule) if _moved(winner, best) else _lost(state, rule)
        best = winner
    return state


def _moved(winner: Item, best: Item | None) -> bool:
    return any(winner.u) if best is None else winner.sample != best.sample


def _won(state: RadiusState, rule: RadiusRule) -> RadiusState:
    wins = state.wins + 1
    if wins < rule.patience:
        return RadiusState(state.radius, wins, 0, "a new favourite: the radius stays until it repeats")
    radius = min(state.radius * rule.grow, rule.most)
    word = "wider" if radius > state.radius else "as wide as before"
    return RadiusState(radius, wins, 0, f"a new favourite ({wins} in a row): looking {word}")


def _lost(state: RadiusState, rule: RadiusRule) -> RadiusState:
    losses = state.losses + 1
    if losses < rule.patience:
        return RadiusState(state.radius, 0, losses, "the favourite stayed: the radius stays until that repeats")
    radius = max(state.radius * rule.shrink, rule.least)
    word = "closer" if radius < state.radius else "as close as before"
    return RadiusState(radius, 0, losses, f"the favourite stayed ({losses} in a row): looking {word}")
