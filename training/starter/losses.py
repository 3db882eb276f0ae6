"""How far a drawn picture is from the one that it should be: what the VAE and its decoder learn by."""

from __future__ import annotations

import torch
from torch import Tensor

_SQUARED, _SLOPES = 2.0, 0.5  # beside the absolute error: PSNR is squared error; slopes keep outlines sharp


def picture_error(drawn: Tensor, pictures: Tensor) -> Tensor:
    """Absolute, squared and slope error of (n, 3, h, w) pictures."""
    error = drawn.float() - pictures
    slopes = sum((torch.diff(error, dim=axis).abs().mean() for axis in (-1, -2)), torch.zeros((), device=error.device))
    return error.abs().mean() + _SQUARED * error.square().mean() + _SLOPES * slopes
