"""What a session gains by what is known before round 1: a style calibration, or a taste profile of earlier sessions.

A person with a hidden ideal in the unit ball (d = 5; utility -16 |u - ideal|^2, picks with the choice noise of the
model) sees four places a round and picks the best of them: our default sampler and preference model. `rounds to 80`:
the first round after which the place picked last is worth 80 % of the way from the mean of random places to the
ideal, 11 where ten rounds don't get there. The peer is the same person and seed without the head start.

`style`: a round 0 of 15 probes, of which the person keeps the five that please most. It is not counted as a round.
`taste`: the profile of three earlier sessions of ten rounds each; its guess stands in round 1 as in the app.
`like`: all sessions' ideals lie about one place, .1 apart on each axis; `unlike`: each ideal is drawn for itself;
`opposite`: three about one place, then one as far on the other side.

    python -m benchmarks.head_start [--quick] [--json]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the matrices are small: threads only get in each other's way

import numpy as np

from benchmarks.rows import Row, finish, mean_interval, options
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement, Ranking, Shortlist, incumbent
from pilotage.preferences.laplace_gp import LaplaceGP, LaplaceGPConfig, Taste
from pilotage.samplers import SAMPLERS, View
from pilotage.sessions.pooling import evidence_of, pooled
from pilotage.sessions.style import StyleProbes
from pilotage.sessions.taste_taking import guess_of
from pilotage.spaces import Region

DIM, SHOWN, ROUNDS, BEFORE, PROBES, KEPT = 5, 4, 10, 3, 15, 5
SHARPNESS, APART = 32.0, 0.1
SAMPLER = 1000  # sets its streams apart from those that persons and ideals are drawn from
PERSONS, QUICK = 40, 4
REGION = Region(DIM)
EVERYWHERE = REGION.sample(4096, rng=np.random.default_rng(0))


@dataclass(frozen=True, slots=True)
class Person:
    """Picks by utility and Gumbel noise."""

    ideal: Array
    rng: np.random.Generator

    def worth(self, u: Array) -> Array:
        """(n,) utility of (n, d) places, as a share of the way from a random place to the ideal."""
        mean = float(self._utility(EVERYWHERE).mean())
        return 1.0 - self._utility(u) / mean

    def order(self, items: Sequence[Item]) -> list[str]:
        """The candidates, best first, as they seem."""
        seen = self._utility(np.array([item.u for item in items])) + self.rng.gumbel(size=len(items))
        return [items[i].candidate for i in np.argsort(-seen)]

    def _utility(self, u: Array) -> Array:
        return -0.5 * SHARPNESS * ((u - self.ideal) ** 2).sum(axis=1)


def items_of(round_: int, places: Array) -> tuple[Item, ...]:
    """New samples at (n, d) places."""
    return tuple(Item(f"{round_}.{i}", f"{round_}.{i}", tuple(map(float, u))) for i, u in enumerate(places))


def styled(person: Person, seed: int) -> list[Judgement]:
    """Round 0: the probes, and the five that please most."""
    view = View(REGION, LaplaceGP(LaplaceGPConfig()).fold(REGION, ()), (), 1)
    items = items_of(0, StyleProbes().propose(view, n=PROBES, rng=np.random.default_rng([seed, SAMPLER, 0])).u)
    best = person.order(items)[:KEPT]
    return [Judgement(items, Shortlist(kept=tuple(best), favourite=best[0]))]


def session(
    person: Person, seed: int, *, history: Sequence[Judgement] = (), taste: Taste | None = None
) -> list[Judgement]:
    """The judgements of ten rounds after `history`."""
    model, sampler, told = LaplaceGP(LaplaceGPConfig(taste=taste)), SAMPLERS.build("trust_region"), list(history)
    for round_ in range(1, ROUNDS + 1):
        posterior, best = model.fold(REGION, told), incumbent(told)
        kept = [best] if best else [Item("baseline", "baseline", (0.0,) * DIM)]
        guess = guess_of(taste, REGION) if taste is not None and best is None else None
        if guess is not None:
            kept.append(Item("guess", "guess", tuple(map(float, guess))))
        view = View(REGION, posterior, tuple(told), len(told) + 1)
        new = sampler.propose(view, n=SHOWN - len(kept), rng=np.random.default_rng([seed, SAMPLER, round_])).u
        items = (*kept, *items_of(round_, new))
        told.append(Judgement(items, Ranking(order=(person.order(items)[0],))))
    return told


def path(person: Person, told: Sequence[Judgement]) -> Array:
    """(10,) the worth of what was picked last, after each of the ten rounds."""
    bests = (incumbent(told[: len(told) - ROUNDS + n]) for n in range(1, ROUNDS + 1))
    return person.worth(np.array([best.u for best in bests if best is not None]))


def ideals(kind: str, rng: np.random.Generator) -> Array:
    """(4, d) the ideals of three earlier sessions, and of the one that is measured."""
    centre = 0.8 * REGION.sample(1, rng=rng)
    about = centre + APART * rng.standard_normal((BEFORE + 1, DIM))
    if kind == "unlike":
        about = REGION.sample(BEFORE + 1, rng=rng)
    if kind == "opposite":
        about[-1] = -about[-1]
    return REGION.clip(about)


def profile(places: Array, seed: int) -> Taste:
    """What sessions with these ideals tell of the next."""
    told = [session(Person(ideal, np.random.default_rng([seed, 10 + i])), 100 * seed + i)
            for i, ideal in enumerate(places)]  # fmt: skip
    pool = pooled([evidence_of(REGION, judgements) for judgements in told], REGION)
    return Taste(mean=tuple(map(float, pool.mean)), sd=tuple(map(float, pool.sd)))


def with_style(seed: int) -> tuple[Array, Array]:
    """With a style calibration, and without."""
    ideal = REGION.sample(1, rng=np.random.default_rng([seed, 1]))[0]

    def person() -> Person:
        return Person(ideal, np.random.default_rng([seed, 2]))

    helped = person()
    return path(helped, session(helped, seed, history=styled(helped, seed))), path(helped, session(person(), seed))


def with_taste(kind: str) -> Callable[[int], tuple[Array, Array]]:
    """With the profile, and without."""

    def both(seed: int) -> tuple[Array, Array]:
        places = ideals(kind, np.random.default_rng([seed, 3]))
        taste = profile(places[:-1], seed)
        persons = [Person(places[-1], np.random.default_rng([seed, 4])) for _ in range(2)]
        return path(persons[0], session(persons[0], seed, taste=taste)), path(persons[1], session(persons[1], seed))

    return both


def first(worth: Array, bar: float) -> int:
    """The first round after which `bar` is reached, one more than there are if never."""
    reached = np.flatnonzero(worth >= bar)
    return int(reached[0]) + 1 if len(reached) else ROUNDS + 1


def rows_of(case: str, both: Callable[[int], tuple[Array, Array]], n: int) -> list[Row]:
    """Rounds to 80 %, and the worth after rounds 1, 3 and 10: with and without, paired."""
    pairs = [both(seed) for seed in range(n)]
    rounds = np.array([[first(worth, 0.8) for worth in pair] for pair in pairs], dtype=float)
    rows = [_row(case, "rounds to 80", rounds)]
    for after in (1, 3, 10):
        rows.append(_row(case, f"worth at {after}", np.array([[worth[after - 1] for worth in pair] for pair in pairs])))
    return rows


def _row(case: str, metric: str, pairs: Array) -> Row:
    """`spread`: the 95 % interval of the paired difference, with less without."""
    ours, theirs = pairs.mean(axis=0)
    return Row(
        case=case, metric=metric, ours=round(float(ours), 3), peer="without", theirs=round(float(theirs), 3),
        n=len(pairs), spread=mean_interval((pairs[:, 0] - pairs[:, 1]).tolist()),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = options(__doc__, arguments)
    n = QUICK if given.quick else PERSONS
    rows = rows_of("style", with_style, n)
    for kind in ("like", "unlike", "opposite"):
        rows += rows_of(f"taste, {kind}", with_taste(kind), n)
    return finish("head_start", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
