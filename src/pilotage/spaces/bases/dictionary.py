"""`dictionary`: atoms of a sparse code of caption embeddings, each close to one thing that captions say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis
from pilotage.spaces.bases.directions import without
from pilotage.spaces.bases.typed_first import CaptionConfig, Spread, TypedFirst
from pilotage.spaces.sparse import learn_dictionary, sparse_code


class DictionaryConfig(CaptionConfig, frozen=True):
    """Typed axes first, then the atoms of a sparse code of captions that tell the prompt's rewrites apart."""

    kind: Literal["dictionary"] = "dictionary"
    corpus: int = Field(
        256, ge=0, le=2000, description="Captions of the model's own corpus, beside the prompt's rewrites."
    )
    atoms: int = Field(32, ge=2, le=128, description="Size of the dictionary that the axes are chosen from.")
    words: int = Field(3, ge=1, le=8, description="Atoms that one caption may be made of.")
    seed: int = Field(0, ge=0, description="Another seed starts from other captions.")


class Dictionary(TypedFirst):
    """Each caption's difference is a sum of few atoms; an axis is an atom, first those that rewrites differ in.

    Source: dictionary learning over embeddings as in sparse decomposition of CLIP (Bhalla et al. 2024, SpLiCE,
    arXiv 2402.10376). Differs: the atoms are learned by K-SVD from the model's own captions, not given as words.
    """

    config: DictionaryConfig
    _ALIKE = 0.9  # atoms with a larger absolute cosine would be one axis to a person

    def fill(self, spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
        """As `TypedFirst.fill`: unit atoms, not orthogonal to each other."""
        signals = without(spread.differences, taken)
        rng = stream(self.config.seed, "dictionary")
        atoms = learn_dictionary(signals, self.config.atoms, self.config.words, rng=rng)
        codes = sparse_code(signals, atoms, self.config.words)
        own = codes[: len(spread.vocabulary.rewrites(spread.prompt))].var(axis=0)  # an object's atom is in all alike
        chosen = list[Array]()
        for atom in atoms[np.lexsort((-codes.var(axis=0), -own))]:
            if len(chosen) < n and all(abs(atom @ other) < self._ALIKE for other in chosen):
                chosen.append(atom)
        if len(chosen) < n:
            raise InvalidInputError(f"the captions give {len(chosen)} distinct atoms, {n} were asked for",
                                    field="dimension", hint="Take fewer axes, or more atoms.")  # fmt: skip
        axes = (spread.axis(f"atom {i + 1}", atom, "dictionary") for i, atom in enumerate(chosen))
        return np.array(chosen).reshape(n, signals.shape[1]), tuple(axes)
