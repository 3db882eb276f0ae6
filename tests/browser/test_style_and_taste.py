"""What stands before round 1: a style calibration by keys, and a taste profile that is seen, corrected and taken."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PROBES = 15
CONFIG = {"request": {"prompt": "a blue owl", "steps": 4}, "axes": ["red ↔ blue"], "dimension": 3}


def test_a_session_begins_with_a_style_calibration_that_keys_alone_can_answer(
    page: Page, rounds: Any, server: Any
) -> None:
    page.goto("/new")
    page.get_by_role("textbox", name="What do you want to see?").fill("a red house")
    page.get_by_role("button", name=re.compile("^Start with a style calibration")).click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/sessions/ses_"))
    rounds.wait_for(0, PROBES)
    expect(page.get_by_role("heading", name="Which of these do you like? Keep about five.")).to_be_visible()
    begin = page.get_by_role("button", name=re.compile("^Begin"))
    expect(begin).to_be_disabled()
    page.keyboard.press("2")
    rounds.picture(11).focus()
    for key in ("Space", "ArrowRight", "Space", "f"):
        page.keyboard.press(key)
    expect(begin).to_have_text(re.compile("^Begin with these 3"))
    page.reload()
    rounds.wait_for(0, PROBES)
    expect(begin).to_have_text(re.compile("^Begin with these 3"))
    page.keyboard.press("Enter")
    rounds.wait_for(1)
    told = server.api.get(f"/api/sessions/{rounds.session_id}").json()["round_views"][0]
    names = [candidate["id"] for candidate in told["candidates"]]
    assert told["answer"]["answer"]["kept"] == [names[1], names[10], names[11]]
    assert told["answer"]["answer"]["favourite"] == names[11]
    expect(rounds.candidates.get_by_text("best so far")).to_be_visible()
    page.get_by_role("button", name="Undo style calibration").click()
    rounds.wait_for(0, PROBES)


def test_fifteen_probes_fit_a_phone(page: Page, rounds: Any, server: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    made = server.api.post("/api/sessions", json={**CONFIG, "style_probes": PROBES, "seed": 3}).json()["id"]
    server.api.post(f"/api/sessions/{made}/rounds")
    page.goto(f"/sessions/{made}")
    rounds.wait_for(0, PROBES)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    rounds.picture(15).click()
    expect(page.get_by_role("button", name="Begin with this one")).to_be_enabled()


def test_a_taste_is_seen_corrected_and_taken_along(page: Page, rounds: Any, server: Any, until: Any) -> None:
    made = lived(server, until)
    space = server.api.get(f"/api/sessions/{made}").json()["space_fingerprint"]
    page.goto(f"/taste?space={space}")
    axis = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Correct red ↔ blue"))
    axis.get_by_role("button", name="Correct red ↔ blue").click()
    axis.get_by_role("radio", name="My own word").click()
    slider = axis.get_by_role("slider", name="Where you like red ↔ blue")
    slider.focus()
    page.keyboard.press("End")
    axis.get_by_role("radio", name="exactly").click()
    expect(axis.get_by_text("+1.0")).to_be_visible()
    page.reload()
    expect(page.get_by_role("img", name=re.compile("^red to blue: probably towards blue"))).to_be_visible()
    page.get_by_role("button", name="Start a session from this taste").click()
    expect(page).to_have_url(re.compile("/sessions/ses_"))
    rounds.wait_for(1)
    rounds.picture(2).click()
    rounds.next.click()
    rounds.wait_for(2)
    begun = server.api.get(f"/api/sessions/{rounds.session_id}").json()
    assert begun["config"]["preference_model"]["taste"]["mean"][0] == pytest.approx(1.0)
    assert begun["round_views"][0]["candidates"][1]["role"] == "taste"


def lived(server: Any, until: Any) -> str:
    """A session with one answer."""
    made = server.api.post("/api/sessions", json={**CONFIG, "seed": 8}).json()["id"]
    server.api.post(f"/api/sessions/{made}/rounds")
    shown = until(
        lambda: server.api.get(f"/api/sessions/{made}").json()["round_views"][0], lambda r: r["state"] == "awaiting"
    )
    answer = {"kind": "ranking", "order": [shown["candidates"][1]["id"]]}
    assert server.api.post(f"/api/sessions/{made}/rounds/1/answers", json={"answer": answer}).is_success
    return str(made)
