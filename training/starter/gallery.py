"""Stage `gallery`: what real icons look like to EfficientNet, in one small file that evaluation needs and npm not.

Everything is fitted on real icons: the PCA, each icon's place in it, what tells styles apart, what tells tints
apart, and a few real pictures for the VAE.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from training.starter.attributes import COLOURS, Picture, Placement, compose, tint
from training.starter.data import Bank, Drawings, read_drawings
from training.starter.embedding import Whitening, embed, fit_whitening
from training.starter.looks import shade_features
from training.starter.paths import Workspace

COMPONENTS: Final = 128
_STYLE_COMPONENTS = 512  # 256 told 0.83 of slightly blurred real icons right, 512 told 0.94
_SHIFTS = ((0, 0), (1, 1), (-1, 0))
_SOFT = (0.7, 1.1)  # pixels of blur: what a VAE of 27 dB takes away is not style
_HELD = 96  # real augmented pictures for the VAE
_TINTED = 160  # icons, spread over all
__all__ = ["Gallery", "build", "fit_classes", "read_gallery"]


@dataclass(frozen=True)
class Gallery:
    """The file's arrays.

    Attributes:
        things, styles: names; m objects, s styles.
        mean, matrix: the whitening of features.
        icons: (m, s, k) real icons on white, whitened.
        judge: (k' + 1, s) logistic weights that tell styles apart, the last row constants.
        shades: (19, 10) logistic weights that tell tints apart, on `shade_features`, the last row constants.
        pictures: (n, 64, 64, 3) real augmented pictures.
        shown: (n, 4) of each its row of `things`, its row of `styles`, colour + 1 or 0, ground.
    """

    things: NDArray[np.str_]
    styles: NDArray[np.str_]
    mean: NDArray[np.float16]
    matrix: NDArray[np.float16]
    icons: NDArray[np.float16]
    judge: NDArray[np.float32]
    shades: NDArray[np.float32]
    pictures: Picture
    shown: NDArray[np.int16]

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
        """The colour word that a picture's foreground was tinted by."""
        return list(COLOURS)[int((shade_features(picture) @ self.shades[:-1] + self.shades[-1]).argmax())]


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
        icons.astype(np.float16), _style_judge(drawn, plain, whitening), _shades(drawn, known),
        np.asarray(bank.pictures[rows]), _shown(bank, rows, things, styles),
    )  # fmt: skip
    np.savez_compressed(folder / "gallery.npz", **asdict(gallery))
    space.finish("gallery", pictures=len(plain), objects=len(things))


def _shown(bank: Bank, rows: NDArray[np.intp], things: list[str], styles: list[str]) -> NDArray[np.int16]:
    icons = bank.facts[rows, 0]
    named = [(things.index(bank.things[icon]), styles.index(bank.styles[icon])) for icon in icons]
    return np.concatenate([np.array(named), bank.facts[rows, 1:3]], axis=1).astype(np.int16)


def _style_judge(drawn: Drawings, plain: NDArray[np.float32], whitening: Whitening) -> NDArray[np.float32]:
    """Fitted on every drawing, those of the vocabulary also shifted and as soft as a small VAE leaves them.

    It knows these icons: on others it is right for half, since flat sets differ less than their objects do.
    """
    styles = list(dict.fromkeys(drawn.styles))
    known = np.flatnonzero(~drawn.stranger)
    icons = [compose(drawn.rgba[i], Placement(dx=dx, dy=dy)) for dx, dy in _SHIFTS for i in known]
    blurs = [ImageFilter.GaussianBlur(radius) for radius in _SOFT]
    plain_ones = [Image.fromarray(one) for one in icons[: len(known)]]
    soft = [np.asarray(one.filter(blur)) for blur in blurs for one in plain_ones]
    features = whitening(np.concatenate([plain, embed(np.stack([*icons[len(known) :], *soft]))]))
    own = [styles.index(drawn.styles[i]) for i in known]
    return fit_classes(
        features, [styles.index(one) for one in drawn.styles] + own * (len(_SHIFTS) - 1 + len(_SOFT)), len(styles)
    )


def fit_classes(
    features: NDArray[np.float32], truth: list[int], classes: int, penalty: float = 0.1
) -> NDArray[np.float32]:
    """(k + 1, classes) weights of a multinomial logistic regression, the last row constants."""
    known, target = torch.from_numpy(features), torch.tensor(truth)
    weight = torch.zeros(features.shape[1] + 1, classes, requires_grad=True)
    solver = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        scores = known @ weight[:-1] + weight[-1]
        loss = torch.nn.functional.cross_entropy(scores, target) + penalty * weight[:-1].square().mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call]
    return weight.detach().numpy()


def _shades(drawn: Drawings, known: NDArray[np.intp]) -> NDArray[np.float32]:
    """Fitted on real tinted icons; the features' scale is folded into the weights."""
    icons = [drawn.rgba[i] for i in known[:: max(1, len(known) // _TINTED)]]
    pictures = [compose(tint(icon, name), Placement(dx=1)) for icon in icons for name in COLOURS]
    features = np.stack([shade_features(one) for one in pictures])
    mean, scale = features.mean(0), features.std(0) + 1e-6
    found = fit_classes((features - mean) / scale, list(range(len(COLOURS))) * len(icons), len(COLOURS))
    weights = found[:-1] / scale[:, None]
    return np.concatenate([weights, found[-1:] - mean @ weights]).astype(np.float32)


def read_gallery(path: Path) -> Gallery:
    """A gallery's file."""
    with np.load(path) as file:
        return Gallery(**{field.name: file[field.name] for field in fields(Gallery)})
