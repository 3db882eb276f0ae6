"""Experiments: sessions found again, put side by side, and run again with one thing changed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
AXES = ["red ↔ blue"]


@pytest.fixture(scope="module")
def two(server: Any) -> tuple[str, str]:
    """Two sessions of one prompt that differ in their sampler; the first has two answers."""
    first = server.session("a red rocket", answers=2, axes=AXES)
    second = server.session("a red rocket", axes=AXES, sampler="sobol", candidates=3)
    return first, second


def cards(page: Page) -> Locator:
    return page.locator(".sessions li")


def test_sessions_are_found_and_the_address_keeps_what_was_looked_for(page: Page, two: Any, server: Any) -> None:
    server.session("a blue sailboat", axes=AXES)
    page.goto("/images")
    expect(cards(page).filter(has_text="a blue sailboat")).to_have_count(1)
    page.get_by_role("searchbox", name="Search names and prompts").fill("red rocket")
    expect(cards(page)).to_have_count(2)
    expect(page).to_have_url(re.compile("text=red"))
    page.get_by_role("button", name="More filters").click()
    page.get_by_role("combobox", name="Sampler").select_option("sobol")
    expect(cards(page)).to_have_count(1)
    page.go_back()
    expect(cards(page)).to_have_count(2)
    page.go_forward()
    expect(cards(page)).to_have_count(1)
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("red rocket")
    expect(page.get_by_role("combobox", name="Sampler")).to_have_value("sobol")
    expect(cards(page)).to_have_count(1)
    page.get_by_label("To", exact=True).fill("2001-01-01")
    expect(page.get_by_text("No session is like that")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page).to_have_url(re.compile("/images$"))
    expect(cards(page).filter(has_text="a blue sailboat")).to_have_count(1)


def test_only_sessions_with_favourites_are_shown_on_a_press(page: Page, two: Any, server: Any) -> None:
    first, _ = two
    liked = server.round(first, 1, "answered")["candidates"][2]["id"]
    assert server.api.put(f"/api/sessions/{first}/candidates/{liked}/marks", json={"favourite": True}).is_success
    page.goto("/images?text=red+rocket")
    expect(cards(page)).to_have_count(2)
    page.get_by_role("button", name="Favourites").click()
    expect(page).to_have_url(re.compile("favourites=yes"))
    expect(cards(page)).to_have_count(1)
    expect(cards(page).locator(f"a[href*='{first}']")).to_have_count(1)
    page.get_by_role("button", name="Favourites", pressed=True).click()
    expect(cards(page)).to_have_count(2)


def test_chosen_sessions_stand_side_by_side_with_what_differs(page: Page, two: tuple[str, str], server: Any) -> None:
    page.goto("/images?text=red rocket")
    for number in (0, 1):
        cards(page).nth(number).get_by_role("checkbox").check()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="Sessions side by side")).to_be_visible()
    assert set(parse_qs(urlsplit(page.url).query)["sessions"][0].split(",")) == set(two)
    page.goto(f"/compare?sessions={','.join(two)}")
    table = page.get_by_role("region", name="The comparison")
    rows = {
        name: row(table, name) for name in ("sampler.kind", "candidates", "Answers", "Still to gain", "Forecasts right")
    }
    assert rows["sampler.kind"] == ["auto", "sobol"]
    assert rows["candidates"] == ["4", "3"]
    assert rows["Answers"] == ["2", "0"]
    gain = server.get(f"comparison?session_id={two[0]}")["items"][0]["figures"]["expected_gains"][-1]
    assert rows["Still to gain"][0].startswith(f"{gain:.2f}")
    assert rows["Still to gain"][1] == rows["Forecasts right"][1] == "not known"
    assert "from 1 round" in rows["Forecasts right"][0]
    expect(table.get_by_role("rowheader", name="radius", exact=True)).to_have_count(0)
    figure = page.get_by_role("figure").filter(has_text="What another round would gain")
    figure.get_by_text("As a table").click()
    expect(figure.get_by_role("row", name=re.compile("round 3"))).to_contain_text(f"{gain:.2f}")
    data = figure.get_by_role("link", name=re.compile("as CSV")).get_attribute("href") or ""
    assert str(gain)[:6] in data
    page.get_by_role("link", name="Leave “a red rocket” out").last.click()
    expect(page.get_by_text("choose another session")).to_be_visible()


def row(table: Locator, name: str) -> list[str]:
    cells = table.get_by_role("row").filter(has=table.page.get_by_role("rowheader", name=name, exact=True))
    expect(cells).to_have_count(1)
    return [re.sub(r"\s+", " ", text).strip() for text in cells.get_by_role("cell").all_inner_texts()]


def test_an_experiment_is_begun_with_settings_that_are_checked_by_field_and_line(
    page: Page, faults: Any, server: Any
) -> None:
    faults.allow(r"console: .*status of 4\d\d")  # the lab refuses the settings
    page.goto("/experiments")
    page.get_by_role("button", name="New experiment").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Samplers on rockets")
    dialog.get_by_label("What it asks").fill("Which gets there in fewer rounds?")
    settings = dialog.get_by_label("Settings that its sessions start with")
    settings.fill("request:\n  prompt: a red rocket\n# how many\ncandidates: 99\n")
    expect(dialog.get_by_text(re.compile("Line 4: candidates"))).to_be_visible()
    create = dialog.get_by_role("button", name="Create")
    expect(create).to_be_disabled()
    settings.fill("request: {prompt: [a\n")
    expect(dialog.get_by_text(re.compile(r"line 2"))).to_be_visible()
    settings.fill("request:\n  prompt: a red rocket\ncandidates: 3\naxes: [red | blue]\n")
    expect(dialog.get_by_text(re.compile("Line|line"))).to_have_count(0)
    create.click()
    expect(page.get_by_role("heading", name="Samplers on rockets")).to_be_visible()
    expect(page.get_by_text("Which gets there in fewer rounds?")).to_be_visible()
    made = server.get(f"experiments/{page.url.split('/')[-1]}")
    assert (made["config"]["candidates"], made["description"]) == (3, "Which gets there in fewer rounds?")


def test_the_same_runs_again_in_its_experiment_with_another_sampler(page: Page, rounds: Any, server: Any) -> None:
    base = {"request": {"prompt": "a pink cupcake"}, "candidates": 3, "axes": AXES, "radius": 0.8}
    made = server.post("experiments", {"name": "Cupcakes", "config": base})
    page.goto(f"/experiments/{made['id']}")
    page.get_by_role("button", name="New session in it").click()
    page.get_by_role("dialog").get_by_role("button", name="Start").dblclick()
    rounds.wait_for(1, count=3)
    page.goto(f"/experiments/{made['id']}")
    table = page.get_by_role("region", name="Sessions of the experiment")
    expect(table.get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^The same with")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("^The same: ")).click()
    dialog.get_by_role("combobox", name="How pictures are proposed").select_option("sobol")
    dialog.get_by_role("button", name="Start").click()
    rounds.wait_for(1, count=3)
    again = rounds.session_id
    first, second = sorted(
        server.get(f"sessions?experiment_id={made['id']}")["items"], key=lambda one: one["created_at"]
    )
    assert second["id"] == again
    configs = [server.get(f"sessions/{one['id']}")["config"] for one in (first, second)]
    assert {key for key in configs[0] if configs[0][key] != configs[1][key]} == {"sampler"}
    page.goto(f"/experiments/{made['id']}")
    expect(table.get_by_role("row", name=re.compile("sobol"))).to_be_visible()
    page.get_by_role("link", name="Compare all 2").click()
    expect(page.get_by_role("region", name="The comparison")).to_contain_text("sobol")


def test_sessions_of_the_list_are_put_into_an_experiment_and_taken_out(
    page: Page, two: tuple[str, str], server: Any
) -> None:
    page.goto("/images?text=red rocket")
    expect(cards(page)).to_have_count(2)
    for number in (0, 1):
        cards(page).nth(number).get_by_role("checkbox").check()
    page.get_by_role("button", name="Put into an experiment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of a new experiment").fill("Rockets")
    dialog.get_by_role("button", name="Create and put in").click()
    expect(dialog).to_have_count(0)
    (made,) = [one for one in server.get("experiments")["items"] if one["name"] == "Rockets"]
    assert made["sessions"] == 2
    page.goto(f"/experiments/{made['id']}")
    page.get_by_role("button", name=re.compile("^Take .* out")).first.click()
    expect(page.get_by_role("region", name="Sessions of the experiment").get_by_role("rowheader")).to_have_count(1)
    assert server.get(f"experiments/{made['id']}")["sessions"] == 1
    page.goto("/images")
    page.get_by_role("button", name="More filters").click()
    page.get_by_role("combobox", name="Experiment").select_option("Rockets")
    expect(cards(page)).to_have_count(1)


def test_a_session_is_deleted_from_the_list_and_waits_in_the_trash(page: Page, server: Any) -> None:
    session_id = server.session("a green house", axes=AXES)
    page.goto("/images?text=green house")
    page.get_by_role("checkbox", name="Choose “a green house”").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("No session is like that")).to_be_visible()
    expect(page.get_by_role("region", name="Chosen sessions")).to_have_count(0)
    page.get_by_role("link", name="Trash", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="a green house")).to_be_visible()
    server.post(f"sessions/{session_id}/restore")


def test_an_experiment_goes_alone_or_with_its_sessions_and_comes_back(page: Page, server: Any) -> None:
    first = server.session("a purple grape", axes=AXES)
    made = server.post("experiments", {"name": "Grapes"})["id"]
    assert server.api.put(f"/api/sessions/{first}/experiment", json={"experiment_id": made}).is_success
    page.goto(f"/experiments/{made}")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its session stays as it is")
    dialog.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("It is in the trash")).to_be_visible()
    assert server.get(f"experiments/{made}/deletion")["sessions"] == []
    assert server.get(f"sessions/{first}")["deleted_at"] is None
    page.get_by_role("button", name="Restore").click()

    expect(page.get_by_role("region", name="Sessions of the experiment").get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("button", name="Delete").click()
    dialog.get_by_text("With its 1 session").click()
    told = server.get(f"experiments/{made}/deletion?with_sessions=true")
    expect(dialog).to_contain_text(f"1 session goes with it: 1 round, 0 answers and {told['pictures']} pictures")
    dialog.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("It is in the trash")).to_be_visible()
    assert server.get(f"sessions/{first}")["deleted_at"] is not None

    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Grapes"))).to_have_count(0)
    page.goto("/trash")
    grapes = page.get_by_role("listitem").filter(has_text="experiment, with 1 session")
    expect(grapes).to_contain_text("Grapes")
    grapes.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert server.get(f"sessions/{first}")["deleted_at"] is None
    assert server.get(f"experiments/{made}")["sessions"] == 1
