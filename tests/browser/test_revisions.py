"""The course of a session on its page: undo, branches, marks, remarks, pauses, and one picture tried again."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.browser
WORDS = "<img src=x onerror=alert(1)> “so”  & \\n ünïcode"
FAILING = """
from pilotage.models import AnalyticModel, Output
real, failed = AnalyticModel.generate, []
def generate(self, request, rows, **more):
    outputs = real(self, request, rows, **more)
    if len(rows) < 2 or failed:
        return outputs
    failed.append(True)
    return tuple(Output(None, "the picture is black") if i == 1 else output for i, output in enumerate(outputs))
AnalyticModel.generate = generate
"""  # the second row of the first round


@pytest.fixture
def session_id(server: Any) -> str:
    """A session with two answers and a round to be judged."""
    return server.session("a disc", model="analytic", answers=2)


def film(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Rounds so far")


def press_twice(button: Locator) -> None:
    """A double click as slow as a hand's: the page has drawn the first click before the second comes."""
    button.click(click_count=2, delay=90)


def test_undo_stops_the_round_that_is_being_made_and_marks_the_choice_again(
    page: Page, rounds: Any, server: Any
) -> None:
    made = server.session("a red star", request={"steps": 40})
    rounds.open(made)
    rounds.picture(2).click()
    rounds.next.click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.keyboard.press("z")
    rounds.wait_for(1)
    expect(rounds.picture(2)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Round 1 waits again, with your choice still marked.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    told = server.get(f"sessions/{made}")
    assert (told["answers"], [one["state"] for one in told["round_views"]]) == (0, ["awaiting"])
    assert [(one["index"], one["job"]["state"]) for one in told["superseded"]] == [(2, "cancelled")]
    page.keyboard.press("Enter")
    rounds.wait_for(2)
    assert rounds.sources()[0] == f"/api/artifacts/{told['round_views'][0]['candidates'][1]['artifact']}"
    again = server.round(made, 1, "answered")
    assert again["answer"]["gesture"]["marked_before"] == again["retracted"][0]["id"]


def test_going_back_says_what_is_set_aside_and_it_stays_in_the_film(
    page: Page, rounds: Any, server: Any, session_id: str
) -> None:
    rounds.open(session_id, 3)
    film(page).get_by_role("link", name="Round 1", exact=True).click()
    page.get_by_role("button", name="Go back to here").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Rounds 2 to 3 are set aside. 2 answers will count no more.")
    press_twice(asked.get_by_role("button", name="Go back to round 1"))
    rounds.wait_for(1)
    assert server.get(f"sessions/{session_id}")["answers"] == 0
    aside = film(page).get_by_role("link", name="Round 2, set aside")
    expect(aside).to_be_visible()
    aside.click()
    expect(page.get_by_role("heading", name="Round 2, as it was")).to_be_visible()
    expect(page.locator("[data-badge=superseded]")).to_be_visible()
    expect(page.get_by_role("button", name="Go back to here")).to_have_count(0)
    page.keyboard.press("Escape")
    rounds.wait_for(1)


def test_a_branch_goes_on_by_itself_and_both_lead_to_each_other(
    page: Page, rounds: Any, server: Any, session_id: str
) -> None:
    page.goto(f"/sessions/{session_id}?round=2")
    shown = [one["artifact"] for one in server.round(session_id, 2, "answered")["candidates"]]
    page.get_by_role("button", name="Branch from here").click()
    page.get_by_role("textbox", name="Its name").fill("the other way")
    press_twice(page.get_by_role("button", name="Branch", exact=True))
    page.wait_for_url(lambda url: session_id not in url)
    rounds.wait_for(2)
    child = rounds.session_id
    assert [source.rsplit("/", 1)[1] for source in rounds.sources()] == shown
    rounds.picture(4).click()
    rounds.next.click()
    rounds.wait_for(3)
    parent = server.get(f"sessions/{session_id}")
    assert [(one["id"], one["name"]) for one in parent["branches"]] == [(child, "the other way")]
    assert (parent["answers"], parent["rounds"]) == (2, 3)
    film(page).get_by_role("link", name="from").click()
    rounds.wait_for(3)
    assert rounds.session_id == session_id
    film(page).get_by_role("link", name="Branch: the other way").click()
    page.wait_for_url(lambda url: child in url)


def test_a_pinned_picture_is_in_the_next_round_and_leads_back(page: Page, rounds: Any, server: Any) -> None:
    made = server.session("a disc", model="analytic")
    rounds.open(made)
    first = rounds.sources()
    rounds.picture(3).hover()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pin picture 3")).to_have_attribute("aria-pressed", "true")
    rounds.picture(2).click()
    rounds.next.click()
    rounds.wait_for(2)
    assert rounds.sources()[:2] == [first[1], first[2]]
    expect(rounds.candidates.locator("[data-badge=pinned]")).to_have_count(1)
    rounds.candidates.get_by_role("link", name="Carried from round 1").first.click()
    expect(page.get_by_role("heading", name="Round 1, as it was")).to_be_visible()
    assert rounds.sources() == first


def test_a_favourite_outlives_a_reload_and_a_double_click_is_one_press(
    page: Page, rounds: Any, server: Any, session_id: str
) -> None:
    page.goto(f"/sessions/{session_id}?round=1")
    heart = page.get_by_role("button", name="Favourite: picture 4")
    page.locator(".cand").nth(3).hover()
    with page.expect_response("**/marks"):
        press_twice(heart)
    expect(heart).to_have_attribute("aria-pressed", "true")
    rounds.open(session_id, 3)
    kept = page.get_by_role("group", name="Favourites").get_by_role("link")
    expect(kept).to_have_count(1)
    kept.click()
    expect(page.get_by_role("heading", name="Round 1, as it was")).to_be_visible()
    marked = [one["favourite"] for one in server.round(session_id, 1, "answered")["candidates"]]
    assert marked == [False, False, False, True]


def test_a_mark_that_cannot_be_kept_is_taken_back(page: Page, rounds: Any, faults: Any, session_id: str) -> None:
    faults.allow("marks|ERR_FAILED")
    rounds.open(session_id, 3)
    page.route("**/marks", lambda route: route.abort("failed"))
    rounds.picture(2).hover()
    page.get_by_role("button", name="Favourite: picture 2").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Favourite: picture 2")).to_have_attribute("aria-pressed", "false")


def test_remarks_and_confidence_outlive_a_reload_and_are_kept_word_for_word(
    page: Page, rounds: Any, server: Any, session_id: str
) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"the page ran what was written: {dialog.message}"))
    rounds.open(session_id, 3)
    rounds.picture(2).click()
    page.keyboard.press("w")
    expect(page.get_by_role("textbox", name="On picture 2")).to_be_focused()
    page.keyboard.type(WORDS)
    page.get_by_role("textbox", name="On this round").fill(f" {WORDS}\n")
    sure = page.get_by_role("button", name="fairly sure")
    sure.click()
    expect(sure).to_have_attribute("aria-pressed", "true")
    page.reload()
    rounds.wait_for(3)
    expect(sure).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="2 remarks").click()
    expect(page.get_by_role("textbox", name="On picture 2")).to_have_value(WORDS)
    rounds.next.click()
    rounds.wait_for(4)
    answered = server.round(session_id, 3, "answered")
    said = answered["answer"]
    assert (said["comment"], said["confidence"]) == (f" {WORDS}\n", 2)
    assert said["comments"] == {answered["candidates"][1]["id"]: WORDS}
    page.goto(f"/sessions/{session_id}?round=3")
    expect(page.get_by_text(f"On picture 2: “{WORDS}”")).to_be_visible()


def test_a_pause_takes_the_answer_and_makes_no_round(page: Page, rounds: Any, server: Any, session_id: str) -> None:
    rounds.open(session_id, 3)
    press_twice(page.get_by_role("button", name="Pause"))
    expect(page.get_by_text("Paused.")).to_be_visible()
    rounds.picture(1).click()
    page.get_by_role("button", name="Keep this answer").click()
    expect(page.get_by_role("heading", name="Your answer is kept.")).to_be_visible()
    told = server.get(f"sessions/{session_id}")
    assert (told["state"], told["answers"], len(told["round_views"])) == ("paused", 3, 3)
    page.get_by_role("status").get_by_role("button", name="Resume").click()
    rounds.wait_for(4)
    assert server.get(f"sessions/{session_id}")["state"] == "active"


def test_others_are_shown_once_for_two_clicks(page: Page, rounds: Any, server: Any, session_id: str) -> None:
    rounds.open(session_id, 3)
    before = rounds.sources()
    press_twice(page.get_by_role("button", name="Show others"))
    expect(page.get_by_text("Round 3 shows others now.")).to_be_visible()
    rounds.wait_for(3)
    assert rounds.sources()[0] == before[0]
    assert set(rounds.sources()[1:]).isdisjoint(before)
    expect(film(page).get_by_role("link", name="Round 3, set aside")).to_have_count(1)
    assert [one["take"] for one in server.get(f"sessions/{session_id}")["superseded"]] == [0]


def test_an_undo_in_one_tab_is_followed_by_the_other(context: BrowserContext, rounds_on: Any, session_id: str) -> None:
    here, there = rounds_on(context.new_page()), rounds_on(context.new_page())
    here.open(session_id, 3)
    there.open(session_id, 3)
    press_twice(here.page.get_by_role("button", name="Undo round 2"))
    here.wait_for(2)
    there.wait_for(2)
    expect(there.picture(3)).to_have_attribute("aria-pressed", "true")  # what `session` picked
    expect(there.page.get_by_role("button", name="Undo round 1")).to_be_visible()


def test_a_finished_session_is_reopened(page: Page, rounds: Any, server: Any, session_id: str) -> None:
    best = server.get(f"sessions/{session_id}")["incumbent_id"]
    server.post(f"sessions/{session_id}/finish", {"candidate_id": best})
    page.goto(f"/sessions/{session_id}")
    page.get_by_role("button", name="Reopen it").click()
    rounds.wait_for(3)
    page.goto(f"/sessions/{session_id}?round=2")
    expect(page.locator("[data-slot='2'] [data-badge=final]")).to_be_visible()


def test_an_imported_session_offers_a_branch_and_nothing_else(
    page: Page, rounds: Any, server: Any, session_id: str
) -> None:
    bundle = server.api.get(f"/api/sessions/{session_id}/bundle").content
    came = server.api.post("/api/bundles", content=bundle, headers={"Content-Type": "application/zip"}).json()["id"]
    page.goto(f"/sessions/{came}")
    expect(page.get_by_text("This session was imported")).to_be_visible()
    for name in ("Next round", "Undo", "Pause", "Show others", "Pin", "Finish"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("button", name="Branch…").click()
    page.get_by_role("button", name="Branch", exact=True).click()
    page.wait_for_url(lambda url: came not in url)
    rounds.wait_for(3)
    rounds.picture(2).click()
    expect(rounds.next).to_be_enabled()


def test_a_tree_of_rounds_is_no_wider_than_a_small_phone(page: Page, rounds: Any, server: Any, session_id: str) -> None:
    for index in (2, 1):
        server.post(f"sessions/{session_id}/revert", {"index": index})
        server.pick(session_id, index, slot=3)
        server.round(session_id, index + 1)
    page.set_viewport_size({"width": 360, "height": 740})
    rounds.open(session_id, 2)
    page.get_by_role("button", name="Add a remark").click()
    expect(page.get_by_role("textbox", name="On picture 4")).to_be_visible()
    expect(film(page).get_by_role("link", name=re.compile("set aside"))).to_have_count(3)
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map(one => one.tagName + '.' + one.className).slice(0, 8)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, wide


def test_a_picture_that_failed_is_tried_again_while_the_round_can_be_answered(
    page: Page, rounds: Any, serving: Any, tmp_path: Path, faults: Any
) -> None:
    faults.allow(r"(other host|failed): http://127\.0\.0\.1|ERR_")  # a server of its own, that ends before the page
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "sitecustomize.py").write_text(FAILING)
    paths = os.pathsep.join([str(plugins), *filter(None, [os.environ.get("PYTHONPATH")])])
    with serving(tmp_path, PYTHONPATH=paths, PILOTAGE_PRELOAD="never") as own:
        made = own.session("a disc", model="analytic")
        page.goto(f"{own.base}/sessions/{made}")
        failed = page.locator(".cand[data-slot='1']")
        expect(failed).to_contain_text("the picture is black")
        rounds.picture(1).click()
        expect(rounds.next).to_be_enabled()
        press_twice(page.get_by_role("button", name="Try this one again"))
        expect(rounds.picture(2)).to_be_enabled()
        expect(rounds.picture(1)).to_have_attribute("aria-pressed", "true")
        told = own.round(made, 1)["candidates"][1]
        assert (told["state"], told["attempt"], told["error"]) == ("ready", 1, "")
        rounds.next.click()
        rounds.wait_for(2)
