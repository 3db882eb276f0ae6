"""SteerLab's rules for doses, restated from its source.

Source: SteerLab (2025), `interfaces/calibrate.py` and `interfaces/learn.py`.
Differs: only what its rules do to doses is kept. Left out is what an edit says, whose confidence lies below its own
    bar, and the mean of what was copied eight times, which is what it already has.
"""

from __future__ import annotations

from collections.abc import Mapping

from pilotage.bench.profiles_people import NEUTRAL, UNSURE, Person


class DiagonalBisection:
    """SteerLab's CALIBRATE: both options lie on one diagonal through the present doses, which shrinks."""

    sd = UNSURE

    def __init__(self) -> None:
        self._doses, self._range = dict(NEUTRAL), 0.5

    def turn(self, person: Person, turn: int) -> None:
        """Three tenths of the way to the better one; ranges at a tenth are converged."""
        if self._range <= 0.1:
            return
        options = [
            {axis: max(-1.0, min(1.0, dose + side * self._range / 2)) for axis, dose in self._doses.items()}
            for side in (-1, 1)
        ]
        chosen = options[person.best(options, turn)]
        self._doses = {axis: dose + 0.3 * (chosen[axis] - dose) for axis, dose in self._doses.items()}
        self._range = max(0.05, 0.7 * self._range)

    def doses(self) -> Mapping[str, float]:
        """Where it stands."""
        return self._doses


class Multiplying:
    """SteerLab's LEARN: doses are multiplied; every fifth answer they move a twentieth of the way."""

    sd = UNSURE
    RATE, EVERY = 0.05, 5

    def __init__(self) -> None:
        self._doses = dict(NEUTRAL)
        self._recent: list[tuple[Mapping[str, float], str]] = []

    def turn(self, person: Person, turn: int) -> None:
        """Answers at its own doses: zero times anything is zero."""
        used = dict(self._doses)
        signal = person.act(used, turn) or {}
        self.hear(used, str(signal.get("reaction", signal.get("kind", ""))))

    def hear(self, used: Mapping[str, float], reaction: str) -> None:
        """A thumb up is worth 1.1 of what was used, a thumb down .7; a thumb down or an edit .8 at once."""
        self._recent.append((used, reaction))
        if reaction in ("thumbs_down", "edited"):
            self._move({axis: 0.8 * dose for axis, dose in used.items() if abs(dose) > 0.1})
        if len(self._recent) == self.EVERY:
            for doses, said in self._recent:
                factor = {"thumbs_up": 1.1, "thumbs_down": 0.7}.get(said)
                if factor:
                    self._move({axis: factor * dose for axis, dose in doses.items()})
            self._recent.clear()

    def doses(self) -> Mapping[str, float]:
        """Where it stands."""
        return self._doses

    def _move(self, towards: Mapping[str, float]) -> None:
        for axis, dose in towards.items():
            moved = self._doses[axis] + self.RATE * (dose - self._doses[axis])
            self._doses[axis] = max(-1.0, min(1.0, moved))
