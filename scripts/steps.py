"""Steps of the installer: run a command into a log, and say calmly where things stand."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
HEARTBEAT = 20.0  # seconds after which a long step says what it is doing
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class StepFailedError(Exception):
    """A step failed; the message says which one, and what to do."""


class Narrator:
    """Prints one calm line at a time, and estimates what is left from the pace so far.

    `expected` maps a step to the seconds that it took where it was measured; only the ratios matter.
    """

    def __init__(self, expected: Mapping[str, float]) -> None:
        self._expected, self._left = expected, list(expected)
        self._started, self._lock = time.monotonic(), threading.Lock()

    def say(self, label: str, text: str) -> None:
        """One line."""
        with self._lock:
            print(f"{label:<10} {text}", flush=True)

    def finished(self, step: str, text: str) -> None:
        """The line that ends a step: what it brought, time so far, time left."""
        self._left.remove(step)
        left = sum(self._expected[name] for name in self._left)
        elapsed = time.monotonic() - self._started
        pace = elapsed / (sum(self._expected.values()) - left)
        rest = f", about {pace * left:.0f} s left" if left else ""
        self.say(step, f"{text} ({elapsed:.0f} s so far{rest})")


def run(
    label: str,
    command: Sequence[str | Path],
    narrator: Narrator,
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> float:
    """Run a command, its output into `.venv/LABEL.log`.

    Returns:
        The megabytes that its output says were fetched.

    Raises:
        StepFailedError: with the last lines of the output.
    """
    log_path = VENV / f"{label}.log"
    lines, megabytes, spoke = [""], 0.0, time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), cwd=cwd, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    with log_path.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n")
        for raw in process.stdout or ():
            log.write(raw)
            line = COLOUR.sub("", raw).strip()
            lines, megabytes = [*lines[-19:], line], megabytes + fetched(line)
            if line and time.monotonic() - spoke > HEARTBEAT:
                spoke = time.monotonic()
                narrator.say("", line[:90])
    if process.wait():
        tail = "\n  ".join(lines)
        raise StepFailedError(f"{label} failed:\n  {tail}\nThe whole output: {log_path.relative_to(ROOT)}")
    return megabytes


def fetched(line: str) -> float:
    """Megabytes that a line of pip names: the figure of a download, or the size of a wheel on this disk."""
    found = re.match(r"(?:Downloading|Using cached) \S+ \(([\d.]+) (kB|MB|GB)\)", line)
    if found:
        return float(found[1]) * {"kB": 0.001, "MB": 1.0, "GB": 1000.0}[found[2]]
    found = re.match(r"Processing (/\S+\.whl)", line)
    return Path(found[1]).stat().st_size / 1e6 if found and Path(found[1]).is_file() else 0.0
