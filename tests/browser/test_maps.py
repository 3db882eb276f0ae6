"""Maps and lines on the session page, looked at wider and closer and picked from; and sets that come again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_map_is_looked_at_wider_and_closer_and_picked_from_by_keys(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.session("a disc", model="analytic", answers=1, sampler="plane", candidates=9)
    page.goto(f"/sessions/{session_id}")
    rounds.wait_for(2, count=9)
    expect(page.get_by_text(re.compile("A closer look, ×2"))).to_be_visible()
    boxes = [rounds.picture(number).bounding_box() for number in range(1, 10)]
    assert len({round(box["x"]) for box in boxes}) == len({round(box["y"]) for box in boxes}) == 3

    page.keyboard.press("-")
    wider = page.get_by_role("group", name="The map before it was zoomed into")
    expect(wider.get_by_text("you are here")).to_be_visible()
    expect(wider.get_by_role("img")).to_have_count(9)
    page.keyboard.press("+")
    expect(rounds.candidates).to_be_visible()

    rounds.picture(2).focus()
    page.keyboard.press("ArrowDown")
    expect(rounds.picture(5)).to_be_focused()
    page.keyboard.press("Enter")
    expect(rounds.picture(5)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Where to look next").get_by_text("A new map").click()
    rounds.next.click()
    rounds.wait_for(3, count=9)
    expect(page.get_by_text("A map around your best so far")).to_be_visible()
    expect(page.get_by_text(re.compile("You chose the one I gave"))).to_be_visible()
    told = server.get(f"sessions/{session_id}")["round_views"]
    assert [view["sheet"]["level"] for view in told] == [0, 1, 0]
    assert list(told[1]["answer"]["tags"].values()) == [["look elsewhere"]]


def test_a_line_enlarges_what_the_slider_is_at(page: Page, rounds: Any, server: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    session_id = server.session("a disc", model="analytic", answers=1, sampler="line", candidates=5)
    page.goto(f"/sessions/{session_id}")
    rounds.wait_for(2, count=5)
    slider = page.get_by_role("slider", name="Along the line")
    slider.focus()
    page.keyboard.press("End")
    order = [c["slot"] + 1 for c in sorted(server.round(session_id, 2)["candidates"], key=lambda c: c["grid"][0])]
    expect(slider).to_have_attribute("aria-valuetext", f"Picture {order[-1]}")
    page.wait_for_function("() => document.getAnimations().every(one => one.playState !== 'running')")
    widths = {number: rounds.picture(number).bounding_box()["width"] for number in order}
    assert widths[order[-1]] > 1.8 * max(widths[number] for number in order[:-1])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    rounds.picture(order[0]).click()
    expect(slider).to_have_attribute("aria-valuetext", f"Picture {order[0]}")
    rounds.next.click()
    rounds.wait_for(3, count=5)


def test_a_set_that_came_again_is_told_after_the_answer(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.session("a disc", answers=5, model="analytic", repeats=4)
    for index in range(6, 12):
        page.goto(f"/sessions/{session_id}")
        rounds.wait_for(index)
        expect(page.get_by_text("shown before")).to_have_count(0)
        rounds.picture(1).click()
        rounds.next.click()
        rounds.wait_for(index + 1)
        if server.round(session_id, index, "answered")["repeat"]:
            break
    expect(page.get_by_text(re.compile(r"This was round \d again: you chose (the same|another)\."))).to_be_visible()
    expect(page.get_by_text(re.compile(r"you agree with yourself in \d of \d"))).to_be_visible()
