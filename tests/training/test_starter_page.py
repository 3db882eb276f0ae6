"""What the page on the starter model tells a reader to type, typed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pilotage_starter

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytestmark = pytest.mark.starter
PAGE = Path(__file__).parents[2] / "docs" / "starter.md"
SAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", SAMPLES, ids=["outlines", "pictures"])
def test_the_samples_of_the_page_draw(code: str) -> None:
    with np.load(pilotage_starter.path() / "metrics" / "gallery.npz") as gallery:
        picture = gallery["pictures"][0]
    outline = torch.zeros(1, 3, 64, 64)
    outline[:, :, 16:48, 16:48] = 1
    names = {"outline": outline, "picture": Image.fromarray(picture)}
    exec(code, names)
    (drawn,) = names["drawn"].images
    assert drawn.size == (64, 64)
    assert np.ptp(np.asarray(drawn)) > 50
