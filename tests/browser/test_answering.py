"""Answering a round: each way of it, by mouse and by keys, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_leads_from_home_to_the_second_round(page: Page, rounds: Any, server: Any) -> None:
    page.goto("/")
    expect(page.get_by_role("textbox", name="What do you want to see?")).to_be_focused()
    page.keyboard.type("a green frog")
    tab_to(page, page.get_by_role("button", name=re.compile("^Start")))
    page.keyboard.press("Enter")
    rounds.wait_for(1)
    second = rounds.sources()[1]
    page.keyboard.press("2")
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    rounds.wait_for(2)
    assert rounds.sources()[0] == second
    tab_to(page, rounds.picture(3))
    page.keyboard.press("Space")
    expect(rounds.picture(3)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    rounds.wait_for(3)
    assert [one["answer"]["kind"] for one in server.get(f"sessions/{rounds.session_id}")["round_views"][:2]] == [
        "ranking"
    ] * 2


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("Tab does not lead there")


def rank(page: Page, rounds: Any) -> None:
    for number in (3, 1, 4):
        rounds.picture(number).click()
    for number, place in ((3, "1"), (1, "2"), (4, "3")):
        expect(rounds.picture(number).locator("..").locator(".rank")).to_have_text(place)


def compare(page: Page, rounds: Any) -> None:
    rounds.answer_by("A / B")
    expect(rounds.picture(2)).to_be_enabled()
    expect(rounds.picture(3)).to_have_count(0)
    page.get_by_role("group", name="Compare the first with").get_by_role("button", name="Picture 4").click()
    page.keyboard.press("ArrowRight")
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")


def rate(page: Page, rounds: Any) -> None:
    rounds.answer_by("Stars")
    for number, stars in ((1, "2 stars"), (2, "5 stars"), (4, "1 star")):
        rounds.candidates.get_by_role("group", name=f"Picture {number}").get_by_role("button", name=stars).click()


def approve(page: Page, rounds: Any) -> None:
    rounds.answer_by("Yes / no")
    for number, verdict in ((1, "No"), (2, "Yes"), (4, "Favourite")):
        rounds.candidates.get_by_role("group", name=f"Picture {number}").get_by_role("button", name=verdict).click()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (rank, lambda a, b, c, d: {"kind": "ranking", "order": [c, a, d]}),
        (compare, lambda a, b, c, d: {"kind": "pairwise", "winner": d, "loser": a}),
        (rate, lambda a, b, c, d: {"kind": "ratings", "stars": {a: 2, b: 5, d: 1}}),
        (approve, lambda a, b, c, d: {"kind": "approval", "approved": {a: False, b: True, d: True}, "favourite": d}),
    ],
    ids=["rank", "ab", "stars", "yes-no"],
)
def test_each_way_of_answering_says_what_was_meant(
    page: Page, rounds: Any, server: Any, act: Callable[..., None], expected: Callable[..., Any]
) -> None:
    session_id = server.session("a disc", model="analytic")
    ids = [candidate["id"] for candidate in server.round(session_id, 1)["candidates"]]
    rounds.open(session_id)
    expect(rounds.next).to_be_disabled()
    act(page, rounds)
    rounds.next.click()
    expect(rounds.candidates).to_have_attribute("data-round", "2")
    said = server.round(session_id, 1, "answered")["answer"]["answer"]
    wanted = expected(*ids)
    assert {name: said[name] for name in wanted} == wanted
    server.round(session_id, 2)


@pytest.mark.parametrize("how", ["keys", "clicks"])
def test_confirming_twice_is_one_answer_and_one_round(page: Page, rounds: Any, server: Any, how: str) -> None:
    session_id = server.session("a disc", model="analytic")
    rounds.open(session_id)
    rounds.picture(2).click()
    if how == "keys":
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    else:
        rounds.next.dblclick()
    rounds.wait_for(2)
    page.wait_for_load_state("networkidle")
    told = server.get(f"sessions/{session_id}")
    assert [one["state"] for one in told["round_views"]] == ["answered", "awaiting"]
    assert told["answers"] == 1
    expect(page.get_by_role("alert")).to_have_count(0)


def test_forecasts_and_roles_are_told_after_the_answer_and_never_before(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.session("a disc", model="analytic", answers=2)
    before = server.round(session_id, 3)
    assert before["candidates"][0]["role"] == "incumbent"
    for candidate in before["candidates"]:
        assert (candidate["forecast"], candidate["why"]) == (None, None)
    assert [candidate["role"] for candidate in before["candidates"][1:]] == [None] * 3
    assert before["sampler_state"] is None
    rounds.open(session_id, 3)
    expect(rounds.candidates).to_contain_text("best so far")
    assert not any(
        words in rounds.candidates.inner_html() for words in ("I gave", "rival", "closer", "safer", "bolder", "new")
    )

    rounds.picture(2).click()
    page.keyboard.press("Enter")
    rounds.wait_for(4)
    expect(page.get_by_text("You chose the one I gave")).to_be_visible()
    page.get_by_role("link", name="Why these?").click()
    expect(page.get_by_role("heading", name="Round 3, as it was")).to_be_visible()
    expect(rounds.candidates.get_by_text("I gave it")).to_have_count(4)
    after = server.round(session_id, 3, "answered")
    assert sum(candidate["forecast"]["p_best"] for candidate in after["candidates"]) == pytest.approx(1, abs=0.02)
    assert all(candidate["role"] and candidate["why"] for candidate in after["candidates"])
    for candidate in after["candidates"]:
        expect(page.get_by_text(candidate["why"]).first).to_be_visible()
