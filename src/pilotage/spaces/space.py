"""SteeringSpace: z in axis units <-> conditioning, around an anchor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pilotage.core.errors import ShapeError
from pilotage.core.hashing import digest
from pilotage.core.shapes import Array, require_matrix, require_vector
from pilotage.spaces.axes import Axis
from pilotage.spaces.conditioning import Conditioning, Float32
from pilotage.spaces.region import Region


@dataclass(frozen=True, slots=True)
class SteeringSpace:
    """`decode(z) = anchor + sum_i z_i * basis_i`, with z inside `radius` times the unit region.

    Attributes:
        anchor: the conditioning at z = 0, the unsteered prompt.
        basis: name -> (d, *shape) directions, one unit of z long; shape is the anchor's (a field,
            added as it is) or a tail of it (uniform: the same vector on every token).
        axes: what each coordinate means, d of them.
        region: the unit region; u = z / radius.
        radius: size of the region in axis units.
    """

    anchor: Conditioning
    basis: Mapping[str, Float32]
    axes: tuple[Axis, ...]
    region: Region
    radius: float = 1.0

    def __post_init__(self) -> None:
        for name, directions in self.basis.items():
            shape = self.anchor[name].shape
            if directions.shape[0] != self.dim or directions.shape[1:] not in (shape, shape[1:]):
                raise ShapeError(f"basis {name} is {directions.shape}, anchor {shape}, dimension {self.dim}")

    @property
    def dim(self) -> int:
        """d, the number of axes."""
        return len(self.axes)

    def decode(self, z: Array) -> Conditioning:
        """The conditioning at one z (d,). float64 sums, rounded once to float32."""
        point = require_vector("z", z, self.dim)
        moved = {
            name: self.anchor[name].astype(np.float64) + np.tensordot(point, directions.astype(np.float64), axes=1)
            for name, directions in self.basis.items()
        }
        return self.anchor.merged(moved)

    def encode(self, conditioning: Conditioning) -> Array:
        """(d,) the z whose decoding is nearest to `conditioning`, by least squares; exact inside the span."""
        columns, rests = [], []
        for name, directions in self.basis.items():
            full = np.broadcast_to(self._lifted(name, directions), (self.dim, *self.anchor[name].shape))
            columns.append(full.reshape(self.dim, -1).T.astype(np.float64))
            rests.append((conditioning[name].astype(np.float64) - self.anchor[name]).ravel())
        return np.linalg.lstsq(np.vstack(columns), np.concatenate(rests), rcond=None)[0]

    def to_unit(self, z: Array) -> Array:
        """(n, d) unit coordinates of (n, d) z."""
        return require_matrix("z", z, self.dim) / self.radius

    def from_unit(self, u: Array) -> Array:
        """(n, d) z of (n, d) unit coordinates."""
        return require_matrix("u", u, self.dim) * self.radius

    def rescaled(self, scales: Sequence[float | None]) -> SteeringSpace:
        """The same axes with `scales[i]` caption differences in one unit; None leaves an axis as it is.

        Raises:
            ShapeError: not one scale an axis.
        """
        if len(scales) != self.dim:
            raise ShapeError(f"{len(scales)} scales for {self.dim} axes", field="scales")
        axes = tuple(axis if new is None else axis.rescaled(new) for new, axis in zip(scales, self.axes, strict=True))
        factors = np.array([new.unit / old.unit for new, old in zip(axes, self.axes, strict=True)])
        basis = {
            name: (directions * factors.reshape(-1, *(1,) * (directions.ndim - 1))).astype(np.float32)
            for name, directions in self.basis.items()
        }
        return replace(self, basis=basis, axes=axes)

    def line(self, axis: int) -> SteeringSpace:
        """The space of one axis alone."""
        basis = {name: directions[axis : axis + 1] for name, directions in self.basis.items()}
        return replace(self, basis=basis, axes=self.axes[axis : axis + 1], region=replace(self.region, dim=1))

    def fingerprint(self) -> str:
        """sha256 of everything that `decode` depends on."""
        return digest(
            {
                "anchor": self.anchor.fingerprint(),
                "basis": Conditioning(self.basis).fingerprint(),
                "axes": [axis.model_dump(exclude={"scale"}) for axis in self.axes],  # the unit holds it
                "region": self.region.shape,
                "radius": self.radius,
            }
        )

    def _lifted(self, name: str, directions: Float32) -> Float32:
        """Directions with the anchor's rank, so that they broadcast over tokens."""
        missing = self.anchor[name].ndim + 1 - directions.ndim
        return directions.reshape(self.dim, *(1,) * missing, *directions.shape[1:])
