"""Diagnostics: what was measured is drawn, in the person's own time, and the numbers are the server's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def test_loads_and_rounds_are_drawn_with_their_values_at_hand(
    page: Page, server: Any, until: Callable[..., Any]
) -> None:
    server.session("a red fox", answers=1)
    told = until(lambda: server.get("diagnostics"), lambda told: not any(told["queue"].values()))  # of other tests, too
    history = told["history"]
    rounds = [one["ms"] for one in history if one["what"] == "round" and one["model"] == "starter"]
    assert len(rounds) >= 2
    page.goto("/diagnostics")
    figure = page.get_by_role("figure").filter(has_text="Rounds · starter")
    expect(figure.locator("path.spot")).to_have_count(len(rounds))
    plot = figure.get_by_role("img")
    box = plot.bounding_box()
    assert box is not None
    plot.hover(position={"x": 1, "y": box["height"] / 2})
    expect(figure.locator(".series-names")).to_contain_text(seconds(rounds[0]))
    figure.get_by_text("As a table").click()
    expect(figure.get_by_role("row")).to_have_count(len(rounds) + 1)
    data = unquote(figure.get_by_role("link", name=re.compile("as CSV")).get_attribute("href") or "")
    assert all(str(ms).removesuffix(".0") in data for ms in rounds)
    expect(page.get_by_role("figure").filter(has_text="Cold loads · starter")).to_be_visible()


def seconds(ms: float) -> str:
    return f"{int(ms + 0.5)} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Kolkata", 5.5), ("America/Phoenix", -7)])
def test_every_time_is_of_the_persons_own_clock(browser: Browser, server: Any, zone: str, hours: float) -> None:
    seen = server.get("diagnostics")
    since = datetime.fromisoformat(seen["model"]["warm_since"])
    minutes = (since.hour * 60 + since.minute + int(60 * hours)) % (24 * 60)
    local = f"{minutes // 60:02}:{minutes % 60:02}"
    context = browser.new_context(base_url=server.base, timezone_id=zone, locale="en-GB")
    page = context.new_page()
    page.goto("/diagnostics")
    expect(page.locator(".sentence")).to_have_text(re.compile(rf"warm since .*{local}\.$"))
    expect(page.get_by_role("region", name="Model", exact=True)).to_contain_text(local)
    expect(page.get_by_text("UTC")).to_have_count(0)
    context.close()


def test_memory_preload_and_the_doctor_are_told(page: Page, server: Any) -> None:
    memory = server.get("diagnostics")["memory"]
    page.goto("/diagnostics")
    card = page.get_by_role("region", name="Memory")
    expect(card).to_contain_text(f"of {memory['total_mb'] / 1000:.1f} GB")
    expect(card).to_contain_text("preload: auto")
    if memory["device_total_mb"] is None:
        expect(card).to_contain_text("not known yet")
    expect(page.get_by_text("pilotage doctor --bundle")).to_be_visible()
    expect(page.get_by_role("region", name="Versions")).to_contain_text("diffusers")


def test_a_round_leads_to_what_made_it_and_back(page: Page, server: Any) -> None:
    session = server.session("a red fox", answers=1)
    server.round(session, 2)
    run = server.get(f"runs/{server.round(session, 1, 'answered')['run_id']}")
    page.goto(f"/sessions/{session}?round=1")
    page.get_by_role("link", name="Diagnostics of round 1").click()
    card = page.get_by_role("region", name="When round 1 of “a red fox” was made")
    for told in (run["environment"]["platform"], f"torch {run['environment']['versions']['torch']}", "starter"):
        expect(card).to_contain_text(told)
    expect(card).to_contain_text("nothing has changed")
    card.get_by_role("link", name="Back to the round").click()
    expect(page).to_have_url(re.compile(rf"/sessions/{session}\?round=1$"))
    page.goto(f"/sessions/{session}/report#round-2")
    page.locator("#round-2").get_by_role("link", name="Diagnostics").click()
    page.get_by_role("region", name="When round 2 of").get_by_role("link", name="Report").click()
    expect(page).to_have_url(re.compile(rf"/sessions/{session}/report#round-2$"))


def test_a_round_that_is_not_there_is_said_so_and_the_rest_is_told(page: Page, server: Any) -> None:
    session = server.session("a red fox")
    page.goto(f"/diagnostics?session={session}&round=9")
    expect(page.get_by_text("The session has no such round.")).to_be_visible()
    expect(page.get_by_role("region", name="Versions")).to_be_visible()
