"""How a mixture VAE uses its components, by its responsibilities for a fixed set of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError
from pilotage.core.hashing import sha256_hex
from pilotage.core.shapes import Array
from pilotage.labs.latents.maps.shapes import require_points

TOP = 5  # components that are named


@dataclass(frozen=True, slots=True, eq=False)
class MixtureHealth:
    """What (n, K) responsibilities q(c|x) say of the components. Entropies are in nats.

    Attributes:
        p: (K,) mean responsibility of each component.
        entropy: of `p`; log K if all are used alike.
        mean_entropy: mean entropy of q(c|x) over the pictures; log K if no picture is told from any other.
        argmax_counts: (K,) pictures whose likeliest component each is.
        count: n.
    """

    p: Array
    entropy: float
    mean_entropy: float
    argmax_counts: NDArray[np.int64]
    count: int

    @property
    def neff(self) -> float:
        """Components in use: the exponential of `entropy`, from 1 to K."""
        return float(np.exp(self.entropy))

    @property
    def argmax_neff(self) -> float:
        """The same of the share of pictures whose likeliest component each is."""
        return float(np.exp(_entropy(self.argmax_counts / self.count)))

    @property
    def information(self) -> float:
        """I(x;c): what the component tells of the picture, from 0 to log K nats."""
        return max(self.entropy - self.mean_entropy, 0.0)

    def fields(self, *, sample_key: str, sample_indices_ref: str) -> dict[str, Any]:
        """The fields that the artifact has at its top level.

        Args:
            sample_key: which pictures, as `sample_key` names them.
            sample_indices_ref: where their indices are kept.
        """
        order = np.argsort(-self.p, kind="stable")[:TOP]
        return {
            "p": self.p.tolist(), "psum": float(self.p.sum()), "entropy": self.entropy, "neff": self.neff,
            "pmax": float(self.p.max()), "top": [{"component": int(c), "p": float(self.p[c])} for c in order],
            "argmax_counts": self.argmax_counts.tolist(), "argmax_neff": self.argmax_neff,
            "mean_entropy": self.mean_entropy, "information": self.information, "components": len(self.p),
            "sample_key": sample_key, "sample_indices_ref": sample_indices_ref, "meta": {"subset_n": self.count},
        }  # fmt: skip


def mixture_health(responsibilities: Array) -> MixtureHealth:
    """The health of a mixture by its (n, K) responsibilities, each row a distribution over the components.

    Raises:
        ShapeError: not (n, K), not finite, or a row that is no distribution.
    """
    q = require_points("responsibilities", responsibilities)
    if (q < 0).any() or not np.allclose(q.sum(axis=1), 1, atol=1e-3):
        raise ShapeError("each row of responsibilities must be 0 or more and sum to 1", field="responsibilities")
    p, counts = q.mean(axis=0), np.bincount(q.argmax(axis=1), minlength=q.shape[1])
    return MixtureHealth(p, float(_entropy(p)), float(_entropy(q).mean()), counts, len(q))


def sample_key(indices: NDArray[np.integer]) -> str:
    """A name for a set of pictures, in order: equal keys, equal pictures."""
    return sha256_hex(np.ascontiguousarray(indices, dtype="<i8").tobytes())


def _entropy(p: Array) -> Array:
    """Of the distributions along the last axis, in nats; 0 log 0 is 0."""
    return np.asarray(0.0 - (p * np.log(np.where(p > 0, p, 1))).sum(axis=-1))
