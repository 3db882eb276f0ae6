"""Every picture that the documents show is one that scripts/take_screenshots.py takes, and it takes no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

import take_screenshots

ROOT = take_screenshots.ROOT
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SHOWN = re.compile(r'!\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source)[^>]*?(?:src|srcset)="([^"\s]+)"')


def shown_on(page: Path) -> Iterator[Path]:
    """The pictures of this project on a page."""
    for found in SHOWN.finditer(page.read_text()):
        target = found[1] or found[2]
        if not re.match(r"[a-z]+:", target):
            yield (page.parent / target).resolve()


def test_documents_show_what_the_script_takes_and_it_takes_nothing_else() -> None:
    taken = {take_screenshots.IMAGES / f"{shot.name}.png" for shot in take_screenshots.SHOTS}
    shown = {path for page in PAGES for path in shown_on(page)}
    assert {path for path in shown if path.parent == take_screenshots.IMAGES} == taken
    assert all(path.is_file() for path in shown)
    assert set(take_screenshots.IMAGES.iterdir()) == taken, "run scripts/take_screenshots.py"


def test_the_pictures_kept_have_the_size_that_the_script_takes() -> None:
    for path in take_screenshots.IMAGES.iterdir():
        with Image.open(path) as picture:
            assert picture.size == tuple(take_screenshots.SIZE.values()), path.name


def test_pictures_are_found_in_markdown_and_in_html(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('![a](one.png) <picture><source media="x" srcset="two.png"><img alt="" src="three.png"></picture>')
    page.write_text(page.read_text() + "![abroad](https://example.org/four.png)")
    assert [path.name for path in shown_on(page)] == ["one.png", "two.png", "three.png"]
