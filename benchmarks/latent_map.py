"""How long the explorer takes to draw and to mark 60,000 points, by its own page in a browser without a graphics card.

The page is that of a run which is trained here; its list of points and its map are replaced by larger ones on their way
to the browser. Each draw and each mark is timed until the last pixel is there: `readPixels` waits for it. A lasso is
timed as a person waits for it: from letting go to the count and the next painted frame.

    python -m benchmarks.latent_map [--quick] [--json]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, Route, sync_playwright

from benchmarks.rows import Row, finish, options, quartiles
from pilotage.testing.tiny_latents import tiny_run

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import live_app

POINTS, CLASSES = 60_000, 10
BARS_MS = {"map drawn": 150.0, "map marked": 30.0}
MAP = "projections/latent_2d_epoch_3.json"
WAITS = """performance.measure = function (name, { start }) {
  const canvas = document.querySelector('canvas.atlas-points')
  const gl = canvas && canvas.getContext('webgl')
  if (gl) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4))
  Performance.prototype.measure.call(performance, name, { start })
}"""
TIMES = "name => performance.getEntriesByName(name).map(one => one.duration)"
LISTENS = """window.waited = []
window.addEventListener('pointerup', event => {
  const began = performance.now()
  const look = () => document.querySelector('[aria-label="What you chose"]')
    ? requestAnimationFrame(() => window.waited.push(performance.now() - began)) : requestAnimationFrame(look)
  if (event.target.closest('.atlas-lasso')) look()
}, true)"""


def enlarged(page: Page, run: str) -> None:
    """Let the page see a run of `POINTS` points in as many hills as there are classes."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, POINTS)
    points = (rng.normal(0, 6, (CLASSES, 2))[labels] + rng.normal(0, 1, (POINTS, 2))).round(4).tolist()

    def detail(route: Route) -> None:
        told = route.fetch().json()
        told["config"]["viz_indices"] = list(range(POINTS))
        told["config"]["data"]["viz_labels"] = labels.tolist()
        told["artifacts"] = [one for one in told["artifacts"] if one["path"] == MAP]
        route.fulfill(json=told)

    def layout(route: Route) -> None:
        told = route.fetch().json()
        told["data"]["points"], told["trust"]["lost"] = points, rng.random(POINTS).round(3).tolist()
        route.fulfill(body=json.dumps(told), content_type="application/json")

    page.route(f"**/api/latents/runs/{run}", detail)
    page.route(f"**/files/{MAP}*", layout)


def measure(home: Path, repeats: int) -> list[Row]:
    """The rows of one run."""
    chromium = live_app.find_chromium()
    if chromium is None:
        raise SystemExit("install Chromium first (Debian: apt install chromium)")
    run = tiny_run(home)
    with live_app.serving(home) as server, sync_playwright() as playwright:
        browser = live_app.launch(playwright, chromium)
        context = browser.new_context(
            base_url=server.base, reduced_motion="reduce", viewport={"width": 1280, "height": 900}
        )
        page = context.new_page()
        page.add_init_script(WAITS)
        page.add_init_script(LISTENS)
        enlarged(page, run)
        page.goto(f"/latents/runs/{run}/explore?method=pca")
        page.wait_for_selector("[data-ready=true]")
        page.evaluate("() => performance.clearMeasures()")
        marks = [turn(page) for _ in range(repeats)]
        drawn, counted = page.evaluate(TIMES, "map drawn"), page.evaluate("() => window.waited")
        browser.close()
    return [
        row_of("drawn, colours changed", drawn, BARS_MS["map drawn"]),
        row_of(f"marked, one of {CLASSES} classes", marks, BARS_MS["map marked"]),
        row_of("chosen by lasso, counted and shown", counted, None),
    ]


def turn(page: Page) -> float:
    """Colours changed twice, a class chosen, and some points by lasso; ms that it took to mark the class."""
    for colour in ("lost", "label"):
        page.get_by_label("Colour by").select_option(colour)
        page.wait_for_timeout(300)
    page.evaluate("() => performance.clearMeasures('map marked')")
    page.get_by_role("list", name="Legend").locator("li").first.hover()
    page.get_by_role("button", name="Choose all of 0").click()
    page.get_by_role("region", name="What you chose").wait_for()
    marked = page.evaluate(TIMES, "map marked")[-1]
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("radio", name="Lasso").click()
    box = page.get_by_role("application").bounding_box()
    assert box is not None
    x, y, side = box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"], 0.2 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((1, 0), (1, 1), (0, 1), (0, 0)):
        page.mouse.move(x + dx * side, y + dy * side, steps=4)
    page.mouse.up()
    page.get_by_role("region", name="What you chose").wait_for()
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Clear").click()
    return float(marked)


def row_of(case: str, times: Sequence[float], bar: float | None) -> Row:
    """The median of some milliseconds."""
    middle = statistics.median(times)
    return Row(
        case=f"{POINTS} points: {case}", metric="ms", ours=round(middle, 1), bar=bar,
        holds=None if bar is None else middle <= bar, n=len(times),
        spread=quartiles(times, 1) if len(times) > 1 else None,
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 if the bars hold."""
    chosen = options(__doc__, arguments)
    with tempfile.TemporaryDirectory() as home:
        rows = measure(Path(home), 2 if chosen.quick else 10)
    return finish("latent_map", rows, as_json=chosen.as_json)


if __name__ == "__main__":
    sys.exit(main())
