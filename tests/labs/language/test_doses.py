"""Doses: several at once add up, each at its own layer; overlap is shown, and taken out on request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.doses import directions_of, gram, pushes_of
from pilotage.labs.language.packs import VectorPack

MakePack = Callable[..., VectorPack]


@pytest.fixture
def packs(make_pack: MakePack) -> dict[str, VectorPack]:
    """Two axes at one layer that overlap, and one at another layer."""
    one, other = make_pack(seed=1), make_pack("warmth", seed=2)
    mixed = make_pack("warmth", vectors=0.6 * one.vectors + other.vectors)
    return {"formality": one, "warmth": mixed, "detail": make_pack("detail", seed=3, layer=1)}


def test_steerlab_defect_1_a_dose_is_applied_once_and_opposite_doses_do_not_cancel(
    packs: dict[str, VectorPack],
) -> None:
    """It scaled by the dose and then by the sum of doses: -0.8 pushed the other way, +0.5 and -0.5 nothing."""
    pushes = pushes_of({"formality": -0.8, "warmth": 0.5, "detail": -0.5}, packs)
    assert {name: np.sign(push) for name, push in pushes.items()} == {"formality": -1, "warmth": 1, "detail": -1}
    assert pushes["formality"] == packs["formality"].push(-0.8)
    alone = pushes_of({"warmth": 0.5}, packs)
    assert alone["warmth"] == pushes["warmth"]


def test_a_dose_of_0_is_no_push_at_all(packs: dict[str, VectorPack]) -> None:
    assert pushes_of({"formality": 0.0, "warmth": -0.0}, packs) == {}


def test_an_axis_without_vectors_is_refused_by_name(packs: dict[str, VectorPack]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        pushes_of({"formality": 0.5, "humour": 0.5}, packs)
    assert caught.value.field == "doses.humour"
    assert "warmth" in caught.value.hint


def test_the_gram_matrix_holds_the_cosines_at_a_common_layer(packs: dict[str, VectorPack]) -> None:
    pair = [packs["formality"], packs["warmth"]]
    cosine = float(pair[0].vectors[2] @ pair[1].vectors[2])
    np.testing.assert_allclose(gram(pair), [[1, cosine], [cosine, 1]], atol=1e-6)
    assert cosine > 0.3


def test_the_gram_matrix_is_symmetric_over_different_layers(packs: dict[str, VectorPack]) -> None:
    found = gram(tuple(packs.values()))
    np.testing.assert_allclose(found, found.T)
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-6)
    assert (np.abs(found) <= 1 + 1e-6).all()


def test_orthogonal_axes_of_one_layer_leave_each_other_alone_and_keep_their_length(
    packs: dict[str, VectorPack],
) -> None:
    pair = {name: packs[name] for name in ("formality", "warmth")}
    plain, turned = directions_of(pair), directions_of(pair, orthogonal=True)
    assert abs(turned["formality"].vector @ turned["warmth"].vector) < 1e-4
    for name in pair:
        assert np.linalg.norm(turned[name].vector) == pytest.approx(5.0, abs=1e-4)
        assert plain[name].vector @ turned[name].vector > 0.9 * 25


def test_axes_that_are_orthogonal_already_stay_as_they_are(make_pack: MakePack) -> None:
    eye = np.eye(8)
    pair = {"a": make_pack("a", vectors=np.tile(eye[0], (4, 1))), "b": make_pack("b", vectors=np.tile(eye[1], (4, 1)))}
    for name, direction in directions_of(pair, orthogonal=True).items():
        np.testing.assert_allclose(direction.vector, pair[name].direction.vector, atol=1e-6)


def test_the_same_axis_twice_cannot_be_told_apart(make_pack: MakePack) -> None:
    with pytest.raises(InvalidInputError, match="cannot be told apart"):
        directions_of({"a": make_pack("a"), "b": make_pack("b")}, orthogonal=True)
