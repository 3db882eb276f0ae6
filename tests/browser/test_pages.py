"""What holds of the pages: the story of a session, what makes the pictures, colours, widths, weight."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
BUILT = Path(__file__).resolve().parents[2] / "src" / "pilotage" / "web"
FIRST_LOAD_BYTES = 170_000


@pytest.fixture(scope="module")
def told(server: Any) -> str:
    """A session with two answers, finished."""
    session_id = server.session("a red strawberry", answers=2)
    chosen = server.get(f"sessions/{session_id}")["incumbent_id"]
    server.post(f"sessions/{session_id}/finish", {"candidate_id": chosen})
    return session_id


def test_the_replay_tells_the_session_round_by_round(page: Page, told: str) -> None:
    page.goto(f"/sessions/{told}/replay")
    for index in (1, 2, 3):
        chapter = page.get_by_role("article", name=f"Round {index}")
        expect(chapter.get_by_role("img", name=f"of round {index}")).to_have_count(4)
    expect(page.get_by_role("article", name="Round 1")).to_contain_text("your prompt as it is")
    expect(page.get_by_role("article", name="Round 2")).to_contain_text("I gave it")
    expect(page.get_by_role("article", name="Round 2").get_by_text("closest", exact=True)).to_be_visible()
    expect(page.get_by_text("You named your final picture")).to_be_visible()
    rounds = page.get_by_role("navigation", name="Rounds", exact=True)
    second = rounds.get_by_role("link", name="Round 2")
    second.click()
    expect(second).to_have_attribute("aria-current", "step")
    play = page.get_by_role("button", name="Play")
    play.click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(rounds.get_by_role("link", name="Round 3")).to_have_attribute("aria-current", "step")
    page.get_by_role("article", name="Round 1").get_by_role("link", name="Open as it was").click()
    expect(page).to_have_url(re.compile(rf"/sessions/{told}\?round=1$"))
    expect(page.get_by_role("heading", name="Round 1, as it was")).to_be_visible()


def test_diagnostics_say_what_makes_the_pictures_and_where(page: Page, server: Any) -> None:
    seen = server.get("diagnostics")
    page.goto("/")
    status = page.get_by_role("link", name=re.compile("warm"))
    expect(status).to_contain_text(f"starter · {seen['device']['active'].upper()} · warm")
    status.click()
    expect(page.get_by_text(f"{seen['sentence'].rstrip('.')}, warm since ")).to_be_visible()
    device, model = page.get_by_role("region", name="Device"), page.get_by_role("region", name="Model", exact=True)
    expect(device).to_contain_text("CPU" if seen["device"]["active"] == "cpu" else seen["device"]["active"])
    expect(model).to_contain_text(seen["model"]["name"])
    expect(model).to_contain_text(seen["model"]["fingerprint"][:12])


def test_the_choice_of_colours_outlives_a_reload(page: Page) -> None:
    page.goto("/")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "light")
    light = background(page)
    page.get_by_role("button", name="Dark colours").click()
    expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    assert background(page) != light
    page.get_by_role("button", name="Light colours").click()
    expect(html).to_have_attribute("data-theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-theme", "light")
    assert background(page) == light


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(
    "where",
    [
        "home",
        "images",
        "setup",
        "session",
        "finish",
        "replay",
        "diagnostics",
        "experiments",
        "experiment",
        "compare",
        "trash",
    ],
)
def test_no_page_is_wider_than_a_small_phone(page: Page, rounds: Any, server: Any, told: str, where: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    paths = {
        "compare": f"/compare?sessions={told}",
        "experiment": experiment(server, told) if where == "experiment" else "",
    }
    paths |= {"home": "/", "setup": "/", "finish": f"/sessions/{told}/finish", "replay": f"/sessions/{told}/replay"}
    page.goto(
        paths.get(where, f"/{where}")
        if where != "session"
        else f"/sessions/{server.session(answers=1, model='analytic')}"
    )
    if where in ("home", "setup"):
        page.get_by_role("textbox", name="What do you want to see?").fill("a red fox and a xylophone")
        expect(page.get_by_text("doesn’t know")).to_be_visible()
    if where == "setup":
        page.get_by_role("button", name="Set up first").click()
        page.get_by_role("button", name=re.compile("^Everything else")).click()
        expect(page.get_by_role("spinbutton").first).to_be_visible()
    if where == "images":
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="More filters").click()
    if where == "session":
        rounds.wait_for(2)
        page.get_by_role("button", name="What I believe, and steering by hand").click()
        expect(page.get_by_role("slider").first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_load_state("load")
    expect(page.locator("main")).not_to_be_empty()
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map(one => one.tagName + '.' + one.className).slice(0, 8)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, wide


def experiment(server: Any, session_id: str) -> str:
    """The page of an experiment with a session in it."""
    made = server.post("experiments", {"name": "Berries" * 12, "config": {"request": {"prompt": "a berry"}}})["id"]
    assert server.api.put(f"/api/sessions/{session_id}/experiment", json={"experiment_id": made}).is_success
    return f"/experiments/{made}"


def test_the_first_page_is_light() -> None:
    html = (BUILT / "index.html").read_text()
    tags = [
        tag
        for tag in re.findall(r"<(?:script|link)\b[^>]*>", html)
        if tag.startswith("<script") or "modulepreload" in tag
    ]
    scripts = [found[1] for tag in tags if (found := re.search(r'(?:src|href)="/([^"]+\.js)"', tag))]
    sizes = {name: len(gzip.compress((BUILT / name).read_bytes(), 6)) for name in scripts}
    assert any(name.startswith("assets/index") for name in sizes), html
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES, sizes
