from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.models.latents import PRESETS, TrainingConfig
from pilotage.models.latents.checkpoints import MAX_BYTES
from pilotage.models.latents.nets import build
from pilotage.models.latents.sizes import MAX_WEIGHTS, require_size, weights

LARGE = TrainingConfig(channels=128, hidden=2048)


@given(
    knobs=st.fixed_dictionaries({
        "network": st.sampled_from(["conv", "mlp"]), "kind": st.sampled_from(["ae", "gmvae"]),
        "responsibilities": st.sampled_from(["head", "vade"]), "channels": st.integers(1, 5),
        "hidden": st.integers(8, 20), "latent_dims": st.integers(2, 6), "components": st.integers(1, 7),
    }),
    shape=st.tuples(st.sampled_from([1, 3]), st.integers(8, 21), st.integers(8, 21)), classes=st.integers(0, 4),
)  # fmt: skip
def test_as_many_weights_are_told_as_the_net_has(
    knobs: dict[str, Any], shape: tuple[int, int, int], classes: int
) -> None:
    config = TrainingConfig(**knobs, class_weight=0)
    model = build(config, shape, classes, drawn=False)
    assert weights(config, shape, classes) == sum(weight.numel() for weight in model.parameters())


def test_the_largest_net_leaves_checkpoints_that_are_read_again() -> None:
    """Each weight and both of its moments are of four bytes; the rest of a checkpoint is small."""
    assert 3 * 4 * MAX_WEIGHTS + (1 << 20) < MAX_BYTES


def test_a_net_that_is_too_large_is_refused_before_any_memory_is_taken() -> None:
    assert weights(LARGE, (3, 256, 256)) > 10 * MAX_WEIGHTS
    with pytest.raises(InvalidInputError) as refused:
        build(LARGE, (3, 256, 256))
    assert refused.value.field == "hidden"
    for preset in PRESETS.values():
        require_size(preset.config, (3, 256, 256), 1000)
