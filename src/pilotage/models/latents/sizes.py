"""How large a net would be, told before anything is made of it."""

from __future__ import annotations

import math

from pilotage.core.errors import InvalidInputError
from pilotage.models.latents.config import TrainingConfig

MAX_WEIGHTS = 175_000_000  # with Adam's moments 2.1 GB: a checkpoint that is read again
_PATCH = 3 * 3  # of a convolution
Shape = tuple[int, int, int]  # channels, height, width


def weights(config: TrainingConfig, shape: Shape, classes: int = 0) -> int:
    """How many numbers `nets.build` makes room for.

    Args:
        config: what would be built.
        shape: channels, height, width of its pictures.
        classes: how many labels there are; 0 for none.
    """
    hidden, dims = config.hidden, config.latent_dims
    layers = _convolutional(config, shape) if config.network == "conv" else _dense(config, shape)
    layers.append((dims, hidden))  # the decoder's first
    if config.kind == "ae":
        return _total([*layers, (hidden, dims), *([(dims, classes)] if classes else [])])
    heads = [(hidden, dims)] * 2 + ([(hidden, config.components)] if config.responsibilities == "head" else [])
    return _total([*layers, *heads]) + 2 * config.components * dims


def require_size(config: TrainingConfig, shape: Shape, classes: int = 0, *, field: str = "hidden") -> None:
    """Refuse a net whose checkpoints would be larger than what is read.

    Args:
        config: what would be built.
        shape: channels, height, width of its pictures.
        classes: how many labels there are; 0 for none.
        field: of the refusal.

    Raises:
        InvalidInputError: it is too large.
    """
    count = weights(config, shape, classes)
    if count > MAX_WEIGHTS:
        raise InvalidInputError(
            f"the net would have {count:,} weights, at most {MAX_WEIGHTS:,} are trained", field=field,
            hint="Ask for fewer hidden units or channels, or take smaller pictures.")  # fmt: skip


def _convolutional(config: TrainingConfig, shape: Shape) -> list[tuple[int, int]]:
    """Of each layer: how many numbers one of its outputs is made of, and how many outputs have weights of their own."""
    channels, height, width = shape
    one, two = config.channels, 2 * config.channels
    flat = two * _quarter(height) * _quarter(width)
    maps = [(_PATCH * channels, one), (_PATCH * one, two), (_PATCH * two, one), (_PATCH * one, channels)]
    return [*maps, (flat, config.hidden), (config.hidden, flat)]


def _dense(config: TrainingConfig, shape: Shape) -> list[tuple[int, int]]:
    """As `_convolutional`."""
    pixels, hidden = math.prod(shape), config.hidden
    return [(pixels, hidden), (hidden, hidden), (hidden, hidden), (hidden, pixels)]


def _quarter(side: int) -> int:
    """A side after two halvings, each rounded up."""
    return -(-side // 4)


def _total(layers: list[tuple[int, int]]) -> int:
    """Weights and biases."""
    return sum((read + 1) * made for read, made in layers)
