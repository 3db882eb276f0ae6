"""The explorer of a run's latent space, and two runs side by side: what is drawn stands in the files of the runs."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from itertools import chain
from statistics import median_high
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
NO_GPU = """const draw = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (kind, ...of) {
  return /webgl/.test(kind) ? null : draw.call(this, kind, ...of)
}"""
BAD_SHADERS = "WebGLRenderingContext.prototype.getShaderParameter = () => false"
LOSES_IT = """() => document.querySelector(".atlas-points").getContext("webgl")
  .getExtension("WEBGL_lose_context").loseContext()"""
LOOKS_AGAIN = """() => { const later = Date.now() + 10_000; Date.now = () => later
  window.dispatchEvent(new Event("visibilitychange")) }"""
CORNER = 8  # pixels: the map's corners are round


@pytest.fixture(scope="module")
def other_run(server: Any) -> str:
    """A run on the same pictures from another seed."""
    from pilotage.testing.tiny_latents import tiny_run

    return tiny_run(server.home, seed=5)


@pytest.fixture
def told(server: Any, latent_run: str) -> Callable[[str], Any]:
    """A JSON file of the run: `told(path)`."""
    return lambda path: server.get(f"latents/runs/{latent_run}/files/{path}")


@pytest.fixture
def config(server: Any, latent_run: str) -> Any:
    """What the run was asked for."""
    return server.get(f"latents/runs/{latent_run}")["config"]


def the_map(page: Page, index: int = 0) -> Locator:
    return page.get_by_role("application").nth(index)


def is_drawn(page: Page, count: int = 1) -> None:
    expect(page.locator(".atlas-stage[data-ready=true]")).to_have_count(count)


def seen(page: Page) -> Image.Image:
    """The map as it looks, once what was asked for is painted."""
    is_drawn(page)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return Image.open(io.BytesIO(page.locator(".atlas-stage").screenshot())).convert("RGB")


def lasso(page: Page, index: int = 0, share: float = 1.0) -> None:
    """Draw around all of a map, or around so much of it from the left."""
    box = the_map(page, index).bounding_box()
    assert box is not None
    left, top = box["x"] + CORNER, box["y"] + CORNER
    right, bottom = box["x"] + share * box["width"] - CORNER, box["y"] + box["height"] - CORNER
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


def test_a_map_is_scrubbed_through_its_epochs_and_is_the_same_after_a_reload(page: Page, latent_run: str) -> None:
    page.goto(f"/latents/runs/{latent_run}/explore?method=pca")
    expect(the_map(page)).to_have_accessible_name("Map of 100 pictures by PCA, epoch 3")
    last = seen(page)
    assert len({one for _, one in last.getcolors(1 << 24) or []}) > 10, "no point is drawn"
    page.get_by_role("slider", name="Epoch").press("ArrowLeft")
    expect(the_map(page)).to_have_accessible_name("Map of 100 pictures by PCA, epoch 2")
    second = seen(page)
    assert second.tobytes() != last.tobytes()
    page.reload()
    expect(the_map(page)).to_have_accessible_name("Map of 100 pictures by PCA, epoch 2")
    expect(page.get_by_role("list", name="Legend")).to_be_visible()
    assert seen(page).tobytes() == second.tobytes()
    page.get_by_role("button", name="Play the epochs").click()
    expect(the_map(page)).to_have_accessible_name("Map of 100 pictures by PCA, epoch 3")
    page.get_by_role("radio", name="UMAP").click()
    expect(the_map(page)).to_have_accessible_name("Map of 100 pictures by UMAP, epoch 3")


def test_what_is_shown_stands_in_the_runs_files(
    page: Page, latent_run: str, config: Any, told: Callable[[str], Any]
) -> None:
    asked: list[tuple[str, str]] = []
    page.on("request", lambda one: asked.append((one.method, one.url)))
    shown = config["viz_indices"]
    page.goto(f"/latents/runs/{latent_run}/explore?method=umap&picture={shown[7]}")
    points = told("projections/latent_2d_epoch_3_umap.json")["data"]["points"]
    near = told("neighbors/knn_umap_epoch_3.json")["data"]
    health = told("mixture/mixture_health_epoch_3.json")["data"]
    card = page.get_by_role("region", name="The point you picked")
    expect(card).to_contain_text(f"#{shown[7]}")
    expect(card).to_contain_text(f"component {health['component'][7]}")
    neighbours = card.get_by_role("list", name="Nearest in latent space").get_by_role("button")
    expect(neighbours).to_have_count(len(near["rows"][7]))
    for button, row, away in zip(neighbours.all(), near["rows"][7], near["d_latent"][7], strict=True):
        expect(button).to_have_accessible_name(re.compile(rf"picture {shown[row]} .*, {away:.2f} away"))
    page.get_by_text("100 points as a table").click()
    cells = page.get_by_role("row").filter(has=page.get_by_role("button", name=str(shown[7]), exact=True))
    expect(cells.get_by_role("cell").nth(-2)).to_have_text(f"{points[7][0]:.2f}")
    before = len(asked)
    for key in ("+", "-", "Home"):
        the_map(page).press(key)
    assert len(asked) == before, "a camera needs no file"
    mine = [(method, url) for method, url in asked if latent_run in url]
    assert all(method == "GET" for method, _ in mine)
    others = [url for _, url in mine if "/files/" not in url and "/explore" not in url]
    assert all(re.search(r"(runs/\w+|/sessions)$", url) for url in others), others


def middle(lengths: list[list[float]]) -> float:
    """The upper median of all."""
    return median_high(chain.from_iterable(lengths))


def test_edges_fade_beyond_a_reach_that_grows_with_the_latent_distance(
    page: Page, latent_run: str, config: Any, told: Callable[[str], Any]
) -> None:
    shown = config["viz_indices"]
    card = page.get_by_role("region", name="The point you picked")
    reaches: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for method, dims in (("pca", 2), ("umap", 2), ("umap", 3)):
        near = told(f"neighbors/knn_{method}_epoch_3.json")["data"]
        lengths = near["d_proj"][f"{dims}d"]
        unit = middle(lengths) / middle(near["d_latent"])
        tau = 0.35 * unit * median_high(near["d_k"])
        for row in (3, 20, 41):
            space = "&dims=3" if dims == 3 else ""
            page.goto(f"/latents/runs/{latent_run}/explore?method={method}&picture={shown[row]}{space}")
            radius = float(card.locator("[data-reach]").get_attribute("data-reach") or "nan")
            assert radius == pytest.approx(unit * near["d_k"][row])
            reaches.setdefault((method, dims), []).append((near["d_k"][row], radius))
            buttons = card.get_by_role("listitem").get_by_role("button").all()
            for button, length in zip(buttons, lengths[row], strict=True):
                clear = math.exp(-max(0.0, length - radius) / tau)
                said = re.search(r"line (< 1|> 99|\d+) % clear", button.get_attribute("aria-label") or "")
                assert said is not None
                assert said[1] == ("< 1" if clear < 0.01 else "> 99" if 0.99 < clear < 1 else str(round(100 * clear)))
    for found in reaches.values():
        assert [radius for _, radius in sorted(found)] == sorted(radius for _, radius in found)
    slider = page.get_by_role("slider", name="Reach")
    widths = []
    for _ in range(3):
        slider.press("ArrowRight")
        widths.append(float(card.locator("[data-reach]").get_attribute("data-reach") or "nan"))
    assert widths == sorted(set(widths))
    page.get_by_role("radio", name="all", exact=True).click()
    expect(card.get_by_role("button", name=re.compile("line 100 % clear"))).to_have_count(10)


def test_a_point_is_found_by_keyboard_and_leads_on(page: Page, latent_run: str, config: Any) -> None:
    page.goto(f"/latents/runs/{latent_run}/explore")
    is_drawn(page)
    the_map(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("status").filter(has_text="picture")).to_have_text(re.compile(r"picture \d+ · a \d"))
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name="The point you picked")
    picture = re.search(r"#(\d+)", card.inner_text())
    assert picture is not None
    assert int(picture[1]) in config["viz_indices"]
    expect(card.get_by_role("link", name="Follow it through the network")).to_have_attribute(
        "href", f"/latents/runs/{latent_run}/network?picture={picture[1]}&epoch=3"
    )
    card.get_by_role("button", name="Draw around it").click()
    drawn = card.get_by_role("img", name=f"16 pictures drawn around picture {picture[1]}")
    expect(drawn).to_be_visible()
    page.wait_for_function("one => one.complete && one.naturalWidth > 0", arg=drawn.element_handle())
    expect(card.get_by_role("button", name="Steer from here")).to_be_enabled()
    the_map(page).press("Escape")
    expect(card).to_have_count(0)


def test_what_is_drawn_around_is_counted_and_groups_are_hidden(page: Page, latent_run: str, config: Any) -> None:
    labels = config["data"]["viz_labels"]
    page.goto(f"/latents/runs/{latent_run}/explore")
    bare = seen(page)
    page.get_by_role("radio", name="Lasso").click()
    lasso(page)
    card = page.get_by_role("region", name="What you chose")
    expect(card.get_by_role("heading")).to_have_text("100 points")
    fours = (
        card.get_by_role("table", name="By label")
        .get_by_role("row")
        .filter(has=page.get_by_role("rowheader", name="4", exact=True))
    )
    expect(fours).to_contain_text(str(labels.count(4)))
    assert seen(page).tobytes() != bare.tobytes(), "a hundred points in focus have edges"
    card.get_by_role("button", name="Clear").click()
    page.get_by_role("list", name="Legend").get_by_role("button", name="4", exact=False).first.focus()
    page.get_by_title("Hide 4").click()
    expect(page.get_by_text(f"{100 - labels.count(4)} points as a table")).to_be_visible()
    lasso(page)
    expect(card.get_by_role("heading")).to_have_text(f"{100 - labels.count(4)} points")
    page.get_by_label("Colour by").select_option("confidence")
    expect(page.get_by_role("list", name="Legend")).to_have_count(0)
    expect(page.get_by_text("how sure the model is of a component")).to_be_visible()


def test_overlays_are_of_their_files_and_flat_and_a_map_can_be_turned_in_space(page: Page, latent_run: str) -> None:
    read: list[str] = []
    page.on("request", lambda one: read.append(one.url))
    page.goto(f"/latents/runs/{latent_run}/explore?method=pca")
    bare = seen(page)
    below = page.get_by_label("Below the points")
    assert not any("density/" in url for url in read)
    for overlay, said, file in (
        ("posterior", "at most", "density/posterior_2d_epoch_3_pca.json"),
        ("prior", "at most", "density/prior_2d_epoch_3_pca.json"),
        ("gap", "the prior draws where pictures are few", "density/prior_empirical_2d_epoch_3_pca.json"),
        ("distortion", "stretched", "distortion/metric_ratio_2d_epoch_3_pca.json"),
    ):
        below.select_option(overlay)
        expect(page.get_by_role("region", name="Show")).to_contain_text(said)
        assert any(file in url for url in read), file
        assert seen(page).tobytes() != bare.tobytes(), overlay
    page.get_by_role("radio", name="3D").click()
    expect(page.get_by_role("button", name="Turn left")).to_be_visible()
    expect(below).to_be_disabled()
    front = seen(page)
    page.get_by_role("button", name="Turn left").click()
    assert seen(page).tobytes() != front.tobytes()
    page.get_by_role("radio", name="2D").click()
    expect(page.get_by_role("button", name="Turn left")).to_have_count(0)


def test_without_a_graphics_card_the_map_is_drawn_flat(page: Page, latent_run: str) -> None:
    page.add_init_script(NO_GPU)
    page.goto(f"/latents/runs/{latent_run}/explore?dims=3")
    expect(the_map(page)).to_have_accessible_name("Map of 100 pictures by UMAP, epoch 3")
    assert len({one for _, one in seen(page).getcolors(1 << 24) or []}) > 10
    expect(page.get_by_role("radio", name="3D")).to_have_count(0)
    page.get_by_role("radio", name="Lasso").click()
    lasso(page)
    expect(page.get_by_role("region", name="What you chose").get_by_role("heading")).to_have_text("100 points")


def test_a_graphics_card_that_draws_nothing_leaves_a_flat_map(page: Page, latent_run: str) -> None:
    page.add_init_script(BAD_SHADERS)
    page.goto(f"/latents/runs/{latent_run}/explore")
    assert len({one for _, one in seen(page).getcolors(1 << 24) or []}) > 10
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_map_is_drawn_again_after_the_graphics_card_has_let_go_of_it(page: Page, latent_run: str) -> None:
    page.goto(f"/latents/runs/{latent_run}/explore")
    before = seen(page)
    page.evaluate("() => { document.querySelector('.atlas-points').dataset.first = 'yes' }")
    page.evaluate(LOSES_IT)
    expect(page.locator(".atlas-points[data-first]")).to_have_count(0)
    assert seen(page).tobytes() == before.tobytes()


def test_a_density_that_cannot_be_read_says_so_and_is_read_again(page: Page, faults: Any, latent_run: str) -> None:
    faults.allow("status of 500")
    page.route(re.compile("density/posterior_2d"), lambda route: route.fulfill(status=500), times=1)
    page.goto(f"/latents/runs/{latent_run}/explore?method=pca")
    page.get_by_label("Below the points").select_option("posterior")
    show = page.get_by_role("region", name="Show")
    expect(show.get_by_role("alert")).to_contain_text("status 500")
    show.get_by_role("button", name="Try again").click()
    expect(show).to_contain_text("at most")
    expect(show.get_by_role("alert")).to_have_count(0)


def test_a_run_that_cannot_be_read_anew_leaves_the_page_what_it_knows(
    page: Page, faults: Any, latent_run: str, other_run: str
) -> None:
    faults.allow("status of 500")
    for address, known in (
        (f"/latents/runs/{latent_run}/network", "The way of the picture"),
        (f"/latents/compare?runs={latent_run},{other_run}", "Run A"),
    ):
        page.goto(address)
        expect(page.get_by_role("region", name=known)).to_be_visible()
        page.route(re.compile(f"/latents/runs/{latent_run}$"), lambda route: route.fulfill(status=500), times=1)
        page.evaluate(LOOKS_AGAIN)
        expect(page.get_by_role("alert")).to_contain_text("status 500")
        expect(page.get_by_role("region", name=known)).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_map_that_cannot_be_read_says_so_beside_the_one_that_can(
    page: Page, faults: Any, latent_run: str, other_run: str
) -> None:
    faults.allow("status of 500")
    page.route(re.compile(f"{other_run}/files/projections"), lambda route: route.fulfill(status=500), times=1)
    page.goto(f"/latents/compare?runs={latent_run},{other_run}")
    other = page.get_by_role("region", name="Run B")
    expect(other.get_by_role("alert")).to_contain_text("status 500")
    is_drawn(page)
    other.get_by_role("button", name="Try again").click()
    is_drawn(page, 2)


def test_what_is_chosen_on_one_map_is_shown_on_the_other(
    page: Page, server: Any, latent_run: str, other_run: str
) -> None:
    one, other = (server.get(f"latents/runs/{run}")["config"]["viz_indices"] for run in (latent_run, other_run))
    assert one == other
    page.goto(f"/latents/compare?runs={latent_run},{other_run}")
    is_drawn(page, 2)
    expect(page.get_by_text("100 pictures are on both maps.")).to_be_visible()
    page.get_by_role("radio", name="Lasso").click()
    lasso(page, share=0.5)
    count = re.match(r"\d+", page.get_by_role("region", name="What you chose").get_by_role("heading").inner_text())
    assert count is not None
    assert 0 < int(count[0]) < 100
    for index in (0, 1):
        expect(the_map(page, index)).to_have_accessible_name(re.compile(rf", {count[0]} chosen"))
    the_map(page, 1).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".atlas-tip")).to_have_count(2)
    expect(page.locator(".atlas-tip").first).to_have_text(re.compile(r"picture \d+"))
    knobs = page.get_by_role("region", name="Knobs that differ").get_by_role("rowheader")
    expect(knobs).to_have_text(["seed"])
    expect(page.get_by_role("region", name="After the last epoch").get_by_role("rowheader").first).to_have_text("Loss")


def test_maps_of_other_pictures_are_chosen_on_apart(page: Page, server: Any, latent_run: str) -> None:
    other = server.post("latents/example")["id"]
    page.goto(f"/latents/compare?runs={latent_run},{other}")
    is_drawn(page, 2)
    expect(page.get_by_text("No picture is on both maps: they can’t be linked.")).to_be_visible()
    page.get_by_role("radio", name="Lasso").click()
    lasso(page)
    expect(page.get_by_role("region", name="What you chose in A").get_by_role("heading")).to_have_text(
        "100 pictures in A"
    )
    expect(page.get_by_role("region", name=re.compile("^What you chose"))).to_have_count(1)
    expect(the_map(page, 1)).to_have_accessible_name(re.compile(", 0 chosen"))
    lasso(page, 1)
    expect(page.get_by_role("region", name="What you chose in B").get_by_role("heading")).to_have_text(
        re.compile("in B$")
    )
    expect(the_map(page, 0)).to_have_accessible_name(re.compile(", 100 chosen"))
    the_map(page, 1).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".atlas-tip")).to_have_count(1)
