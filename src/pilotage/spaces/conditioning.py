"""Conditioning: what a model is steered by, as a frozen map from name to float32 array."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pilotage.core.hashing import sha256_hex

Float32 = NDArray[np.float32]


class Conditioning(Mapping[str, Float32]):
    """Read-only float32 arrays by name: `prompt_embeds` (T, H), `pooled` (P,), `latent` (d,) and so on.

    Names that start with `negative_` belong to the negative prompt and are never steered.
    """

    __slots__ = ("_arrays",)

    def __init__(self, arrays: Mapping[str, ArrayLike]) -> None:
        self._arrays: dict[str, Float32] = {}
        for name, value in arrays.items():
            array = np.array(value, dtype=np.float32)
            array.setflags(write=False)
            self._arrays[name] = array

    def __getitem__(self, name: str) -> Float32:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return f"Conditioning({', '.join(f'{name} {array.shape}' for name, array in self.items())})"

    @property
    def steered(self) -> Conditioning:
        """The part that a space moves: every name that is not the negative prompt's."""
        return Conditioning({name: array for name, array in self.items() if not name.startswith("negative_")})

    def merged(self, other: Mapping[str, ArrayLike]) -> Conditioning:
        """This one with the names of `other` put in or replaced."""
        return Conditioning({**self._arrays, **other})

    def flat(self) -> NDArray[np.float64]:
        """All values in one float64 vector, names in sorted order."""
        return np.concatenate([self[name].ravel().astype(np.float64) for name in sorted(self)])

    def unflat(self, vector: NDArray[np.float64]) -> Conditioning:
        """The inverse of `flat`: a conditioning with this one's names and shapes."""
        arrays, start = {}, 0
        for name in sorted(self):
            size = self[name].size
            arrays[name] = vector[start : start + size].reshape(self[name].shape)
            start += size
        return Conditioning(arrays)

    def fingerprint(self) -> str:
        """sha256 over names, shapes and bytes."""
        parts = [f"{name}{self[name].shape}".encode() + self[name].tobytes() for name in sorted(self)]
        return sha256_hex(b"\x1f".join(parts))
