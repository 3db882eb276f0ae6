"""The doctor's findings, the newest log lines and the newest failed jobs in one zip, without secrets and names."""

from __future__ import annotations

import getpass
import json
import socket
import zipfile
from pathlib import Path

from pilotage.app.doctor import Examination
from pilotage.app.settings import Settings
from pilotage.core.errors import PilotageError
from pilotage.store import JobRow

LOG_BYTES = 1_000_000
FAILED_JOBS = 50


def write_bundle(settings: Settings, found: Examination, target: Path) -> Path:
    """Write the zip; the token, the home folder, the user's and the machine's name are replaced in every text."""
    texts = {"examination.json": found.model_dump_json(indent=2), "failed-jobs.json": _failed_jobs(settings)}
    for file in sorted((settings.home / "logs").glob("*.jsonl")):
        texts[f"logs/{file.name}"] = file.read_bytes()[-LOG_BYTES:].decode("utf-8", "replace")
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, _scrubbed(text, settings))
    return target


def _failed_jobs(settings: Settings) -> str:
    """Read as it is: a doctor neither makes nor migrates a database."""
    from pilotage.store.sql import SqlStore  # noqa: PLC0415

    if not settings.database and not (settings.home / "pilotage.db").exists():
        return "[]"
    store = SqlStore(settings.database_url)
    try:
        rows = store.list(JobRow, where={"state": "failed"}, limit=FAILED_JOBS, newest_first=True)
    except PilotageError as error:
        return json.dumps({"unreadable": str(error)})
    finally:
        store.close()
    return json.dumps([row.model_dump(mode="json") for row in rows], indent=2)


def _scrubbed(text: str, settings: Settings) -> str:
    secrets = {
        settings.token: "<token>", str(settings.home.resolve()): "<home>", str(Path.home()): "<user's folder>",
        socket.gethostname(): "<machine>", getpass.getuser(): "<user>",
    }  # fmt: skip
    for secret, shown in secrets.items():
        if len(secret) > 2:
            text = text.replace(secret, shown)
    return text
