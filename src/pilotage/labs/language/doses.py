"""Doses to pushes: what a request adds at each layer for the doses that were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language.requests import Direction


def pushes_of(doses: Mapping[str, float], packs: Mapping[str, VectorPack]) -> dict[str, float]:
    """The pushes of a request, one a dose that is not 0. Doses add: each moves along its own direction.

    Raises:
        InvalidInputError: an axis without vectors, or a dose that is no number or out of range.
        ConflictError: vectors that are not calibrated.
    """
    for name in doses:
        if name not in packs:
            known = ", ".join(sorted(packs)) or "none"
            raise InvalidInputError(f"there are no vectors of {name!r}", field=f"doses.{name}",
                                    hint=f"Axes of this model: {known}.")  # fmt: skip
    pushes = {name: packs[name].push(dose) for name, dose in doses.items()}
    return {name: push for name, push in pushes.items() if push}


def directions_of(packs: Mapping[str, VectorPack], *, orthogonal: bool = False) -> dict[str, Direction]:
    """What one unit of each axis' push adds.

    Args:
        packs: calibrated ones of one model, by axis.
        orthogonal: whether each direction is turned as little as needed to leave the others' alone. Lengths stay, so
            an axis that overlaps others does less at the same dose.

    Source: symmetric orthogonalisation (Löwdin 1950), at each axis' own layer.
    """
    if not orthogonal:
        return {name: pack.direction for name, pack in packs.items()}
    found = {}
    for place, (name, pack) in enumerate(packs.items()):
        own = pack.direction
        turned = _orthonormal(_at(tuple(packs.values()), own.layer))[place]
        length = np.linalg.norm(own.vector)
        found[name] = Direction(layer=own.layer, vector=(length * turned).astype(np.float32))
    return found


def gram(packs: Sequence[VectorPack]) -> Array:
    """(D, D) cosines between axes, each pair at the layers of both, averaged; 0 where axes have nothing in common."""
    rows = [_at(packs, pack.direction.layer)[place] @ _at(packs, pack.direction.layer).T
            for place, pack in enumerate(packs)]  # fmt: skip
    cosines = np.array(rows, dtype=np.float64).reshape(len(packs), len(packs))
    return (cosines + cosines.T) / 2


def _at(packs: Sequence[VectorPack], layer: int) -> Array:
    return np.stack([pack.vectors[layer] for pack in packs]).astype(np.float64)  # (D, H)


def _orthonormal(vectors: Array) -> Array:
    """The orthonormal rows nearest to (D, H) rows.

    Raises:
        InvalidInputError: two axes are the same.
    """
    left, sizes, right = np.linalg.svd(vectors, full_matrices=False)
    if sizes.min() < 1e-3 * sizes.max():
        raise InvalidInputError("two axes point the same way and cannot be told apart", field="doses")
    return np.asarray(left @ right, dtype=np.float64)
