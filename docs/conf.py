"""The documentation as a site: `make docs` builds it into build/site, and every warning is an error.

The pages are plain Markdown that reads as well on a code host: what only the site needs stands here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pilotage import __version__

DOCS = Path(__file__).parent
# In the order of the menu. A page that stands nowhere here is a warning, and so an error.
CHAPTERS = {
    "Guides": [
        "app",
        "library",
        "answering",
        "beginning",
        "starter",
        "spaces",
        "language",
        "axes",
        "latents",
        "take-away",
        "api",
        "files",
        "deletion",
        "postgres",
        "evidence",
        "benchmarks",
    ],
    "Reference": ["vocabulary", "cli", "configuration", "strategies", "errors", "events", "routes"],
    "The house": ["latents-contract", "releasing", "decisions/README"],
}

project, author, version = "Pilotage", "the Pilotage authors", __version__
extensions = ["myst_parser"]
root_doc = "README"
exclude_patterns = ["images/**", "starter/**"]
html_theme = "furo"
html_title = f"Pilotage {__version__}"
html_copy_source = html_show_sourcelink = False
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
smartquotes = False


def setup(app: Any) -> None:
    """Hook into the build."""
    app.connect("source-read", _adapt)
    app.connect("build-finished", _open_at_the_front)


def _adapt(app: Any, name: str, source: list[str]) -> None:
    """Give the front page and the decisions their menus, and tell links that leave the folder apart."""
    if name == root_doc:
        source[0] += "".join(_menu(caption, pages) for caption, pages in CHAPTERS.items())
    if name == "decisions/README":
        source[0] += _menu("", sorted(page.stem for page in (DOCS / "decisions").glob("[0-9]*.md")))
    source[0] = re.sub(
        r"^```(\w+) run$", r"```\1", source[0], flags=re.MULTILINE
    )  # how a block is marked for the tests


def _menu(caption: str, pages: list[str]) -> str:
    folder = DOCS / ("" if caption else "decisions")
    there = [page for page in pages if (folder / f"{page}.md").exists()]
    title = f":caption: {caption}\n" if caption else ""
    return f"\n\n```{{toctree}}\n:hidden:\n{title}\n" + "\n".join(there) + "\n```\n"


def _open_at_the_front(app: Any, error: Exception | None) -> None:
    if error is None:
        front = f'<!doctype html><meta http-equiv="refresh" content="0; url={root_doc}.html"><title>Pilotage</title>\n'
        Path(app.outdir, "index.html").write_text(front)
