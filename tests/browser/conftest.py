"""The web app in Chromium, over a real server with the starter model: one of each for all tests here."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
INDEX = ROOT / "src" / "pilotage" / "web" / "index.html"
RESULTS = ROOT / "test-results"
PATIENCE_S = 20.0
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
]  # fmt: skip
REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()
Json = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves an event loop running in this thread: what calls asyncio.run comes before.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    item.stash.setdefault(REPORTS, {})[report.when] = report
    return report


@dataclass
class Server:
    """`pilotage serve` as a process, and its API."""

    process: subprocess.Popen[str]
    base: str
    api: httpx.Client

    def get(self, path: str) -> Any:
        answer = self.api.get(f"/api/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, body: Json | None = None) -> Any:
        answer = self.api.post(f"/api/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def session(
        self, prompt: str = "a red fox", *, answers: int = 0, request: Json | None = None, **config: Any
    ) -> str:
        """A session with so many answered rounds and one to be judged."""
        made = self.post("sessions", {"seed": 7, "request": {"prompt": prompt, **(request or {})}, **config})["id"]
        self.post(f"sessions/{made}/rounds")
        for index in range(1, answers + 1):
            self.pick(made, index, slot=index % 4)
        self.round(made, answers + 1)
        return made

    def round(self, session_id: str, index: int, *states: str) -> Json:
        """A round once it is in one of the states; else once it can be judged."""
        wanted = states or ("awaiting",)
        return until(lambda: self._round(session_id, index), lambda told: told.get("state") in wanted)

    def _round(self, session_id: str, index: int) -> Json:
        return self.api.get(f"/api/sessions/{session_id}/rounds/{index}").json()

    def pick(self, session_id: str, index: int, slot: int) -> None:
        chosen = self.round(session_id, index)["candidates"][slot]["id"]
        answer = {"answer": {"kind": "ranking", "order": [chosen]}, "next_round": True}
        self.post(f"sessions/{session_id}/rounds/{index}/answers", answer)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def until(ask: Callable[[], Any], good: Callable[[Any], bool], seconds: float = PATIENCE_S) -> Any:
    """What `ask` says once it is good."""
    end = time.monotonic() + seconds
    while not good(told := ask()):
        assert time.monotonic() < end, told
        time.sleep(0.05)
    return told


@contextmanager
def serving(home: Path, port: int = 0, **env: str) -> Iterator[Server]:
    """Start `pilotage serve`; stop it at the end."""
    command = [sys.executable, "-m", "pilotage", "--home", str(home), "serve", "--port", str(port)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PILOTAGE_")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**own, **env}, cwd=home
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://[\d.:]+", said)
        assert found, said + process.stdout.read()
        with httpx.Client(base_url=found[0], timeout=30, trust_env=False) as api:
            yield Server(process, found[0], api)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(name="serving", scope="session")
def _serving(built: None) -> Callable[..., Any]:
    """Start a server of one's own: `with serving(home) as server`."""
    return serving


@pytest.fixture(scope="session")
def built() -> None:
    """The web app as it is served; built if it isn't there."""
    if not INDEX.exists():
        command = [sys.executable, str(ROOT / "scripts" / "build_web.py")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not INDEX.exists():
            pytest.fail(f"no built web app, and it can't be built:\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("home")) as server:
        until(lambda: server.get("diagnostics"), lambda told: (told["model"] or {}).get("state") == "warm", 60)
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on PATH, and in CI the browser tests must run", pytrace=False)
        pytest.skip("no Chromium on PATH: install it (Debian: apt install chromium) to run the browser tests")
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
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
    """A fresh browser profile; it fails the test on faults, and keeps what was seen of a failed one."""
    context = browser.new_context(
        base_url=server.base, reduced_motion="reduce", viewport={"width": 1280, "height": 860}
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    faults.watch(context)
    context.tracing.start(snapshots=True)
    yield context
    context.cookies()  # all events before this have been heard
    called = request.node.stash.get(REPORTS, {}).get("call")
    if called is None or called.failed or faults.left():
        keep_what_was_seen(context, re.sub(r"\W+", "-", request.node.name))
    context.close()
    assert not faults.left()


def keep_what_was_seen(context: BrowserContext, name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    for number, page in enumerate(context.pages):
        page.screenshot(path=RESULTS / f"{name}-{number}.png", full_page=True)
    context.tracing.stop(path=RESULTS / f"{name}.zip")


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
    return until
