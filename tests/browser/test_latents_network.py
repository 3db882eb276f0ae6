"""The network lab of a run that is there from the start, and the run as a page without a server."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

pytestmark = pytest.mark.browser
EPOCH = 12
HELD = """async () => { for (let press = 0; press < 7; press++) {
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }))
  await new Promise((next) => setTimeout(next, 30)) } }"""
IS_LOADED = "one => one.complete && one.naturalWidth > 0"


@pytest.fixture(scope="module")
def run(server: Any) -> str:
    """The finished run that ships."""
    return str(server.post("latents/example")["id"])


def asked(server: Any, run: str, **question: Any) -> Any:
    """The numbers of an answer, as its file has them."""
    path = server.post(f"latents/runs/{run}/network", {"epoch": EPOCH, **question})["path"]
    return server.get(f"latents/runs/{run}/files/{path}")


def part(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("region", name=name)


def short(value: float, digits: int = 3) -> str:
    """A number as the page has it."""
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else text


def test_a_picture_is_followed_down_to_the_arithmetic_of_one_convolution(page: Page, server: Any, run: str) -> None:
    page.goto(f"/latents/runs/{run}/network?picture=7")
    page.get_by_role("button", name="Channel 3 of Convolution 2").click()
    shown = part(page, "Channel 3 of Convolution 2")
    peak = asked(server, run, ask="inspect", i=7, layer_id="enc.conv2", c=3)["xy"]
    step = asked(server, run, ask="conv_step", i=7, layer_id="enc.conv2", c=3, xy=[peak["x"], peak["y"]])
    expect(shown).to_contain_text(f"Column {peak['x']}, row {peak['y']}. It sees")
    expect(shown).to_contain_text(
        f"all together: {short(step['pre_bias_sum'])}; with the bias of {short(step['bias'])}"
    )
    expect(shown).to_contain_text(f"The model itself made {short(step['captured'])}: the same.")
    loudest = max(range(8), key=lambda c: abs(step["sums_by_channel"][c]))
    expect(shown.get_by_role("button", name=f"Channel {loudest} adds")).to_have_attribute("aria-pressed", "true")
    products = shown.get_by_role("table", name="Products").get_by_role("cell")
    expect(products).to_have_text([short(value, 2) for row in step["product"][loudest] for value in row])
    expect(part(page, "What it looks for").get_by_role("table")).to_have_count(9)  # together, and of each channel
    strongest = part(page, "Pictures that this channel answers most to").get_by_role("button", name="Picture")
    best = asked(server, run, ask="topk", layer_id="enc.conv2", c=3, k=12)["items"][0]["dataset_idx"]
    expect(strongest).to_have_count(12)
    strongest.first.click()
    expect(page).to_have_url(re.compile(rf"picture={best}\b"))
    expect(page.get_by_role("strong").filter(has_text=f"Picture {best}")).to_be_visible()


def test_keys_walk_over_a_map_and_the_same_is_there_after_a_refresh(page: Page, server: Any, run: str) -> None:
    page.goto(f"/latents/runs/{run}/network?picture=7&layer=enc.conv1&channel=1&x=4&y=5")
    shown = part(page, "Channel 1 of Convolution 1")
    expect(shown).to_contain_text("Column 4, row 5. It sees 3 × 3 pixels of the picture: columns 7 to 9, rows 9 to 11.")
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(shown).to_contain_text("Column 5, row 4.")
    step = asked(server, run, ask="conv_step", i=7, layer_id="enc.conv1", c=1, xy=[5, 4])
    expect(shown).to_contain_text(f"that is {short(step['pre_activation'])}")
    expect(page).to_have_url(re.compile("x=5&y=4"))
    before = shown.inner_text()
    page.reload()
    expect(shown).to_contain_text("Column 5, row 4.")
    expect(shown).to_contain_text(f"that is {short(step['pre_activation'])}")
    expect(shown).to_contain_text("The map as a table")
    expect(part(page, "Pictures that this channel").get_by_role("button", name="Picture")).to_have_count(12)
    assert shown.inner_text() == before
    page.get_by_role("button", name="Channel 1 of Convolution 1").focus()
    page.keyboard.press("ArrowDown")
    expect(part(page, "Channel 3 of Convolution 1")).to_be_visible()


def test_a_held_arrow_key_asks_for_the_channel_that_it_comes_to_rest_on(page: Page, run: str) -> None:
    page.goto(f"/latents/runs/{run}/network?picture=7&layer=enc.conv2&channel=0")
    expect(part(page, "Pictures that this channel").get_by_role("button", name="Picture")).to_have_count(12)
    expect(part(page, "What it looks for").get_by_role("table")).to_have_count(9)
    questions: list[Any] = []
    page.on("request", lambda one: questions.append(one.post_data_json) if one.method == "POST" else None)
    page.get_by_role("button", name="Channel 0 of Convolution 2").focus()
    page.evaluate(HELD)
    expect(part(page, "Channel 7 of Convolution 2")).to_contain_text("It sees")
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_timeout(300)  # the time in which more would be asked
    channels = {one["c"] for one in questions if "c" in one}
    assert 7 in channels
    assert len(channels) <= 3, "it rested on none of the others"


def test_a_coordinate_is_moved_and_the_decoder_draws_what_that_does(page: Page, run: str) -> None:
    page.goto(f"/latents/runs/{run}/network?picture=7")
    latent = part(page, "In 10 numbers")
    latent.get_by_role("list", name="Coordinates").get_by_role("button").nth(5).click()
    slider = latent.get_by_role("slider", name="z5 moved by")
    drawn = latent.get_by_role("img", name=re.compile("^Drawn with z5"))
    slider.press("Home")
    expect(drawn).to_have_attribute("src", re.compile(r"vector_mu/dim_5/delta_m[\d.]+/recon\.png$"))
    first = drawn.get_attribute("src")
    slider.press("End")
    expect(drawn).to_have_attribute("src", re.compile(r"vector_mu/dim_5/delta_p[\d.]+/recon\.png$"))
    assert first != drawn.get_attribute("src")
    assert drawn.evaluate(IS_LOADED)
    expect(latent.get_by_role("list", name="Responsibilities").get_by_role("listitem")).to_have_count(10)


def test_what_is_not_there_is_said_where_it_was_asked_for(page: Page, faults: Any, run: str) -> None:
    faults.allow(r"console: .*status of 404")
    page.goto(f"/latents/runs/{run}/network?epoch=3")
    expect(page.get_by_role("alert")).to_contain_text("There are checkpoints of 12.")
    page.get_by_role("combobox", name="As of epoch").select_option("12")
    expect(part(page, "The way of the picture")).to_be_visible()


def test_another_picture_on_a_dense_layer_is_read_once_it_has_passed(page: Page, server: Any, run: str) -> None:
    asked(server, run, ask="forward", i=7)
    folder = f"latents/runs/{run}/files/network/forward/epoch_{EPOCH}"
    dense = next(one["layer_id"] for one in server.get(f"{folder}/idx_7/layers.json")["data"] if one["kind"] == "dense")
    page.goto(f"/latents/runs/{run}/network?picture=7&layer={dense}")
    values = server.get(f"{folder}/idx_7/layer_{dense}/summary.json")["data"]["values"]
    expect(page.get_by_text(f"unit 0: {short(values[0])}")).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(f"/{run}/network$"), hold)
    page.get_by_role("textbox", name="Number").fill("321")
    page.get_by_role("textbox", name="Number").press("Enter")
    expect(page.get_by_role("strong").filter(has_text="Picture 321")).to_be_visible()
    page.wait_for_timeout(300)  # the time in which it would be read too early
    expect(page.get_by_role("alert")).to_have_count(0)
    for route in held:
        route.continue_()
    page.unroute_all()
    asked(server, run, ask="forward", i=321)
    values = server.get(f"{folder}/idx_321/layer_{dense}/summary.json")["data"]["values"]
    expect(page.get_by_text(f"unit 0: {short(values[0])}")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@dataclass
class Offline:
    """A page in a browser that has no network, and all that it asked for or complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def opened(browser: Browser, server: Any, run: str, tmp_path: Path) -> Iterator[Offline]:
    (tmp_path / "run.zip").write_bytes(server.api.get(f"/api/latents/runs/{run}/export").content)
    with zipfile.ZipFile(tmp_path / "run.zip") as packed:
        packed.extractall(tmp_path / "taken & home")
    context = browser.new_context(offline=True, reduced_motion="reduce", viewport={"width": 1280, "height": 860})
    opened = Offline(context.new_page())
    context.on("request", lambda request: opened.asked.append(request.url))
    context.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: opened.complaints.append(str(error.error)))
    opened.page.goto((tmp_path / "taken & home" / run / "index.html").as_uri())
    yield opened
    context.close()


def test_an_exported_run_opens_without_a_server_and_is_scrubbed_there(opened: Offline) -> None:
    page = opened.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Mixture VAE on digits")
    page.get_by_role("combobox", name="Map").select_option("pca")
    drawn = page.get_by_role("img", name=re.compile("^PCA of epoch 12: 500 pictures by label"))
    last = drawn.screenshot()
    page.get_by_role("slider", name="Epoch").press("Home")
    first = page.get_by_role("img", name=re.compile("^PCA of epoch 1: 500 pictures by label"))
    assert first.screenshot() != last
    expect(
        page.get_by_role("img", name="Held-out pictures above what the network draws of them, epoch 1")
    ).to_be_visible()
    page.get_by_text("As a table").first.click()
    places = page.get_by_role("region", name="The map").get_by_role("row")
    expect(places).to_have_count(501)
    x, y = (first.evaluate("one => one.clientWidth") / 2, first.evaluate("one => one.clientHeight") / 2)
    for radius in range(0, 120, 6):
        first.hover(position={"x": x + radius, "y": y})
        if page.get_by_text(re.compile(r"^picture \d+")).is_visible():
            break
    expect(page.get_by_text(re.compile(r"^picture \d+label"))).to_be_visible()
    page.wait_for_function("() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert all(url.startswith("file:") for url in opened.asked)
    assert opened.complaints == []
