"""Calibrating in a session: from the page Text and back, by the keyboard, with a model that answers at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
WRITTEN_MS = 60_000  # a worker wakes


def test_doses_are_found_by_the_keyboard_and_taken_and_given_back(page: Page, server: Any, tiny: str) -> None:
    page.add_init_script(f"localStorage.setItem('pilotage.text.model', '\"{tiny}\"')")
    page.goto("/text")
    page.get_by_role("button", name="New profile").click()
    page.get_by_role("radio", name="Calibrate").click()
    page.get_by_role("button", name="Calibrate in a session").click()
    page.get_by_role("textbox", name="Your own prompts").fill("Greet me.\nThank me.")
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile("/sessions/"), timeout=WRITTEN_MS)
    for index, prompt, key in ((1, "Greet me.", "1"), (2, "Thank me.", "2")):
        texts = page.locator(f".grid[data-round='{index}'] .written[aria-busy=false]")
        expect(texts).to_have_count(2, timeout=WRITTEN_MS)
        expect(page.get_by_text(f"“{prompt}”")).to_be_visible()
        expect(page.locator(".grid img")).to_have_count(0)
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=re.compile(f"^Text {key}"))).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Enter")
    texts = page.locator(".grid[data-round='3'] .written[aria-busy=false]")
    expect(texts).to_have_count(2, timeout=WRITTEN_MS)
    written = texts.all_inner_texts()
    page.reload()
    expect(texts).to_have_text(written)
    page.get_by_role("button", name="Use these doses").click()
    expect(page.get_by_role("status").filter(has_text="now:")).to_be_visible()
    session = server.get("sessions/" + page.url.rsplit("/", 1)[1])
    profile = server.get("language/profiles")["items"][0]
    events = server.get(f"language/profiles/{profile['id']}")["events"]
    assert [event["kind"] for event in events] == ["compared", "compared", "doses_set"]
    assert [round_["prompt"] for round_ in session["round_views"]] == ["Greet me.", "Thank me.", "Greet me."]
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("button", name="Use these doses")).to_be_visible()
    assert server.get(f"language/profiles/{profile['id']}")["doses"] == {}


def test_a_model_with_a_long_name_fits_on_a_small_phone(page: Page, server: Any, tiny: str) -> None:
    axes = "formality,sentiment,friendliness,confidence,creativity,detail_level"
    server.post("models/warm", {"model": f"{tiny}?axes={axes}"})
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/diagnostics")
    expect(page.get_by_text(f"Cold loads · {tiny}?axes={axes}")).to_be_visible(timeout=WRITTEN_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
