"""An empty install is no empty page: a finished session can be opened from Home."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_finished_session_is_opened_from_an_empty_home_and_is_there_once(
    page: Page, serving: Any, faults: Any, tmp_path: Path
) -> None:
    faults.allow("other host")  # than the one that the tests share
    with serving(tmp_path, PILOTAGE_PRELOAD="never") as own:
        page.goto(own.base)
        assert own.get("sessions")["items"] == []
        for _ in range(2):
            page.get_by_role("button", name="Look at a finished session").click()
            expect(page).to_have_url(re.compile(r"/sessions/ses_\w+/replay$"))
            expect(page.locator("#round-10")).to_contain_text("final")
            page.wait_for_function("() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)")
            page.get_by_role("link", name="Pilotage").first.click()
        (kept,) = own.get("sessions")["items"]
        expect(page.get_by_role("link", name=kept["name"])).to_be_visible()
        page.goto("about:blank")  # before its server stops
