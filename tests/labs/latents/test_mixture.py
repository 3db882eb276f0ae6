from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotage.core.errors import ShapeError
from pilotage.labs.latents.mixture import mixture_health, sample_key
from pilotage.models.latents.evaluation import information

FIELDS = {"p", "psum", "entropy", "neff", "pmax", "top", "argmax_counts", "argmax_neff", "sample_key",
          "sample_indices_ref", "mean_entropy", "information", "components", "meta"}  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 50), components=st.integers(1, 12), seed=st.integers(0, 999))
def test_what_a_component_tells_is_what_the_trainer_reports(n: int, components: int, seed: int) -> None:
    q = np.random.default_rng(seed).dirichlet(np.full(components, 0.3), size=n)
    found = mixture_health(q)
    assert found.information == pytest.approx(information(q), abs=1e-9)
    assert 1 <= found.neff <= components + 1e-9
    assert found.argmax_counts.sum() == n


def test_sure_and_even_use_is_all_components_and_all_information() -> None:
    found = mixture_health(np.eye(5)[np.arange(100) % 5])
    assert (found.neff, found.argmax_neff) == (pytest.approx(5), pytest.approx(5))
    assert found.mean_entropy == 0
    assert found.information == pytest.approx(math.log(5))


def test_even_use_by_undecided_pictures_is_all_components_and_no_information() -> None:
    found = mixture_health(np.full((100, 5), 0.2))
    assert found.neff == pytest.approx(5)
    assert found.argmax_neff == 1
    assert found.information == pytest.approx(0)


def test_its_fields_are_those_of_the_contract_and_go_through_json() -> None:
    q = np.array([[0.1, 0.9, 0.0], [0.2, 0.2, 0.6], [0.0, 1.0, 0.0]])
    fields = mixture_health(q).fields(sample_key=sample_key(np.arange(3)), sample_indices_ref="config.json")
    assert json.loads(json.dumps(fields)) == fields
    assert fields.keys() == FIELDS
    assert fields["p"] == pytest.approx([0.1, 0.7, 0.2])
    assert fields["psum"] == pytest.approx(1)
    assert fields["pmax"] == pytest.approx(0.7)
    assert [item["component"] for item in fields["top"]] == [1, 2, 0]
    assert fields["argmax_counts"] == [0, 2, 1]
    assert fields["entropy"] == pytest.approx(-sum(p * math.log(p) for p in (0.1, 0.7, 0.2)))
    assert fields["neff"] == pytest.approx(math.exp(fields["entropy"]))
    assert fields["argmax_neff"] == pytest.approx(3 / 2 ** (2 / 3))


def test_the_key_of_a_sample_depends_on_its_pictures_in_order_alone() -> None:
    assert sample_key(np.array([1, 2], dtype=np.int32)) == sample_key(np.array([1, 2]))
    assert sample_key(np.array([2, 1])) != sample_key(np.array([1, 2]))


@pytest.mark.parametrize("bad", [np.ones((3, 2)), np.array([[-0.5, 1.5]]), np.ones(3), np.array([[np.nan, 1.0]])])
def test_rows_that_are_no_distributions_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="responsibilities"):
        mixture_health(bad)
