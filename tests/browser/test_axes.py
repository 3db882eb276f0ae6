"""Axes of language: one is written, checked, made, measured, taken along and deleted; one that ships is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
MADE_MS = 60_000  # a tiny model, read and written with by the processor that the tests share
PAIRS = 12


def csv(count: int = PAIRS) -> str:
    rows = [f'What is {i}?,"A joke, number {i}.","A fact, number {i}."' for i in range(1, count + 1)]
    return "\n".join(["prompt,positive,negative", *rows])


@pytest.fixture(autouse=True)
def _with_the_tiny_model(page: Page, tiny: str) -> None:
    page.add_init_script(f"localStorage.setItem('pilotage.text.model', '\"{tiny}\"')")


@pytest.fixture
def wit(server: Any) -> Iterator[str]:
    """An axis of one's own; gone at the end."""
    pairs = [
        {"prompt": f"What is {i}?", "positive": f"A joke, number {i}.", "negative": f"A fact, number {i}.",
         "split": "train" if i % 3 else "held_out"}
        for i in range(1, PAIRS + 1)
    ]  # fmt: skip
    body = {"name": "wit", "poles": {"negative": "dry", "positive": "witty"}, "pairs": pairs}
    assert server.api.put("/api/language/axes/wit", json=body).is_success
    yield "wit"
    server.api.delete("/api/language/axes/wit")


def test_a_new_axis_is_written_and_checked_and_its_draft_outlives_a_reload(page: Page, server: Any) -> None:
    page.goto("/text")
    page.get_by_role("link", name="Axes").click()
    page.get_by_role("button", name="New axis").click()
    page.get_by_role("textbox", name="One end").fill("solemn")
    page.get_by_role("textbox", name="The other end").fill("Playful")
    expect(page.get_by_role("textbox", name="Name")).to_have_value("playful")
    page.get_by_role("button", name="Write its pairs").click()
    expect(page.get_by_role("heading", name="solemn to Playful")).to_be_visible()
    page.get_by_role("button", name="Paste pairs").click()
    page.get_by_role("textbox", name="Pairs to paste").fill(csv())
    expect(page.get_by_text("12 pairs, 4 of them held out.")).to_be_visible()
    page.get_by_role("button", name="Add 12 pairs").click()
    page.get_by_role("textbox", name="Pair 3: Playful answer").fill("A joke, number 5.")
    fifth = page.get_by_role("listitem", name="Pair 5")
    expect(fifth.get_by_role("note")).to_contain_text("comes in another one too")
    expect(page.get_by_role("listitem", name="Pair 4").get_by_role("note")).to_have_count(0)
    page.reload()
    expect(fifth.get_by_role("note")).to_be_visible()
    page.get_by_role("textbox", name="Pair 5: Playful answer").fill("")
    save = page.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    expect(page.get_by_text("1 pair is half written")).to_be_visible()
    page.get_by_role("button", name="Remove pair 5").click()
    expect(fifth.get_by_role("note")).to_have_count(0)
    save.click()
    expect(save).to_have_count(0)
    kept = server.get("language/axes/playful?model=tiny")
    assert (kept["own"], kept["answers"]) == (True, {"train": 7, "held_out": 4})
    assert kept["pairs"][2]["positive"] == "A joke, number 5."
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="Axes", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Playful")).to_have_count(0)
    assert "playful" not in [one["name"] for one in server.get("language/axes?model=tiny")]


def test_an_axis_is_made_and_measured_while_one_looks_on_and_its_report_opens_offline(
    page: Page, server: Any, wit: str, tmp_path: Path
) -> None:
    page.goto(f"/text/axes/{wit}")
    page.get_by_role("checkbox", name="Quick look").check()
    page.get_by_role("button", name="Extract and measure").click()
    expect(page.get_by_text("Made and measured")).to_be_visible(timeout=MADE_MS)
    report = server.get(f"language/axes/{wit}/report?model=tiny")
    expect(page.locator(".lx-tiles")).to_contain_text(f"{report['effect']:.2f}")
    expect(page.get_by_role("img", name=re.compile("^Effect by dose"))).to_be_visible()
    page.get_by_text("Numbers by dose").click()
    rows = page.get_by_role("region", name="Numbers by dose").get_by_role("row")
    expect(rows).to_have_count(1 + len(report["doses"]))
    expect(rows.last).to_contain_text(f"×{report['damage'][-1]['perplexity']:.2f}")
    chosen = page.locator("[data-chosen=true]")
    expect(chosen).to_have_attribute("title", re.compile(f"block {report['layer']}:"))
    page.get_by_role("button", name="Next prompt").click()
    texts = page.get_by_role("list", name="Texts by dose").locator("li p")
    expect(texts).to_have_count(5)
    written = [" ".join(text.split()) for text in report["samples"][1]["texts"][::2]]
    assert [" ".join(text.split()) for text in texts.all_inner_texts()] == [
        text or "It wrote nothing." for text in written
    ]
    with page.expect_download() as taken:
        page.get_by_role("link", name="Report").click()
    path = tmp_path / "report.html"
    taken.value.save_as(path)
    page.goto(path.as_uri())
    expect(page.get_by_role("heading", name="dry ↔ witty")).to_be_visible()
    expect(page.get_by_text(f"{report['effect']:.2f} nats a token").first).to_be_visible()


def test_what_runs_is_stopped_and_begun_again(page: Page, server: Any, wit: str) -> None:
    page.goto(f"/text/axes/{wit}")
    page.get_by_role("button", name="Extract and measure").click()
    page.get_by_role("button", name="Stop").click()
    stopped = page.get_by_role("alert").filter(has_text="Stopped")
    expect(stopped).to_be_visible(timeout=MADE_MS)
    stopped.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Stop")).to_be_enabled(timeout=MADE_MS)  # it is known where it runs
    page.reload()  # the job goes on, and so does the page that follows it
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(stopped).to_be_visible(timeout=MADE_MS)


def test_an_axis_that_ships_stays_as_it_is_and_is_copied(page: Page) -> None:
    page.goto("/text/axes/formality?view=pairs")
    expect(page.get_by_role("listitem", name="Pair 40")).to_be_visible()
    expect(page.get_by_role("button", name="Add a pair")).to_have_count(0)
    page.get_by_role("button", name="Copy under a new name").click()
    name = page.get_by_role("textbox", name="Name")
    name.fill("formality")
    expect(page.get_by_text("There is an axis of this name.")).to_be_visible()
    name.fill("my_formality")
    page.get_by_role("button", name="Write its pairs").click()
    expect(page.get_by_role("textbox", name="Pair 40: question")).to_be_visible()
    page.goto("/text/axes")
    page.get_by_role("link", name="my_formality").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("link", name="my_formality")).to_have_count(0)


def test_vectors_of_another_tool_are_imported_and_calibrated_and_the_work_is_found_after_a_reload(
    page: Page, wit: str, tmp_path: Path, faults: Any
) -> None:
    import gguf
    import numpy as np

    faults.allow("422")  # the file that is none

    writer = gguf.GGUFWriter(tmp_path / "v.gguf", "controlvector")
    writer.add_tensor("direction.1", np.random.default_rng(0).standard_normal(32).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (tmp_path / "none.gguf").write_bytes(b"GGUF, but no more than that")
    page.goto("/text/axes")
    page.get_by_role("button", name="Import vectors").click()
    page.get_by_label("File").set_input_files(tmp_path / "none.gguf")
    page.get_by_role("combobox", name="What they are vectors of").select_option(wit)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("cannot be read")).to_be_visible(timeout=MADE_MS)
    page.get_by_label("File").set_input_files(tmp_path / "v.gguf")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="dry to witty")).to_be_visible(timeout=MADE_MS)
    page.get_by_role("checkbox", name="Quick look").check()
    page.get_by_role("button", name="Calibrate").click()
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.get_by_role("button", name="Stop").or_(page.get_by_text("Ready to steer"))).to_be_visible()
    expect(page.get_by_role("link", name="GGUF")).to_be_visible(timeout=MADE_MS)
