"""`pilotage doctor`: is everything there that a session needs, and what to do about what isn't."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Literal

from pydantic import BaseModel, ConfigDict

import pilotage
from pilotage.app.catalog import ModelCatalog
from pilotage.app.diagnostics import without_password
from pilotage.app.memory import device_mb
from pilotage.app.settings import Settings
from pilotage.app.snapshots import PACKAGES
from pilotage.core.errors import PilotageError
from pilotage.core.versions import installed

SQLITE = (3, 35)  # RETURNING, which events need for their place
DISK_GB = 2.0
SLOW_MS = 200.0


class Check(BaseModel):
    """One thing that was looked at; `hint` says what to do unless it is in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    state: Literal["ok", "warning", "fault"]
    told: str
    hint: str = ""


class Examination(BaseModel):
    """All checks, and what this installation is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checks: list[Check]
    settings: dict[str, object]
    versions: dict[str, str]
    platform: str

    @property
    def healthy(self) -> bool:
        """Whether nothing is at fault; warnings are allowed."""
        return all(check.state != "fault" for check in self.checks)


def examine(settings: Settings) -> Examination:
    """Look at everything; a check that fails in an unforeseen way is a fault with its reason."""
    checks: Sequence[tuple[str, Callable[[Settings], Check]]] = (
        ("python", _python), ("disk", _disk), ("writing", _writing), ("sqlite", _sqlite), ("database", _database),
        ("packages", _packages), ("device", _device), ("starter model", _starter), ("web app", _web), ("port", _port),
    )  # fmt: skip
    return Examination(
        checks=[_safely(name, check, settings) for name, check in checks], settings=shown_settings(settings),
        versions=installed(PACKAGES), platform=platform.platform(),
    )  # fmt: skip


def shown_settings(settings: Settings) -> dict[str, object]:
    """The settings in force, without secrets."""
    told = settings.model_dump(mode="json")
    hidden = {"token": "set" if settings.token else "", "database": without_password(settings.database)}
    return {**told, **hidden}


def _safely(name: str, check: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return check(settings)
    except PilotageError as error:
        return Check(name=name, state="fault", told=str(error), hint=error.hint)
    except Exception as error:  # the doctor must come to an end, whatever is broken
        return Check(name=name, state="fault", told=f"{type(error).__name__}: {error}")


def _python(settings: Settings) -> Check:
    del settings
    told = (
        f"{sys.version.split()[0]} in {'an environment of its own' if sys.prefix != sys.base_prefix else 'the system'}"
    )
    return Check(name="python", state="ok", told=told)


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(_existing(settings.home)).free / 1e9
    enough = free >= DISK_GB
    return Check(
        name="disk", state="ok" if enough else "warning", told=f"{free:.1f} GB free for the home folder",
        hint="" if enough else "Free some space, or see what can go: pilotage clean --dry-run.",
    )  # fmt: skip


def _writing(settings: Settings) -> Check:
    """A write that must survive a power cut, in the home folder itself."""
    settings.home.mkdir(parents=True, exist_ok=True)
    begun = perf_counter()
    with tempfile.NamedTemporaryFile(dir=settings.home, prefix="doctor-") as file:
        file.write(os.urandom(400_000))
        file.flush()
        os.fsync(file.fileno())
    took = 1000 * (perf_counter() - begun)
    slow = took > SLOW_MS
    return Check(
        name="writing", state="warning" if slow else "ok", told=f"400 kB are safe on the disk in {took:.0f} ms",
        hint="The disk is slow or busy: every answer waits for it." if slow else "",
    )  # fmt: skip


def _sqlite(settings: Settings) -> Check:
    del settings
    fine = sqlite3.sqlite_version_info >= SQLITE
    needed = ".".join(map(str, SQLITE))
    return Check(
        name="sqlite", state="ok" if fine else "fault", told=sqlite3.sqlite_version,
        hint="" if fine else f"Take a Python with SQLite {needed} or newer.",
    )  # fmt: skip


def _database(settings: Settings) -> Check:
    from pilotage.store.migrate import current_revision, head_revision  # noqa: PLC0415
    from pilotage.store.sql import open_engine  # noqa: PLC0415

    url = settings.database_url
    if url.startswith("sqlite") and not (settings.home / "pilotage.db").exists() and not settings.database:
        return Check(name="database", state="ok", told="none yet; the first start makes it")
    engine = open_engine(url)
    try:
        known = current_revision(engine)
    finally:
        engine.dispose()
    head = head_revision()
    fine = known in (None, head)
    return Check(
        name="database", state="ok" if fine else "warning",
        told=f"{without_password(url)} answers; its schema is {known or 'not made yet'}",
        hint="" if fine else f"Today's schema is {head}: pilotage db migrate.",
    )  # fmt: skip


def _packages(settings: Settings) -> Check:
    del settings
    missing = [name for name in ("torch", "diffusers", "transformers") if find_spec(name) is None]
    if missing:
        hint = "pip install 'pilotage[diffusion]'"
        return Check(name="packages", state="fault", told=f"missing: {', '.join(missing)}", hint=hint)
    found = installed(PACKAGES)
    return Check(name="packages", state="ok", told=", ".join(f"{name} {version}" for name, version in found.items()))


def _device(settings: Settings) -> Check:
    """What the models will run on; a GPU that torch can't use is worth a warning."""
    import torch

    memory = f"{device_mb(settings.device) / 1000:.0f} GB"
    if torch.cuda.is_available():
        return Check(name="device", state="ok", told=f"{torch.cuda.get_device_name()}, {memory}")
    wanted = settings.device.startswith("cuda")
    unused = wanted or shutil.which("nvidia-smi") is not None
    return Check(
        name="device", state="fault" if wanted else "warning" if unused else "ok",
        told=f"CPU with {os.cpu_count()} cores, {memory}; torch {torch.__version__} sees no GPU",
        hint="Install a torch build with CUDA for this driver." if unused else "",
    )  # fmt: skip


def _starter(settings: Settings) -> Check:
    info = ModelCatalog(settings).get("starter").info
    return Check(name="starter model", state="ok", told=f"{info.name}, {info.size_mb or 0:.0f} MB")


def _web(settings: Settings) -> Check:
    del settings
    built = (Path(pilotage.__file__).with_name("web") / "index.html").exists()
    hint = "" if built else "scripts/install builds it; the API and the terminal work without."
    return Check(name="web app", state="ok" if built else "warning", told="built" if built else "not built", hint=hint)


def _port(settings: Settings) -> Check:
    with socket.socket() as probe:
        taken = settings.port != 0 and probe.connect_ex(("127.0.0.1", settings.port)) == 0
    return Check(
        name="port", state="warning" if taken else "ok", told=f"{settings.port} is {'in use' if taken else 'free'}",
        hint="A Pilotage may be running already; another: pilotage serve --port 0." if taken else "",
    )  # fmt: skip


def _existing(path: Path) -> Path:
    path = path.resolve()
    while not path.exists():
        path = path.parent
    return path
