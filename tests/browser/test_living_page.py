"""The page follows the lab: other tabs, work that is stopped, a server that dies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser
DEAF = "window.EventSource = class { addEventListener() {} close() {} }"  # a tab that hears of nothing


def test_an_answer_in_one_tab_brings_the_round_to_the_other(
    context: BrowserContext, rounds_on: Any, server: Any
) -> None:
    session_id = server.session("a disc", model="analytic")
    here, there = rounds_on(context.new_page()), rounds_on(context.new_page())
    here.open(session_id)
    there.open(session_id)
    there.page.evaluate("window.neverReloaded = true")
    here.page.bring_to_front()
    here.picture(2).click()
    here.next.click()
    here.wait_for(2)
    there.wait_for(2)
    assert there.sources() == here.sources()
    assert there.page.evaluate("window.neverReloaded")


def test_an_answer_that_comes_too_late_is_told_calmly(
    context: BrowserContext, rounds_on: Any, server: Any, faults: Any
) -> None:
    faults.allow(r"console: .*status of 409")
    session_id = server.session("a disc", model="analytic")
    late = rounds_on(context.new_page())
    late.page.add_init_script(DEAF)
    late.open(session_id)
    server.pick(session_id, 1, slot=1)
    server.round(session_id, 2)
    late.picture(3).click()
    late.next.click()
    told = late.page.get_by_role("alert")
    expect(told).to_be_visible()
    expect(told).not_to_contain_text("bug")
    answer = server.round(session_id, 1, "answered")["answer"]["answer"]
    assert answer["order"] == [server.round(session_id, 1, "answered")["candidates"][1]["id"]]
    late.page.reload()
    late.wait_for(2)


def test_a_running_round_is_stopped_and_asked_for_again(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.post("sessions", {"seed": 7, "request": {"prompt": "a red star", "steps": 80}})["id"]
    page.goto(f"/sessions/{session_id}")
    page.get_by_role("button", name="Draw the first round").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("alert")).to_contain_text("Stopped")
    assert server.get(f"sessions/{session_id}")["round_views"][0]["job"]["state"] == "cancelled"
    page.get_by_role("button", name="Ask for this round again").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    rounds.wait_for(1)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert len(server.get(f"sessions/{session_id}")["round_views"]) == 1


def test_a_place_chosen_by_hand_is_drawn(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.session("a red rocket", answers=1)
    rounds.open(session_id, 2)
    by_hand = page.get_by_role("complementary", name="Belief")
    slider = by_hand.get_by_role("slider").first
    slider.fill("0.6")
    expect(by_hand).to_contain_text("+0.60")
    with page.expect_response("**/points") as asked:
        by_hand.get_by_role("button", name="Render this point").click()
    picture = by_hand.get_by_role("img", name="The place that you chose by hand")
    expect(picture).to_be_visible()
    page.wait_for_function("one => one.complete && one.naturalWidth > 0", arg=picture.element_handle())
    drawn = server.get(f"jobs/{asked.value.json()['id']}")["result"]["samples"][0]
    assert drawn["z"][0] == pytest.approx(0.6)
    assert drawn["artifact"] in (picture.get_attribute("src") or "")
    told = server.get(f"sessions/{session_id}")
    assert (len(told["round_views"]), told["answers"]) == (2, 1)


def test_a_killed_server_comes_back_with_the_session_and_the_page_goes_on(
    page: Page, rounds: Any, serving: Any, faults: Any, tmp_path: Path
) -> None:
    faults.allow(r"127\.0\.0\.1|ERR_")  # the page asks a server that isn't there
    with serving(tmp_path, PILOTAGE_PRELOAD="false") as first:
        session_id = first.session("a disc", model="analytic", answers=1)
        page.goto(f"{first.base}/sessions/{session_id}")
        rounds.wait_for(2)
        shown = rounds.sources()
        rounds.picture(3).click()
        first.kill()
        expect(page.get_by_text(re.compile("connection to Pilotage is lost"))).to_be_visible()
        with serving(tmp_path, port=int(first.base.rsplit(":", 1)[1]), PILOTAGE_PRELOAD="false") as second:
            expect(page.get_by_text(re.compile("connection to Pilotage is lost"))).to_have_count(0)
            expect(rounds.picture(3)).to_have_attribute("aria-pressed", "true")
            rounds.next.click()
            rounds.wait_for(3)
            assert rounds.sources()[0] == shown[2]
            assert second.get(f"sessions/{session_id}")["answers"] == 2
            page.goto(f"{second.base}/images")
            expect(page.get_by_role("link", name=re.compile("a disc"))).to_be_visible()
