"""Trials: paired by seed, honest about time and about what is handed over."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pytest

from pilotage.bench.base import Problem
from pilotage.bench.functions import FUNCTIONS
from pilotage.bench.methods import METHODS, handed_over
from pilotage.bench.names import CASES, method_named
from pilotage.bench.problems import problem_of
from pilotage.bench.trials import Trial, run
from pilotage.core.errors import InvalidInputError, ModelUnavailableError
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig
from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import View
from pilotage.spaces import Region


def trial(method: str = "default", case: str = "bowl8", **given: Any) -> Trial:
    return Trial(function=CASES[case], method=method_named(method), **{"rounds": 5, **given})


@pytest.mark.parametrize("method", ["default", "local", "sobol", "cma", "sobol+winner_average"])
@pytest.mark.parametrize("answers", ["winner", "ranking"])
def test_the_same_seed_gives_the_same_outcome(method: str, answers: str) -> None:
    first, again = (run(trial(method, answers=answers, rounds=3), 7) for _ in range(2))
    assert (first.utility, first.shown, first.peaks) == (again.utility, again.shown, again.peaks)
    assert run(trial(method, answers=answers, rounds=3), 8).utility != first.utility


@pytest.mark.parametrize("region", ["box", "ball"])
@pytest.mark.parametrize("method", ["default", "local", "sobol", "cma"])
def test_every_method_stays_inside(method: str, region: Any) -> None:
    problem = problem_of(FUNCTIONS.build("ackley")(np.random.default_rng(0)), region)
    search = METHODS.build(method_named(method))(problem, 3)
    for turn in range(4):
        places = search.ask(4)
        assert places.shape == (4, 5)
        assert problem.region.contains(places)
        items = tuple(Item(f"{turn}.{slot}", f"{turn}.{slot}", tuple(u)) for slot, u in enumerate(places))
        search.tell(Judgement(items, Ranking(order=(items[3].candidate,))))
        assert problem.region.contains(search.handed_over()[None])


class Still:
    """Shows what it is told to, and hands over a place of its own."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem, self.rng = problem, np.random.default_rng(seed)

    def ask(self, n: int) -> Array:
        return self.problem.region.sample(n, rng=self.rng)

    def forecast(self, places: Array) -> Array:
        return np.empty(0)

    def tell(self, judgement: Judgement) -> None:
        time.sleep(0.05)  # waits, and takes no time of the CPU

    def handed_over(self) -> Array:
        return np.full(8, 0.25)


STILL = Entry(type("StillConfig", (StrategyConfig,), {"__module__": __name__}), lambda _: Still)


def test_what_is_handed_over_is_scored_and_waiting_is_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS.entries(), "still", STILL)
    outcome = run(Trial(function=CASES["bowl8"], method={"kind": "still"}, rounds=3), 1)
    problem = problem_of(FUNCTIONS.build(CASES["bowl8"])(stream(1, "function")), "box")
    assert outcome.utility == pytest.approx((problem.utility(np.full((1, 8), 0.25))[0],) * 3)
    assert max(outcome.ms) < 40.0


def test_local_gains_and_time_is_counted() -> None:
    ours, local = run(trial("default", rounds=10), 0), run(trial("local", rounds=10), 0)
    assert local.utility[-1] > local.utility[0]
    assert np.median(ours.ms) > np.median(local.ms)


def test_the_place_believed_best_is_handed_over_not_the_last_favourite() -> None:
    region, model = Region(2, "box"), PREFERENCE_MODELS.build("laplace_gp")
    good, bad = Item("a", "a", (0.5, 0.5)), Item("b", "b", (-0.5, -0.5))
    sure = [Judgement((good, bad), Ranking(order=("a",))) for _ in range(6)]
    history = (*sure, Judgement((good, bad), Ranking(order=("b",))))
    view = View(region, model.fold(region, history), history, len(history) + 1)
    assert view.incumbent == bad
    assert tuple(handed_over(view)) == good.u


def test_even_spreading_hands_over_what_is_believed_best_and_shows_the_favourite() -> None:
    problem = problem_of(FUNCTIONS.build(CASES["bowl8"])(np.random.default_rng(0)), "box")
    search = METHODS.build("sobol")(problem, 0)
    good, bad = Item("a", "a", (0.5,) * 8), Item("b", "b", (-0.5,) * 8)
    for _ in range(6):
        search.tell(Judgement((good, bad), Ranking(order=("a",))))
    search.tell(Judgement((good, bad), Ranking(order=("b",))))
    assert tuple(search.ask(4)[0]) == bad.u
    assert tuple(search.handed_over()) == good.u


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("nonsense", "method.kind"),
        ("nonsense+laplace_gp", "sampler.kind"),
        ("sobol+nonsense", "preference_model.kind"),
        ("{kind: local, radius: 1}", "method.radius"),
        ("{kind: [", ""),
    ],
)
def test_an_unknown_method_names_its_fault(name: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        method_named(name)
    assert caught.value.field == field


def test_a_forecast_is_made_before_the_answer_and_is_a_distribution() -> None:
    outcome = run(trial("default", answers="shortlist", rounds=4), 2)
    assert np.array(outcome.forecasts).sum(axis=1) == pytest.approx(np.ones(4))
    assert outcome.forecasts[0] == pytest.approx((0.25,) * 4, abs=0.15)  # nothing is known yet
    assert run(trial("local", rounds=2), 2).forecasts == ((), ())


def test_picks_come_as_often_as_their_chances_say() -> None:
    runs = [run(trial("{kind: cma}", rounds=25, lapse=0.3), seed) for seed in range(20)]
    chances, picks = np.array([one.chances for one in runs]), np.array([one.picks for one in runs])
    assert chances.sum(axis=2) == pytest.approx(np.ones((20, 25)))
    assert chances.min() >= 0.3 / 4
    assert (picks == chances.argmax(axis=2)).mean() == pytest.approx(chances.max(axis=2).mean(), abs=0.05)


def test_who_cannot_decide_refuses_and_would_have_picked_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Still, "tell", lambda self, judgement: told.append(judgement.answer.kind))
    monkeypatch.setitem(METHODS.entries(), "still", STILL)
    plain, torn = (run(Trial(function=CASES["bowl8"], method={"kind": "still"}, answers=answers, rounds=60), 1)
                   for answers in ("winner", "undecided"))  # fmt: skip
    assert 6 <= told[60:].count("undecided") <= 24
    assert set(told) == {"ranking", "undecided"}
    assert torn.picks == plain.picks


@pytest.mark.parametrize("model", ["pairwise_gp", "item_level"])
def test_other_packages_models_guide_our_samplers(model: str) -> None:
    assert len(run(trial(f"eubo+{model}", rounds=3), 0).utility) == 3


@pytest.mark.parametrize(
    "answers", ["pairwise", "worst", "ratings", "approval", "shortlist", "versus", "tie", "undecided"]
)
def test_every_kind_of_answer_can_be_tried(answers: str) -> None:
    outcome = run(trial("default", answers=answers, rounds=3, ties=True), 0)
    assert len(outcome.forecasts[0]) == (2 if answers == "pairwise" else 4)


def test_lapses_cost_utility() -> None:
    sure, blind = (np.mean([run(trial("local", rounds=15, lapse=lapse), seed).utility[-1] for seed in range(10)])
                   for lapse in (0.0, 0.8))  # fmt: skip
    assert sure > blind + 0.02


@pytest.mark.slow
@pytest.mark.parametrize("method", ["{kind: botorch, restarts: 2, raw_samples: 32, steps: 30}", "optuna"])
def test_a_rival_from_a_package_finds_the_bottom_of_a_plain_bowl(method: str) -> None:
    problem = problem_of(FUNCTIONS.build({"kind": "bowl", "dim": 2, "condition": 1.0})(np.random.default_rng(0)), "box")
    search = METHODS.build(method_named(method))(problem, 0)
    for turn in range(5):
        places = search.ask(4)
        assert problem.region.contains(places)
        order = np.argsort(-problem.utility(places))
        items = tuple(Item(f"{turn}.{slot}", f"{turn}.{slot}", tuple(u)) for slot, u in enumerate(places))
        search.tell(Judgement(items, Ranking(order=tuple(items[slot].candidate for slot in order))))
    assert problem.utility(search.handed_over()[None])[0] > 0.9


def test_an_absent_package_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(ModelUnavailableError, match="cmaes") as caught:
        run(trial("cma"), 0)
    assert caught.value.hint == "pip install 'pilotage[bench]'"


def test_a_person_who_wants_all_peaks_is_drawn_to_what_is_new() -> None:
    """The same person, twice: with no love of the new the picks stay closer together."""

    def spread(novelty: float) -> float:
        wanted = {**CASES["centres"], "novelty": novelty}
        runs = [run(Trial(function=wanted, method=method_named("sobol"), rounds=12), seed) for seed in range(6)]
        return float(np.mean([np.std(one.utility) for one in runs]))

    assert spread(2.0) > 1.5 * spread(0.0)
