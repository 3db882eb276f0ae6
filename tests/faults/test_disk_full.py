"""F6: a disk that is full or refuses. What was acknowledged stays, the fault is told, and work goes on afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.artifacts import DiskArtifacts
from pilotage.core.errors import StorageError
from pilotage.store import RoundRow

Steer = Callable[..., Any]
SIZE = 4 << 20
NO_TMPFS = "a small disk of its own can only be mounted as root on Linux; the limit of file sizes is tested below"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip(NO_TMPFS)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def lab(disk: Path) -> Iterator[Lab]:
    """A lab whose home lies on the small disk."""
    lab = local_lab(Settings(home=disk))
    yield lab
    lab.store.close()


@contextmanager
def filled(folder: Path, *, but: int = 0) -> Iterator[None]:
    """No space is left on the disk, or `but` bytes are."""
    hog = folder / "hog"
    with hog.open("wb", buffering=0) as file:
        for chunk in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"x" * chunk):
                    pass
            except OSError:
                continue
    os.truncate(hog, max(0, hog.stat().st_size - but))
    try:
        yield
    finally:
        hog.unlink()


def pages_of(database: Path) -> str:
    import sqlite3

    with sqlite3.connect(database) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def test_an_artifact_that_does_not_fit_leaves_nothing_and_fits_later(disk: Path) -> None:
    artifacts, data = DiskArtifacts(disk / "artifacts"), os.urandom(1 << 20)
    small = artifacts.put(b"kept before")
    with filled(disk, but=1 << 16):
        with pytest.raises(StorageError, match="No space left") as caught:
            artifacts.put(data)
        assert "Free some disk space" in caught.value.hint
        assert artifacts.get(small) == b"kept before"
        assert artifacts.strays() == []
    name = artifacts.put(data)
    assert artifacts.get(name) == data


def test_a_write_that_does_not_fit_is_507_and_what_was_said_before_holds(disk: Path, lab: Lab) -> None:
    config = {"model": "analytic", "seed": 1, "request": {"prompt": "a disc"}}
    said: list[str] = []
    with TestClient(create_app(lab, Settings(home=disk), port=8360), base_url="http://127.0.0.1:8360") as client:
        with filled(disk):
            for _ in range(200):  # the log of the database may have some pages left
                answer = client.post("/api/sessions", json=config)
                if answer.status_code != 201:
                    break
                said.append(answer.json()["id"])
            assert (answer.status_code, answer.json()["code"], answer.json()["kind"]) == (507, "storage", "device")
            assert "disk" in answer.json()["hint"]
        later = client.post("/api/sessions", json=config)
        assert later.status_code == 201
        found = {item["id"] for item in client.get("/api/sessions?limit=200").json()["items"]}
    assert found == {*said, later.json()["id"]}
    assert pages_of(disk / "pilotage.db") == "ok"
    assert lab.fsck().findings == []


def test_a_server_that_has_read_nothing_yet_reads_on_a_full_disk(disk: Path, lab: Lab) -> None:
    """The index of the database's log is made when the lab opens: with no space left it could not be."""
    config = {"model": "analytic", "seed": 1, "request": {"prompt": "a disc"}}
    with TestClient(create_app(lab, Settings(home=disk), port=8360), base_url="http://127.0.0.1:8360") as client:
        with filled(disk):
            refused = client.post("/api/sessions", json=config)
            assert (refused.status_code, refused.json()["hint"]) == (507, "Free some disk space.")
            assert client.get("/api/sessions").json() == {"items": [], "next": None}
        assert client.post("/api/sessions", json=config).status_code == 201


def test_a_database_that_cannot_even_be_opened_for_want_of_space_says_so(disk: Path, lab: Lab) -> None:
    lab.store.close()
    with filled(disk), pytest.raises(StorageError) as caught:
        local_lab(Settings(home=disk))
    assert caught.value.hint == "Free some disk space."
    assert local_lab(Settings(home=disk)).list_sessions()[0] == []


def write_much(lab: Lab, session_id: str) -> None:
    """More than the pages that the database's log may have left."""
    for _ in range(200):
        lab.pause(session_id)
        lab.resume(session_id)


def test_a_full_disk_is_still_read(disk: Path, lab: Lab, steer: Steer) -> None:
    session = steer(lab=lab)
    session.step()
    before = session.view
    with filled(disk):
        with pytest.raises(StorageError):
            write_much(lab, session.id)
        assert session.view.round_views == before.round_views
        assert lab.get_media(before.round_views[0].candidates[0].artifact or "").data


def test_a_round_that_does_not_fit_is_made_when_there_is_space_again(disk: Path, lab: Lab, steer: Steer) -> None:
    session = steer(lab=lab)
    session.step()
    session.pick(1)
    shown = [lab.get_media(c.artifact).data for c in session.last().candidates]
    job = lab.request_round(session.id).job
    assert job is not None
    with filled(disk), pytest.raises(StorageError):
        lab.wait(job.id)
    assert [lab.get_media(c.artifact).data for c in session.view.round_views[0].candidates] == shown
    assert session.view.answers == 1
    again = lab.request_round(session.id).job
    assert again is not None
    assert lab.wait(again.id).state == "succeeded"
    assert session.last().state == "awaiting"
    assert pages_of(disk / "pilotage.db") == "ok"
    assert lab.fsck().findings == []


def test_pictures_that_do_not_fit_fail_the_job_with_the_reason(tmp_path: Path, disk: Path, steer: Steer) -> None:
    lab = local_lab(Settings(home=disk, database=f"sqlite:///{tmp_path / 'elsewhere.db'}"))
    session = steer(lab=lab)
    with filled(disk):
        job = session.try_step()
    assert job.state == "failed"
    assert job.error is not None
    assert (job.error["code"], job.error["hint"]) == ("storage", "Free some disk space.")
    assert lab.store.list(RoundRow)[0].state == "failed"
    assert lab.fsck().findings == []
    assert session.step().state == "awaiting"
    assert lab.fsck().findings == []
    lab.store.close()


def test_cleaning_needs_no_space(disk: Path, lab: Lab, steer: Steer) -> None:
    from pilotage.sessions.cleaning import Choice

    session = steer(lab=lab)
    session.step()
    held = list(lab.artifacts.held())
    with filled(disk):
        gone = lab.artifacts.remove([one.name for one in held[:1]], before=held[0].touched_at.replace(year=2100))
        assert list(gone) == [held[0].name]
        assert lab.clean(Choice(), dry_run=True).removed == 0


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders have no owner's rights on this system")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """As a user without root's rights: in a process of its own, if the tests run as root."""
    folder = tmp_path / "artifacts"
    artifacts = DiskArtifacts(folder)
    name = artifacts.put(b"kept")
    for place in (tmp_path, folder, *(part for part in folder.rglob("*") if part.is_dir())):
        place.chmod(0o755 if place == tmp_path else 0o555)
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o444)
    told = _as_nobody(folder, name)
    assert told == {
        "kept": "kept",
        "code": "storage",
        "hint": "The folder of the artifacts cannot be written by this user.",
    }


def test_a_limit_of_file_sizes_is_told_like_a_full_disk(tmp_path: Path) -> None:
    script = """
        import json, resource, signal, sys
        from pathlib import Path
        from pilotage.artifacts import DiskArtifacts
        from pilotage.core.errors import StorageError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
        artifacts = DiskArtifacts(Path(sys.argv[1]))
        kept = artifacts.put(b"small")
        try:
            artifacts.put(b"x" * (1 << 20))
        except StorageError as error:
            told = {"hint": error.hint, "kept": artifacts.get(kept).decode(), "strays": len(artifacts.strays())}
            print(json.dumps(told))
    """
    if sys.platform == "win32":
        pytest.skip("this system has no limit of file sizes")
    assert _run(script, str(tmp_path / "artifacts")) == {"hint": "Free some disk space.", "kept": "small", "strays": 0}


def _as_nobody(folder: Path, name: str) -> dict[str, Any]:
    script = """
        import json, sys
        from pathlib import Path
        from pilotage.artifacts import DiskArtifacts
        from pilotage.core.errors import StorageError
        import os
        from PIL import Image  # whatever is imported late, before the rights go
        artifacts = DiskArtifacts(Path("."))
        os.chdir(sys.argv[1])
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            artifacts.put(b"new")
        except StorageError as error:
            print(json.dumps({"kept": artifacts.get(sys.argv[2]).decode(), "code": error.code, "hint": error.hint}))
    """
    return _run(script, str(folder), name)


def _run(script: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))
