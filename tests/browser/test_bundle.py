"""A bundle on another machine: unzipped into a folder, its report opened by a double click, without any server."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pilotage.reports.checks import verify_bundle

pytestmark = pytest.mark.browser
HOSTILE = "a disc </script><script>window.hacked=1</script><img src=x onerror='window.hacked=1'> \u2028 \"'&"
BROKEN = "() => [...document.images].filter((one) => !one.complete || one.naturalWidth === 0).length"


@dataclass
class Opened:
    """The report in a browser that has no network, and all that it asked for or complained about."""

    page: Page
    folder: Path
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def session(steer: Any, lab: Any) -> Any:
    """Three answered rounds and one that waits; hostile texts wherever a person can write."""
    session = steer(name=HOSTILE, request={"prompt": HOSTILE})
    for place in (1, 0, 2):
        session.step()
        shown = session.last().candidates
        session.pick(place, comment=HOSTILE, comments={shown[3].id: HOSTILE}, gesture={HOSTILE: HOSTILE}, confidence=3)
    session.step()
    lab.finish(session.id, session.view.round_views[2].candidates[2].id, closeness=5, comment=HOSTILE)
    return session


@pytest.fixture
def opened(browser: Browser, session: Any, lab: Any, tmp_path: Path) -> Iterator[Opened]:
    lab.bundle(session.id, tmp_path / "b.zip")
    folder = tmp_path / "my bundles, taken home" / "red & blue"
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        packed.extractall(folder)
    context = browser.new_context(offline=True, reduced_motion="reduce", viewport={"width": 1280, "height": 860})
    opened = Opened(context.new_page(), folder)
    context.on("request", lambda request: opened.asked.append(request.url))
    context.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: opened.complaints.append(str(error.error)))
    context.on("requestfailed", lambda request: opened.complaints.append(f"failed: {request.url}"))
    opened.page.goto((folder / "report.html").as_uri())
    opened.page.wait_for_function("() => [...document.images].every((one) => one.complete)")
    yield opened
    context.close()


def test_the_report_opens_from_a_folder_with_all_its_pictures_and_asks_nobody(opened: Opened) -> None:
    page = opened.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("a disc </script>")
    assert page.locator("main img").count() == 16
    assert page.evaluate(BROKEN) == 0
    base = opened.folder.as_uri() + "/"
    assert all(url.startswith(base) for url in opened.asked), opened.asked
    assert opened.complaints == []


def test_what_a_person_wrote_is_read_as_text(opened: Opened) -> None:
    page = opened.page
    assert page.evaluate("() => window.hacked") is None
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("script").count() == 1
    quotes = page.locator("#round-1 dl blockquote")
    expect(quotes).to_have_text(HOSTILE, use_inner_text=False)
    expect(page.locator("#round-1 li blockquote")).to_have_text(HOSTILE)


def test_each_round_says_what_was_chosen_forecast_and_changed(opened: Opened) -> None:
    first, second = opened.page.locator("#round-1"), opened.page.locator("#round-2")
    expect(first).to_contain_text("Which is closest to what you want?")
    expect(first).to_contain_text("You chose picture 2.")
    expect(first).to_contain_text("confidence 3 of 3")
    expect(first).to_contain_text("Picture 2 became your best so far.")
    expect(first.locator(".pictures > li").first).to_contain_text("baseline")
    expect(second).to_contain_text("Your best so far held its place.")
    expect(second.locator(".pictures > li").first).to_contain_text("best so far")
    expect(opened.page.locator("#round-3 .pictures > li").nth(2)).to_contain_text("final")
    expect(opened.page.locator("#round-4")).to_contain_text("Not yet.")
    expect(opened.page.locator("#round-4")).not_to_contain_text("I gave it")


def test_the_best_leads_to_its_first_round_in_one_click(opened: Opened) -> None:
    came_from = opened.page.get_by_role("definition").filter(has_text="round 1 → round 3")
    expect(came_from.get_by_role("link")).to_have_count(2)
    opened.page.locator("#round-2").get_by_role("link", name="first shown in round 1").click()
    assert opened.page.url.endswith("#round-1")
    expect(opened.page.locator("#round-1")).to_be_in_viewport()


def test_keys_go_from_round_to_round_and_a_picture_opens_large(opened: Opened) -> None:
    page = opened.page
    here = page.locator("nav a[aria-current]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#round-2")).to_be_focused()
    expect(here).to_have_text("Round 2")
    page.keyboard.press("k")
    expect(page.locator("#round-1")).to_be_focused()
    before = page.evaluate("() => document.documentElement.dataset.theme")
    page.keyboard.press("t")
    assert page.evaluate("() => document.documentElement.dataset.theme") != before
    page.get_by_role("button", name="Picture 2 of round 1, large").click()
    expect(page.get_by_role("dialog").locator("img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_report_fits_a_phone(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 360, "height": 740})
    wide = "() => [...document.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)"
    assert opened.page.evaluate(f"{wide}.map((e) => e.outerHTML.slice(0, 80))") == []


# The report page of the app, over a real server.


def test_replay_and_report_lead_to_each_other_at_the_same_round(page: Page, server: Any) -> None:
    session = server.session("a disc", model="analytic", answers=2)
    page.goto(f"/sessions/{session}/replay")
    page.locator("#round-2").get_by_role("link", name="Report").click()
    expect(page).to_have_url(re.compile(rf"/sessions/{session}/report#round-2$"))
    second = page.locator("#round-2")
    expect(second).to_be_in_viewport()
    expect(second).to_contain_text("You chose picture 3.")
    expect(second.get_by_text("chosen", exact=True)).to_have_count(1)
    second.get_by_role("link", name="first shown in round 1").click()
    expect(page.locator("#round-1")).to_be_in_viewport()
    page.locator("#round-2").get_by_role("link", name="Replay it").click()
    expect(page).to_have_url(re.compile(r"/replay#round-2$"))
    page.go_back()
    page.get_by_role("link", name="Open as it was").nth(1).click()
    expect(page).to_have_url(re.compile(r"\?round=2$"))


def test_a_bundle_leaves_by_one_button_and_comes_back_by_another(page: Page, server: Any, tmp_path: Path) -> None:
    session = server.session("a disc", model="analytic", answers=1)
    page.goto(f"/sessions/{session}/report")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export as a bundle").click()
    downloading.value.save_as(tmp_path / "taken.zip")
    assert verify_bundle(tmp_path / "taken.zip").faults == []
    page.get_by_label("Bundle to import").set_input_files(tmp_path / "taken.zip")
    expect(page).not_to_have_url(re.compile(session))
    expect(page.get_by_role("heading", name="Round 1")).to_be_visible()
    copy = page.url.split("/")[-2]
    assert copy != session
    page.wait_for_function(
        "() => [...document.images].length === 8 && [...document.images].every((one) => one.complete)"
    )
    assert page.evaluate(BROKEN) == 0


def test_a_file_that_is_no_bundle_is_refused_in_words(page: Page, server: Any, faults: Any, tmp_path: Path) -> None:
    faults.allow("422")
    (tmp_path / "no.zip").write_bytes(b"PK no")
    page.goto("/images")
    page.get_by_label("Bundle to import").set_input_files(tmp_path / "no.zip")
    expect(page.get_by_role("alert")).to_contain_text("no plain zip archive")


def test_what_the_page_saw_of_a_decision_stands_in_the_report(
    page: Page, rounds: Any, server: Any, until: Callable[..., Any]
) -> None:
    session = server.session("a disc", model="analytic", answers=1)  # there is a best so far to compare with
    rounds.open(session, 2)
    page.locator("main").get_by_role("button", name="Picture 3", exact=True).hover()
    page.keyboard.down("c")
    page.keyboard.up("c")
    rounds.picture(3).click()
    page.wait_for_timeout(1100)
    rounds.next.click()
    rounds.wait_for(3)
    seen = until(lambda: kinds_seen(server, session), lambda kinds: "answer_sent" in kinds)
    assert seen[:4] == ["shown", "compared", "answer_begun", "answer_sent"]
    told = server.get(f"sessions/{session}/report")["chapters"][1]["answer"]
    assert 0 < told["begun_ms"] <= told["decision_ms"] - 1000
    assert told["failed_sends"] == 0


def kinds_seen(server: Any, session: str) -> list[str]:
    """What the pages noted of a session, in its order."""
    data = server.api.get(f"/api/sessions/{session}/bundle").content
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        types = [json.loads(line)["type"] for line in packed.read("events.jsonl").splitlines()]
    return [kind.removeprefix("page.") for kind in types if kind.startswith("page.")]


def test_switched_off_the_page_tells_nothing(page: Page, rounds: Any, server: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    session = server.session("a disc", model="analytic")
    page.goto(f"/sessions/{session}/report")
    page.get_by_label("Note when pictures are shown").uncheck()
    rounds.open(session)
    rounds.picture(2).click()
    rounds.next.click()
    rounds.wait_for(2)
    page.wait_for_timeout(3500)  # beyond the moment at which they would be sent
    page.goto("/")
    assert not [url for url in asked if "events/page" in url]
    assert server.get(f"sessions/{session}/report")["chapters"][0]["answer"]["begun_ms"] is None
