"""What the archive tells kinds apart by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pilotage.samplers.looks import Looks, centroids, shown_once
from pilotage.spaces import Region
from pilotage.testing.samplers import view_after


def test_looks_are_foretold_where_they_follow_the_place() -> None:
    rng = np.random.default_rng(0)
    u, weights = rng.uniform(-1, 1, (30, 4)), rng.standard_normal((4, 10))
    fitted = Looks.fit(u, 0.5 + u @ weights)
    new = rng.uniform(-1, 1, (5, 4))
    np.testing.assert_allclose(fitted(new), 0.5 + new @ weights, atol=0.02)


def test_each_sample_stands_once_and_by_its_place_where_one_has_no_picture() -> None:
    view = view_after(Region(3), 3)
    samples = {item.sample for judgement in view.history for item in judgement.items}
    places, behaviours, looks = shown_once(view)
    assert len(places) == len(samples)
    assert looks.weights is None
    np.testing.assert_array_equal(places, behaviours)
    some = replace(view, descriptors=dict.fromkeys(sorted(samples)[1:], (0.1, 0.2)))
    assert shown_once(some)[1].shape == places.shape
    seen = replace(view, descriptors=dict.fromkeys(samples, (0.1, 0.2)))
    assert shown_once(seen)[1].shape == (len(samples), 2)


def test_the_cells_of_a_region_fill_it() -> None:
    middles = centroids(Region(2), 16, Looks())
    places = Region(2).sample(500, rng=np.random.default_rng(1))
    assert np.linalg.norm(places[:, None] - middles, axis=2).min(axis=1).max() < 0.5
