"""Sparse coding: matching pursuit against exhaustive search, and a dictionary that was planted is found again."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.shapes import Array
from pilotage.spaces.sparse import learn_dictionary, sparse_code


def unit(rows: Array) -> Array:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def planted(seed: int, *, atoms: int = 8, width: int = 16, n: int = 240) -> tuple[Array, Array]:
    """(n, width) signals, each of two of the (atoms, width) planted atoms, and a little noise."""
    rng = np.random.default_rng(seed)
    truth = unit(rng.normal(size=(atoms, width)))
    codes = np.zeros((n, atoms))
    for row in codes:
        row[rng.choice(atoms, 2, replace=False)] = rng.choice([-1, 1], 2) * rng.uniform(0.5, 1.5, 2)
    return codes @ truth + 0.01 * rng.normal(size=(n, width)), truth


@given(seed=st.integers(0, 99))
def test_one_word_codes_are_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    atoms, signals = unit(rng.normal(size=(6, 5))), rng.normal(size=(4, 5))
    left = np.linalg.norm(signals - sparse_code(signals, atoms, 1) @ atoms, axis=1)
    best = [min(np.linalg.norm(s - (s @ a) * a) for a in atoms) for s in signals]
    np.testing.assert_allclose(left, best)


@given(seed=st.integers(0, 99))
def test_over_orthonormal_atoms_the_code_is_the_best_of_every_choice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    atoms, signals = np.linalg.qr(rng.normal(size=(6, 6)))[0], rng.normal(size=(4, 6))
    code = sparse_code(signals, atoms, 3)
    assert (np.count_nonzero(code, axis=1) <= 3).all()
    for signal, row in zip(signals, code, strict=True):
        left = [
            np.linalg.norm(signal - np.linalg.lstsq(atoms[list(c)].T, signal, rcond=None)[0] @ atoms[list(c)])
            for c in itertools.combinations(range(6), 3)
        ]
        assert np.linalg.norm(signal - row @ atoms) == pytest.approx(min(left))


def test_nothing_is_said_of_a_signal_of_nothing() -> None:
    assert (sparse_code(np.zeros((2, 4)), np.eye(4), 3) == 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_dictionary_is_found_again(seed: int) -> None:
    signals, truth = planted(seed)
    found = learn_dictionary(signals, 8, 2, rng=np.random.default_rng(seed), rounds=30)
    closeness = np.abs(truth @ found.T).max(axis=1)
    assert (closeness > 0.99).sum() >= 7


def test_what_is_learned_explains_more_than_the_captions_that_it_started_from() -> None:
    signals, _ = planted(5)
    first, last = (learn_dictionary(signals, 8, 2, rng=np.random.default_rng(0), rounds=r) for r in (0, 20))
    left = [np.linalg.norm(signals - sparse_code(signals, atoms, 2) @ atoms) for atoms in (first, last)]
    assert left[1] < 0.7 * left[0]


def test_atoms_have_length_one_and_follow_from_the_seed() -> None:
    signals, _ = planted(1)
    one, again, other = (learn_dictionary(signals, 12, 2, rng=np.random.default_rng(s)) for s in (0, 0, 1))
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1)
    assert one.tobytes() == again.tobytes()
    assert one.shape != other.shape or not np.allclose(one, other)


def test_an_atom_points_the_way_that_its_signals_do() -> None:
    signals = np.random.default_rng(0).random((60, 5))  # all positive, so the main direction of any of them is too
    assert (learn_dictionary(signals, 6, 1, rng=np.random.default_rng(0)).sum(axis=1) > 0).all()
