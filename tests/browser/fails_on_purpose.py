"""Not collected by name: test_evidence.py runs these, and looks at what they leave behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that wakes no model: what is left of it is the same."""
    with serving(tmp_path_factory.mktemp("home"), PILOTAGE_PRELOAD="never") as server:
        yield server


def wait_until_held(server: Any) -> None:
    """A worker tells every few seconds which models it holds; before that there is nothing to leave."""
    end = time.monotonic() + 60
    while not any(worker["models"] for worker in server.api.get("/api/diagnostics").json()["workers"]):
        assert time.monotonic() < end, "no worker says that it holds a model"
        time.sleep(0.2)


def test_that_fails_with_two_pages(page: Page, rounds: Any, server: Any) -> None:
    rounds.open(server.session("a disc", model="analytic"))
    wait_until_held(server)
    page.evaluate("() => console.log('said before the fall')")
    page.context.new_page().goto("/diagnostics")
    pytest.fail("on purpose")


def test_that_fails_over_a_server_of_its_own(page: Page, serving: Any, tmp_path: Path) -> None:
    with serving(tmp_path, PILOTAGE_PRELOAD="never") as own:
        page.goto(f"{own.base}/sessions/{own.session('a disc', model='analytic')}")
        wait_until_held(own)
        pytest.fail("on purpose")


def test_that_passes_but_for_a_fault_that_nobody_looked_at(page: Page, server: Any) -> None:
    page.goto("/")
    page.evaluate("() => console.error('nobody looks at me')")


def test_that_passes(browser: Browser) -> None:
    browser.new_page().goto("about:blank")
