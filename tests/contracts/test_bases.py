"""Every basis keeps the contract, and the contract catches bases that do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from pilotage.core.shapes import Array
from pilotage.spaces import BASES, Axis, AxisText, Basis, TextEmbedding, Vocabulary
from pilotage.testing.bases import BasisContract

TYPED = ["attributes_pca", "attributes", "hybrid", "random_subspace", "dictionary"]


class TestWithTypedAxes(BasisContract):
    @pytest.fixture(params=TYPED)
    def basis(self, request: pytest.FixtureRequest) -> Basis:
        return BASES.build(request.param)


class TestComponentsAlone(BasisContract):
    typed = False

    @pytest.fixture
    def basis(self) -> Basis:
        return BASES.build("pca_rewrites")


class TestTheControl(BasisContract):
    typed = False
    turns = False

    @pytest.fixture
    def basis(self) -> Basis:
        return BASES.build("isotropic")


def test_the_table_lists_what_the_contract_covers() -> None:
    assert set(BASES.entries()) == {*TYPED, "pca_rewrites", "isotropic"}


class Broken(Basis):
    """A sound basis, for others to break."""

    whole = BASES.build("attributes_pca")

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        return self.whole.captions(prompt, axes, vocabulary)

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        return self.whole.build(prompt, axes, dimension, vocabulary, embeddings)


class DrawsWithoutASeed(Broken):
    """Broken on purpose: one axis is noise, of its own length, and another one stands there twice."""

    def build(self, *given: object) -> tuple[Array, tuple[Axis, ...]]:  # type: ignore[override]
        directions, axes = super().build(*given)  # type: ignore[arg-type]
        directions[2] = np.random.default_rng().normal(size=directions.shape[1])
        directions[3] = directions[1]
        return directions, axes


class ForgetsWhatWasTyped(Broken):
    """Broken on purpose: a person's axes are dropped, each axis calls itself measured, the prompt is left out."""

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        return (*super().captions(prompt, (), vocabulary)[1:], "a fox by night", "a fox by night")

    def build(self, prompt: str, axes: Sequence[AxisText], *given: object) -> tuple[Array, tuple[Axis, ...]]:  # type: ignore[override]
        vocabulary, embeddings = given[1], dict(given[2])  # type: ignore[call-overload]
        embeddings.setdefault(prompt, next(iter(embeddings.values())))
        directions, axes_ = super().build(prompt, (), given[0], vocabulary, embeddings)  # type: ignore[arg-type]
        return directions * np.nan, tuple(axis.rescaled(1.0) for axis in axes_)


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (DrawsWithoutASeed(), "test_every_direction_is_one_caption_difference_long_and_says_so"),
        (DrawsWithoutASeed(), "test_no_two_axes_are_one"),
        (DrawsWithoutASeed(), "test_the_same_embeddings_give_the_same_bytes_in_any_order"),
        (DrawsWithoutASeed(), "test_its_directions_turn_with_the_embedding_space"),
        (ForgetsWhatWasTyped(), "test_it_asks_for_the_prompt_and_for_no_caption_twice"),
        (ForgetsWhatWasTyped(), "test_it_makes_one_finite_direction_an_axis"),
        (ForgetsWhatWasTyped(), "test_an_axis_is_not_measured_before_it_was"),
        (ForgetsWhatWasTyped(), "test_typed_axes_come_first_in_their_order"),
        (ForgetsWhatWasTyped(), "test_the_other_way_round_a_typed_axis_points_the_other_way"),
        (ForgetsWhatWasTyped(), "test_typed_axes_that_do_not_fit_are_refused_by_field"),
    ],
)
def test_the_contract_catches_a_broken_basis(broken: Basis, promise: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(BasisContract(), promise)(broken)


def test_the_contract_lets_a_sound_basis_pass() -> None:
    for name in (name for name in dir(BasisContract) if name.startswith("test_")):
        getattr(BasisContract(), name)(Broken())
