from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.core.errors import NotFoundError
from pilotage.labs.latents.data import BUILTIN, builtin

NOTICE = Path(__file__).parents[4] / "NOTICE"


@pytest.mark.parametrize(("name", "shape"), [("digits", (5000, 28, 28, 1)), ("digits8", (1797, 8, 8, 1))])
def test_digits_are_whole_and_every_class_is_among_the_first(name: str, shape: tuple[int, ...]) -> None:
    digits = builtin(name)
    assert digits.images.shape == shape
    assert (digits.images.min(), digits.images.max()) == (0, 255)
    assert digits.class_names == tuple("0123456789")
    assert np.bincount(digits.labels).min() >= 174  # type: ignore[arg-type]
    assert set(digits.labels[:60].tolist()) == set(range(10))  # type: ignore[index]


def test_digits_of_8_x_8_are_those_of_scikit_learn() -> None:
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    ours = builtin("digits8")
    wanted = {
        (tuple(np.rint(x * 255 / 16).astype(int).ravel()), y) for x, y in zip(theirs.images, theirs.target, strict=True)
    }
    assert {(tuple(x.ravel().tolist()), y) for x, y in zip(ours.images, ours.labels.tolist(), strict=True)} == wanted  # type: ignore[union-attr]


@pytest.mark.parametrize("name", BUILTIN)
def test_every_set_says_whose_it_is_and_stands_in_the_notice(name: str) -> None:
    images = builtin(name)
    assert images.licence
    assert images.source
    assert f"sets/{name}.npz" in NOTICE.read_text()
    assert len(images.class_names) == 10
    assert images.sha256 == builtin(name).sha256


def test_an_unknown_set_is_told_with_those_that_there_are() -> None:
    with pytest.raises(NotFoundError) as caught:
        builtin("faces")
    assert "digits8" in caught.value.hint
    assert caught.value.field == "data"
