"""The ways of answering that a session is set up for: chosen in setup, said, kept over a reload, and told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
PLAIN = ["ranking", "pairwise", "ratings", "approval"]
ALL = ["shortlist", "versus", "worst", *PLAIN, "tie", "undecided"]


def begin(page: Page, rounds: Any, way: str, beside: str | None = None) -> str:
    """A session from the setup page, up to its first round."""
    page.goto("/new")
    page.get_by_role("textbox", name="What do you want to see?").fill("a red house")
    page.get_by_role("group", name="How do you want to answer?").get_by_role("button", name=way).click()
    if beside:
        page.get_by_role("checkbox", name=beside).check()
    page.get_by_role("button", name=re.compile("^Everything else")).click()
    page.get_by_role("spinbutton", name=re.compile("^Steps")).fill("4")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/sessions/ses_"))
    rounds.wait_for(1)
    return str(rounds.session_id)


def on(rounds: Any, number: int) -> Locator:
    return rounds.candidates.get_by_role("group", name=f"Picture {number}")


def drop(page: Page, rounds: Any) -> None:
    expect(page.get_by_role("heading", name="Which one should go?")).to_be_visible()
    rounds.picture(3).click()
    on(rounds, 4).get_by_role("button", name="Drop").click()
    rounds.picture(2).click()
    expect(on(rounds, 2).get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")


def shortlist(page: Page, rounds: Any) -> None:
    expect(page.get_by_role("heading", name="Which are worth keeping?")).to_be_visible()
    page.get_by_role("button", name="None of these").click()
    expect(rounds.next).to_be_enabled()
    rounds.picture(2).click()
    rounds.picture(4).click()
    on(rounds, 4).get_by_role("button", name="Favourite of the shortlist").click()


def versus(page: Page, rounds: Any) -> None:
    expect(page.get_by_role("heading", name="Does any of these beat the first?")).to_be_visible()
    sizes = [rounds.picture(number).bounding_box()["width"] for number in (1, 2)]
    assert sizes[0] > 1.8 * sizes[1]
    rounds.picture(1).click()
    expect(rounds.next).to_be_disabled()
    for number, verdict in ((2, "Better"), (3, "Worse"), (4, "Better")):
        on(rounds, number).get_by_role("button", name=verdict).click()
    on(rounds, 4).get_by_role("button", name="Best of them").click()


def tie(page: Page, rounds: Any) -> None:
    rounds.picture(3).click()
    page.get_by_role("button", name="About equal").click()
    expect(page.get_by_role("heading", name="Which are about equal, and better than the rest?")).to_be_visible()
    expect(rounds.next).to_be_disabled()
    rounds.picture(1).click()


def undecided(page: Page, rounds: Any) -> None:
    page.get_by_role("button", name="Can’t decide").click()
    expect(rounds.picture(1)).to_be_disabled()
    page.get_by_role("group", name="Why can’t you decide?").get_by_role("button", name="All bad").click()


@pytest.mark.parametrize(
    ("way", "beside", "act", "expected", "told"),
    [
        (
            "Drop one", None, drop, lambda a, b, c, d: {"kind": "worst", "worst": d, "best": b},
            "You dropped picture 4 and kept picture 2. I gave your choice",
        ),
        (
            "Shortlist", None, shortlist, lambda a, b, c, d: {"kind": "shortlist", "kept": [b, d], "favourite": d},
            "You kept picture 2 and picture 4, picture 4 above all. I gave your choice",
        ),
        (
            "Beat the best", None, versus,
            lambda a, b, c, d: {
                "kind": "versus", "incumbent": a, "verdicts": {b: "better", c: "worse", d: "better"}, "best": d,
            },
            "Beside picture 1, you found picture 2 and picture 4 better and picture 3 worse, picture 4 the best",
        ),
        (
            "Pick · rank", "“About equal”", tie, lambda a, b, c, d: {"kind": "tie", "items": [c, a]},
            "You found picture 1 and picture 3 about equal, and better than the rest.",
        ),
        (
            "Pick · rank", "“Can’t decide”", undecided, lambda a, b, c, d: {"kind": "undecided", "why": "bad"},
            "You couldn’t decide: none of them would do.",
        ),
    ],
    ids=["worst", "shortlist", "versus", "tie", "undecided"],
)  # fmt: skip
def test_a_way_is_chosen_in_setup_outlives_a_reload_and_is_told_after_the_answer(
    page: Page, rounds: Any, server: Any, way: str, beside: str | None,
    act: Callable[[Page, Any], None], expected: Callable[..., Any], told: str,
) -> None:  # fmt: skip
    session_id = begin(page, rounds, way, beside)
    ids = [candidate["id"] for candidate in server.round(session_id, 1)["candidates"]]
    expect(rounds.next).to_be_disabled()
    act(page, rounds)
    certain = page.get_by_role("button", name="certain")
    certain.click()
    expect(certain).to_have_attribute("aria-pressed", "true")
    expect(rounds.next).to_be_enabled()
    assert "I gave" not in page.locator("main").inner_text()

    page.reload()
    expect(rounds.candidates).to_have_attribute("data-round", "1")
    expect(certain).to_have_attribute("aria-pressed", "true")
    rounds.next.click()
    expect(page.get_by_text(told)).to_be_visible()
    rounds.wait_for(2)
    answer = server.round(session_id, 1, "answered")["answer"]
    wanted = expected(*ids)
    assert {name: answer["answer"][name] for name in wanted} == wanted
    assert (answer["confidence"], answer["gesture"]["mode"]) == (3, wanted["kind"])
    expect(rounds.next).to_be_disabled()
    if beside:  # what is said instead of a choice is no way to go on with
        expect(page.get_by_role("heading", name="Which is closest to what you want?")).to_be_visible()


def test_tags_lie_on_their_picture_and_outlive_a_reload_a_failed_send_and_an_undo(
    page: Page, rounds: Any, server: Any, faults: Any
) -> None:
    faults.allow(r"console: .*ERR_FAILED")  # the send that is made to fail
    faults.allow("failed: .*/answers")
    session_id = server.session("a disc", model="analytic", query_kinds=["shortlist", *PLAIN])
    ids = [candidate["id"] for candidate in server.round(session_id, 1)["candidates"]]
    rounds.open(session_id)
    rounds.picture(2).click()
    rounds.picture(2).hover()
    page.get_by_role("button", name="Tags on picture 2").click()
    sheet = page.get_by_role("dialog", name="What is right or wrong with picture 2?")
    sheet.get_by_role("button", name="too bright").click()
    sheet.get_by_role("button", name="too dark").click()
    expect(sheet.get_by_role("button", name="too bright")).to_have_attribute("aria-pressed", "false")
    sheet.get_by_role("button", name="good colour").click()
    sheet.get_by_role("textbox", name="A word of your own").fill("  not my lemon ")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    chips = page.get_by_role("list", name="Tags on picture 2").get_by_role("listitem")
    expect(chips).to_have_text(["too dark", "good colour", "not my lemon"])
    assert server.round(session_id, 1)["answer"] is None

    page.reload()
    rounds.wait_for(1)
    expect(chips).to_have_text(["too dark", "good colour", "not my lemon"])
    page.route("**/answers", lambda route: route.abort())
    rounds.next.click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(chips).to_have_count(3)
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")
    page.unroute("**/answers")
    rounds.next.click()
    rounds.wait_for(2)
    answer = server.round(session_id, 1, "answered")["answer"]
    assert answer["tags"] == {ids[1]: ["too_dark", "good_color", "not my lemon"]}
    assert answer["answer"]["kept"] == [ids[1]]
    page.get_by_role("link", name="Why these?").click()
    expect(page.get_by_text("On picture 2: too dark, good colour, not my lemon")).to_be_visible()
    expect(chips).to_have_count(3)

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo round 1").click()
    expect(rounds.candidates).to_have_attribute("data-round", "1")
    expect(chips).to_have_text(["too dark", "good colour", "not my lemon"])
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")


def test_every_way_can_be_said_with_the_keyboard_alone(page: Page, rounds: Any, server: Any) -> None:
    session_id = server.session("a disc", model="analytic", query_kinds=ALL)
    rounds.open(session_id)
    said = []

    def say(index: int, *keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        rounds.wait_for(index + 1)
        said.append(server.round(session_id, index, "answered")["answer"]["answer"])

    say(1, "2", "3", "n")
    say(2, "0", "3")
    rounds.answer_by("Beat the best")
    say(3, "1", "2", "3", "3", "4", "4", "4")
    rounds.answer_by("Drop one")
    say(4, "4", "1")
    say(5, "t", "t", "t", "2", "4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    expect(page.get_by_role("dialog", name=re.compile("right or wrong with picture"))).to_be_visible()
    assert [one["kind"] for one in said] == ["shortlist", "undecided", "versus", "worst", "tie"]
    assert said[0]["kept"] == []
    assert said[1]["why"] == "different"
    assert list(said[2]["verdicts"].values()) == ["better", "same", "worse"]
    assert len(said[4]["items"]) == 2


@pytest.mark.parametrize("way", ["Shortlist", "Beat the best", "Drop one", "Pick · rank"])
def test_every_way_fits_a_narrow_phone(page: Page, rounds: Any, server: Any, way: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    rounds.open(server.session("a disc", model="analytic", query_kinds=ALL))
    rounds.answer_by(way)
    for key in ("1", "2", "3"):
        page.keyboard.press(key)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cut = "all => all.filter(one => one.offsetWidth < 24 || one.scrollWidth > one.clientWidth + 1).length"
    assert page.locator(".choices button").evaluate_all(cut) == 0
    page.get_by_role("button", name="Can’t decide").click()
    expect(page.get_by_role("button", name="Different merits")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
