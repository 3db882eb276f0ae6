"""How a session converged, told in the report here and elsewhere, and how steady its answers are."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def test_a_bundle_tells_elsewhere_how_the_session_converged(
    browser: Browser, steer: Any, lab: Any, tmp_path: Path
) -> None:
    session = steer()
    for place in (1, 0, 2):
        session.step()
        session.pick(place)
    found = lab.get_convergence(session.id)
    lab.bundle(session.id, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        packed.extractall(tmp_path / "taken home")
    page = browser.new_context(offline=True, viewport={"width": 360, "height": 740}).new_page()
    page.goto((tmp_path / "taken home" / "report.html").as_uri())
    chapter = page.get_by_role("region", name="How it converged")
    expect(chapter).to_contain_text(found.now.sentence)
    expect(chapter.get_by_role("img", name="What was left after each answer")).to_be_visible()
    rows = chapter.get_by_role("list", name="Advice, round by round").get_by_role("listitem")
    expect(rows).to_have_count(3)
    for row, point in zip(rows.all(), found.course, strict=True):
        expect(row).to_contain_text(f"{round(100 * point.advice.left)} % left")
    rows.nth(1).get_by_role("link", name="Round 2").click()
    expect(page.locator("#round-2")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_the_report_here_tells_the_same_and_leads_to_all_of_it(page: Page, server: Any) -> None:
    made = server.session("a disc", model="analytic", answers=3)
    told = server.get(f"sessions/{made}/convergence")
    page.goto(f"/sessions/{made}/report")
    chapter = page.get_by_role("region", name="How it converged")
    expect(chapter).to_contain_text(told["now"]["sentence"])
    expect(chapter.get_by_role("img", name="What is left")).to_be_visible()
    expect(chapter.get_by_role("listitem").filter(has_text="left")).to_have_count(3)
    chapter.get_by_role("link", name="All of it").click()
    expect(page.get_by_role("heading", name="How steady your choices are")).to_be_visible()


def test_steadiness_is_unknown_until_sets_came_again(page: Page, server: Any) -> None:
    plain = server.session("a disc", model="analytic", answers=2)
    page.goto(f"/sessions/{plain}/convergence")
    card = page.get_by_role("region", name="How steady your choices are")
    expect(card).to_contain_text("This session never shows a set again")
    expect(card).to_contain_text("To know, begin a session with")
    config = {"request": {"prompt": "a disc"}, "model": "analytic", "seed": 7, "repeats": 4}
    made = server.post("sessions", config)["id"]
    server.post(f"sessions/{made}/rounds")
    for index in range(1, 19):
        server.pick(made, index, slot=0)
    told = server.get(f"sessions/{made}/steadiness")
    assert told["repeats"] >= told["fewest"]
    page.goto(f"/sessions/{made}/convergence")
    expect(card).to_contain_text(told["sentence"])
    for name in ("The same again", "The difference you see"):
        expect(card.get_by_text(name)).to_be_visible()
