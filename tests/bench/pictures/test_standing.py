"""Figures and bars of made-up courses, whose answers are known; and the page that shows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.bench.page import write_page
from pilotage.bench.pictures import outcomes as kept
from pilotage.bench.pictures.cases import PictureCase, case_named
from pilotage.bench.pictures.naming import NAMED, arm_named, name_of_arm
from pilotage.bench.pictures.outcomes import Courses
from pilotage.bench.pictures.standing import ALL, Runs, by_target, rows_of, slope, standings, text_of
from pilotage.bench.pictures.trials import Course, PictureTrial
from pilotage.core.errors import InvalidInputError

ROUNDS = 5
GROUP = f"{ALL}, {ROUNDS} rounds"


def course(seed: int, *, level: float, rise: float = 0.0) -> Course:
    """New pictures rise evenly from round 2; round 1 is out of line, as it may be."""
    new = (0.9, *(level + rise * turn for turn in range(ROUNDS - 1)))
    return Course(seed, (level,) * ROUNDS, new, level, level, (1, 0, 0, 2, 1), (), 16)


def outcomes(levels: dict[str, float], *, seeds: int = 3) -> list[tuple[PictureTrial, list[Course]]]:
    """Six targets, half of them wishes, each with a luck of its own that all arms share."""
    found = []
    for n, luck in enumerate(np.random.default_rng(0).normal(scale=0.3, size=6)):
        case = PictureCase(prompt=f"a {n}", wish="a thing" if n % 2 else "")
        for arm, level in levels.items():
            runs = [course(seed, level=level + luck, rise=0.02 if arm == "default" else 0.0) for seed in range(seeds)]
            found.append((PictureTrial(case=case, arm=arm_named(arm), rounds=ROUNDS), runs))
    return found


def table(**levels: float) -> dict[str, dict[str, Runs]]:
    return standings(outcomes(levels))


def test_the_slope_counts_from_the_second_round() -> None:
    assert slope(course(0, level=0.1, rise=0.07)) == pytest.approx(0.07)


def test_each_target_counts_once() -> None:
    runs = {("a", 0): course(0, level=0.0), ("a", 1): course(1, level=0.0), ("b", 0): course(0, level=1.0)}
    assert by_target(runs, lambda one: one.held_out).tolist() == [0.0, 1.0]


def test_pairing_takes_out_the_luck_of_a_target() -> None:
    rows = rows_of(table(default=0.5, no_update=0.4))
    row = next(row for row in rows if (row.case, row.metric) == (GROUP, "score"))
    assert row.theirs is not None
    assert (row.ours or 0.0) - row.theirs == pytest.approx(0.1)
    assert row.spread == pytest.approx((0.1, 0.1))
    assert row.n == 6


@pytest.mark.parametrize(("gain", "kept"), [(0.1, True), (-0.1, False)])
def test_bars_are_on_all_targets_and_hold_where_they_should(gain: float, kept: bool) -> None:
    barred = [row for row in rows_of(table(default=0.5, no_update=0.5 - gain)) if row.bar is not None]
    assert {row.case for row in barred} == {GROUP}
    assert {row.metric: row.holds for row in barred} == {
        "slope": True,
        **{f"{metric} less no_update's": kept for metric in ("score", "held-out score", "nearness")},
        **{f"new pictures {when} less no_update's": kept
           for when in ("from round 2", *(f"in round {turn}" for turn in range(2, ROUNDS + 1)))},
    }  # fmt: skip


def test_new_pictures_that_get_worse_miss_the_bar() -> None:
    (trial, runs), *_ = outcomes({"default": 0.5})
    worse = [course(one.seed, level=0.5, rise=-0.01) for one in runs]
    (row,) = (row for row in rows_of(standings([(trial, worse)])) if row.bar is not None)
    assert (row.metric, row.holds) == ("slope", False)


def test_runs_that_only_one_arm_has_are_not_compared() -> None:
    ours, *_ = outcomes({"default": 0.5}, seeds=3)
    theirs, *_ = outcomes({"no_update": 0.4}, seeds=1)
    ours[1][1:] = [course(one.seed, level=9.0) for one in ours[1][1:]]
    row = next(row for row in rows_of(standings([ours, theirs])) if row.metric == "score" and row.peer)
    assert row.ours is not None
    assert row.ours < 2.0


def test_the_table_has_a_line_an_arm_in_each_group() -> None:
    text = text_of(table(default=0.5, best_of_seeds=0.2))
    assert [block.splitlines()[0].split(",")[0] for block in text.split("\n\n")] == [ALL, "hidden places", "wishes"]
    assert "+0.300 [+0.300, +0.300]" in text


@pytest.mark.parametrize("name", [*NAMED, "thompson+laplace_gp"])
def test_an_arm_is_told_by_the_name_it_was_asked_for_by(name: str) -> None:
    assert name_of_arm(arm_named(name)) == name
    assert arm_named(name_of_arm(arm_named(name))) == arm_named(name)


@pytest.mark.parametrize("text", ["{prompt: a key, wash: a green key}", "{prompt: ''}", "{", "{- a}"])
def test_a_case_that_is_none_is_bad_input(text: str) -> None:
    with pytest.raises(InvalidInputError):
        case_named(text)


def test_courses_are_read_back_and_shown_on_the_page(tmp_path: Path) -> None:
    courses = Courses(tmp_path)
    for trial, runs in outcomes({"default": 0.5, "no_update": 0.4}):
        for one in runs:
            courses.add(trial, one)
        assert courses.read(trial) == {one.seed: one for one in runs}
    assert write_page(tmp_path, tmp_path / "page.html", command="pilotage bench report") == 12
    page = (tmp_path / "page.html").read_text()
    assert page.count("<svg") == 2 * 3
    assert "score less no_update&#x27;s" in page
    assert "Whose search finds" not in page  # nothing of the kind was run


def test_what_has_no_sampler_does_not_depend_on_samplers(monkeypatch: pytest.MonkeyPatch) -> None:
    def codes() -> dict[str, str]:
        trials = {name: PictureTrial(case=PictureCase(prompt="a"), arm=arm_named(name)) for name in NAMED}
        return {name: Courses(Path()).code_of(trial) for name, trial in trials.items()}

    before = codes()
    monkeypatch.setattr(kept, "_ENGINE", ("preferences",))
    after = codes()
    assert {name for name in NAMED if after[name] == before[name]} == {"best_of_seeds", "random_local"}
