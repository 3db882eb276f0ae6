"""Run suites of tests and checks, each with a time budget, and print what each one took.

    suites.py test     unit, faults, starter, browser, web: what must pass
    suites.py check    format, lint, types, layers, sizes, site: how the code and its documents must be
    suites.py unit …   some by name

A suite past its budget is named; past twice its budget it is stopped. With CI=true nothing may be skipped
in the browser suite.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import build_web

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")


def pytest(*options: str) -> tuple[str, ...]:
    """The pytest command with these options; it names the slowest tests."""
    return (sys.executable, "-m", "pytest", "-q", "--inline-snapshot=disable", "--durations=12", *options)


def in_parallel() -> tuple[str, ...]:
    """pytest-xdist's options: one process a core, at most eight."""
    return ("-n", str(min(8, os.cpu_count() or 1)), "--dist", "worksteal")


@dataclass(frozen=True)
class Suite:
    """A command and the seconds it should take on two cores.

    Attributes:
        env: variables set for it.
        whole: whether a skipped test is a failure in CI.
    """

    budget: float
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path = ROOT
    whole: bool = False


ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # processes are the parallelism there
UNMARKED = "not starter and not browser"
TESTS = {
    "unit": Suite(600, pytest("-m", UNMARKED, "--ignore=tests/faults", *in_parallel()), env=ONE_THREAD),
    "faults": Suite(200, pytest("-m", UNMARKED, *in_parallel(), "tests/faults"), env=ONE_THREAD),
    "starter": Suite(300, pytest("-m", "starter and not browser"), whole=True),
    "browser": Suite(500, pytest("-m", "browser", "-n", "2", "--dist", "loadfile", "tests/browser"), whole=True),
}
CHECKS = {
    "format": Suite(20, (str(BIN / "ruff"), "format", "--check", ".")),
    "lint": Suite(20, (str(BIN / "ruff"), "check", ".")),
    "types": Suite(120, (str(BIN / "mypy"),)),
    "layers": Suite(30, (str(BIN / "lint-imports"), "--no-cache")),
    "sizes": Suite(10, (sys.executable, "scripts/check_sizes.py")),
    "site": Suite(20, (sys.executable, "-m", "sphinx", "-b", "html", "-EaWq", "--keep-going", "docs", "build/site")),
}


def web_suites() -> dict[str, Suite]:
    """The web app's own tests and checks, where there is a web app."""
    if not (build_web.SOURCES / "package.json").exists():
        return {}
    npm = build_web.find_npm()
    if npm is None:
        raise SystemExit("suites: no Node for the web tests; run scripts/install --dev")
    place: dict[str, Any] = {"env": {**build_web.environment(npm), "CI": "1"}, "cwd": build_web.SOURCES}
    return {
        "web": Suite(120, (npm, "test", "--if-present"), **place),
        "web-types": Suite(60, (npm, "run", "typecheck", "--if-present"), **place),
        "web-lint": Suite(60, (npm, "run", "lint", "--if-present"), **place),
    }


def run(name: str, suite: Suite) -> tuple[bool, float]:
    """Run one suite, its output passed through; whether it passed, and its seconds."""
    print(f"\n── {name} (budget {suite.budget:.0f} s)", flush=True)
    started, last = time.monotonic(), ""
    try:
        process = subprocess.Popen(
            suite.command, cwd=suite.cwd, env={**os.environ, **suite.env}, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    except FileNotFoundError as error:
        print(f"{name}: {error}")
        return False, 0.0
    stop = threading.Timer(2 * suite.budget, os.killpg, (process.pid, signal.SIGTERM))
    stop.start()
    try:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line if line.strip() else last
        status = process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGTERM)
        raise
    finally:
        stop.cancel()
    seconds = time.monotonic() - started
    if suite.whole and IN_CI and re.search(r"\b\d+ skipped", last):
        print(f"{name}: in CI no test of this suite may be skipped")
        return False, seconds
    return status == 0, seconds


def main() -> int:
    """Run the suites that the arguments name; 1 if any failed."""
    groups = {"test": {**TESTS, **web_tests()}, "check": {**CHECKS, **web_checks()}}
    known = {**groups["test"], **groups["check"]}
    chosen: dict[str, Suite] = {}
    for name in sys.argv[1:] or ("test", "check"):
        if name not in groups and name not in known:
            raise SystemExit(f"suites: no {name!r}; one of {', '.join((*groups, *known))}")
        chosen |= groups.get(name) or {name: known[name]}
    results = {name: run(name, suite) for name, suite in chosen.items()}
    print("\nsuite         result       seconds  budget")
    for name, (passed, seconds) in results.items():
        late = "  over budget" if seconds > chosen[name].budget else ""
        print(f"{name:<13} {'passed' if passed else 'FAILED':<9} {seconds:>10.1f} {chosen[name].budget:>7.0f}{late}")
    return 0 if all(passed for passed, _ in results.values()) else 1


def web_tests() -> dict[str, Suite]:
    """The part of `web_suites` that belongs to `test`."""
    return {name: suite for name, suite in web_suites().items() if name == "web"}


def web_checks() -> dict[str, Suite]:
    """The part of `web_suites` that belongs to `check`."""
    return {name: suite for name, suite in web_suites().items() if name != "web"}


if __name__ == "__main__":
    sys.exit(main())
