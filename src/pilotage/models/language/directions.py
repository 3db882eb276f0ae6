"""Directions: where the hidden states of a model can be pushed, and how far one unit of push moves them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import require_vector


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """What one unit of push adds to the output of one block.

    Attributes:
        layer: the block, from 0.
        vector: (H,) float32, in the units of the residual stream: h becomes h + push * vector.
    """

    layer: int
    vector: NDArray[np.float32]


def check_directions(directions: Mapping[str, Direction], *, layers: int, hidden: int) -> None:
    """Refuse directions that a model of `layers` blocks and `hidden` features does not have.

    Raises:
        InvalidInputError: a layer that the model lacks.
        ShapeError: a vector of another length, or one that is not finite.
    """
    for name, direction in directions.items():
        if not 0 <= direction.layer < layers:
            raise InvalidInputError(
                f"{name} is for block {direction.layer}, this model has {layers}",
                field=f"directions.{name}.layer", hint="Use directions that were made from this model.",
            )  # fmt: skip
        require_vector(f"directions.{name}.vector", direction.vector, hidden)


def check_pushes(pushes: Mapping[str, float], directions: Mapping[str, Direction], *, field: str) -> None:
    """Refuse pushes along directions that are not given, and such as are no numbers.

    Raises:
        InvalidInputError: with `field` and the name.
    """
    for name, push in pushes.items():
        if name not in directions:
            known = ", ".join(sorted(directions)) or "none"
            raise InvalidInputError(f"no direction {name!r}", field=f"{field}.{name}", hint=f"Given are: {known}.")
        if not math.isfinite(push):
            raise InvalidInputError(f"the push along {name!r} is not a number", field=f"{field}.{name}")


def shifts(pushes: Mapping[str, float], directions: Mapping[str, Direction]) -> dict[int, NDArray[np.float32]]:
    """(H,) what each layer's output is moved by; layers that stay are absent.

    Summed in float64 in the order of the names, so that a row's shift does not depend on the rows beside it.
    """
    moved: dict[int, NDArray[np.float64]] = {}
    for name in sorted(pushes):
        if pushes[name] != 0.0:
            direction = directions[name]
            step = pushes[name] * np.asarray(direction.vector, dtype=np.float64)
            moved[direction.layer] = moved.get(direction.layer, 0.0) + step
    with np.errstate(over="ignore"):  # an absurd push ends its row, with that reason
        return {layer: shift.astype(np.float32) for layer, shift in moved.items()}
