"""Weights that change from epoch to epoch."""

from __future__ import annotations

from pilotage.models.latents.config import TrainingConfig


def categorical_kl_weight(config: TrainingConfig, epoch: int) -> float:
    """Weight of KL(q(c|x) || uniform) in `epoch`.

    With annealing: 0 in the first epoch of the mixture, then rising evenly to `categorical_kl_max_weight`, which it
    has from the first epoch after the window on. Without: 1.

    Args:
        config: the schedule.
        epoch: from 1, the pretraining's epochs among them.
    """
    if not config.categorical_kl_anneal:
        return 1.0
    return config.categorical_kl_max_weight * _passed(config, epoch, config.categorical_kl_anneal_epochs)


def entropy_bonus_weight(config: TrainingConfig, epoch: int) -> float:
    """Weight of the entropy bonus in `epoch`.

    Enabled: `entropy_bonus_weight` in the first epoch of the mixture, then falling evenly to 0, which it is from the
    first epoch after the window on. Otherwise 0. Epochs count as for `categorical_kl_weight`.
    """
    if not config.entropy_bonus_enable:
        return 0.0
    return config.entropy_bonus_weight * (1.0 - _passed(config, epoch, config.entropy_bonus_epochs))


def _passed(config: TrainingConfig, epoch: int, window: int) -> float:
    """The share of a window that is over when `epoch` begins."""
    return min(1.0, max(0, epoch - 1 - config.pretrain_epochs) / window)
