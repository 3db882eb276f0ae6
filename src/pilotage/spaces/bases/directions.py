"""Directions out of caption embeddings: what two poles differ in, what captions vary in, what an axis is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.spaces.axes import AxisText
from pilotage.spaces.bases.base import TextEmbedding
from pilotage.spaces.conditioning import Conditioning
from pilotage.spaces.vocabulary import attach


def attribute_direction(axis: AxisText, carriers: Sequence[str], embeddings: Mapping[str, TextEmbedding]) -> Array:
    """(flat,) mean over carriers of the difference between the two poles.

    A carrier whose captions have the same number of words gives its difference token by token; one
    whose captions differ in length gives the difference of its mean word, on every token.
    """
    rows = []
    for carrier in carriers:
        low, high = (embeddings[attach(pole, carrier)] for pole in (axis.negative, axis.positive))
        if int(low.content.sum()) == int(high.content.sum()):
            rows.append(high.conditioning.flat() - low.conditioning.flat())
        else:
            rows.append(_mean_word(high).flat() - _mean_word(low).flat())
    return np.mean(rows, axis=0)


def _mean_word(embedding: TextEmbedding) -> Conditioning:
    """Each token array replaced by its mean over the words; arrays without tokens as they are."""
    tokens = len(embedding.content)
    return Conditioning({
        name: np.broadcast_to(array[embedding.content].mean(axis=0), array.shape)
        if array.ndim == 2 and len(array) == tokens and embedding.content.any() else array
        for name, array in embedding.conditioning.items()
    })  # fmt: skip


def require_distinct(axes: Sequence[AxisText], directions: Sequence[Array], unit: float, limit: float = 0.98) -> None:
    """Refuse a typed axis that the model does not see, and two that it cannot tell apart.

    Args:
        axes: the typed axes.
        directions: (flat,) of each, in the embedding's own norm.
        unit: norm of one caption difference; a direction below a thousandth of it is rounding.
        limit: two directions with a larger absolute cosine are the same axis.

    Raises:
        InvalidInputError: naming the axis.
    """
    for index, direction in enumerate(directions):
        if not np.linalg.norm(direction) > 1e-3 * unit:
            raise InvalidInputError(f"the model sees no difference in {axes[index].name!r}", field=f"axes.{index}",
                                    hint="Choose words that it knows.")  # fmt: skip
        for other in range(index):
            cosine = direction @ directions[other] / np.linalg.norm(direction) / np.linalg.norm(directions[other])
            if abs(cosine) > limit:
                raise InvalidInputError(f"{axes[index].name!r} and {axes[other].name!r} are the same axis to the model",
                                        field=f"axes.{index}")  # fmt: skip


def caption_components(differences: Array, taken: Sequence[Array], n: int) -> Array:
    """(n, flat) orthonormal main components of (m, flat) differences, orthogonal to the directions `taken`.

    Raises:
        InvalidInputError: the differences span fewer than `n` further directions.
    """
    _, values, rows = np.linalg.svd(without(differences, taken), full_matrices=False)
    rank = int((values > 1e-6 * max(values[0], 1e-12)).sum())
    if rank < n:
        raise InvalidInputError(
            f"the prompt's rewrites span {rank} further axes, {n} were asked for", field="dimension"
        )
    signs = np.sign(rows[:n, np.abs(rows[:n]).argmax(axis=1)].diagonal())[:, None] if n else 1.0
    return rows[:n] * signs


def without(rows: Array, taken: Sequence[Array]) -> Array:
    """(m, flat) what is left of each row when the directions `taken` are projected out."""
    if not taken:
        return rows
    frame = np.linalg.qr(np.stack(taken, axis=1))[0]  # (flat, k)
    return rows - (rows @ frame) @ frame.T


def random_directions(rows: Array, n: int, rng: np.random.Generator, *, share: float = 0.95, cap: int = 32) -> Array:
    """(n, flat) random orthonormal directions inside the main subspace of (m, flat) rows.

    The subspace holds `share` of the rows' variance, with at most `cap` dimensions. Directions are drawn as
    mixtures of the rows, whitened, so they turn with the embedding space and no library's choice of signs
    reaches them.

    Raises:
        InvalidInputError: the subspace has fewer than `n` dimensions.
    """
    left, values, right = np.linalg.svd(rows, full_matrices=False)
    energy = np.cumsum(values**2) / max(float((values**2).sum()), 1e-300)
    kept = min(cap, int(np.searchsorted(energy, share)) + 1, int((values > 1e-6 * max(values[0], 1e-12)).sum()))
    if kept < n:
        raise InvalidInputError(
            f"{share:.0%} of what the captions vary in spans {kept} axes, {n} were asked for", field="dimension",
            hint="Take fewer axes, or a larger corpus.",
        )  # fmt: skip
    mixed = rng.standard_normal((n, len(rows))) @ left[:, :kept] @ right[:kept]  # isotropic in the subspace
    frame, upper = np.linalg.qr(mixed.T)
    return (frame * np.sign(np.diag(upper))).T
