"""axe on every page, in both themes: nothing serious, nothing critical."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`))"""
SCREENS = {"light": {"width": 1280, "height": 860}, "dark": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def finished(server: Any) -> str:
    """A session with two answers, and its final picture named."""
    session_id = server.session("a red strawberry", answers=2)
    best = server.get(f"sessions/{session_id}")["incumbent_id"]
    server.post(f"sessions/{session_id}/finish", {"candidate_id": best})
    return session_id


@pytest.fixture(scope="module")
def open_session(server: Any) -> str:
    """A session with one answer and a round to be judged."""
    return server.session("a blue owl", answers=1)


def faults_of(page: Page) -> list[str]:
    """What axe calls serious or critical, once the page is calm."""
    expect(page.locator("main")).not_to_be_empty()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_function("() => document.getAnimations().every(one => one.playState !== 'running')")
    assert AXE.exists(), "npm ci in web/ brings axe-core"
    if not page.evaluate("'axe' in window"):  # once a document: it is half a megabyte
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/images",
        "/new",
        "/diagnostics",
        "/design",
        "/taste",
        "/text",
        "/text/axes",
        "/text/axes/formality",
        "/text/axes/formality?view=pairs",
        "/latents",
        "/latents/runs",
        "/experiments",
        "/compare",
        "/trash",
        "/tours/beat-the-dice",
        "/tours/guess-my-choice",
        "/sessions/none",
    ],
)
def test_axe_finds_nothing_serious(page: Page, faults: Any, finished: str, path: str, theme: str) -> None:
    faults.allow(r"console: .*status of 4\d\d")  # the session that isn't there
    show(page, theme, path)
    if path == "/new":
        page.get_by_role("button", name=re.compile("^Everything else")).click()
        expect(page.get_by_role("spinbutton").first).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_session(page: Page, rounds: Any, open_session: str, theme: str) -> None:
    show(page, theme, f"/sessions/{open_session}")
    rounds.wait_for(2)
    panel = page.get_by_role("button", name="What I believe, and steering by hand")
    if panel.is_visible():
        panel.click()
    expect(page.get_by_role("slider").first).to_be_visible()
    rounds.picture(2).click()
    assert faults_of(page) == []
    for kind in ("Stars", "Yes / no", "A / B"):
        rounds.answer_by(kind)
        assert faults_of(page) == [], kind
    page.goto(f"/sessions/{open_session}?round=1")
    expect(page.get_by_role("heading", name="Round 1, as it was")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_session_about_texts(
    page: Page, server: Any, tiny: str, tiny_axes: tuple[str, ...], theme: str
) -> None:
    config = {"model": f"{tiny}?axes={','.join(tiny_axes)}", "request": {"prompts": ["Greet me.", "Thank me."]}}
    made = server.post("sessions", config)["id"]
    server.post(f"sessions/{made}/rounds", {})
    show(page, theme, f"/sessions/{made}")
    expect(page.locator(".grid .written[aria-busy=false]")).to_have_count(2, timeout=60_000)
    page.keyboard.press("1")
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_way_of_answering(page: Page, rounds: Any, server: Any, theme: str) -> None:
    kinds = ["ranking", "shortlist", "versus", "worst", "tie", "undecided"]
    made = server.session("a disc", model="analytic", answers=1, query_kinds=kinds)
    show(page, theme, f"/sessions/{made}")
    rounds.wait_for(2)
    for kind in ("Shortlist", "Beat the best", "Drop one"):
        rounds.answer_by(kind)
        page.keyboard.press("2")
        page.keyboard.press("3")
        assert faults_of(page) == [], kind
    for aside in ("About equal", "Can’t decide"):
        page.get_by_role("button", name=aside).click()
        page.keyboard.press("2")
        assert faults_of(page) == [], aside
    page.keyboard.press("0")
    expect(rounds.picture(2)).to_be_enabled()
    rounds.picture(2).focus()
    page.keyboard.press("l")
    page.get_by_role("button", name="too dark").click()
    page.get_by_role("button", name="faithful", exact=True).click()
    assert faults_of(page) == [], "tags"
    page.keyboard.press("Escape")
    assert faults_of(page) == [], "tagged"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_maps_and_lines(page: Page, rounds: Any, server: Any, theme: str) -> None:
    for sampler in ("plane", "line"):
        made = server.session("a disc", model="analytic", answers=1, sampler=sampler, candidates=9)
        show(page, theme, f"/sessions/{made}")
        rounds.wait_for(2, count=9)
        assert faults_of(page) == [], sampler
        rounds.picture(2).click()
        assert faults_of(page) == [], f"{sampler}, picked"
        page.goto(f"/sessions/{made}?round=1")
        expect(page.get_by_role("heading", name="Round 1, as it was")).to_be_visible()
        assert faults_of(page) == [], f"{sampler}, past"
        if sampler == "plane":
            page.goto(f"/sessions/{made}")
            rounds.wait_for(2, count=9)
            page.keyboard.press("-")
            expect(page.get_by_text("you are here")).to_be_visible()
            assert faults_of(page) == [], "wider"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_style_calibration(page: Page, rounds: Any, server: Any, theme: str) -> None:
    config = {"request": {"prompt": "a disc"}, "model": "analytic", "style_probes": 15, "candidates": 4, "seed": 7}
    made = server.post("sessions", config)["id"]
    server.post(f"sessions/{made}/rounds")
    show(page, theme, f"/sessions/{made}")
    rounds.wait_for(0, count=15)
    assert faults_of(page) == [], "nothing kept"
    for number in (2, 11):
        rounds.picture(number).click()
    assert faults_of(page) == [], "two kept"
    page.get_by_role("button", name="Begin with these 2").click()
    rounds.wait_for(1)
    page.goto(f"/sessions/{made}?round=0")
    expect(page.get_by_role("heading", name="Style calibration, as it was")).to_be_visible()
    assert faults_of(page) == [], "as it was"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_how_a_session_converged(page: Page, open_session: str, theme: str) -> None:
    show(page, theme, f"/sessions/{open_session}/convergence")
    expect(page.get_by_role("img", name="What is left")).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_a_session_opens(page: Page, rounds: Any, server: Any, theme: str) -> None:
    made = server.session("a disc", model="analytic", answers=2)
    show(page, theme, f"/sessions/{made}")
    rounds.wait_for(3)
    rounds.picture(2).click()
    page.get_by_role("button", name="fairly sure").click()
    page.keyboard.press("w")
    expect(page.get_by_role("textbox", name="On picture 2")).to_be_focused()
    assert faults_of(page) == [], "remarks"
    rounds.picture(2).focus()
    page.keyboard.press("v")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == [], "large"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    assert faults_of(page) == [], "paused"
    page.goto(f"/sessions/{made}?round=1")
    for opener in ("Go back to here", "Branch from here"):
        page.get_by_role("button", name=opener).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults_of(page) == [], opener
        page.keyboard.press("Escape")
    server.post(f"sessions/{made}/revert", {"index": 1})
    page.goto(f"/sessions/{made}?round=2&take=0")
    expect(page.locator("[data-badge=superseded]")).to_be_visible()
    assert faults_of(page) == [], "set aside"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_is_deleted(page: Page, server: Any, theme: str) -> None:
    member = server.session("a disc", model="analytic")
    made = server.post("experiments", {"name": "Discs"})["id"]
    assert server.api.put(f"/api/sessions/{member}/experiment", json={"experiment_id": made}).is_success
    show(page, theme, f"/experiments/{made}")
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("With its 1 session").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 session goes with it")
    assert faults_of(page) == [], "asking"
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("It is in the trash")).to_be_visible()
    assert faults_of(page) == [], "deleted"
    page.goto("/trash")
    expect(page.get_by_role("listitem").filter(has_text="Discs")).to_be_visible()
    assert faults_of(page) == [], "trash"
    page.get_by_role("button", name="Empty the trash").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == [], "emptying"
    server.post(f"experiments/{made}/restore")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("where", ["", "/finish", "/replay", "/report"])
def test_axe_finds_nothing_serious_once_a_session_is_finished(
    page: Page, finished: str, where: str, theme: str
) -> None:
    show(page, theme, f"/sessions/{finished}{where}")
    expect(page.get_by_role("img").first).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_experiments(
    page: Page, server: Any, finished: str, open_session: str, theme: str
) -> None:
    base = {"request": {"prompt": "a red fox"}}
    made = server.post("experiments", {"name": "Foxes and owls", "description": "Which?", "config": base})["id"]
    for session_id in (finished, open_session):
        assert server.api.put(f"/api/sessions/{session_id}/experiment", json={"experiment_id": made}).is_success
    show(page, theme, f"/experiments/{made}")
    expect(page.get_by_role("rowheader")).to_have_count(2)
    assert faults_of(page) == []
    for opener in ("New session in it", "Edit"):
        page.get_by_role("button", name=opener).click()
        expect(page.get_by_role("dialog").get_by_role("textbox").first).to_be_visible()
        assert faults_of(page) == [], opener
        page.keyboard.press("Escape")
    page.get_by_role("link", name="Compare all 2").click()
    expect(page.get_by_role("region", name="The comparison")).to_be_visible()
    page.get_by_text("As a table").click()
    assert faults_of(page) == []
    page.goto("/images")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="More filters").click()
    assert faults_of(page) == []
    page.get_by_role("button", name="Put into an experiment").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Foxes and owls").first).to_be_visible()
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_an_axis_of_ones_own(page: Page, server: Any, tiny: str, theme: str) -> None:
    pairs = [{"prompt": f"{i}?", "positive": f"Joke {i}.", "negative": f"Fact {i}."} for i in range(8)]
    pairs += [{**pairs[0], "split": "held_out"}]
    body = {"poles": {"negative": "dry", "positive": "droll"}, "pairs": pairs}
    name = f"droll_{theme}"
    assert server.api.put(f"/api/language/axes/{name}", json={"name": name, **body}).is_success
    page.add_init_script(f"localStorage.setItem('pilotage.text.model', '\"{tiny}\"')")
    show(page, theme, f"/text/axes/{name}")
    page.get_by_role("checkbox", name="Quick look").check()
    page.get_by_role("button", name="Extract and measure").click()
    expect(page.get_by_text("Made and measured")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    assert faults_of(page) == [], "measured"
    page.get_by_role("radio", name=re.compile("^Pairs")).click()
    expect(page.get_by_role("note").first).to_be_visible()
    page.get_by_role("button", name="Add a pair").first.click()
    page.keyboard.type("And?")
    expect(page.get_by_role("region", name="Changes")).to_be_visible()
    assert faults_of(page) == [], "edited"
    for opener in ("Paste pairs", "Copy", "Delete", "Undo all"):
        page.get_by_role("button", name=opener, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults_of(page) == [], opener
        page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_texts(page: Page, server: Any, tiny: str, theme: str) -> None:
    profile = server.post("language/profiles", {"name": "Mine", "axes": ["formality", "sentiment"]})["id"]
    doses = {"kind": "doses_set", "doses": {"formality": 0.5}}
    server.post(f"language/profiles/{profile}/events", {"events": [doses, {"kind": "consent", "given": True}]})
    for name, value in (("model", tiny), ("length", "short"), ("profile", profile)):
        page.add_init_script(f"localStorage.setItem('pilotage.text.{name}', '\"{value}\"')")
    show(page, theme, "/text")
    send = page.get_by_role("button", name="Send")
    page.get_by_role("textbox", name="Message").fill("Hello.")
    expect(send).to_be_enabled()
    send.click()
    page.get_by_role("button", name="Good answer").click()
    expect(page.locator(".toast")).to_be_visible()
    assert faults_of(page) == [], "answered"
    page.get_by_role("button", name="Edit").click()
    assert faults_of(page) == [], "edited"
    page.get_by_role("button", name="Earlier", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == [], "earlier"
    page.get_by_role("button", name="Delete Hello.").first.click()
    expect(page.get_by_role("button", name="Delete for good")).to_be_visible()
    assert faults_of(page) == [], "deleting"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    steer = page.get_by_role("button", name="Steer ")
    if steer.is_visible():
        steer.click()
    page.get_by_text("What it believes, and why").click()
    page.get_by_role("slider", name="casual to formal").fill("1.2")
    assert faults_of(page) == [], "steered"
    if steer.is_visible():
        steer.click()
    page.get_by_role("radio", name="Side by side").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("button", name=re.compile("Use this dose")).first).to_be_enabled()
    assert faults_of(page) == [], "side by side"
    page.get_by_role("radio", name="Calibrate").click()
    expect(page.get_by_role("button", name="About equal")).to_be_enabled()
    assert faults_of(page) == [], "calibrated"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_network(page: Page, server: Any, theme: str) -> None:
    run = server.post("latents/example")["id"]
    show(page, theme, f"/latents/runs/{run}/network?layer=enc.conv2")
    expect(page.get_by_text("The model itself made")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Drawn with"))).to_be_visible()
    assert faults_of(page) == [], "a channel"
    page.get_by_role("button", name="Dense 1 64 units").first.click()
    expect(page.get_by_role("heading", name="Dense 1: 64 units")).to_be_visible()
    assert faults_of(page) == [], "units"
    page.get_by_role("button", name="Choose a picture").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == [], "pictures"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_latent_run_and_its_clone(page: Page, latent_run: str, theme: str) -> None:
    show(page, theme, f"/latents/runs/{latent_run}")
    expect(page.get_by_role("img", name=re.compile("^Where 100 pictures lie"))).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    assert faults_of(page) == []
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("go for good")
    assert faults_of(page) == [], "deleting"
    page.goto(f"/latents?clone={latent_run}&knob=components&value=4")
    expect(page.get_by_label("components", exact=True)).to_have_value("4")
    assert faults_of(page) == [], "cloning"
    page.goto("/latents")
    page.get_by_role("button", name=re.compile("Your own pictures")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults_of(page) == [], "importing"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_maps_of_latents(page: Page, latent_run: str, theme: str) -> None:
    show(page, theme, f"/latents/runs/{latent_run}/explore")
    page.get_by_title("Hide 4").focus()
    page.get_by_role("button", name="Choose all of 4").press("Enter")
    expect(page.get_by_role("region", name="What you chose")).to_be_visible()
    page.get_by_text("points as a table").click()
    page.get_by_role("region", name="Points, as a table").get_by_role("button").first.click()
    expect(page.get_by_role("list", name="Nearest in latent space")).to_be_visible()
    for overlay in ("gap", "posterior", "distortion"):
        page.get_by_label("Below the points").select_option(overlay)
    page.get_by_label("Colour by").select_option("lost")
    assert faults_of(page) == [], "explored"
    page.goto(f"/latents/compare?runs={latent_run}")
    expect(page.get_by_label("Run A")).to_have_value(latent_run)
    assert faults_of(page) == [], "choosing"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_dialogs(page: Page, theme: str) -> None:
    show(page, theme, "/design")
    for opener in ("Open a dialog", "Open the map of keys", "Copy as code"):
        page.get_by_role("button", name=opener).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert faults_of(page) == [], opener
        page.keyboard.press("Escape")


def show(page: Page, theme: str, path: str) -> None:
    """A page in a theme: light on a desktop, dark on a small phone."""
    page.set_viewport_size(SCREENS[theme])
    page.emulate_media(color_scheme=theme)
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
