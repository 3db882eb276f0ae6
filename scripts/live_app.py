"""The app as people meet it, for browser tests and the pictures of the docs: `pilotage serve`, and Chromium."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Playwright

PATIENCE_S = 60.0  # a machine whose processors are all busy takes ten times as long as a quiet one
FEW_STEPS = 4
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
]  # fmt: skip
Json = dict[str, Any]


@dataclass
class Server:
    """`pilotage serve` as a process, its home folder and its API."""

    process: subprocess.Popen[str]
    home: Path
    base: str
    api: httpx.Client

    def get(self, path: str) -> Any:
        """The JSON at a path below /api."""
        answer = self.api.get(f"/api/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, body: Json | None = None) -> Any:
        """What the API answers to a body."""
        answer = self.api.post(f"/api/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def warm(self, seconds: float = 200) -> None:
        """Wait until its model is in memory."""
        until(
            lambda: self.get("diagnostics"),
            lambda told: (told["model"] or {}).get("state") == "warm",
            seconds,
            every=0.5,
        )

    def session(
        self, prompt: str = "a red fox", *, answers: int = 0, request: Json | None = None, **config: Any
    ) -> str:
        """A session with so many answered rounds and one to be judged; the starter draws it in few steps."""
        few = {} if "model" in config else {"steps": FEW_STEPS}
        asked = {"prompt": prompt, **few, **(request or {})}
        made = self.post("sessions", {"seed": 7, "request": asked, **config})["id"]
        self.post(f"sessions/{made}/rounds")
        for index in range(1, answers + 1):
            self.pick(made, index, slot=index % 4)
        self.round(made, answers + 1)
        return str(made)

    def round(self, session_id: str, index: int, *states: str) -> Json:
        """A round once it is in one of the states; else once it can be judged."""
        wanted = states or ("awaiting",)
        return until(lambda: self._round(session_id, index), lambda told: told.get("state") in wanted)

    def _round(self, session_id: str, index: int) -> Json:
        return self.api.get(f"/api/sessions/{session_id}/rounds/{index}").json()

    def pick(self, session_id: str, index: int, slot: int) -> None:
        """Choose one candidate and ask for the next round."""
        chosen = self.round(session_id, index)["candidates"][slot]["id"]
        answer = {"answer": {"kind": "ranking", "order": [chosen]}, "next_round": True}
        self.post(f"sessions/{session_id}/rounds/{index}/answers", answer)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def until(
    ask: Callable[[], Any], good: Callable[[Any], bool], seconds: float = PATIENCE_S, *, every: float = 0.1
) -> Any:
    """What `ask` says once it is good; asked seldom, for answers take the time that the work needs."""
    end = time.monotonic() + seconds
    while not good(told := ask()):
        assert time.monotonic() < end, told
        time.sleep(every)
    return told


@contextmanager
def serving(home: Path, port: int = 0, **env: str) -> Iterator[Server]:
    """Start `pilotage serve`; stop it at the end. What it complains of goes into its logs."""
    command = [sys.executable, "-m", "pilotage", "--home", str(home), "serve", "--port", str(port)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PILOTAGE_")}
    complaints = home / "logs" / "serve.err"
    complaints.parent.mkdir(parents=True, exist_ok=True)
    with complaints.open("a") as stderr:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, env={**own, **env}, cwd=home
        )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://[\d.:]+", said)
        assert found, said + process.stdout.read() + complaints.read_text()
        with httpx.Client(base_url=found[0], timeout=30, trust_env=False) as api:
            yield Server(process, home, found[0], api)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def find_chromium() -> str | None:
    """The Chromium of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def launch(playwright: Playwright, chromium: str) -> Browser:
    """A browser without a window, that asks no other host by itself."""
    return playwright.chromium.launch(executable_path=chromium, args=FLAGS)
