from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.models import AnalyticModel
from pilotage.models.analytic import draw_scene


@pytest.mark.parametrize("axis", range(8))
def test_every_coordinate_changes_the_picture_more_the_further_it_goes(axis: int) -> None:
    centre = draw_scene(np.zeros(8), 0).astype(float)
    changes = [np.abs(draw_scene(t * np.eye(8)[axis], 0) - centre).mean() for t in (0.25, 0.5, 1.0)]
    assert changes[0] > 0.5
    assert changes == sorted(changes)


def test_a_seed_is_seen_but_the_coordinates_dominate() -> None:
    pictures = [draw_scene(np.zeros(5), seed).astype(float) for seed in range(6)]
    noise = max(np.abs(a - b).mean() for a in pictures for b in pictures)
    steered = min(np.abs(draw_scene(np.eye(5)[axis], 0) - pictures[0]).mean() for axis in range(5))
    assert 0 < noise < steered


def test_the_disc_stands_where_the_coordinates_say() -> None:
    disc = np.argwhere(draw_scene(np.array([1.0, 1.0, 0, -1.0, 1.0]), 7)[..., 0] < 100)
    row, column = disc.mean(axis=0) / 64
    assert (row, column) == (pytest.approx(0.2, abs=0.05), pytest.approx(0.8, abs=0.05))


@pytest.mark.parametrize("dim", [0, 17])
def test_a_dimension_out_of_range_is_refused(dim: int) -> None:
    with pytest.raises(InvalidInputError) as caught:
        AnalyticModel(dim)
    assert caught.value.field == "dim"


def test_models_are_described_without_torch() -> None:
    code = (
        "import sys, pilotage.models as m, pilotage_starter as s;"
        "m.AnalyticModel().load(); m.DiffusionModel('starter', s.path()).info;"
        "heavy = {'torch', 'diffusers', 'transformers', 'safetensors'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
