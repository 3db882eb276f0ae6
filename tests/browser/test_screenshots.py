"""The pictures of the documents can be taken of the app as it is, by the script that makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

import take_screenshots

pytestmark = pytest.mark.browser


def test_every_picture_of_the_documents_is_taken_of_a_page_that_is_whole(
    browser: Browser, server: Any, tiny: str, tmp_path: Path
) -> None:
    take_screenshots.take(server, browser, tmp_path, rounds=3, language=tiny)
    assert {path.stem for path in tmp_path.glob("*.png")} == {shot.name for shot in take_screenshots.SHOTS}
    for shot in take_screenshots.SHOTS:
        with Image.open(tmp_path / f"{shot.name}.png") as picture:
            assert picture.size == (1440, 900)
            corner = sum(picture.convert("RGB").getpixel((2, 890)))  # type: ignore[arg-type]
            assert (corner < 3 * 100) == (shot.theme == "dark"), shot.name
