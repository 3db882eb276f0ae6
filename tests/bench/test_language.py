"""Axes of language are measured as their reports say, and the paper's parts on a model that can be worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotage.bench import language_axes, language_paper, profiles
from pilotage.bench.rows import Row
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.calibration import calibrate
from pilotage.labs.language.choosing import choose
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import EVALUATION, FURTHER
from pilotage.labs.language.study import Study
from pilotage.testing.exact_language import CASUAL, FORMAL, PLAIN, ExactModel

BITTER, SWEET = PLAIN[10:], PLAIN[:10]


def axis_of(name: str, high: tuple[str, ...], low: tuple[str, ...]) -> Axis:
    rng = np.random.default_rng(5)
    pairs = [
        {"prompt": f"Question {place}?", "split": "train" if place < 20 else "held_out",
         **{pole: " ".join([*rng.choice(PLAIN[4:], 3), rng.choice(words)])
            for pole, words in (("positive", high), ("negative", low))}}
        for place in range(30)
    ]  # fmt: skip
    return Axis.of({"name": name, "poles": {"negative": "low", "positive": "high"}, "pairs": pairs})


@pytest.fixture(scope="module")
def model() -> Any:
    return ExactModel()


@pytest.fixture(scope="module")
def axes() -> list[Axis]:
    return [axis_of("formality", FORMAL, CASUAL), axis_of("taste", SWEET, BITTER)]


@pytest.fixture(scope="module")
def packs(model: Any, axes: list[Axis]) -> dict[str, VectorPack]:
    study = Study(model, tokens=40)
    return {axis.name: calibrate(study, axis, choose(study, axis).pack) for axis in axes}


@pytest.fixture(scope="module")
def measured(model: Any, axes: list[Axis], packs: dict[str, VectorPack]) -> list[language_axes.Measured]:
    return language_axes.measure(model, axes, packs)


def the(rows: list[Row], case: str, metric: str) -> Row:
    (found,) = [row for row in rows if (row.case, row.metric) == (case, metric)]
    return found


def test_the_effect_is_the_mean_over_held_out_pairs_and_lies_in_its_interval(
    measured: list[language_axes.Measured],
) -> None:
    for one in measured:
        row = the(language_axes.rows_of(measured), one.report.axis, "effect")
        assert row.ours == pytest.approx(one.effects.mean(), rel=1e-5)
        assert row.n == len(one.effects) == 10
        assert row.spread is not None
        assert row.spread[0] <= row.ours <= row.spread[1]


def test_chance_is_what_random_directions_do_and_the_worse_pole_is_the_damage(
    measured: list[language_axes.Measured],
) -> None:
    rows = language_axes.rows_of(measured)
    for report in (one.report for one in measured):
        damage, worse = the(rows, report.axis, "damage"), max(report.damage[end].perplexity for end in (0, -1))
        assert damage.ours == worse
        assert damage.n == len(EVALUATION + FURTHER)
        assert damage.spread is not None
        assert damage.spread[0] < worse < damage.spread[1]
        assert the(rows, report.axis, "floor").ours == pytest.approx(np.mean(np.abs(report.floor)))
    effect, floor = (the(rows, "formality", metric).ours for metric in ("effect", "floor"))
    assert effect is not None
    assert floor is not None
    assert floor < effect


def test_a_quick_run_judges_no_bar(measured: list[language_axes.Measured]) -> None:
    assert any(row.holds is not None for row in language_axes.rows_of(measured))
    assert all(row.bar is row.holds is None for row in language_axes.rows_of(measured, judged=False))


def test_doses_of_a_linear_model_lie_on_a_line_and_axes_do_to_each_other_what_their_directions_share(
    model: Any, axes: list[Axis], packs: dict[str, VectorPack], tmp_path: Path
) -> None:
    lines = language_paper.lines_of(model, axes, packs)
    pair = language_paper.pair_of(model, axes, packs)
    found = profiles.measure(tmp_path, people=4, quick=True)
    rows = language_paper.rows_of(lines, pair, found, profiles.STATED)
    for line in lines:
        straight = the(rows, f"E1 {line.axis}", "share that a line over the doses explains")
        assert straight.ours is not None
        assert straight.ours > 0.95
    case = "E3 formality + taste"
    alone = the(rows, case, "effect of formality with taste")
    beside = the(rows, case, "effect of taste on formality's answers")
    assert alone.ratio == pytest.approx(1, abs=0.15)
    assert beside.ratio == pytest.approx(
        pair["formality"].cosine, abs=0.05
    )  # as much as their directions have in common
    error = the(rows, "E4 calibrate, 8 pairs", "mean error, share of the range")
    assert (error.n, error.theirs) == (4, language_paper.PAPER_ERROR)


def test_one_axis_is_no_pair(model: Any, axes: list[Axis], packs: dict[str, VectorPack]) -> None:
    assert language_paper.pair_of(model, axes[:1], packs) == {}
