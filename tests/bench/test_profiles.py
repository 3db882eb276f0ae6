"""Simulated people err as stated, methods meet the same ones, and figures are what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.bench.profiles import STATED, directions, errors, measure, rows_of
from pilotage.bench.profiles_people import ACTS, AXES, Person, PersonConfig
from pilotage.bench.profiles_steerlab import DiagonalBisection, Multiplying
from pilotage.bench.profiles_trials import Finds, Found, ProfileTrial, find
from pilotage.labs.language.profiles import parse_event

EXACT = PersonConfig(prompt_sd=0.0)


def at(place: np.ndarray) -> dict[str, float]:
    return dict(zip(AXES, map(float, place), strict=True))


@pytest.mark.parametrize("shape", ["distance", "squared"])
def test_one_choice_in_five_is_wrong_between_the_ideal_and_a_quarter_of_the_range_off(shape: str) -> None:
    person = Person(EXACT.model_copy(update={"shape": shape}), 1)
    off = at(person.target + np.array([0.3, 0.4]))
    wrong = np.mean([person.best([at(person.target), off], turn) for turn in range(3000)])
    assert wrong == pytest.approx(0.2, abs=0.025)


def test_a_person_is_content_half_the_time_at_the_edge_of_their_tolerance() -> None:
    person = Person(EXACT.model_copy(update={"acts": "thumbs", "tolerance": 0.25}), 2)
    edge = at(person.target + np.array([0.15, -0.2]))
    thumbs = [person.act(edge, turn) for turn in range(2000)]
    assert np.mean([said is not None and said["reaction"] == "thumbs_up" for said in thumbs]) == pytest.approx(
        0.5, abs=0.04
    )


def test_all_that_people_do_is_an_event_of_a_profile() -> None:
    person = Person(PersonConfig(), 3)
    acts = [person.act({"formality": 0.1, "detail_level": -0.9}, turn) for turn in range(300)]
    kinds = {event.kind for act in acts if act for event in [parse_event(act)]}
    assert kinds == {"reaction", "edited", "remarked"}
    assert None in acts
    assert all(sum(shares.values()) == pytest.approx(1.0) for acts in ACTS.values() for shares in acts.values())


def test_remarks_ask_for_the_right_side_of_the_axis_that_is_off() -> None:
    person = Person(EXACT.model_copy(update={"acts": "remarks", "tolerance": 0.0}), 4)
    low = at(person.target - np.array([0.0, 0.5]))
    said = [act for turn in range(1000) if (act := person.act(low, turn))]
    assert {act["axis"] for act in said} == {AXES[1]}
    assert np.mean([act["wish"] == 1 for act in said]) == pytest.approx(0.8, abs=0.05)


def test_the_same_person_meets_every_method_and_answers_the_same_again() -> None:
    trials = [ProfileTrial(method=method, turns=2) for method in ("calibrate", "nothing", "steerlab_learn")]
    found = [find(trial, 5) for trial in trials]
    assert len({one.target for one in found}) == 1
    assert find(trials[0], 5) == found[0]
    assert find(trials[0], 6).target != found[0].target


def test_a_diagonal_bisection_keeps_both_axes_equal_and_multiplying_stays_at_zero() -> None:
    for seed in range(5):
        person, bisecting, multiplying = Person(PersonConfig(), seed), DiagonalBisection(), Multiplying()
        for turn in range(12):
            bisecting.turn(person, turn)
            multiplying.turn(person, turn)
        assert len(set(bisecting.doses().values())) == 1
        assert set(multiplying.doses().values()) == {0.0}


def test_errors_are_shares_of_the_range_and_a_dose_of_zero_is_half_right() -> None:
    found = [Found(0, (0.5, -0.9), ((0.0, 0.0), (0.3, 0.1))), Found(1, (0.1, 0.6), ((0.0, 0.0), (-0.2, 0.0)))]
    assert errors(found) == pytest.approx([(0.2 + 1.0) / 4, (0.3 + 0.6) / 4])
    assert errors(found, 0) == pytest.approx([0.35, 0.175])
    assert directions(found, 0.0) == pytest.approx([0.5, 0.25])
    assert directions(found, 0.5) == pytest.approx([0.5, 0.5])
    assert directions(found, 0.8) == pytest.approx([0.0])


def test_bars_are_held_or_missed_on_the_stated_people(tmp_path: Path) -> None:
    good = Found(0, (0.8, -0.8), ((0.7, -0.7),), ((0.1, 0.1),))
    bad = Found(0, (0.8, -0.8), ((-0.1, 0.1),), ((0.1, 0.1),))
    none = Found(0, (0.8, -0.8), ((0.0, 0.0),))

    def held(ours: Found) -> list[bool]:
        peers = {
            (STATED, name): [none, none] for name in ("nothing", "knowing", "steerlab_calibrate", "steerlab_learn")
        }
        rows = rows_of({(STATED, "calibrate"): [ours, ours], (STATED, "learn"): [ours, ours], **peers})
        return [row.holds for row in rows if row.holds is not None]

    assert held(good) == [True, True]
    assert held(bad) == [False, False]
    ledger = Finds(tmp_path)
    ledger.add(ProfileTrial(method="calibrate", turns=1), good)
    assert ledger.read(ProfileTrial(method="calibrate", turns=1)) == {0: good}


def test_a_small_run_finds_more_than_nothing_does_and_is_kept(tmp_path: Path) -> None:
    found = measure(tmp_path, people=6, quick=True)
    assert errors(found[STATED, "calibrate"]).mean() < errors(found[STATED, "nothing"]).mean() - 0.05
    kept = {path: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    assert len(kept) == 6
    assert measure(tmp_path, people=6, quick=True) == found
    assert {path: path.read_bytes() for path in tmp_path.glob("*.jsonl")} == kept
