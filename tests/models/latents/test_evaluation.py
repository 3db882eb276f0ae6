from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.models.latents import Examples, TrainingConfig
from pilotage.models.latents.evaluation import cluster_accuracy, evaluate, information
from pilotage.models.latents.nets import build
from pilotage.models.latents.reading import encode


@given(seed=st.integers(0, 10**6), clusters=st.integers(1, 5))
def test_cluster_accuracy_is_the_best_of_all_ways_to_name_clusters(seed: int, clusters: int) -> None:
    rng = np.random.default_rng(seed)
    labels, found = rng.integers(3, size=30), rng.integers(clusters, size=30)
    names = [*range(3), *[-1] * clusters]
    best = max(float((np.array(naming)[found] == labels).mean()) for naming in set(permutations(names, clusters)))
    assert cluster_accuracy(labels, found) == pytest.approx(best)


def test_information_is_that_of_the_joint_distribution() -> None:
    qc = np.random.default_rng(0).dirichlet(np.full(4, 0.3), size=50)
    joint = qc / len(qc)
    naive = sum(
        joint[i, k] * np.log(joint[i, k] / (1 / len(qc) * qc[:, k].mean())) for i in range(50) for k in range(4)
    )
    assert information(qc) == pytest.approx(float(naive))
    assert information(np.eye(4)[[0, 1, 2, 3]]) == pytest.approx(np.log(4))
    assert information(np.full((5, 4), 0.25)) == pytest.approx(0)


@pytest.mark.parametrize("kind", ["ae", "gmvae"])
def test_the_same_model_is_evaluated_to_the_same_numbers_in_any_batches(
    blobs: Examples, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build(TrainingConfig.model_validate({"kind": kind, "channels": 2, "hidden": 8}), blobs.shape, 3)
    whole = evaluate(model, blobs)
    assert evaluate(model, blobs) == whole
    monkeypatch.setattr("pilotage.models.latents.evaluation.BATCH", 50)
    for name, value in evaluate(model, blobs).items():
        if name != "held_out_accuracy":
            assert value == pytest.approx(whole[name], rel=1e-4, abs=1e-5), name


def test_equal_pictures_have_equal_latents_whatever_else_is_read_with_them(blobs: Examples) -> None:
    model = build(TrainingConfig(channels=2, hidden=8), blobs.shape)
    alone, among = encode(model, blobs.images[:1]), encode(model, blobs.images)
    np.testing.assert_allclose(alone.z, among.z[:1], atol=1e-6)
    assert among.qc_probs is not None
    np.testing.assert_allclose(among.qc_probs.sum(1), 1, atol=1e-5)
