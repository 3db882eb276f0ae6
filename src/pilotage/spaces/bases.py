"""Bases: which directions of the conditioning the axes are, from embeddings of captions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig, StrategyTable
from pilotage.spaces.axes import Axis, AxisText
from pilotage.spaces.conditioning import Conditioning
from pilotage.spaces.vocabulary import Vocabulary, attach


@dataclass(frozen=True, slots=True)
class TextEmbedding:
    """A caption's conditioning, and which of its T tokens are words (neither special nor padding)."""

    conditioning: Conditioning
    content: np.ndarray  # (T,) bool


class BasisConfig(StrategyConfig, frozen=True):
    """Base of every basis's config."""


class Basis(ABC):
    """Names the captions that it needs, then turns their embeddings into axes. Pure."""

    @abstractmethod
    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """Every caption whose embedding `build` will ask for."""

    @abstractmethod
    def build(
        self,
        prompt: str,
        axes: Sequence[AxisText],
        dimension: int,
        vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:
        """(d, flat) directions, each one caption-difference norm long, and their axes.

        Raises:
            InvalidInputError: more typed axes than dimensions, or axes that cannot be told apart.
        """  # fmt: skip


class AttributesPcaConfig(BasisConfig, frozen=True):
    """The typed attribute axes first, then the main components of caption differences."""

    kind: Literal["attributes_pca"] = "attributes_pca"
    carriers: int = Field(8, ge=4, le=64, description="Objects over which an attribute axis is averaged.")
    corpus: int = Field(
        0, ge=0, le=2000, description="Captions of the model's own corpus, beside the prompt's rewrites."
    )


class AttributesPca(Basis):
    """Typed axes by averaged differences; the rest by PCA of what the prompt's rewrites change.

    Source: mean differences as in Subramani et al. 2022 (arXiv 2205.05124), here over prompt embeddings;
    principal components of caption embeddings as in GANSpace (Härkönen et al. 2020, arXiv 2004.02546).
    Differs: every axis is scaled to one caption-difference norm, and components are taken of what the
    typed axes leave.
    """

    def __init__(self, config: AttributesPcaConfig) -> None:
        self.config = config

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """The carriers under both poles, the prompt's rewrites, and the corpus."""
        poles = [attach(pole, carrier) for axis in axes for carrier in self._carriers(vocabulary)
                 for pole in (axis.negative, axis.positive)]  # fmt: skip
        return tuple(dict.fromkeys((prompt, *poles, *self._spread(prompt, vocabulary))))

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        """As `Basis.build`."""
        if len(axes) > dimension:
            raise InvalidInputError(f"{len(axes)} axes need a dimension of at least {len(axes)}", field="dimension")
        differences = self._differences(prompt, vocabulary, embeddings)
        unit = float(np.median(np.linalg.norm(differences, axis=1)))
        typed = [attribute_direction(axis, self._carriers(vocabulary), embeddings) for axis in axes]
        require_distinct(axes, typed, unit)
        directions = [unit * direction / np.linalg.norm(direction) for direction in typed]
        components = caption_components(differences, directions, dimension - len(axes))
        named = [
            Axis(name=a.name, negative=a.negative, positive=a.positive, source="attribute", unit=unit) for a in axes
        ]
        return (
            np.vstack([*directions, *(unit * component for component in components)]),
            (
                *named,
                *(component_axis(i, c, prompt, vocabulary, embeddings, unit) for i, c in enumerate(components)),
            ),
        )

    def _carriers(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        return vocabulary.carriers(self.config.carriers)

    def _spread(self, prompt: str, vocabulary: Vocabulary) -> tuple[str, ...]:
        return (*vocabulary.rewrites(prompt), *vocabulary.corpus(self.config.corpus))

    def _differences(self, prompt: str, vocabulary: Vocabulary, embeddings: Mapping[str, TextEmbedding]) -> Array:
        """(n, flat) what each rewrite changes, against the rewrites' mean."""
        rows = np.stack([embeddings[text].conditioning.flat() for text in self._spread(prompt, vocabulary)])
        return rows - rows.mean(axis=0)


class IsotropicConfig(BasisConfig, frozen=True):
    """A control, not for steering: random directions of the whole embedding space. They do almost nothing."""

    kind: Literal["isotropic"] = "isotropic"
    seed: int = Field(0, ge=0)


class Isotropic(Basis):
    """Random orthonormal directions, one caption difference long."""

    def __init__(self, config: IsotropicConfig) -> None:
        self.config = config

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """The prompt and its rewrites, for the unit alone."""
        return tuple(dict.fromkeys((prompt, *vocabulary.rewrites(prompt))))

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        """As `Basis.build`; typed axes are refused, since this basis has none."""
        if axes:
            raise InvalidInputError("the isotropic control has no typed axes", field="axes")
        rows = np.stack([embeddings[text].conditioning.flat() for text in vocabulary.rewrites(prompt)])
        unit = float(np.median(np.linalg.norm(rows - rows.mean(axis=0), axis=1)))
        normal = stream(self.config.seed, "isotropic basis").standard_normal((rows.shape[1], dimension))
        directions = unit * np.linalg.qr(normal)[0].T
        named = (
            Axis(name=f"random {i + 1}", negative="−", positive="+", source="isotropic", unit=unit)
            for i in range(dimension)
        )
        return directions, tuple(named)


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
    rest = differences
    if taken:
        frame = np.linalg.qr(np.stack(taken, axis=1))[0]  # (flat, k)
        rest = rest - (rest @ frame) @ frame.T
    _, values, rows = np.linalg.svd(rest, full_matrices=False)
    rank = int((values > 1e-6 * max(values[0], 1e-12)).sum())
    if rank < n:
        raise InvalidInputError(
            f"the prompt's rewrites span {rank} further axes, {n} were asked for", field="dimension"
        )
    signs = np.sign(rows[:n, np.abs(rows[:n]).argmax(axis=1)].diagonal())[:, None] if n else 1.0
    return rows[:n] * signs


def component_axis(
    index: int, component: Array, prompt: str, vocabulary: Vocabulary,
    embeddings: Mapping[str, TextEmbedding], unit: float,
) -> Axis:  # fmt: skip
    """The axis of a component, named by the attribute words that lie farthest out on either side."""
    anchor = embeddings[prompt].conditioning.flat()
    words = [word for family in vocabulary.attributes.values() for word in family]
    places = [(embeddings[text].conditioning.flat() - anchor) @ component for text in vocabulary.rewrites(prompt)]
    low, high = words[int(np.argmin(places))], words[int(np.argmax(places))]
    return Axis(name=f"mix {index + 1}: {low} ↔ {high}", negative=low, positive=high, source="caption_pca", unit=unit)


BASES: StrategyTable[Basis] = StrategyTable(
    "basis",
    "pilotage.bases",
    {
        "attributes_pca": Entry(AttributesPcaConfig, AttributesPca),
        "isotropic": Entry(IsotropicConfig, Isotropic),
    },
)
