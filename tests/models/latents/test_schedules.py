from __future__ import annotations

import pytest

from pilotage.models.latents import TrainingConfig
from pilotage.models.latents.schedules import categorical_kl_weight, entropy_bonus_weight


@pytest.mark.parametrize("pretrain", [0, 3])
def test_the_categorical_kl_rises_evenly_from_0_to_its_maximum_and_stays(pretrain: int) -> None:
    config = TrainingConfig(
        epochs=20, pretrain_epochs=pretrain, categorical_kl_anneal=True, categorical_kl_anneal_epochs=4,
        categorical_kl_max_weight=2.0,
    )  # fmt: skip
    weights = [categorical_kl_weight(config, pretrain + epoch) for epoch in range(1, 8)]
    assert weights == [0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0]


@pytest.mark.parametrize("pretrain", [0, 3])
def test_the_entropy_bonus_falls_evenly_to_0_and_stays(pretrain: int) -> None:
    config = TrainingConfig(
        epochs=20, pretrain_epochs=pretrain, entropy_bonus_enable=True, entropy_bonus_epochs=4, entropy_bonus_weight=8.0
    )
    weights = [entropy_bonus_weight(config, pretrain + epoch) for epoch in range(1, 8)]
    assert weights == [8.0, 6.0, 4.0, 2.0, 0.0, 0.0, 0.0]


def test_without_schedules_the_plain_weights_hold_whatever_the_windows_say() -> None:
    config = TrainingConfig(categorical_kl_max_weight=5, entropy_bonus_weight=5)
    assert {categorical_kl_weight(config, epoch) for epoch in range(1, 30)} == {1.0}
    assert {entropy_bonus_weight(config, epoch) for epoch in range(1, 30)} == {0.0}


def test_a_window_of_one_epoch_acts_in_that_epoch() -> None:
    config = TrainingConfig(
        categorical_kl_anneal=True, categorical_kl_anneal_epochs=1, entropy_bonus_enable=True, entropy_bonus_epochs=1
    )
    assert [categorical_kl_weight(config, epoch) for epoch in (1, 2)] == [0.0, 1.0]
    assert [entropy_bonus_weight(config, epoch) for epoch in (1, 2)] == [1.0, 0.0]
