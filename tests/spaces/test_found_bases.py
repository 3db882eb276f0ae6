"""What each basis finds beside the typed axes: random inside the captions' subspace, atoms, presets."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.spaces import BASES, AxisText
from pilotage.spaces.bases import preset_axes
from pilotage.spaces.bases.directions import random_directions
from pilotage.testing.bases import PROMPT, TYPED, WORDS, build, cosines, word_embedding


def caption_rows(*, corpus: int = 0) -> Array:
    captions = (*WORDS.rewrites(PROMPT), *WORDS.corpus(corpus))
    rows = np.stack([word_embedding(text).conditioning.flat() for text in captions])
    return rows - rows.mean(axis=0)


def inside(directions: Array, rows: Array) -> Array:
    """(d,) share of each direction's length that lies in the span of the rows."""
    frame = np.linalg.svd(rows, full_matrices=False)[2][: np.linalg.matrix_rank(rows)]
    return np.linalg.norm(directions @ frame.T, axis=1) / np.linalg.norm(directions, axis=1)


def test_random_directions_lie_inside_the_captions_main_subspace_and_follow_from_the_seed() -> None:
    first, again, other = (
        build(BASES.build({"kind": "random_subspace", "seed": seed}))[0] for seed in (0, 0, 1)
    )  # fmt: skip
    rows = caption_rows()
    _, values, right = np.linalg.svd(rows, full_matrices=False)
    kept = int(np.searchsorted(np.cumsum(values**2) / (values**2).sum(), 0.95)) + 1
    np.testing.assert_allclose(inside(first, right[:kept]), 1)
    np.testing.assert_allclose(np.abs(cosines(first, first)), np.eye(4), atol=1e-9)
    assert first.tobytes() == again.tobytes()
    assert np.abs(cosines(first, other)).max() < 0.98


def test_the_subspace_never_has_more_than_its_cap() -> None:
    rows = np.random.default_rng(0).normal(size=(80, 60))
    random_directions(rows, 32, np.random.default_rng(0))
    with pytest.raises(InvalidInputError, match="spans 32 axes"):
        random_directions(rows, 33, np.random.default_rng(0))


def test_random_directions_favour_no_component() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 6)) * np.array([9, 5, 3, 2, 1, 1.0])
    right = np.linalg.svd(rows, full_matrices=False)[2]
    drawn = np.vstack([random_directions(rows, 1, np.random.default_rng(s), share=1.0) for s in range(2000)])
    np.testing.assert_allclose(((drawn @ right.T) ** 2).mean(axis=0), 1 / 6, atol=0.015)


def test_components_of_rewrites_are_what_the_default_finds_without_typed_axes() -> None:
    np.testing.assert_array_equal(build(BASES.build("pca_rewrites"))[0], build(BASES.build("attributes_pca"))[0])


def test_a_hybrid_holds_typed_axes_components_and_random_directions_at_right_angles() -> None:
    directions, axes = build(BASES.build("hybrid"), TYPED, 7)
    assert [axis.source for axis in axes] == [
        "attribute", "attribute", *["caption_pca"] * 3, *["random_subspace"] * 2
    ]  # fmt: skip
    gram = cosines(directions, directions)
    np.testing.assert_allclose(gram[2:], np.eye(7)[2:], atol=1e-9)
    np.testing.assert_allclose(inside(directions[2:], np.vstack([caption_rows(), directions[:2]])), 1)


@pytest.mark.parametrize(("share", "sources"), [(0.0, {"caption_pca"}), (1.0, {"random_subspace"})])
def test_a_hybrids_share_goes_from_all_components_to_all_random(share: float, sources: set[str]) -> None:
    _, axes = build(BASES.build({"kind": "hybrid", "random": share}))
    assert {axis.source for axis in axes} == sources


def test_atoms_lie_in_the_captions_span_and_follow_from_the_seed() -> None:
    first, again, other = (build(BASES.build({"kind": "dictionary", "seed": seed}))[0] for seed in (0, 0, 1))
    np.testing.assert_allclose(inside(first, caption_rows(corpus=256)), 1)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_an_atom_is_called_by_the_words_that_lie_farthest_out_on_it() -> None:
    directions, axes = build(BASES.build("dictionary"))
    words = [word for family in WORDS.attributes.values() for word in family]
    anchor = word_embedding(PROMPT).conditioning.flat()
    for direction, axis in zip(directions, axes, strict=True):
        places = [(word_embedding(text).conditioning.flat() - anchor) @ direction for text in WORDS.rewrites(PROMPT)]
        assert (axis.negative, axis.positive) == (words[int(np.argmin(places))], words[int(np.argmax(places))])


def test_attributes_alone_are_as_many_as_were_typed() -> None:
    _, axes = build(BASES.build("attributes"), TYPED, 5)
    assert [axis.name for axis in axes] == [axis.name for axis in TYPED]


def test_without_typed_axes_the_vocabularys_own_stand_in_suggested_ones_first() -> None:
    suggested = WORDS.model_copy(update={"suggested_axes": ("old ↔ shiny",)})
    assert [axis.name for axis in preset_axes(suggested)][:4] == [
        "old ↔ shiny", "red ↔ blue", "at night ↔ in a forest", "small ↔ shiny"
    ]  # fmt: skip
    _, axes = build(BASES.build("attributes"), (), 4)
    assert [axis.name for axis in axes] == [axis.name for axis in preset_axes(WORDS)[:4]]
    assert {axis.source for axis in axes} == {"attribute"}


def test_a_preset_that_the_model_cannot_see_or_tell_apart_is_passed_over() -> None:
    basis = BASES.build("attributes")
    captions = basis.captions(PROMPT, (), WORDS)
    deaf = {text: word_embedding(text.replace("blue", "red")) for text in captions}
    _, axes = basis.build(PROMPT, (), 4, WORDS, deaf)
    assert "red ↔ blue" not in [axis.name for axis in axes]
    with pytest.raises(InvalidInputError) as caught:
        basis.build(PROMPT, (), 6, WORDS, deaf)
    assert caught.value.field == "dimension"


@pytest.mark.parametrize("kind", ["pca_rewrites", "hybrid", "attributes_pca", "random_subspace"])
def test_more_axes_than_the_captions_span_are_refused_by_field(kind: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        build(BASES.build(kind), (), 16)
    assert caught.value.field == "dimension"


def test_a_vocabulary_without_attribute_words_is_refused_by_field() -> None:
    bare = WORDS.model_copy(update={"attributes": {"colour": ("red",)}})
    basis = BASES.build("attributes_pca")
    embeddings = {text: word_embedding(text) for text in basis.captions(PROMPT, (), bare)}
    with pytest.raises(InvalidInputError) as caught:
        basis.build(PROMPT, (), 2, bare, embeddings)
    assert caught.value.field == "basis"


@pytest.mark.parametrize("kind", ["pca_rewrites", "isotropic"])
def test_a_basis_without_typed_axes_says_where_to_find_them(kind: str) -> None:
    with pytest.raises(InvalidInputError, match="takes no typed axes") as caught:
        build(BASES.build(kind), [AxisText.parse("red ↔ blue")])
    assert "hybrid" in caught.value.hint
