"""Before the first round: words, settings, what is kept and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PROMPT = "What do you want to see?"


def test_words_that_the_model_does_not_know_are_marked_before_the_start(page: Page) -> None:
    page.goto("/")
    prompt = page.get_by_role("textbox", name=PROMPT)
    prompt.fill("a red xylophone")
    expect(page.locator("mark")).to_have_text(["xylophone"])
    expect(page.get_by_text(re.compile("doesn’t know “xylophone”"))).to_be_visible()
    prompt.fill("a red fox")
    expect(page.locator("mark")).to_have_count(0)
    expect(page.get_by_text(re.compile("doesn’t know"))).to_have_count(0)


def test_a_thing_is_found_among_all_that_the_model_draws_and_put_into_the_prompt(page: Page) -> None:
    page.goto("/new")
    prompt = page.get_by_role("textbox", name=PROMPT)
    prompt.fill("a blue fox")
    page.get_by_role("button", name=re.compile("Words that this model knows")).click()
    things = page.get_by_role("group", name="things")
    expect(things.get_by_role("button", name="fox", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("searchbox", name="Find a thing").fill("Owl")
    expect(things.get_by_role("button")).to_have_text(["owl"])
    things.get_by_role("button").click()
    expect(prompt).to_have_value("a blue owl")
    page.get_by_role("searchbox", name="Find a thing").fill("xylophone")
    expect(page.get_by_text("It draws no “xylophone”.")).to_be_visible()


def test_a_bad_setting_is_told_at_its_field_and_nothing_entered_is_lost(page: Page, faults: Any, server: Any) -> None:
    faults.allow(r"console: .*status of 4\d\d")  # the lab refuses the setting, and Chromium logs that
    before = len(server.get("sessions?limit=100")["items"])
    page.goto("/new")
    page.get_by_role("textbox", name=PROMPT).fill("a blue owl")
    page.get_by_role("textbox", name="A new axis").fill("small | bold")
    page.get_by_role("button", name="Add axis").click()
    page.get_by_label("Pictures per round").get_by_text("6", exact=True).click()
    open_everything(page)
    steps, seed = field(page, "Steps"), field(page, "Seed")
    seed.fill("41")
    steps.fill("9999")
    expect(steps).to_have_attribute("aria-invalid", "true")
    expect(page.locator("label").filter(has=steps)).to_contain_text("1000")
    expect(seed).to_have_attribute("aria-invalid", "false")

    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/new$"))
    everything_is_kept(page)
    page.reload()
    open_everything(page)
    everything_is_kept(page)
    expect(field(page, "Steps")).to_have_attribute("aria-invalid", "true")
    assert len(server.get("sessions?limit=100")["items"]) == before

    field(page, "Steps").fill("5")
    expect(field(page, "Steps")).to_have_attribute("aria-invalid", "false")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/sessions/ses_"))
    config = server.get(f"sessions/{page.url.split('/')[-1]}")["config"]
    assert (config["request"]["steps"], config["seed"], config["candidates"]) == (5, 41, 6)
    assert "small ↔ bold" in config["axes"]


def field(page: Page, name: str) -> Any:
    return page.get_by_role("spinbutton", name=re.compile(f"^{name}"))


def open_everything(page: Page) -> None:
    toggle = page.get_by_role("button", name=re.compile("everything else", re.IGNORECASE))
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    expect(field(page, "Steps")).to_be_visible()


def everything_is_kept(page: Page) -> None:
    expect(page.get_by_role("textbox", name=PROMPT)).to_have_value("a blue owl")
    expect(page.get_by_role("button", name="Remove small ↔ bold")).to_be_visible()
    expect(page.get_by_label("Pictures per round").get_by_role("radio", name="6")).to_be_checked()
    expect(field(page, "Steps")).to_have_value("9999")
    expect(field(page, "Seed")).to_have_value("41")


def test_a_double_click_on_start_makes_one_session(page: Page, rounds: Any, server: Any) -> None:
    page.goto("/")
    page.get_by_role("textbox", name=PROMPT).fill("a pink doughnut")
    page.get_by_role("button", name=re.compile("^Start")).dblclick()
    rounds.wait_for(1)
    made = [one for one in server.get("sessions?limit=100")["items"] if one["name"] == "a pink doughnut"]
    assert len(made) == 1
    assert len(server.get(f"sessions/{made[0]['id']}")["round_views"]) == 1


def test_settings_go_out_as_a_file_and_come_in_again(page: Page, server: Any, tmp_path: Path) -> None:
    page.goto("/new")
    page.get_by_role("textbox", name=PROMPT).fill("a blue owl")
    page.get_by_role("textbox", name="A new axis").fill("small | bold")
    page.get_by_role("button", name="Add axis").click()
    open_everything(page)
    field(page, "Seed").fill("41")
    page.get_by_role("combobox", name="Where the axes come from").select_option("hybrid")
    page.get_by_role("combobox", name="How pictures are proposed").select_option("sobol")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as YAML").click()
    file = tmp_path / download.value.suggested_filename
    assert file.name == "a-blue-owl.yaml"
    download.value.save_as(file)
    text = file.read_text()
    assert "# candidates: 4" in text, "what was not chosen is explained and left a default"
    given = yaml.safe_load(text)
    assert (given["seed"], given["sampler"], given["basis"]) == (41, "sobol", "hybrid")

    page.evaluate("localStorage.clear()")
    page.reload()
    open_everything(page)
    page.get_by_label("YAML file").set_input_files(file)
    expect(field(page, "Seed")).to_have_value("41")
    expect(page.get_by_role("textbox", name=PROMPT)).to_have_value("a blue owl")
    expect(page.get_by_role("button", name="Remove small ↔ bold")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile("/sessions/ses_"))
    config = server.get(f"sessions/{page.url.split('/')[-1]}")["config"]
    kinds = (config["sampler"]["kind"], config["basis"]["kind"])
    assert (config["seed"], *kinds, config["request"]["prompt"]) == (41, "sobol", "hybrid", "a blue owl")


def test_a_file_with_a_fault_says_where_it_lies(page: Page, faults: Any, tmp_path: Path) -> None:
    faults.allow(r"console: .*status of 4\d\d")
    page.goto("/new")
    page.get_by_role("textbox", name=PROMPT).fill("a blue owl")
    open_everything(page)
    file = tmp_path / "settings.yaml"
    error = page.locator("#yaml-error")
    for text, said in {
        "request:\n  prompt: a fox\n# how many\ncandidates: 99\n": "Line 4: candidates",
        "request:\n  prompt: a fox\n  stepps: 5\n": "Line 3: unknown key",
        "request: {prompt: [a\n": "line 2",
    }.items():
        file.write_text(text)
        page.get_by_label("YAML file").set_input_files(file)
        expect(error).to_contain_text(said)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_disabled()


def test_what_one_unit_changes_is_told_beside_its_pictures(page: Page) -> None:
    page.goto("/new")
    page.get_by_role("textbox", name=PROMPT).fill("a red umbrella")
    page.get_by_role("textbox", name="A new axis").fill("pink | orange")  # that nobody has looked at before
    page.get_by_role("button", name="Add axis").click()
    card = page.get_by_role("listitem").filter(has_text="pink ↔ orange")
    expect(card).to_contain_text(re.compile("one unit changes (about|hardly)"))
    expect(card).to_contain_text("unit not measured")
