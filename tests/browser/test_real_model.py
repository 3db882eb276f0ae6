"""One whole session on a real model, from the page alone, and what diagnostics say of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
MADE_BY = re.compile(r"Images are made by Pilotage starter \(icons\) on this computer's (CPU|CUDA|MPS)")


def test_a_session_is_made_undone_and_finished_and_diagnostics_tell_what_made_it(
    page: Page, rounds: Any, server: Any
) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="What do you want to see?").fill("a small owl on a white background")
    page.get_by_role("button", name=re.compile("^Start")).click()
    rounds.wait_for(1)
    rounds.picture(2).click()
    rounds.next.click()
    rounds.wait_for(2)
    undone = rounds.sources()
    rounds.picture(4).click()
    rounds.next.click()
    rounds.wait_for(3)

    page.get_by_role("button", name="Undo round 2").click()
    rounds.wait_for(2)
    assert rounds.sources() == undone
    expect(rounds.picture(4)).to_have_attribute("aria-pressed", "true")
    rounds.picture(4).click()
    rounds.picture(3).click()
    rounds.next.click()
    rounds.wait_for(3)
    assert rounds.sources()[0] == undone[2]

    session_id = rounds.session_id
    page.get_by_role("link", name="Finish").click()
    page.get_by_role("button", name="This is the final picture").click()
    expect(page.get_by_text("You named it final")).to_be_visible()
    told = server.get(f"sessions/{session_id}")
    assert (told["state"], told["answers"]) == ("completed", 2)
    assert told["final_id"] == told["incumbent_id"]
    assert [one["index"] for one in told["superseded"]] == [3]

    page.goto("/diagnostics")
    expect(page.get_by_text(MADE_BY)).to_be_visible()
    made_by = server.get("diagnostics")["model"]
    assert (made_by["ref"], made_by["fingerprint"]) == ("starter", told["model_fingerprint"])
