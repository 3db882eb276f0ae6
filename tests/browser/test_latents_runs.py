"""Latent runs on the page: launched, watched live, seen again, stopped, resumed, imported for, compared, deleted."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
BARE = {"points": 50, "umap_every": 0, "samples_every": 0, "pca_every": 0}
KEEPS_STREAMS = """window.streams = []; window.EventSource = class extends EventSource {
  constructor(...given) { super(...given); window.streams.push(this) } }"""
CUTS_THEM = "() => streams.splice(0).forEach(one => { one.close(); one.onerror(new Event('error')) })"
ENDING = r"console: .*status of 409"  # the process that trained ends a moment after its run: the page asks again
LOSSES_IN_TABLE = (
    """() => +(/ of (\\d+)$/.exec(document.querySelector(".side .as-table .row span")?.textContent ?? "")?.[1] ?? 0)"""
)


@pytest.fixture
def endless(server: Any) -> Any:
    """A run that trains until somebody stops it; its id."""
    body = {"data": "digits", "preset": "default", "training": {"epochs": 1000}, "recording": BARE}
    run_id = server.post("latents/runs", body)["id"]
    yield run_id
    if server.get(f"latents/runs/{run_id}")["state"] in ("created", "running"):
        server.post(f"latents/runs/{run_id}/cancel")


def state(page: Page, word: str) -> Locator:
    return page.locator(".run-head .run-state").filter(has_text=re.compile(f"^{word}$"))


def held(page: Page) -> int:
    """The number of the newest line of the log that the page holds."""
    return int(page.locator(".latent-run").get_attribute("data-seq") or 0)


def test_a_run_is_launched_by_hand_watched_as_it_learns_and_seen_again_epoch_by_epoch(page: Page, server: Any) -> None:
    before = [run["id"] for run in server.get("latents/runs")["items"]]
    page.goto("/latents")
    page.locator(".set-card", has_text="digits8").click()
    page.locator(".preset-card", has_text="A few seconds").click()
    page.get_by_text("Every knob", exact=True).click()
    page.get_by_label("epochs", exact=True).fill("3")
    page.get_by_label("pretrain_epochs", exact=True).fill("1")
    page.get_by_text("What is recorded").click()
    page.get_by_label("points").fill("100")
    page.get_by_role("button", name="Launch", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Mixture VAE on digits8")).to_be_visible()
    page.evaluate("window.neverReloaded = true")
    expect(state(page, "complete")).to_be_visible()
    assert page.evaluate("window.neverReloaded")
    (mine,) = [run for run in server.get("latents/runs")["items"] if run["id"] not in before]  # pressed twice, one run
    assert (mine["epoch"], mine["epochs"]) == (3, 3)
    expect(page.locator(".latent-run")).to_have_attribute("data-seq", str(mine["seq"]))
    page.get_by_role("region", name="Curves").get_by_text("As a table").nth(1).click()
    drawn = page.get_by_role("img", name=re.compile("^Held-out pictures above"))
    lies = page.get_by_role("img", name=re.compile("^Where 100 pictures lie"))
    assert_epoch(page, drawn, lies, 3)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Data of “Reconstruction” as CSV").click()
    assert taken.value.suggested_filename == "reconstruction.csv"
    assert [row.split(",")[0] for row in taken.value.path().read_text().splitlines()] == ["epoch", "1", "2", "3"]
    page.get_by_role("slider", name="Epoch").press("ArrowLeft")
    assert_epoch(page, drawn, lies, 2)
    expect(page).to_have_url(re.compile("epoch=2"))
    page.reload()
    page.get_by_role("region", name="Curves").get_by_text("As a table").nth(1).click()
    assert_epoch(page, drawn, lies, 2)
    assert held(page) == mine["seq"]
    page.get_by_role("button", name="Play the epochs").click()
    assert_epoch(page, drawn, lies, 3)
    page.get_by_role("link", name="Clone").click()
    expect(page.get_by_label("epochs", exact=True)).to_have_value("3")


def assert_epoch(page: Page, drawn: Locator, lies: Locator, epoch: int) -> None:
    """Pictures, map, charts and slider stand at one epoch."""
    expect(page.locator(".timeline output")).to_contain_text(f"Epoch {epoch}")
    expect(drawn).to_have_attribute("src", re.compile(f"reconstructions_epoch_{epoch}\\.png"))
    expect(lies).to_have_attribute("aria-label", re.compile(f"after epoch {epoch},"))
    here = page.locator("[aria-label='Reconstruction, as a table'] tr[data-here=true] th")
    expect(here).to_have_text(str(epoch))


def test_a_cut_connection_is_said_and_heals_without_a_gap(page: Page, server: Any, faults: Any, endless: str) -> None:
    faults.allow(ENDING)
    page.add_init_script(KEEPS_STREAMS)
    page.goto(f"/latents/runs/{endless}")
    expect(page.get_by_role("progressbar", name="Training")).to_be_visible()
    expect(page.get_by_role("region", name="Reconstructions")).to_be_visible()
    losses = page.locator(".side .as-table tbody tr")
    expect(losses).to_have_count(0)  # nothing is written into a table that nobody looks at
    page.locator(".side").get_by_text("As a table").click()
    page.wait_for_function(f"{LOSSES_IN_TABLE} > 3")
    page.evaluate(CUTS_THEM)
    expect(page.get_by_text("Not live: the connection is lost.")).to_be_visible()
    before = held(page)
    expect(page.get_by_text("Not live: the connection is lost.")).to_have_count(0)
    page.wait_for_function(f"() => +document.querySelector('.latent-run').dataset.seq > {before + 8}")
    page.get_by_role("button", name="Cancel").click()
    asked = time.monotonic()
    expect(state(page, "cancelled")).to_be_visible()
    assert time.monotonic() - asked < 10
    whole = server.get(f"latents/runs/{endless}/events?limit=5000")
    expect(page.locator(".latent-run")).to_have_attribute("data-seq", str(whole[-1]["seq"]))
    told = sum(line["type"] == "train.progress" for line in whole)
    assert page.evaluate(LOSSES_IN_TABLE) == told
    assert 0 < losses.count() <= 50
    page.locator(".side").get_by_text("As a table").click()
    expect(losses).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(state(page, "training")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(state(page, "cancelled")).to_be_visible()
    faults.allow(r"console: .*status of 500")
    page.route(re.compile(f"{endless}/resume$"), lambda route: route.fulfill(status=500), times=1)
    page.goto("/latents/runs")
    row = page.get_by_role("region", name="Runs").locator("tbody tr", has=page.locator(f"a[href*='{endless}']"))
    row.get_by_role("button", name="Resume").click()
    expect(row.get_by_role("alert")).to_contain_text("status 500")
    expect(row.get_by_role("button", name="Resume")).to_be_enabled()


def test_what_the_form_and_what_the_server_refuse_is_said_at_its_knob(page: Page, server: Any, faults: Any) -> None:
    faults.allow(r"console: .*status of 422")
    few = io.BytesIO()
    before = [run["id"] for run in server.get("latents/runs")["items"]]
    np.savez(few, images=np.random.default_rng(0).integers(0, 256, (24, 8, 8), dtype=np.uint8))
    page.goto("/latents")
    page.get_by_role("button", name=re.compile("Your own pictures")).click()
    page.get_by_label("File").set_input_files(
        {"name": "Few ones.npz", "mimeType": "application/zip", "buffer": few.getvalue()}
    )
    expect(page.get_by_label("Name of the set")).to_have_value("few-ones")
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_role("radio", name=re.compile("few-ones"))).to_be_checked()
    page.get_by_text("Every knob", exact=True).click()
    components, launch = page.get_by_label("components"), page.get_by_role("button", name="Launch", exact=True)
    components.fill("0")
    expect(page.get_by_role("alert")).to_have_text("It must be 1 to 100.")
    expect(launch).to_be_disabled()
    components.fill("50")
    launch.click()
    fault = page.locator(".knob", has=components).get_by_role("alert")
    expect(fault).to_contain_text("pictures to learn from")
    expect(components).to_have_attribute("aria-invalid", "true")
    page.reload()
    page.get_by_text("Every knob", exact=True).click()
    expect(components).to_have_value("50")
    assert [run["id"] for run in server.get("latents/runs")["items"]] == before


def test_runs_are_found_put_side_by_side_and_deleted_once_it_is_said_what_goes(
    page: Page, server: Any, latent_run: str
) -> None:
    from pilotage.testing.tiny_latents import tiny_run  # needs torch

    other = tiny_run(server.home, kind="ae", epochs=1)
    page.goto("/runs")  # as the contract names it
    expect(page).to_have_url(re.compile("/latents/runs$"))
    rows = page.get_by_role("region", name="Runs").locator("tbody tr")
    mine, theirs = (rows.filter(has=page.locator(f"a[href*='{one}']")) for one in (other, latent_run))
    expect(mine).to_contain_text("complete")
    for row in (mine, theirs):
        row.get_by_role("checkbox").check()
    expect(page.get_by_role("link", name="Compare")).to_have_attribute(
        "href", re.compile(f"(?=.*{other}).*{latent_run}")
    )
    page.get_by_label("Kind").select_option("ae")
    expect(theirs).to_have_count(0)
    expect(page).to_have_url(re.compile("kind=ae"))
    page.get_by_role("region", name="Chosen runs").get_by_role("button", name="Delete").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text(re.compile(r"\d+ files, [\d.]+ [kM]B go for good"))
    assert server.get(f"latents/runs/{other}")["state"] == "completed"  # asking takes nothing
    asked.get_by_role("button", name="Delete for good").click()
    expect(mine).to_have_count(0)
    assert server.api.get(f"/api/latents/runs/{other}").status_code == 404
    page.get_by_label("State").select_option("failed")
    expect(page.get_by_text("No run is like that")).to_be_visible()


def test_what_a_run_left_and_cannot_be_read_is_not_said_to_be_missing(page: Page, faults: Any, latent_run: str) -> None:
    faults.allow("status of 500")
    for file in ("projections/latent_2d_epoch_3.json", "mixture/mixture_health_epoch_3.json"):
        page.route(re.compile(file), lambda route: route.fulfill(status=500), times=1)
    page.goto(f"/latents/runs/{latent_run}")
    lies, health = (page.get_by_role("region", name=name) for name in ("Latent map", "Health of the mixture"))
    for part in (lies, health):
        expect(part.get_by_role("alert")).to_contain_text("status 500")
        expect(part).not_to_contain_text(re.compile("No map is recorded|told after each epoch"))
        part.get_by_role("button", name="Try again").click()
        expect(part.get_by_role("alert")).to_have_count(0)
    expect(lies.get_by_role("img", name=re.compile("^Where 100 pictures lie"))).to_be_visible()
    expect(health.get_by_role("status")).to_be_visible()
