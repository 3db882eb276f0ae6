"""Writes the pictures of docs/images: a real session on the starter, steered towards a blue fox, page by page.

.venv/bin/python scripts/take_screenshots.py
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
ROUNDS = 6
SIZE = {"width": 1440, "height": 900}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@contextmanager
def app() -> Iterator[str]:
    """The app on a fresh home folder; its address."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "pilotage", "--home", home, "serve", "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            found = next(match for line in server.stdout if (match := re.search(r"http://\S+", line)))
            wait_warm(found.group())
            yield found.group()
        finally:
            server.terminate()
            server.wait(30)


def wait_warm(address: str, seconds: float = 120) -> None:
    """Until the starter is in memory."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        model = httpx.get(f"{address}/api/diagnostics").json()["model"] or {}
        if model.get("state") == "warm":
            return
        time.sleep(0.5)
    raise TimeoutError("the starter did not get warm")


def blueness(address: str, artifact: str) -> float:
    """Mean blue minus red of the figure, whatever is not the white around it."""
    data = httpx.get(f"{address}/api/artifacts/{artifact}").content
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float)
    figure = np.abs(pixels - 255).max(axis=2) > 40
    return float((pixels[..., 2] - pixels[..., 0])[figure].mean())


def steer(address: str) -> str:
    """A session of some answered rounds and one open one; its id."""
    with httpx.Client(base_url=f"{address}/api", timeout=60) as lab:
        config = {"request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "seed": 3}
        session = lab.post("/sessions", json=config).json()["id"]
        lab.post(f"/sessions/{session}/rounds", json={})
        for index in range(1, ROUNDS + 1):
            while (round_ := lab.get(f"/sessions/{session}/rounds/{index}").json())["state"] != "awaiting":
                time.sleep(0.1)
            if index == ROUNDS:
                return str(session)
            best = max(round_["candidates"], key=lambda c: blueness(address, c["artifact"]))
            sent = {"answer": {"kind": "ranking", "order": [best["id"]]}, "next_round": True}
            lab.post(f"/sessions/{session}/rounds/{index}/answers", json=sent).raise_for_status()
    raise AssertionError


def page_of(browser: Browser, theme: str) -> Page:
    """A page in one theme."""
    return browser.new_context(viewport=SIZE, color_scheme=theme).new_page()  # type: ignore[arg-type]


def shoot(page: Page, name: str) -> None:
    """One picture, once the page is calm."""
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


def main() -> None:
    """All pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with app() as address, sync_playwright() as playwright:
        session = steer(address)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        dark, light = page_of(browser, "dark"), page_of(browser, "light")
        dark.goto(f"{address}/sessions/{session}")
        shoot(dark, "session")
        light.goto(f"{address}/sessions/{session}/replay")
        shoot(light, "replay")
        dark.goto(f"{address}/sessions/{session}/finish")
        shoot(dark, "finish")
        light.goto(f"{address}/new")
        light.get_by_role("textbox").first.fill("a fox")
        light.wait_for_timeout(3000)
        shoot(light, "setup")
        dark.goto(address)
        shoot(dark, "home")
        browser.close()


if __name__ == "__main__":
    main()
