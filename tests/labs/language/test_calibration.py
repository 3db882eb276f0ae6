"""Choice, calibration and evaluation on a model that can be worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import ConflictError, JobCancelledError, UnsupportedInputError
from pilotage.core.progress import CancelToken, Step
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.calibration import Budget, Toll, calibrate, reach_of
from pilotage.labs.language.choosing import choose, coarse_layers
from pilotage.labs.language.composition import composed, most_alike
from pilotage.labs.language.evaluation import DOSES, RANDOMS, evaluate, measured, straightness
from pilotage.labs.language.making import Extractor
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import CALIBRATION, DECISION, EVALUATION, FURTHER
from pilotage.labs.language.study import Study
from pilotage.testing.exact_language import CASUAL, FORMAL, LEAKS, PLAIN, WORDS, ExactModel


def spoken_axis(name: str = "formality", high: tuple[str, ...] = FORMAL, low: tuple[str, ...] = CASUAL) -> Axis:
    rng = np.random.default_rng(5)
    pairs = []
    for place in range(30):
        plain = [str(word) for word in rng.choice(PLAIN, 4)]
        ends = [str(rng.choice(words)) for words in (high, low)]
        split = "train" if place < 20 else "held_out"
        pairs.append({"prompt": f"Question {place}?", "positive": " ".join([*plain, ends[0]]),
                      "negative": " ".join([*plain, ends[1]]), "split": split})  # fmt: skip
    return Axis.of({"name": name, "poles": {"negative": "casual", "positive": "formal"}, "pairs": pairs})


@pytest.fixture(scope="module")
def axis() -> Axis:
    return spoken_axis()


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(ExactModel(), tokens=40)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pack(study: Study, axis: Axis) -> VectorPack:
    return calibrate(study, axis, choose(study, axis).pack)


@pytest.fixture(scope="module")
def report(study: Study, axis: Axis, pack: VectorPack) -> AxisReport:
    return evaluate(replace(study, seed=9), axis, pack)


def test_the_layer_that_damages_least_for_its_effect_is_chosen(study: Study, axis: Axis) -> None:
    choice = choose(study, axis)
    assert choice.pack.card.layer == int(np.argmin(LEAKS))
    best = max(choice.cells, key=lambda cell: cell.score)
    assert (best.layer, best.method) == (choice.pack.card.layer, choice.pack.card.method)
    assert {cell.method for cell in choice.cells} == {"mean_difference", "last_token", "pca", "logistic_probe"}


def test_of_two_settings_of_one_method_the_vectors_of_the_better_one_are_taken(study: Study, axis: Axis) -> None:
    settings = [{"kind": "logistic_probe", "pooling": pooling} for pooling in ("last", "mean")]
    alone = [choose(study, axis, methods=[one]) for one in settings]
    better = max(alone, key=lambda choice: max(cell.score for cell in choice.cells)).pack
    assert not np.allclose(alone[0].pack.vectors, alone[1].pack.vectors)
    for order in (settings, settings[::-1]):
        found = choose(study, axis, methods=order).pack
        assert np.array_equal(found.vectors, better.vectors)
        assert found.card == better.card


@pytest.mark.parametrize("layers", [1, 2, 4, 12, 30, 80])
def test_some_layer_is_always_looked_at(layers: int) -> None:
    looked = coarse_layers(layers)
    assert looked
    assert 0 <= min(looked) <= max(looked) < layers


def test_dose_1_is_where_the_budget_ends(study: Study, axis: Axis, pack: VectorPack) -> None:
    tight = calibrate(study, axis, pack, budget=Budget(perplexity=1.3))
    for reach, less in ((pack.card.positive, tight.card.positive), (pack.card.negative, tight.card.negative)):
        assert reach is not None
        assert less is not None
        assert less.ended_by == "perplexity"
        assert less.damage.perplexity <= 1.3
        assert less.strengths[-1] < reach.strengths[-1]
        assert reach.damage.perplexity <= 2.0


def test_dose_1_keeps_the_budget_with_noise_and_prompts_that_calibration_did_not_see(
    study: Study, axis: Axis, pack: VectorPack
) -> None:
    """What texts cost this model on average can be worked out, so the promise is checked without any text."""
    model, budget = study.model, Budget(perplexity=1.5)

    def surprise(push: float) -> float:
        tilted = model.log_odds({"a": push}, {"a": pack.direction}) / 0.7  # type: ignore[attr-defined]
        return -float(np.exp(tilted - np.logaddexp.reduce(tilted)) @ model.log_odds({}, {}))  # type: ignore[attr-defined]

    costs = []
    for seed in range(10):
        anew = calibrate(replace(study, seed=seed), axis, pack, budget=budget)
        reaches = (anew.card.negative, anew.card.positive)
        assert {reach.ended_by for reach in reaches if reach is not None} == {"perplexity"}
        costs += [np.exp(surprise(anew.push(dose)) - surprise(0)) for dose in (-1.0, 1.0)]
    assert sum(cost > 1.5 for cost in costs) <= 1
    assert np.mean(costs) > 1.35  # nor is much of the budget left


def test_no_prompt_serves_two_purposes() -> None:
    prompts = (*CALIBRATION, *DECISION, *EVALUATION, *FURTHER)
    assert len(set(prompts)) == len(prompts)


def test_what_the_ends_of_the_slider_cost_is_read_off_more_texts(
    study: Study, axis: Axis, pack: VectorPack, report: AxisReport
) -> None:
    assert report.texts == len(EVALUATION + FURTHER)
    assert not report.quick
    less = evaluate(replace(study, seed=9), axis, pack, further=())
    assert less.texts == len(EVALUATION)
    assert less.damage[1:4] + less.damage[5:8] == report.damage[1:4] + report.damage[5:8]
    for end in (0, -1):
        low, high = report.spread[end]
        assert low < report.damage[end].perplexity < high
        assert np.log(high / low) < np.log(less.spread[end][1] / less.spread[end][0])


def test_what_the_curve_promises_is_what_the_model_does(study: Study, axis: Axis, pack: VectorPack) -> None:
    """The effect at dose 1 is the change of log-odds that can be worked out, on the answers set apart."""
    model, sides = study.model, axis.sides("choose")

    def gap(push: float) -> float:
        odds = model.log_odds({"a": push}, {"a": pack.direction})  # type: ignore[attr-defined]
        means = [
            np.mean([odds[_words(one.answer)].mean() for one in side]) for side in (sides.positive, sides.negative)
        ]
        return float(means[0] - means[1])

    for sign, reach in ((1, pack.card.positive), (-1, pack.card.negative)):
        assert reach is not None
        assert reach.effects[-1] == pytest.approx(sign * (gap(pack.push(sign)) - gap(0)), abs=1e-5)


def test_equal_steps_of_the_slider_are_equal_steps_of_effect(report: AxisReport) -> None:
    assert report.monotone == pytest.approx(1)
    assert report.won == 1
    right, left = np.diff(report.gaps[4:]), np.diff(report.gaps[:5])
    for steps in (right, left):
        assert steps.min() > 0.6 * steps.max()


def test_effects_stand_beside_those_of_random_directions_and_of_asking(report: AxisReport) -> None:
    assert len(report.floor) == RANDOMS
    assert np.mean(np.abs(report.floor)) < 0.4 * report.effect  # in twelve dimensions |cosines| are .24 on average
    assert report.instructed == 0  # this model does not listen


def test_damage_is_told_at_each_dose_and_is_none_at_0(report: AxisReport) -> None:
    unsteered = report.damage[DOSES.index(0.0)]
    assert (unsteered.perplexity, unsteered.kl, unsteered.distinct) == (1, 0, 1)
    assert report.damage[0].kl > report.damage[2].kl > 0
    assert report.damage[-1].perplexity > 1.2


def test_steerlab_defect_2_every_prompt_of_a_sweep_is_steered(report: AxisReport) -> None:
    """It cleared its hooks after the first prompt; the others were answered unsteered, and compared as if steered."""
    for sample in report.samples:
        formal = [sum(word in FORMAL for word in text.split()) for text in (sample.texts[0], sample.texts[-1])]
        assert formal[1] > formal[0], sample.prompt
    assert len(report.samples) == len(EVALUATION)


def test_a_report_survives_its_record(report: AxisReport) -> None:
    assert AxisReport.model_validate(json.loads(report.model_dump_json())) == report


def test_the_card_takes_what_was_measured(pack: VectorPack, report: AxisReport, axis: Axis) -> None:
    card = measured(pack, report, axis).card
    assert (card.effect, card.monotone, card.won) == (report.effect, report.monotone, 1)
    assert card.floor == pytest.approx(np.mean(np.abs(report.floor)))
    assert card.splits == {"train": 15, "choose": 5, "held_out": 10}


@pytest.fixture(scope="module")
def other(study: Study) -> VectorPack:
    axis = spoken_axis("plainness", PLAIN[:10], PLAIN[10:])
    return calibrate(study, axis, choose(study, axis, methods=("mean_difference",)).pack)


def test_an_axis_beside_another_does_what_it_does_alone(
    study: Study, pack: VectorPack, axis: Axis, other: VectorPack
) -> None:
    found = composed(study, axis, pack, other)
    assert (found.other, found.dose) == ("plainness", 0.7)
    assert found.alone > 0.5
    assert found.together == pytest.approx(found.alone, rel=0.1)
    assert abs(found.spilled) < 0.3 * found.alone


def test_an_axis_beside_itself_spills_all_that_it_does(study: Study, pack: VectorPack, axis: Axis) -> None:
    twin = VectorPack(pack.card.model_copy(update={"axis": "twin"}), pack.vectors)
    found = composed(study, axis, pack, twin)
    assert found.cosine == pytest.approx(1)
    assert found.spilled == pytest.approx(found.alone)


def test_the_axis_that_is_most_alike_is_the_one_to_look_out_for(pack: VectorPack, other: VectorPack) -> None:
    against = VectorPack(other.card.model_copy(update={"axis": "against"}), -pack.vectors)
    bare = VectorPack(pack.card.model_copy(update={"axis": "bare", "negative": None, "positive": None}), pack.vectors)
    packs = {one.card.axis: one for one in (pack, other, against, bare)}
    assert most_alike(pack, packs) is against  # itself is no other, and what is not calibrated can't be combined
    assert most_alike(pack, {"formality": pack}) is None


def test_a_report_tells_what_the_axis_does_beside_another(
    study: Study, axis: Axis, pack: VectorPack, other: VectorPack, report: AxisReport
) -> None:
    assert report.composition is None  # nothing was named
    told = evaluate(study, axis, pack, prompts=EVALUATION[:2], further=(), randoms=2, beside=other)
    assert told.composition == composed(study, axis, pack, other)


def test_packs_that_are_not_ready_or_another_models_are_refused(study: Study, axis: Axis, pack: VectorPack) -> None:
    bare = Extractor(study, axis).make()
    with pytest.raises(ConflictError):
        calibrate(study, axis, bare)
    with pytest.raises(ConflictError):
        evaluate(study, axis, bare)
    other = pack.card.model.model_copy(update={"fingerprint": "0" * 64})
    stranger = VectorPack(pack.card.model_copy(update={"model": other}), pack.vectors)
    for act in (calibrate, evaluate):
        with pytest.raises(UnsupportedInputError):
            act(study, axis, stranger)


def test_it_can_be_watched_and_stopped(study: Study, axis: Axis) -> None:
    steps: list[Step] = []
    choose(replace(study, progress=steps.append), axis)
    assert {"reading", "comparing"} <= {step.phase for step in steps}
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelledError):
        choose(replace(study, cancel=token), axis)


costs = st.lists(st.floats(0.5, 8), min_size=3, max_size=8)


@given(costs, st.data())
def test_no_dose_within_the_slider_costs_more_than_the_budget(perplexity: list[float], data: st.DataObject) -> None:
    k, budget = len(perplexity), Budget()
    toll = Toll(np.linspace(0.05, 0.5, k), np.array(perplexity), np.zeros(k), np.array(
        data.draw(st.lists(st.floats(0.2, 1.2), min_size=k, max_size=k))))  # fmt: skip
    end, why = toll.end(budget)
    assert toll.at(end)[0] <= budget.perplexity * 1.0001 or end < 0.05
    assert toll.at(end)[1] >= budget.distinct - 1e-4 or end < 0.05
    steps = end * np.array([0.25, 0.5, 0.75, 1.0])
    effects = np.array(data.draw(st.lists(st.floats(-2, 5), min_size=4, max_size=4)))
    reach = reach_of(toll, steps, effects, np.array([0.01, 0.1, 0.3, 0.5]), budget)
    assert reach.strengths[-1] <= end
    assert reach.effects[-1] <= max(effects.max(), 0) + 1e-9
    assert reach.ended_by in {why, "effect"}


def test_the_effect_ends_the_slider_where_it_turns_back() -> None:
    toll = Toll(np.array([0.1, 0.5]), np.array([1.01, 1.05]), np.zeros(2), np.ones(2))
    reach = reach_of(toll, np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 2.0, 1.5, 0.5]), np.full(4, 0.1), Budget())
    assert (reach.strengths[-1], reach.ended_by) == (0.2, "effect")


def test_divergence_ends_the_slider_between_the_places_that_were_read() -> None:
    toll = Toll(np.array([0.1, 0.4]), np.array([1.01, 1.05]), np.zeros(2), np.ones(2))
    steps, kl = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.5, 1.0, 3.0, 5.0])
    reach = reach_of(toll, steps, np.array([1.0, 2.0, 3.0, 4.0]), kl, Budget(kl=2.0))
    assert reach.strengths == pytest.approx((0, 0.1, 0.2, 0.25))
    assert reach.effects == pytest.approx((0, 1, 2, 2.5))
    assert (reach.ended_by, reach.damage.kl) == ("kl", pytest.approx(2.0))


def test_a_line_is_straight_and_a_step_is_less() -> None:
    x = np.linspace(-1, 1, 9)
    assert straightness(x, 3 * x + 1) == pytest.approx(1)
    assert straightness(x, np.sign(x)) < 0.9
    assert straightness(x, np.ones(9)) == 0


def _words(text: str) -> list[Any]:
    return [WORDS.index(word) for word in text.split()]
