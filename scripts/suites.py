"""Run suites of tests and checks, each with a time budget, and print what each one took.

    suites.py test     unit, faults, starter, weights, browser, web: what must pass
    suites.py check    format, lint, types, layers, sizes, site: how the code and its documents must be
    suites.py unit …   some by name

Suites that keep all processors busy run one after another, the others two at a time, the longest first; beside them
all, at the lowest priority, what only needs the time that they leave. A suite past its budget is named; past twice its
budget it is stopped, unless it is one of those. With CI=true nothing may be skipped in the starter
and browser suites.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import build_web

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
AT_ONCE = 2
RUNNING: set[subprocess.Popen[str]] = set()


def pytest(*options: str) -> tuple[str, ...]:
    """The pytest command with these options; it names the slowest tests."""
    return (sys.executable, "-m", "pytest", "-q", "--inline-snapshot=disable", "--durations=12", *options)


def in_parallel(beyond: int = 0) -> tuple[str, ...]:
    """pytest-xdist's options: one process a core, at most eight, and some beyond where tests mostly wait."""
    return ("-n", str(min(8, os.cpu_count() or 1) + beyond), "--dist", "worksteal")


def files_marked(mark: str) -> tuple[str, ...]:
    """The test files in which a mark stands: the others need not even be imported."""
    found = sorted((ROOT / "tests").rglob("test_*.py"))
    return tuple(str(path.relative_to(ROOT)) for path in found if f"mark.{mark}" in path.read_text())


@dataclass(frozen=True)
class Suite:
    """A command and the seconds it should take on two cores.

    Attributes:
        env: variables set for it.
        alone: whether it keeps all processors busy.
        beside: whether it runs from the beginning on, with what time the others leave.
        whole: whether a skipped test is a failure in CI.
    """

    budget: float
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path = ROOT
    alone: bool = False
    beside: bool = False
    whole: bool = False


ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # processes are the parallelism there
UNMARKED = "not starter and not browser"
TESTS = {
    "unit": Suite(750, pytest("-m", UNMARKED, "--ignore=tests/faults", *in_parallel(1)), env=ONE_THREAD, alone=True),
    "faults": Suite(220, pytest("-m", UNMARKED, *in_parallel(1), "tests/faults"), env=ONE_THREAD, alone=True),
    "starter": Suite(
        150, pytest("-m", "starter and not browser", *in_parallel(), *files_marked("starter")), env=ONE_THREAD,
        alone=True, whole=True,
    ),
    "weights": Suite(
        180, ("nice", "-n", "19", sys.executable, "-m", "training.starter.evaluate", "--check"), env=ONE_THREAD,
        beside=True,
    ),
    "browser": Suite(
        600, pytest("-m", "browser", "-n", "2", "--dist", "loadfile", "tests/browser"), alone=True, whole=True
    ),
}  # fmt: skip
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


def run(name: str, suite: Suite, say: Callable[[str], Any]) -> tuple[bool, float]:
    """Run one suite; `say` takes its output, line by line. Whether it passed, and its seconds."""
    say(f"\n── {name} (budget {suite.budget:.0f} s)\n")
    started, last = time.monotonic(), ""
    try:
        process = subprocess.Popen(
            suite.command, cwd=suite.cwd, env={**os.environ, **suite.env}, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    except FileNotFoundError as error:
        say(f"{name}: {error}\n")
        return False, 0.0
    RUNNING.add(process)
    stop = threading.Timer(2 * suite.budget, os.killpg, (process.pid, signal.SIGTERM))
    if not suite.beside:
        stop.start()
    try:
        for line in process.stdout or ():
            say(line)
            last = line if line.strip() else last
        status = process.wait()
    finally:
        stop.cancel()
    RUNNING.discard(process)
    seconds = time.monotonic() - started
    if suite.whole and IN_CI and re.search(r"\b\d+ skipped", last):
        say(f"{name}: in CI no test of this suite may be skipped\n")
        return False, seconds
    return status == 0, seconds


def run_all(chosen: dict[str, Suite]) -> dict[str, tuple[bool, float]]:
    """Run all suites, and leave none running; whether each passed, and its seconds."""
    show = partial(print, end="", flush=True)

    def apart(name: str) -> tuple[bool, float]:
        lines: list[str] = []
        result = run(name, chosen[name], lines.append)
        show("".join(lines))
        return result

    beside = [name for name, suite in chosen.items() if suite.beside]
    pool, aside = ThreadPoolExecutor(AT_ONCE), ThreadPoolExecutor(max(1, len(beside)))
    try:
        begun = aside.map(apart, beside)
        results = {name: run(name, suite, show) for name, suite in chosen.items() if suite.alone}
        others = sorted(chosen.keys() - results - {*beside}, key=lambda name: -chosen[name].budget)
        results |= zip(others, pool.map(apart, others), strict=True)
        results |= zip(beside, begun, strict=True)
    except BaseException:
        for process in list(RUNNING):
            os.killpg(process.pid, signal.SIGTERM)
        raise
    finally:
        pool.shutdown()
        aside.shutdown()
    return {name: results[name] for name in chosen}


def main() -> int:
    """Run the suites that the arguments name; 1 if any failed."""
    groups = {"test": {**TESTS, **web_tests()}, "check": {**CHECKS, **web_checks()}}
    known = {**groups["test"], **groups["check"]}
    chosen: dict[str, Suite] = {}
    for name in sys.argv[1:] or ("test", "check"):
        if name not in groups and name not in known:
            raise SystemExit(f"suites: no {name!r}; one of {', '.join((*groups, *known))}")
        chosen |= groups.get(name) or {name: known[name]}
    results = run_all(chosen)
    print("\nsuite         result       seconds  budget")
    for name, (passed, seconds) in results.items():
        late = "  over budget" if seconds > chosen[name].budget and not chosen[name].beside else ""
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
