"""Extraction: directions towards the positive pole, by every method; held to naive loops and to optimality."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from pilotage.core.errors import InvalidInputError, ShapeError
from pilotage.labs.language.extraction import EXTRACTIONS
from pilotage.labs.language.probes import probe
from pilotage.labs.language.states import States

LAYERS, HIDDEN = 3, 16


def states(n: int = 12, *, gap: float = 1.0, noise: float = 0.3, seed: int = 0) -> tuple[States, States, States]:
    """Pairs that share their topic and differ by a planted direction; the directions."""
    rng = np.random.default_rng(seed)
    planted = rng.standard_normal((LAYERS, HIDDEN))
    planted /= np.linalg.norm(planted, axis=1, keepdims=True)
    topics = rng.standard_normal((n, LAYERS, HIDDEN))
    sides = [topics + sign * gap / 2 * planted + noise * rng.standard_normal(topics.shape) for sign in (1, -1)]
    return sides[0].astype(np.float32), sides[1].astype(np.float32), planted.astype(np.float32)


@pytest.mark.parametrize("kind", EXTRACTIONS.entries())
@pytest.mark.parametrize("paired", [True, False])
def test_every_method_finds_a_planted_direction(kind: str, paired: bool) -> None:
    positive, negative, planted = states(60, gap=4.0)
    found = EXTRACTIONS.build(kind).directions(positive, negative, paired=paired)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert ((found * planted).sum(axis=1) > 0.75).all()


@pytest.mark.parametrize("kind", EXTRACTIONS.entries())
def test_swapping_the_poles_turns_every_direction_round(kind: str) -> None:
    positive, negative, _ = states()
    method = EXTRACTIONS.build(kind)
    there, back = method.directions(positive, negative, paired=True), method.directions(negative, positive, paired=True)
    np.testing.assert_allclose(there, -back, atol=1e-5)


@pytest.mark.parametrize("kind", EXTRACTIONS.entries())
def test_the_size_of_a_layers_states_does_not_matter(kind: str) -> None:
    positive, negative, _ = states()
    method = EXTRACTIONS.build(kind)
    np.testing.assert_allclose(
        method.directions(positive, negative, paired=True),
        method.directions(40 * positive, 40 * negative, paired=True),
        atol=1e-4,
    )


@pytest.mark.parametrize("kind", EXTRACTIONS.entries())
def test_a_layer_where_the_poles_are_the_same_has_no_direction(kind: str) -> None:
    positive, negative, _ = states()
    positive[:, 1] = negative[:, 1] = 1.0
    found = EXTRACTIONS.build(kind).directions(positive, negative, paired=True)
    assert not found[1].any()
    assert found[[0, 2]].any(axis=1).all()


def test_the_mean_difference_is_that() -> None:
    positive, negative, _ = states()
    found = EXTRACTIONS.build("mean_difference").directions(positive, negative, paired=True)
    for layer in range(LAYERS):
        raw = sum(positive[:, layer]) / len(positive) - sum(negative[:, layer]) / len(negative)
        np.testing.assert_allclose(found[layer], raw / np.linalg.norm(raw), atol=1e-5)


def test_pca_takes_what_differences_have_most_in_common() -> None:
    positive, negative, _ = states()
    found = EXTRACTIONS.build("pca").directions(positive, negative, paired=True)
    for layer in range(LAYERS):
        differences = (positive - negative)[:, layer].astype(np.float64)
        values, vectors = np.linalg.eigh(differences.T @ differences)
        assert abs(vectors[:, values.argmax()] @ found[layer]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("penalty", [0.1, 1.0, 10.0])
def test_the_probe_minimises_its_loss(penalty: float) -> None:
    positive, negative, _ = states()
    rows = np.concatenate([positive, negative])[:, 0].astype(np.float64)
    target = np.repeat([1.0, -1.0], len(positive))
    centred = rows - rows.mean(axis=0)
    centred /= np.sqrt((centred**2).sum(axis=1).mean())

    def loss(x: np.ndarray) -> float:
        margin = target * (centred @ x[:-1] + x[-1])
        return float(np.logaddexp(0, -margin).sum() + penalty / 2 * x[:-1] @ x[:-1])

    best = minimize(loss, np.zeros(HIDDEN + 1), method="BFGS", options={"gtol": 1e-9}).x
    np.testing.assert_allclose(probe(rows, target, penalty=penalty), best[:-1], atol=1e-4)


def test_pairs_must_be_as_many_and_of_one_model() -> None:
    positive, negative, _ = states()
    method = EXTRACTIONS.build("mean_difference")
    with pytest.raises(ShapeError):
        method.directions(positive, negative[:-1], paired=True)
    with pytest.raises(ShapeError):
        method.directions(positive, negative[:, :2], paired=False)


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidInputError) as caught:
        EXTRACTIONS.parse("mean_diff")
    assert caught.value.field == "extraction.kind"
    assert "mean_difference" in caught.value.hint
