"""The tour "Can it guess your choice?": played by somebody who always likes the same; every figure is the server's."""

from __future__ import annotations

import json
import re
from statistics import fmean
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PICKS = 5


def test_each_choice_is_forecast_before_it_and_told_after_it(page: Page, server: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name="Can it guess your choice?").click()
    page.get_by_role("button", name="Show me foxes").click()
    told: list[float] = []
    hits = 0
    for index in range(1, PICKS + 1):
        grid = page.locator(f"[aria-label=Candidates][data-round='{index}']")
        expect(grid.get_by_role("button", disabled=False)).to_have_count(4)
        session = kept(page)
        candidates = server.round(session, index)["candidates"]
        assert not any(one["forecast"] for one in candidates)
        liked = max(range(4), key=lambda slot: candidates[slot]["z"][0])
        grid.get_by_role("button", name=f"Picture {liked + 1}").click()
        shares = [one["forecast"]["p_best"] for one in server.round(session, index, "answered")["candidates"]]
        told.append(shares[liked])
        hits += shares[liked] == max(shares)
        story = page.get_by_role("region", name="What it had forecast")
        expect(story).to_contain_text(f"You chose the one I gave {100 * told[-1] + 1e-9:.0f} %")
        expect(story.locator("[data-colour='0'] path.spot")).to_have_count(index)
    ending = page.get_by_role("region", name="Your turn").get_by_role("heading")
    expect(ending).to_contain_text(f"My favourite was yours {hits} time")
    numbers = [int(number) for number in re.findall(r"(\d+) %", ending.inner_text())]
    assert numbers == pytest.approx([100 * fmean(told), 25], abs=0.51)


def test_the_tour_goes_on_after_a_reload_on_a_small_screen_and_is_no_work_of_the_home_page(
    page: Page, server: Any
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/tours/guess-my-choice")
    page.get_by_role("button", name="Show me foxes").click()
    expect(page.get_by_role("button", name="Picture 4", disabled=False)).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    server.round(kept(page), 1)
    page.keyboard.press("2")
    expect(page.get_by_text(f"choice 2 of {PICKS}")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"choice 2 of {PICKS}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    session = kept(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Learn by doing")).to_be_visible()
    expect(page.locator(f"a[href*='{session}']")).to_have_count(0)


def kept(page: Page) -> str:
    """The session that the tab remembers of the tour."""
    return json.loads(page.evaluate("sessionStorage.getItem('pilotage.tour.guess')"))
