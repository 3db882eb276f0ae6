"""What ships: packs of the built-in axes for the default model, made from the texts that ship with them."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.core.errors import NotFoundError
from pilotage.labs.language.builtin import PACKS_FOLDER, builtin_axis, builtin_names, builtin_packs
from pilotage.labs.language.doses import directions_of, gram, pushes_of
from pilotage.labs.language.study import Study
from pilotage.models.language import LanguageModel


@pytest.mark.parametrize("name", builtin_packs())
def test_a_pack_was_made_and_measured_on_the_texts_that_ship(name: str) -> None:
    """If not: python scripts/build_axes.py."""
    card, axis = builtin_packs()[name].card, builtin_axis(name)
    assert (card.axis, card.poles, card.licence) == (name, axis.poles, axis.licence)
    assert card.data == axis.fingerprint()
    assert card.measured_on == axis.fingerprint("held_out")
    assert card.calibrated


@pytest.mark.parametrize("name", builtin_packs())
def test_a_pack_does_more_than_a_random_direction_and_more_dose_does_more(name: str) -> None:
    card = builtin_packs()[name].card
    assert card.effect is not None
    assert card.floor is not None
    assert card.effect > 2 * card.floor
    assert card.monotone is not None
    assert card.monotone >= 0.95
    for reach in (card.negative, card.positive):
        assert reach is not None
        assert reach.damage.perplexity <= 2


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
    packs = {"formality": builtin_packs()["formality"]}
    packs["formality"].require(smollm.info)
    sides = builtin_axis("formality").sides("held_out")
    some = type(sides)(sides.positive[:4], sides.negative[:4], paired=True)
    settings = [pushes_of({"formality": dose}, packs) for dose in (-1.0, 0.0, 1.0)]
    gaps = Study(smollm).reader(directions_of(packs)).gaps(some, settings)
    low, middle, high = gaps.mean
    assert low < middle - 0.3
    assert high > middle + 0.3
    assert gaps.won(0, 2) == 1
