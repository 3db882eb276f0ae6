"""The tour "Beat the dice": played by somebody who always sees which picture is nearest."""

from __future__ import annotations

import json
import math
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PICKS = 4
PICTURES = 13  # four new ones, then three in each of three rounds: the best so far is shown again


def test_the_tour_brings_a_nearer_picture_in_five_clicks_and_its_figures_are_right(page: Page, server: Any) -> None:
    begun = time.monotonic()
    page.goto("/")
    page.get_by_role("link", name="Beat the dice").click()
    page.get_by_role("button", name="Show me the target").click()
    far: list[float] = []
    for index in range(1, PICKS + 1):
        grid = page.locator(f"[aria-label=Candidates][data-round='{index}']")
        expect(grid.get_by_role("button", disabled=False)).to_have_count(4)
        tour = kept(page)
        target = place(server, tour["target"])
        candidates = server.round(tour["sessionId"], index)["candidates"]
        distances = [math.dist(one["z"], target) for one in candidates]
        nearest = distances.index(min(distances))
        far.append(distances[nearest])
        grid.get_by_role("button", name=f"Picture {nearest + 1}").click()
    ending = page.get_by_role("region", name="Your turn").get_by_role("heading")
    expect(ending).to_contain_text(f"after {PICTURES} pictures each")
    assert time.monotonic() - begun < 90
    assert far == sorted(far, reverse=True)
    assert far[-1] < 0.9 * math.hypot(*target)

    throws = kept(page)["dice"]
    assert len(throws) == PICTURES
    dice = min(math.dist(place(server, job), target) for job in throws)
    told = [float(number) for number in re.findall(r"\d\.\d\d", ending.inner_text())]
    assert told == pytest.approx([far[-1], dice], abs=0.0051)
    expect(ending).to_contain_text("You are nearer" if far[-1] < dice else "The dice were luckier")
    curve = page.get_by_role("img", name=re.compile("^Who is learning"))
    expect(curve.locator("circle")).to_have_count(2 * PICKS)


def test_the_tour_goes_on_after_a_reload_and_the_home_page_does_not_offer_it_as_work(page: Page, server: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/tours/beat-the-dice")
    page.get_by_role("button", name="Show me the target").click()
    expect(page.get_by_role("button", name="Picture 4")).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("2")
    expect(page.get_by_text(f"choice 2 of {PICKS}")).to_be_visible()
    before = page.get_by_role("img", name="The target", exact=True).get_attribute("src")
    page.reload()
    expect(page.get_by_text(f"choice 2 of {PICKS}")).to_be_visible()
    expect(page.get_by_role("img", name="The target", exact=True)).to_have_attribute("src", before or "")
    session_id = kept(page)["sessionId"]
    page.goto("/")
    expect(page.get_by_role("heading", name="Learn by doing")).to_be_visible()
    expect(page.locator(f"a[href*='{session_id}']")).to_have_count(0)


def kept(page: Page) -> dict[str, Any]:
    """What the tab remembers of the tour."""
    return json.loads(page.evaluate("sessionStorage.getItem('pilotage.tour.dice')"))


def place(server: Any, job_id: str) -> list[float]:
    """The place that a job drew."""
    return server.get(f"jobs/{job_id}")["result"]["samples"][0]["z"]
