"""Talking to the starter's language model: answers come as they are written, are kept, and say their doses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.starter]
WRITTEN_MS = 120_000  # the model wakes, and writes with the processor that the tests share


@pytest.fixture(autouse=True)
def _text(page: Page) -> None:
    page.goto("/text")
    expect(page.get_by_role("slider", name="casual to formal")).to_be_visible()
    page.get_by_role("radio", name="Short").click()


def ask(page: Page, content: str) -> None:
    page.get_by_role("textbox", name="Message").fill(content)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator(".answer[data-state=done]")).to_have_count(1, timeout=WRITTEN_MS)


def test_an_answer_says_its_doses_and_is_there_after_a_reload(page: Page, server: Any) -> None:
    slider = page.get_by_role("slider", name="casual to formal")
    slider.fill("0.8")
    ask(page, "Write to my landlord.")
    answer = page.locator(".answer")
    expect(answer).to_contain_text("formal 0.80")
    expect(answer.get_by_role("button", name="Again", exact=True)).to_be_visible()
    slider.dblclick()
    expect(slider).to_have_attribute("aria-valuetext", "neutral")
    page.get_by_role("radio", name="Long").click()
    page.get_by_role("button", name="Answer again with these doses").click()
    expect(page.locator(".answer[data-state=writing] .answer-text")).to_contain_text(" ", timeout=WRITTEN_MS)
    page.locator(".answer").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("you stopped it")).to_be_visible(timeout=WRITTEN_MS)
    page.reload()
    expect(page.get_by_text("2 of 2")).to_be_visible()
    told = server.get("language/conversations/" + page.url.split("conversation=")[1])["messages"]
    assert [one["doses"] for one in told] == [{}, {"formality": 0.8}, {}]
    assert [one["state"] for one in told] == ["done", "done", "cancelled"]
    shown = page.locator(".answer-text")
    expect(shown).to_have_text(told[2]["content"])
    page.get_by_role("button", name="Earlier version").click()
    expect(shown).to_have_text(told[1]["content"])


def test_a_thumb_teaches_only_who_lets_it_and_is_undone(page: Page, server: Any) -> None:
    page.get_by_role("button", name="New profile").click()
    consent = page.get_by_role("checkbox", name="Learn from what I do with answers")
    expect(consent).not_to_be_checked()
    page.get_by_role("slider", name="casual to formal").fill("0.6")
    ask(page, "Say hello.")
    page.get_by_role("button", name="Good answer").click()
    name = page.get_by_role("combobox", name="Doses from").locator("option:checked").inner_text()
    profile = next(one for one in server.get("language/profiles")["items"] if one["name"] == name)
    assert profile["revision"] == 0
    page.get_by_role("button", name="Let it learn").click()
    expect(consent).to_be_checked()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "false")
    told = server.get(f"language/profiles/{profile['id']}")
    assert [one["kind"] for one in told["events"]] == ["consent", "reaction", "taken_back"]
    assert told["active"] == []
    page.get_by_role("textbox", name="Message").fill("And goodbye.")
    with page.expect_response(lambda response: response.url.endswith(f"{profile['id']}/events")):
        page.keyboard.press("Enter")
    read = server.get(f"language/profiles/{profile['id']}")["events"][-1]
    assert (read["kind"], read["doses"]) == ("time_spent", {"formality": 0.6})
    assert 0 < read["seconds"] < WRITTEN_MS / 1000


def test_doses_stand_side_by_side_and_one_is_used(page: Page) -> None:
    page.get_by_role("radio", name="Side by side").click()
    page.get_by_role("button", name="Compare").click()
    cards = page.locator(".side-cards li")
    expect(cards.locator(".caret")).to_have_count(3)
    expect(cards.locator(".caret")).to_have_count(0, timeout=WRITTEN_MS)
    texts = cards.locator("p").all_inner_texts()
    assert len(set(texts)) == 3, texts
    assert all(texts), texts
    page.get_by_role("button", name=re.compile("Use this dose.*formal 1.00")).click()
    expect(page.get_by_role("slider", name="casual to formal")).to_have_attribute("aria-valuetext", "formal 1.00")


def test_a_comparison_is_answered_by_one_key_and_undone_by_another(page: Page, server: Any) -> None:
    page.get_by_role("button", name="New profile").click()
    expect(page.get_by_role("checkbox", name="Learn from what I do with answers")).to_be_visible()
    page.get_by_role("radio", name="Calibrate").click()
    equal = page.get_by_role("button", name="About equal")
    expect(equal).to_be_enabled(timeout=WRITTEN_MS)
    page.keyboard.press("2")
    expect(page.get_by_text("1 answer so far.")).to_be_visible()
    expect(equal).to_be_enabled(timeout=WRITTEN_MS)
    page.keyboard.press("z")
    expect(page.get_by_text("Not asked yet.")).to_be_visible()
    newest = server.get("language/profiles")["items"][0]["id"]
    events = server.get(f"language/profiles/{newest}")["events"]
    assert [(one["kind"], one.get("best")) for one in events] == [("compared", 1), ("taken_back", None)]


def test_a_remark_and_a_rewritten_answer_teach_the_profile_and_are_undone(page: Page, server: Any) -> None:
    page.get_by_role("button", name="New profile").click()
    consent = page.get_by_role("checkbox", name="Learn from what I do with answers")
    consent.click()
    expect(consent).to_be_checked()
    page.get_by_text("Advanced").click()
    page.get_by_role("textbox", name="System message").fill("Answer in one short sentence.")
    page.get_by_role("textbox", name="Seed").fill("7")
    page.get_by_text("Advanced").click()
    ask(page, "Say hello to my aunt.")
    told = server.get("language/conversations/" + page.url.split("conversation=")[1])
    assert told["system"] == "Answer in one short sentence."
    assert told["messages"][1]["sampling"]["seed"] == 7
    answer = page.locator(".answer")
    answer.get_by_role("button", name="Remark").click()
    page.get_by_role("textbox", name="What is off about it?").fill("too stiff")
    page.keyboard.press("Enter")
    expect(page.get_by_text("I learned: ")).to_contain_text("casual")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("I learned: ")).to_have_count(0)
    answer.get_by_role("button", name="Rewrite").click()
    page.get_by_role("textbox", name="As it should have been").fill("hey auntie!! what's up?")
    page.get_by_role("button", name="Learn from it").click()
    expect(page.locator(".signal-form")).to_have_count(0, timeout=WRITTEN_MS)
    newest = server.get("language/profiles")["items"][0]["id"]
    events = server.get(f"language/profiles/{newest}")["events"]
    assert [one["kind"] for one in events] == ["consent", "remarked", "taken_back", "edited"]
    assert events[-1]["after"]["formality"] < events[-1]["before"]["formality"]
