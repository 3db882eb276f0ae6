"""Writes the pictures of docs/images: a session on the starter, steered towards blue by a rule; a text; a map.

.venv/bin/python scripts/take_screenshots.py

The browser tests take the same pictures into a folder of their own, with the same server and browser.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from live_app import Server, find_chromium, launch, serving
from make_example import blueness

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
ROUNDS = 9
SIZE = {"width": 1440, "height": 900}
WRITTEN_MS = 120_000  # the language model wakes first
CALM = """() => !document.querySelector("[aria-busy=true], .skeleton, [role=progressbar]")
  && [...document.images].every((one) => one.complete && one.naturalWidth > 0)
  && document.fonts.status === "loaded" """


@dataclass(frozen=True)
class Shot:
    """One picture: a page in a theme; in its path, `{session}` is the steered session, `{run}` the run that ships."""

    name: str
    theme: Literal["dark", "light"]
    path: str
    prepare: Callable[[Page], None] = lambda page: None


def _ask_for_a_fox(page: Page) -> None:
    page.get_by_role("textbox").first.fill("a fox")
    page.wait_for_timeout(3000)  # for the previews of its axes to begin


def _have_a_formal_answer(page: Page) -> None:
    page.get_by_role("radio", name="Short").click()
    page.get_by_role("slider", name="casual to formal").fill("0.8")
    page.get_by_role("textbox", name="Message").fill("Is it worth learning to cook?")
    page.get_by_role("button", name="Send").click()
    page.locator(".answer[data-state=done]").wait_for(timeout=WRITTEN_MS)


SHOTS = (
    Shot("home", "dark", "/"),
    Shot("setup", "light", "/new", _ask_for_a_fox),
    Shot("session", "dark", "/sessions/{session}"),
    Shot("replay", "light", "/sessions/{session}/replay"),
    Shot("finish", "dark", "/sessions/{session}/finish"),
    Shot("text", "light", "/text", _have_a_formal_answer),
    Shot("latents", "light", "/latents/runs/{run}/explore?method=umap"),
)


def take(server: Server, browser: Browser, folder: Path, *, rounds: int = ROUNDS, language: str = "smollm2") -> None:
    """Write all pictures into a folder: of a session of some rounds, a text by a language model, a run's map.

    Raises:
        TimeoutError: a page does not get calm: something of it is loading for ever, or broken.
    """
    session, run = steer(server, rounds), server.post("latents/example")["id"]
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        context = browser.new_context(
            base_url=server.base, viewport=SIZE, color_scheme=shot.theme, reduced_motion="reduce"
        )
        context.add_init_script(f"localStorage.setItem('pilotage.text.model', {json.dumps(json.dumps(language))})")
        page = context.new_page()
        page.goto(shot.path.format(session=session, run=run))
        page.get_by_role("heading").first.wait_for()
        shot.prepare(page)
        page.wait_for_function(CALM)
        page.screenshot(path=folder / f"{shot.name}.png", animations="disabled", caret="hide")
        context.close()


def steer(server: Server, rounds: int) -> str:
    """A session in which the bluest was chosen each round, but for the last, which is open; its id."""
    config = {"request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "seed": 3}
    session = str(server.post("sessions", config)["id"])
    server.post(f"sessions/{session}/rounds")
    for index in range(1, rounds):
        shown = [one["artifact"] for one in server.round(session, index)["candidates"]]
        scores = [blueness(server.api.get(f"/api/artifacts/{artifact}").content) for artifact in shown]
        server.pick(session, index, scores.index(max(scores)))
    server.round(session, rounds)
    return session


def main() -> int:
    """All pictures, from an app of its own."""
    chromium = find_chromium()
    if chromium is None:
        print("take_screenshots: no Chromium on PATH")
        return 1
    with tempfile.TemporaryDirectory() as home, serving(Path(home)) as server, sync_playwright() as playwright:
        server.warm()
        take(server, launch(playwright, chromium), IMAGES)
    print("\n".join(f"docs/images/{shot.name}.png" for shot in SHOTS))
    return 0


if __name__ == "__main__":
    sys.exit(main())
