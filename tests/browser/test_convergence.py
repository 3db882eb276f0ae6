"""Whether to go on: told on the session's page, and round by round on a page of its own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser


def test_the_advice_is_that_of_the_lab_and_leads_to_the_rounds_it_is_read_from(
    page: Page, rounds: Any, server: Any
) -> None:
    made = server.session("a disc", model="analytic", answers=3)
    told = server.get(f"sessions/{made}/advice")
    rounds.open(made, 4)
    panel = page.get_by_role("complementary", name="Belief")
    expect(panel.get_by_text(told["sentence"])).to_be_visible()
    first = f"round {told['moved_by'][0]['answer']}"
    panel.locator("dl").get_by_role("link", name=first, exact=True).last.click()
    expect(page.get_by_role("heading", name=f"R{first[1:]}, as it was")).to_be_visible()
    page.get_by_role("link", name="How it went, round by round").click()
    expect(page.get_by_role("region", name="Advice").get_by_text(told["sentence"])).to_be_visible()
    expect(page.get_by_role("region", name="Rounds, and why").get_by_role("link")).to_have_count(3)
    expect(page.get_by_role("img", name="What is left")).to_be_visible()
    expect(page.get_by_role("region", name="What I can’t tell")).to_contain_text("3 answers can’t show whether to stop")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_before_the_first_round_there_is_nothing_to_tell(page: Page, server: Any) -> None:
    made = server.post("sessions", {"request": {"prompt": "a disc"}, "model": "analytic"})["id"]
    page.goto(f"/sessions/{made}/convergence")
    expect(page.get_by_text("Nothing yet: the first round builds the space")).to_be_visible()


def test_nothing_moves_under_the_pointer_when_the_advice_comes(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.session("a disc, green, of any size", answers=2, model="analytic")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/advice", hold)
    with page.expect_request("**/advice"):
        rounds.open(session_id, 3)
    rounds.picture(1).click()
    expect(page.get_by_text("Weighing your answers…")).to_be_visible()
    before = rounds.next.bounding_box()
    held.pop().continue_()
    expect(page.get_by_text("Weighing your answers…")).to_have_count(0)
    assert rounds.next.bounding_box() == before
