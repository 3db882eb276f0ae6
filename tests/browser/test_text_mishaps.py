"""The page Text when something goes amiss: nothing is said twice, elsewhere or in vain, and nothing typed is lost."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = pytest.mark.browser
SAYING = re.compile("/conversations/[^/]+/messages$")
EVENTS = re.compile("/profiles/[^/]+/events$")
PROBLEM = {
    "type": "urn:pilotage:problem:worker_lost", "status": 503, "code": "worker_lost", "title": "Not now",
    "detail": "It wakes.", "hint": "", "field": "", "request_id": "", "retry_after": 2, "facts": {},
}  # fmt: skip
Begin = Callable[..., str]


@pytest.fixture(autouse=True)
def _with_the_tiny_model(page: Page, tiny: str) -> None:
    keep(page, "model", tiny)
    keep(page, "length", "short")


@pytest.fixture
def begin(server: Any, tiny: str) -> Begin:
    """Begin a conversation by name; its id."""
    return lambda name: str(server.post("language/conversations", {"name": name, "model": tiny})["id"])


@pytest.fixture
def profile_of(server: Any, page: Page) -> Callable[..., str]:
    """A profile that the page steers by; its id."""

    def make(name: str, *axes: str, doses: dict[str, float] | None = None) -> str:
        made = str(server.post("language/profiles", {"name": name, "axes": list(axes)})["id"])
        if doses:
            server.post(f"language/profiles/{made}/events", {"events": [{"kind": "doses_set", "doses": doses}]})
        keep(page, "profile", made)
        return made

    return make


def keep(page: Page, name: str, value: Any) -> None:
    """What the page finds kept from an earlier visit."""
    page.add_init_script(f"localStorage.setItem('pilotage.text.{name}', {json.dumps(json.dumps(value))})")


def refuse(page: Page, what: re.Pattern[str], kind: str = "device") -> None:
    """The next such request fails on its way; one whose `kind` is passing is sent again by the page itself."""
    problem = {**PROBLEM, "kind": kind}
    page.route(
        what, lambda route: route.fulfill(status=503, json=problem, content_type="application/problem+json"), times=1
    )


def hold(page: Page, what: str) -> list[Route]:
    """The next requests of this kind, which wait until they are continued."""
    held: list[Route] = []

    def wait(route: Route) -> None:
        held.append(route)

    page.route(re.compile(what), wait, times=2)
    return held


def show(page: Page, conversation: str | None = None) -> None:
    page.goto("/text" if conversation is None else f"/text?conversation={conversation}")
    expect(page.get_by_role("slider", name="casual to formal")).to_be_visible()


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def say(page: Page, content: str) -> None:
    box(page).fill(content)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    box(page).press("Enter")


def ask(page: Page, content: str) -> None:
    say(page, content)
    expect(page.locator(".answer[data-state=done]")).to_have_count(1)


def said_in(server: Any, conversation: str) -> list[str]:
    told = server.get(f"language/conversations/{conversation}")["messages"]
    return [one["content"] for one in told if one["role"] == "user"]


def open_earlier(page: Page, name: str) -> None:
    page.get_by_role("button", name="Earlier", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{name} ")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_was_refused_is_said_again_where_it_was_said_and_nowhere_else(
    page: Page, server: Any, begin: Begin, faults: Any
) -> None:
    faults.allow("status of 503")
    here, elsewhere = begin("Here"), begin("Elsewhere")
    refuse(page, SAYING, "passing")
    show(page, here)
    say(page, "Hello there.")
    expect(page.get_by_role("alert")).to_contain_text("It wakes.")
    expect(box(page)).to_have_value("Hello there.")
    open_earlier(page, "Elsewhere")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.wait_for_timeout(4000)  # the time in which it would be sent again
    assert said_in(server, here) == said_in(server, elsewhere) == []
    page.go_back()
    expect(page.locator(".answer[data-state=done]")).to_have_count(1)
    expect(box(page)).to_have_value("")
    assert (said_in(server, here), said_in(server, elsewhere)) == (["Hello there."], [])


def test_what_was_refused_and_is_being_rewritten_is_not_sent(
    page: Page, server: Any, begin: Begin, faults: Any
) -> None:
    faults.allow("status of 503")
    made = begin("Rewritten")
    refuse(page, SAYING, "passing")
    show(page, made)
    say(page, "In haste.")
    expect(page.get_by_role("alert")).to_be_visible()
    box(page).fill("In peace.")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.wait_for_timeout(3000)  # the time in which it would be sent again
    assert said_in(server, made) == []
    ask(page, "In peace.")
    assert said_in(server, made) == ["In peace."]


def test_two_presses_on_try_again_say_it_once(page: Page, server: Any, begin: Begin, faults: Any) -> None:
    faults.allow("status of 503")
    made = begin("Twice")
    refuse(page, SAYING)
    show(page, made)
    say(page, "Once.")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    looks = hold(page, f"/conversations/{made}$")
    again.evaluate("button => { button.click(); button.click() }")
    page.wait_for_timeout(300)
    for route in looks:
        route.continue_()
    expect(page.locator(".answer[data-state=done]")).to_have_count(1)
    page.wait_for_timeout(500)
    assert said_in(server, made) == ["Once."]


def test_while_one_conversation_waits_another_goes_on(page: Page, server: Any, begin: Begin) -> None:
    slow, quick = begin("Slow"), begin("Quick")
    held = hold(page, f"/conversations/{slow}/messages$")
    show(page, slow)
    say(page, "Take your time.")
    expect(page.get_by_text("Waking the model…")).to_be_visible()
    open_earlier(page, "Quick")
    ask(page, "Be quick.")
    assert said_in(server, quick) == ["Be quick."]
    for route in held:
        route.continue_()
    page.go_back()
    expect(page.locator(".answer[data-state=done]")).to_have_count(1)
    assert said_in(server, slow) == ["Take your time."]


def test_what_is_refused_before_a_conversation_began_is_not_lost(page: Page, faults: Any) -> None:
    faults.allow("status of 503")
    refuse(page, SAYING)
    show(page)
    say(page, "First words.")
    expect(page.get_by_role("alert")).to_contain_text("It wakes.")
    expect(box(page)).to_have_value("First words.")
    page.reload()
    expect(box(page)).to_have_value("First words.")
    ask(page, "First words.")
    page.get_by_role("button", name="Edit").click()
    refuse(page, SAYING)
    written = page.get_by_role("textbox", name="Your message")
    written.fill("Other words.")
    written.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(written).to_have_value("Other words.")
    written.press("Enter")
    expect(page.get_by_text("2 of 2")).to_be_visible()
    expect(page.get_by_role("button", name="Edit")).to_be_focused()


def test_the_message_box_keeps_the_focus_when_a_conversation_begins(page: Page, server: Any) -> None:
    show(page)
    box(page).click()
    for number, words in enumerate(("First words.", "Second words."), start=1):
        page.keyboard.type(words)
        expect(page.get_by_role("button", name="Send")).to_be_enabled()
        page.keyboard.press("Enter")
        expect(page.locator(".answer[data-state=done]")).to_have_count(number)
        expect(box(page)).to_have_value("")
    assert said_in(server, page.url.split("conversation=")[1]) == ["First words.", "Second words."]


def test_who_leaves_while_a_conversation_begins_is_not_called_back(page: Page, server: Any) -> None:
    show(page)
    held = hold(page, "/conversations$")
    say(page, "Wait for me.")
    expect(page.get_by_text("Waking the model…")).to_be_visible()
    page.get_by_role("link", name="Latents", exact=True).click()
    expect(page.get_by_role("button", name="Open a finished run")).to_be_visible()
    with page.expect_response(SAYING):
        for route in held:
            route.continue_()
    page.wait_for_timeout(500)  # the time in which one would be called back
    assert page.url.endswith("/latents")
    page.get_by_role("link", name="Text", exact=True).click()
    expect(box(page)).to_have_value("")
    newest = server.get("language/conversations")["items"][0]["id"]
    assert said_in(server, newest) == ["Wait for me."]


def test_escape_from_an_edit_gives_the_focus_back(page: Page) -> None:
    show(page)
    ask(page, "Hello.")
    edit = page.get_by_role("button", name="Edit")
    edit.click()
    page.get_by_role("textbox", name="Your message").press("Escape")
    expect(edit).to_be_focused()


def test_a_double_click_deletes_no_conversation(page: Page, server: Any, begin: Begin) -> None:
    kept, goes = begin("Kept"), begin("Goes")
    show(page, kept)
    page.get_by_role("button", name="Earlier", exact=True).click()
    page.get_by_role("button", name="Delete Goes").dblclick()
    page.wait_for_timeout(300)
    there = [one["id"] for one in server.get("language/conversations?limit=200")["items"]]
    assert {kept, goes} <= set(there)
    show(page, kept)
    page.get_by_role("button", name="Earlier", exact=True).click()
    page.get_by_role("button", name="Delete Goes").click()
    asked = page.get_by_role("dialog", name="Delete this conversation?")
    expect(asked).to_contain_text("Goes")
    asked.get_by_role("button", name="Delete for good").click()
    expect(asked).to_have_count(0)  # while it asks, what lies behind it is out of reach
    expect(page.get_by_role("button", name="Delete Goes")).to_have_count(0)
    left = [one["id"] for one in server.get("language/conversations?limit=200")["items"]]
    assert set(there) - set(left) == {goes}


def test_a_profile_forgets_only_when_told_twice_and_remembers_again(
    page: Page, server: Any, profile_of: Callable[..., str]
) -> None:
    made = profile_of("Forgetful", "formality", doses={"formality": 0.6})
    show(page)
    page.get_by_text("What it believes, and why").click()
    page.get_by_role("button", name="Forget all").dblclick()
    page.wait_for_timeout(300)
    assert server.get(f"language/profiles/{made}")["doses"] == {"formality": 0.6}
    show(page)
    page.get_by_text("What it believes, and why").click()
    page.get_by_role("button", name="Forget all").click()
    page.get_by_role("button", name="Forget it all").click()
    expect(page.get_by_text("Forgetful has forgotten everything.")).to_be_visible()
    assert server.get(f"language/profiles/{made}")["doses"] == {}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("What it believes, and why")).to_be_visible()
    assert server.get(f"language/profiles/{made}")["doses"] == {"formality": 0.6}


def test_six_axes_are_compared_five_at_a_time(
    page: Page, server: Any, profile_of: Callable[..., str], tiny_axes: Any
) -> None:
    made = profile_of("Six", *tiny_axes)
    show(page)
    page.get_by_role("radio", name="Calibrate").click()
    equal = page.get_by_role("button", name="About equal")
    for count in ("1 answer so far.", "2 answers so far."):
        expect(equal).to_be_enabled()
        equal.press("Enter")
        expect(page.get_by_text(count)).to_be_visible()
        expect(page.get_by_role("heading", name="Which is closer to what you want?")).to_be_focused()
    told = server.get(f"language/profiles/{made}")
    assert (len(told["axes"]), len(told["active"])) == (6, 5)
    assert [one["kind"] for one in told["events"]] == ["compared", "compared"]


def test_an_answer_to_a_comparison_that_was_refused_is_sent_again(
    page: Page, server: Any, profile_of: Callable[..., str], faults: Any
) -> None:
    faults.allow("status of 503")
    made = profile_of("Again", "formality")
    show(page)
    page.get_by_role("radio", name="Calibrate").click()
    expect(page.get_by_role("button", name="About equal")).to_be_enabled()
    refuse(page, EVENTS)
    page.keyboard.press("2")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("1 answer so far.")).to_be_visible()
    assert [one["best"] for one in server.get(f"language/profiles/{made}")["events"]] == [1]


def test_texts_that_failed_say_so_and_another_question_is_asked(page: Page, profile_of: Callable[..., str]) -> None:
    profile_of("Failing", "formality")
    failed = [{"doses": [{}, {}], "model": "tiny"}] + [
        {"variant": place, "finish": "error", "error": "out of memory", "content": "", "tokens": 0} for place in (0, 1)
    ]
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in failed)
    events = "text/event-stream"
    page.route(re.compile("/generate$"), lambda route: route.fulfill(body=body, content_type=events), times=1)
    show(page)
    page.get_by_role("radio", name="Calibrate").click()
    expect(page.get_by_text("Broke off: out of memory")).to_have_count(2)
    expect(page.get_by_role("button", name="About equal")).to_be_disabled()
    page.get_by_role("button", name="Ask another").click()
    expect(page.get_by_role("button", name="About equal")).to_be_enabled()
    expect(page.get_by_text("Broke off")).to_have_count(0)


def test_a_profile_takes_up_an_axis_made_after_it_when_its_dose_is_kept(
    page: Page, server: Any, profile_of: Callable[..., str]
) -> None:
    made = profile_of("Narrow", "formality")
    show(page)
    page.get_by_role("slider", name="casual to formal").fill("0.5")
    page.get_by_role("slider", name="negative to positive").fill("0.4")
    page.get_by_role("button", name="Keep these doses in the profile").click()
    expect(page.get_by_role("button", name="Keep these doses in the profile")).to_have_count(0)
    kept = server.get(f"language/profiles/{made}")["doses"]
    assert kept == {"formality": 0.5, "sentiment": 0.4}
    slider = page.get_by_role("slider", name="negative to positive")
    expect(slider).to_have_attribute("aria-valuetext", "positive 0.40")
    expect(page.get_by_role("slider", name="casual to formal")).to_have_attribute("aria-valuetext", "formal 0.50")
    expect(page.get_by_role("button", name="Reset all")).to_be_disabled()


def test_a_profile_is_renamed_taken_along_as_a_file_and_deleted_for_good(
    page: Page, server: Any, profile_of: Callable[..., str], tmp_path: Path
) -> None:
    made = profile_of("Mine", "formality", doses={"formality": 0.6})
    show(page)
    page.get_by_role("button", name="Manage").click()
    manage = page.get_by_role("dialog", name="Profiles")
    manage.get_by_role("textbox", name="Name of this profile").fill("Letters")
    manage.get_by_role("button", name="Rename").click()
    picked = page.locator("select[aria-label='Doses from'] option:checked")
    expect(picked).to_have_text("Letters")
    with page.expect_download() as download:
        manage.get_by_role("button", name="Export as a file").click()
    assert download.value.suggested_filename == "letters.json"
    download.value.save_as(tmp_path / "Letters.json")
    manage.get_by_role("button", name="Delete this profile…").click()
    asked = page.get_by_role("dialog", name="Delete this profile?")
    expect(asked).to_contain_text("Letters")
    assert server.get(f"language/profiles/{made}")["name"] == "Letters"
    asked.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("combobox", name="Doses from")).to_have_value("")
    assert made not in [one["id"] for one in server.get("language/profiles?limit=200")["items"]]
    page.get_by_role("button", name="Manage").click()
    manage.get_by_label("Profile to import").set_input_files(tmp_path / "Letters.json")
    expect(picked).to_have_text("Letters")
    expect(page.get_by_role("slider", name="casual to formal")).to_have_attribute("aria-valuetext", "formal 0.60")


def test_a_pressed_thumb_lets_go_and_none_is_erased_without_a_question(
    page: Page, server: Any, profile_of: Callable[..., str]
) -> None:
    made = profile_of("Thumbs", "formality")
    server.post(f"language/profiles/{made}/events", {"events": [{"kind": "consent", "given": True}]})
    show(page)
    page.get_by_role("slider", name="casual to formal").fill("0.6")
    begun = time.monotonic()
    ask(page, "Hello.")
    good, bad = (page.get_by_role("button", name=f"{one} answer") for one in ("Good", "Bad"))
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    assert server.get(f"language/profiles/{made}")["active"] == ["formality"]
    good.click()
    expect(good).to_have_attribute("aria-pressed", "false")
    assert server.get(f"language/profiles/{made}")["active"] == []
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "true")
    expect(good).to_have_attribute("aria-pressed", "false")
    kinds = [one.get("reaction", one["kind"]) for one in server.get(f"language/profiles/{made}")["events"]]
    assert kinds == ["consent", "thumbs_up", "taken_back", "thumbs_up", "taken_back", "thumbs_down"]
    box(page).fill("And then?")
    spent = time.monotonic() - begun
    page.wait_for_timeout(1000 * spent + 300)  # who writes reads no more
    with page.expect_response(EVENTS):
        box(page).press("Enter")
    read = server.get(f"language/profiles/{made}")["events"][-1]
    assert (read["kind"], 0 < read["seconds"] < spent) == ("time_spent", True)
    consent = page.get_by_role("checkbox", name="Learn from what I do with answers")
    consent.click()
    asked = page.get_by_role("dialog", name="Stop learning, and erase what it noted?")
    expect(asked).to_contain_text("4 things")
    asked.get_by_role("button", name="Let it learn on").click()
    expect(consent).to_be_checked()
    assert server.get(f"language/profiles/{made}")["consent"]
    consent.click()
    asked.get_by_role("button", name="Stop and erase").click()
    expect(consent).not_to_be_checked()
    left = [one["kind"] for one in server.get(f"language/profiles/{made}")["events"]]
    assert left == ["consent", "erased", "taken_back", "erased", "taken_back", "erased", "erased", "consent"]


def test_nothing_is_said_before_the_doses_are_known(page: Page, server: Any, begin: Begin) -> None:
    made = begin("Doses")
    keep(page, "doses.tiny", {"formality": 0.7, "deleted_since": 0.5})
    held = hold(page, "/language/axes")
    page.goto(f"/text?conversation={made}")
    box(page).fill("Dear sir.")
    box(page).press("Enter")
    page.wait_for_timeout(500)
    assert said_in(server, made) == []
    expect(box(page)).to_have_value("Dear sir.")
    for route in held:
        route.continue_()
    expect(page.get_by_role("slider", name="casual to formal")).to_be_visible()
    ask(page, "Dear sir.")
    told = server.get(f"language/conversations/{made}")["messages"]
    assert told[1]["doses"] == {"formality": 0.7}


def test_a_profile_that_was_deleted_is_let_go(
    page: Page, server: Any, profile_of: Callable[..., str], faults: Any
) -> None:
    faults.allow("status of 404")
    made = profile_of("Gone", "formality")
    assert server.api.delete(f"/api/language/profiles/{made}").is_success
    show(page)
    page.wait_for_function("() => localStorage.getItem('pilotage.text.profile') === 'null'")
    expect(page.get_by_role("combobox", name="Doses from")).to_have_value("")
    expect(page.get_by_role("alert")).to_have_count(0)
    ask(page, "Hello.")


def test_lists_are_read_to_their_end(page: Page, server: Any, tiny: str) -> None:
    for number in range(205):
        server.post("language/conversations", {"name": f"Talk {number}", "model": tiny})
    there = {one["name"] for one in server.get("language/conversations?limit=200")["items"]}
    assert len(there) <= 200
    show(page)
    page.get_by_role("button", name="Earlier", exact=True).click()
    for number in (0, 204):
        expect(page.get_by_role("button", name=f"Delete Talk {number}", exact=True)).to_have_count(1)


def test_an_answer_is_copied_or_it_is_said_that_it_can_not_be(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over plain http
    show(page)
    ask(page, "Hello.")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Can't copy")).to_be_visible()
