"""Stage `gallery`: what real icons look like to EfficientNet, in one small file that evaluation needs and npm not.

Everything is fitted on real icons: the PCA, each icon's place in it, what tells styles apart, the mean colour of
tinted icons, and a few real pictures for the VAE.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from training.starter.attributes import COLOURS, Picture, Placement, compose, tint
from training.starter.data import Bank, Drawings, read_drawings
from training.starter.embedding import Whitening, embed, fit_whitening
from training.starter.metrics import mean_colour
from training.starter.paths import Workspace

COMPONENTS: Final = 128
_STYLE_COMPONENTS = 256
_SHIFTS = ((0, 0), (1, 1), (-1, 0))
_HELD = 96  # real augmented pictures for the VAE
_TINTED = 40  # icons, spread over all
__all__ = ["Gallery", "build", "fit_styles", "read_gallery"]


@dataclass(frozen=True)
class Gallery:
    """The file's arrays.

    Attributes:
        things, styles: names; m objects, s styles.
        mean, matrix: the whitening of features.
        icons: (m, s, k) real icons on white, whitened.
        judge: (k' + 1, s) logistic weights that tell styles apart, the last row constants.
        colours: (10, 3) mean foreground of real tinted icons.
        pictures: (n, 64, 64, 3) real augmented pictures.
    """

    things: NDArray[np.str_]
    styles: NDArray[np.str_]
    mean: NDArray[np.float16]
    matrix: NDArray[np.float16]
    icons: NDArray[np.float16]
    judge: NDArray[np.float32]
    colours: NDArray[np.float32]
    pictures: Picture

    def white(self, features: NDArray[np.float32], components: int | None = COMPONENTS) -> NDArray[np.float32]:
        """Whitened features of unit length."""
        return Whitening(self.mean.astype(np.float32), self.matrix.astype(np.float32))(features, components)

    def centroids(self, things: list[str]) -> NDArray[np.float32]:
        """(n, k) one per object: the mean of its styles, of unit length."""
        rows = [list(self.things).index(thing) for thing in things]
        middle = self.icons[rows].astype(np.float32).mean(1)
        return middle / np.linalg.norm(middle, axis=1, keepdims=True)

    def style_of(self, features: NDArray[np.float32]) -> list[str]:
        """The style of each picture, from its (n, 1280) features, whatever it shows."""
        white = self.white(features, None)
        return [str(self.styles[i]) for i in (white @ self.judge[:-1] + self.judge[-1]).argmax(1)]

    def colour_of(self, picture: Picture) -> str:
        """The colour word whose tinted icons come nearest to a picture's foreground."""
        return list(COLOURS)[int(np.square(self.colours - mean_colour(picture)).sum(1).argmin())]


def build(space: Workspace) -> None:
    """Compute it; 43 ms an icon on a plain core."""
    drawn, folder = read_drawings(space), space.of("gallery")
    plain = embed(np.stack([compose(icon, Placement()) for icon in drawn.rgba]))
    whitening = fit_whitening(plain, min(_STYLE_COMPONENTS, len(plain) - 1))
    known = np.flatnonzero(~drawn.stranger)
    styles = list(dict.fromkeys(drawn.styles))
    things = list(dict.fromkeys(drawn.things[i] for i in known))
    white = whitening(plain[known], COMPONENTS)
    icons = np.zeros((len(things), len(styles), white.shape[1]), np.float32)
    for row, i in zip(white, known, strict=True):
        icons[things.index(drawn.things[i]), styles.index(drawn.styles[i])] = row
    bank = Bank.open(space)
    rows = np.linspace(1, len(bank.facts) - 1, min(_HELD, len(bank.facts) - 1)).astype(int)
    gallery = Gallery(
        np.array(things), np.array(styles), whitening.mean.astype(np.float16), whitening.matrix.astype(np.float16),
        icons.astype(np.float16), _style_judge(drawn, plain, whitening), _tinted(drawn, known),
        np.asarray(bank.pictures[rows]),
    )  # fmt: skip
    np.savez_compressed(folder / "gallery.npz", **asdict(gallery))
    space.finish("gallery", pictures=len(plain), objects=len(things))


def _style_judge(drawn: Drawings, plain: NDArray[np.float32], whitening: Whitening) -> NDArray[np.float32]:
    """Fitted on every drawing, those of the vocabulary shifted too, as the model was taught them."""
    styles = list(dict.fromkeys(drawn.styles))
    known = np.flatnonzero(~drawn.stranger)
    moved = [
        compose(drawn.rgba[i], Placement(dx=dx, dy=dy)) for dx, dy in _SHIFTS[1:] for i in known
    ]  # the unmoved ones are in `plain`
    features = whitening(np.concatenate([plain, embed(np.stack(moved))]))
    truth = [styles.index(one) for one in drawn.styles] + [
        styles.index(drawn.styles[i]) for _ in _SHIFTS[1:] for i in known
    ]
    return fit_styles(features, truth, len(styles))


def fit_styles(
    features: NDArray[np.float32], truth: list[int], styles: int, penalty: float = 1e-3
) -> NDArray[np.float32]:
    """(k + 1, styles) weights of a multinomial logistic regression, the last row constants."""
    known, target = torch.from_numpy(features), torch.tensor(truth)
    weight = torch.zeros(features.shape[1] + 1, styles, requires_grad=True)
    solver = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        scores = known @ weight[:-1] + weight[-1]
        loss = torch.nn.functional.cross_entropy(scores, target) + penalty * weight[:-1].square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    return weight.detach().numpy()


def _tinted(drawn: Drawings, known: NDArray[np.intp]) -> NDArray[np.float32]:
    icons = [drawn.rgba[i] for i in known[:: max(1, len(known) // _TINTED)]]
    means = [[mean_colour(compose(tint(icon, name), Placement())) for icon in icons] for name in COLOURS]
    return np.array(means, np.float32).mean(1)


def read_gallery(path: Path) -> Gallery:
    """A gallery's file."""
    with np.load(path) as file:
        return Gallery(**{field.name: file[field.name] for field in fields(Gallery)})
