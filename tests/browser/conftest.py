"""The web app in Chromium, over a real server with the starter model: one of each for all tests here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect, sync_playwright

import build_web
import live_app
from evidence import Witness
from live_app import PATIENCE_S, Server

ROOT = Path(__file__).resolve().parents[2]
INDEX = ROOT / "src" / "pilotage" / "web" / "index.html"
RESULTS = Path(os.environ.get("PILOTAGE_TEST_RESULTS") or ROOT / "test-results")
WITNESS = Witness()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves an event loop running in this thread: what calls asyncio.run comes before.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def folder_of(item: pytest.Item) -> Path:
    """Where what was seen of a failed test is kept."""
    return RESULTS / re.sub(r"\W+", "-", item.name).strip("-")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    # Now, not in a fixture: pages are open still, and servers that fixtures started are up.
    report = yield
    is_wanted = report.failed or (call.when == "call" and bool(os.environ.get("PILOTAGE_KEEP_EVIDENCE")))
    if is_wanted and call.when != "teardown" and item.get_closest_marker("browser"):
        WITNESS.keep(folder_of(item))
    return report


@pytest.fixture(autouse=True)
def _witnessed(request: pytest.FixtureRequest) -> None:
    WITNESS.begin(folder_of(request.node))


@contextmanager
def witnessed(home: Path, port: int = 0, **env: str) -> Iterator[Server]:
    """Start a server whose events, diagnostics and logs are kept if the test fails."""
    with live_app.serving(home, port, **env) as server:
        WITNESS.servers.append((server, {}))
        try:
            yield server
        except BaseException:  # it is stopped before the failure is reported
            WITNESS.remember(server)
            raise


@pytest.fixture(name="serving", scope="session")
def _serving(built: None) -> Callable[..., Any]:
    """Start a server of one's own: `with serving(home) as server`."""
    return witnessed


@pytest.fixture(scope="session")
def built() -> None:
    """The web app as it is served; built if it isn't there, and told of if it is another than that of web/."""
    if not INDEX.exists():
        command = [sys.executable, str(ROOT / "scripts" / "build_web.py")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not INDEX.exists():
            pytest.fail(f"no built web app, and it can't be built:\n{done.stdout}{done.stderr}", pytrace=False)
    if build_web.is_wanted():
        warnings.warn(
            "web/ has changed since the app was built that these tests see: scripts/build_web.py", stacklevel=1
        )


@pytest.fixture(scope="session")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with witnessed(tmp_path_factory.mktemp("home")) as server:
        server.warm()
        yield server


TINY_AXES = ("formality", "sentiment", "friendliness", "confidence", "creativity", "detail_level")


@pytest.fixture(scope="session")
def tiny_axes() -> tuple[str, ...]:
    """The axes that the tiny language model has vectors of."""
    return TINY_AXES


@pytest.fixture(scope="session")
def tiny(server: Server) -> str:
    """A language model of the server's that answers at once, in nonsense, and is never lost for words; its name."""
    from pilotage.app.steering import Steering
    from pilotage.models.language import LanguageModel
    from pilotage.testing import tiny_language
    from pilotage.testing.tiny_packs import tiny_pack

    folder = server.home / "models" / "tiny"
    model = LanguageModel("tiny", tiny_language.save("llama", folder, ends=False, max_position_embeddings=4096),
                          device="cpu")  # fmt: skip
    for seed, axis in enumerate(TINY_AXES):
        Steering(server.home / "vectors").keep(tiny_pack(model, axis, seed=seed))
    return "tiny"


@pytest.fixture(scope="session")
def latent_run(server: Server) -> str:
    """A finished mixture VAE of three epochs on digits of 8 x 8, both maps of each epoch with 100 points; its id."""
    from pilotage.testing.tiny_latents import tiny_run

    return tiny_run(server.home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = live_app.find_chromium()
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on PATH, and in CI the browser tests must run", pytrace=False)
        pytest.skip("no Chromium on PATH: install it (Debian: apt install chromium) to run the browser tests")
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        browser = live_app.launch(playwright, chromium)
        browser.on("context", WITNESS.watch)
        yield browser
        browser.close()


@dataclass
class Faults:
    """What went wrong in the pages of a test without anybody looking."""

    host: str
    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """The test provokes what this pattern finds."""
        self.allowed.append(pattern)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda said: self._note(said.type == "error", f"console: {said.text} ({said.location})"))
        context.on("weberror", lambda error: self._note(True, f"page error: {error.error}"))
        context.on("request", lambda request: self._note(self._is_abroad(request), f"other host: {request.url}"))
        context.on("requestfailed", lambda one: self._note("ABORTED" not in str(one.failure), f"failed: {one.url}"))

    def left(self) -> list[str]:
        return [fault for fault in self.seen if not any(re.search(pattern, fault) for pattern in self.allowed)]

    def _note(self, is_fault: bool, words: str) -> None:
        if is_fault:
            self.seen.append(words)

    def _is_abroad(self, request: Request) -> bool:
        url = urlsplit(request.url)
        return url.scheme in ("http", "https", "ws", "wss") and url.netloc != self.host


@pytest.fixture
def faults(server: Server) -> Faults:
    """The faults of this test's pages; `faults.allow(pattern)` for those that it provokes."""
    return Faults(urlsplit(server.base).netloc)


@pytest.fixture
def context(
    browser: Browser, server: Server, faults: Faults, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A fresh browser profile; it fails the test on faults that nobody looked at."""
    context = browser.new_context(
        base_url=server.base, reduced_motion="reduce", viewport={"width": 1280, "height": 860}
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    faults.watch(context)
    yield context
    context.cookies()  # all events before this have been heard
    if faults.left() and not (folder := folder_of(request.node)).exists():
        WITNESS.keep(folder)
    context.close()
    assert not faults.left()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


class Rounds:
    """The session page, in a person's words."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.candidates = page.get_by_role("group", name="Candidates")
        self.next = page.get_by_role("button", name="Next round")

    def open(self, session_id: str, index: int = 1) -> None:
        self.page.goto(f"/sessions/{session_id}")
        self.wait_for(index)

    @property
    def session_id(self) -> str:
        return urlsplit(self.page.url).path.split("/")[2]

    def picture(self, number: int) -> Locator:
        return self.candidates.get_by_role("button", name=f"Picture {number}", exact=True)

    def wait_for(self, index: int, count: int = 4) -> None:
        """Until round `index` can be judged: its pictures are there and can be chosen."""
        expect(self.candidates).to_have_attribute("data-round", str(index))
        for number in range(1, count + 1):
            expect(self.picture(number)).to_be_enabled()
        expect(self.picture(count + 1)).to_have_count(0)
        self.page.wait_for_function(
            "n => { const all = [...document.querySelectorAll('[aria-label=Candidates] [data-choice] img')]"
            "; return all.length === n && all.every(one => one.complete && one.naturalWidth > 0) }",
            arg=count,
        )

    def sources(self) -> list[str]:
        """The addresses of the pictures, in their order."""
        return [
            urlsplit(one.get_attribute("src") or "").path for one in self.candidates.locator("[data-choice] img").all()
        ]

    def answer_by(self, kind: str) -> None:
        self.page.get_by_label("How to answer").get_by_text(kind, exact=True).click()


@pytest.fixture(name="rounds_on")
def _rounds_on() -> type[Rounds]:
    """The rounds as another tab shows them: `rounds_on(page)`."""
    return Rounds


@pytest.fixture
def rounds(page: Page) -> Rounds:
    return Rounds(page)


@pytest.fixture(name="until")
def _until() -> Callable[..., Any]:
    """Ask until the answer is good: `until(ask, good)`."""
    return live_app.until
