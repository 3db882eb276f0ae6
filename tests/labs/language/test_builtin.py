"""What ships: packs of the built-in axes for the default model, made from the texts that ship with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.core.errors import NotFoundError
from pilotage.labs.language.builtin import PACKS_FOLDER, builtin_axis, builtin_names, builtin_packs, builtin_report
from pilotage.labs.language.doses import directions_of, gram, pushes_of
from pilotage.labs.language.study import Study
from pilotage.models.language import LanguageModel

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", builtin_packs())
def test_an_axis_ships_with_a_pack_that_was_made_and_measured_on_its_texts(name: str) -> None:
    """If not: python scripts/build_axes.py."""
    card, axis = builtin_packs()[name].card, builtin_axis(name)
    assert (card.axis, card.poles, card.licence) == (name, axis.poles, axis.licence)
    assert card.data == axis.fingerprint()
    assert card.measured_on == axis.fingerprint("held_out")
    assert card.calibrated
    known = card.effect, card.floor, card.instructed, card.monotone, card.won
    assert None not in known
    assert card.splits == {split: len(axis.sides(split).positive) for split in ("train", "choose", "held_out")}


@pytest.mark.parametrize("name", builtin_packs())
def test_a_pack_does_more_than_random_directions_and_more_dose_does_more(name: str) -> None:
    card = builtin_packs()[name].card
    assert card.effect is not None
    assert card.floor is not None
    assert card.effect > 2 * card.floor
    assert card.monotone is not None
    assert round(card.monotone, 9) >= 0.95
    for reach in (card.negative, card.positive):
        assert reach is not None
        assert reach.damage.perplexity <= 2


@pytest.mark.parametrize("name", builtin_packs())
def test_a_report_ships_beside_the_pack_and_tells_of_it(name: str) -> None:
    card, report = builtin_packs()[name].card, builtin_report(name)
    assert report is not None
    assert (report.axis, report.model, report.method, report.layer) == (name, card.model, card.method, card.layer)
    assert card.negative is not None
    assert card.positive is not None
    ends = (-card.negative.strengths[-1], card.positive.strengths[-1])
    assert (report.strengths[0], report.strengths[-1]) == ends
    assert (report.effect, report.monotone) == (card.effect, card.monotone)
    assert not report.quick
    ranked = sorted(report.heat, key=lambda cell: cell.score, reverse=True)
    better = {"detail_level": 3}.get(name, 0)  # at block 11, where it did no more than chance: decision 0017
    assert (ranked[better].method, ranked[better].layer) == (card.method, card.layer)
    for end in (0, -1):
        assert report.damage[end].perplexity <= 2


def test_the_effects_of_formality_and_sentiment_are_as_large_as_is_asked() -> None:
    for name, least in (("formality", 3.0), ("sentiment", 2.0)):
        card = builtin_packs()[name].card
        assert card.effect is not None
        assert card.floor is not None
        assert card.effect >= least
        assert card.floor <= 0.5


def test_the_decision_tells_what_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """If not: python scripts/build_axes.py --table."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import build_axes

    page = (ROOT / "docs" / "decisions" / "0017-doses.md").read_text(encoding="utf-8")
    assert "\n".join(build_axes.table()) in page


def test_everyday_axes_come_first_and_all_packs_are_of_one_model() -> None:
    assert builtin_names()[:2] == ("formality", "sentiment")
    assert len({pack.card.model for pack in builtin_packs().values()}) == 1


def test_axes_are_not_copies_of_each_other() -> None:
    cosines = gram(tuple(builtin_packs().values()))
    assert np.abs(cosines - np.diag(np.diag(cosines))).max() < 0.8


def test_all_packs_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in PACKS_FOLDER.glob("*.safetensors")) < 2_000_000


def test_an_axis_that_does_not_ship_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        builtin_axis("../formality")


@pytest.mark.starter
def test_the_packs_steer_the_default_model_either_way(smollm: LanguageModel) -> None:
    """A few held-out pairs of formality, read at both ends of the slider."""
    for pack in builtin_packs().values():
        pack.require(smollm.info)
    packs = {"formality": builtin_packs()["formality"]}
    sides = builtin_axis("formality").sides("held_out")
    some = type(sides)(sides.positive[:4], sides.negative[:4], paired=True)
    settings = [pushes_of({"formality": dose}, packs) for dose in (-1.0, 0.0, 1.0)]
    gaps = Study(smollm).reader(directions_of(packs)).gaps(some, settings)
    low, middle, high = gaps.mean
    assert low < middle - 0.3
    assert high > middle + 0.3
    assert gaps.won(0, 2) == 1
