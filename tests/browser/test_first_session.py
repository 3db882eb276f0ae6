"""A newcomer's way: from a prompt to a picture of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PROMPT = "What do you want to see?"


def test_a_newcomer_steers_from_a_prompt_to_a_picture(page: Page, rounds: Any, server: Any, tmp_path: Path) -> None:
    page.goto("/")
    page.get_by_role("textbox", name=PROMPT).fill("a red fox on a white background")
    page.get_by_role("button", name="Set up first").click()
    expect(page.get_by_role("textbox", name=PROMPT)).to_have_value("a red fox on a white background")
    page.get_by_role("button", name="Start", exact=True).click()

    rounds.wait_for(1)
    first = rounds.sources()
    rounds.picture(3).click()
    expect(rounds.picture(3)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")

    rounds.wait_for(2)
    second = rounds.sources()
    assert second[0] == first[2]
    assert len(set(second)) == 4
    assert set(second[1:]).isdisjoint(first)

    rounds.picture(2).click()
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")
    page.reload()
    rounds.wait_for(2)
    assert rounds.sources() == second
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")
    assert server.get(f"sessions/{rounds.session_id}")["answers"] == 1
    rounds.next.click()
    rounds.wait_for(3)
    assert rounds.sources()[0] == second[1]

    session_id = rounds.session_id
    page.get_by_role("link", name="Finish").click()
    page.get_by_role("button", name="This is the final picture").click()
    expect(page.get_by_text("You named it final")).to_be_visible()
    expect(page.get_by_text("final", exact=True)).to_be_visible()
    told = server.get(f"sessions/{session_id}")
    assert (told["state"], told["final_id"]) == ("completed", told["incumbent_id"])

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Picture").click()
    downloading.value.save_as(tmp_path / "taken.png")
    with Image.open(tmp_path / "taken.png") as taken:
        assert taken.format == "PNG"
        assert taken.text["parameters"].startswith("a red fox on a white background")
        assert "Steps: " in taken.text["parameters"]
