"""The gallery of components, photographed in both themes and on small and large screens."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
RESULTS = Path(__file__).resolve().parents[2] / "test-results"
SPECIMENS = {
    "Foundations": ["Colour", "Type", "Space"],
    "Controls": ["Button", "Chip", "Badge", "Segmented", "Field", "Key"],
    "Messages": ["PhaseBar", "Uncertain", "Problem", "EmptyState", "Dialog", "Toast"],
    "Pictures": ["Candidate", "Stars and Choices", "Thumb"],
    "Charts": ["Figure", "BeliefSlice", "TriedMap", "LearningCurve"],
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_component_stands_in_the_gallery_and_none_is_wider_than_the_screen(
    page: Page, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto("/design")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    for section, names in SPECIMENS.items():
        region = page.get_by_role("region", name=section, exact=True)
        expect(region.get_by_role("heading", level=3)).to_have_text(names)
        for name in names:
            specimen = region.get_by_role("article", name=name, exact=True)
            assert specimen.locator(".states > *").count() > 0, name
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(one => !one.closest('.design-nav')"
        " && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.tagName + '.' + one.className)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width, wide
    assert wide == []
    RESULTS.mkdir(exist_ok=True)
    photo = page.screenshot(path=RESULTS / f"design-{theme}-{width}.png", full_page=True)
    assert len(photo) > 20_000


def test_a_problem_says_which_of_four_kinds_it_is(page: Page) -> None:
    page.goto("/design")
    problems = page.get_by_role("article", name="Problem").get_by_role("alert")
    expect(problems).to_have_count(4)
    assert [one.get_attribute("data-kind") for one in problems.all()] == ["input", "passing", "device", "bug"]
    expect(problems.nth(0).get_by_role("button")).to_have_count(0)
    expect(problems.nth(1)).to_contain_text("Again in")
    expect(problems.nth(3).get_by_role("button", name="Copy report")).to_be_visible()


def test_dialogs_and_toasts_open_and_leave_by_the_keyboard(page: Page) -> None:
    page.goto("/design")
    opener = page.get_by_role("button", name="Open a dialog")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="A dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    page.get_by_role("button", name="Show a toast").press("Enter")
    toast = page.get_by_role("status").filter(has_text="Round 3 was taken back")
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_have_count(0)


def test_on_a_small_screen_the_rooms_fold_and_the_model_stays_in_view(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    expect(page.locator("header").get_by_text("starter")).to_be_visible()
    rooms = page.get_by_role("navigation", name="Rooms")
    images = rooms.get_by_role("link", name="Images")
    expect(images).to_be_hidden()
    rooms.get_by_role("button", name="Menu").press("Enter")
    expect(images).to_be_visible()
    page.keyboard.press("Escape")
    expect(images).to_be_hidden()
    rooms.get_by_role("button", name="Menu").click()
    images.click()
    expect(page.get_by_role("heading", name="Image sessions")).to_be_visible()
    expect(images).to_be_hidden()
