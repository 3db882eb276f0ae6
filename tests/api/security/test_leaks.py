"""What must not get out: the token, the folders and the names of this computer."""

from __future__ import annotations

import getpass
import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilotage.api.guard import policy_for
from pilotage.app.settings import Settings
from pilotage.models import AnalyticModel
from pilotage.reports.subject import public_ref
from pilotage.reports.tables import TABLES

TOKEN = "a-secret-of-the-tests-0123456789-abcdef"
FOLDER = "/srv/of-somebody/models"


def test_the_token_is_in_no_answer_and_in_no_file(serving: Callable[..., Any], tmp_path: Path) -> None:
    with serving(tmp_path, PILOTAGE_TOKEN=TOKEN, PILOTAGE_HOST="0.0.0.0") as served, served.client() as client:
        query, bearer = {"token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}
        opened = client.get("/login", params=query)
        assert (opened.status_code, opened.headers["referrer-policy"]) == (303, "no-referrer")
        client.cookies.clear()
        config = {"model": "analytic", "request": {"prompt": ""}}
        answers = [
            opened,
            client.get("/login", params={"token": TOKEN[:-1]}),
            client.get("/api/nowhere", params=query, headers={**bearer, "Referer": f"http://x/login?token={TOKEN}"}),
            client.get(f"/api/sessions/{'x' * 70}", params=query, headers=bearer),
            client.post("/api/sessions", params=query, headers=bearer, json={"request": {}}),
            client.post("/api/sessions", headers=bearer, json=config),
            client.get("/api/diagnostics", headers=bearer),
            client.get("/openapi.json", headers=bearer),
            client.get("/", headers=bearer),
        ]
        assert {answer.status_code for answer in answers} == {200, 201, 303, 401, 404, 422}
        end = time.monotonic() + 40
        while client.get("/api/diagnostics", headers=bearer).json()["workers"] == []:
            assert time.monotonic() < end, "no worker came"
            time.sleep(0.1)
    cookie = policy_for(Settings(token=TOKEN), 1).cookie
    for answer in answers:
        said = answer.text + "".join(f"{name}: {value}\n" for name, value in answer.headers.multi_items())
        assert TOKEN not in said, answer.url.path
        assert cookie not in said or answer is opened
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"api.jsonl", "worker.jsonl"} <= {file.name for file in kept}
    for file in kept:
        content = file.read_bytes()
        assert TOKEN.encode() not in content, file
        assert cookie.encode() not in content, file


def test_a_line_of_the_log_is_one_line_whatever_was_asked_for(served: Any) -> None:
    with served.client() as client:
        client.get('/x%0a{"event":"forged","level":"error"}')
        client.get("/api/sessions/a%0d%0a%1b[31mred")
    lines = (served.home / "logs" / "api.jsonl").read_bytes().split(b"\n")
    told = [json.loads(line) for line in lines if line]
    assert any("forged" in line.get("path", "") for line in told)
    assert not [line for line in told if line["event"] == "forged"]
    assert not [line for line in lines if b"\x1b" in line or b"\r" in line]


@pytest.fixture
def private(lab: Any, steer: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A session on a model that lies in somebody's folder, as somebody, with two answers."""
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-named-thus")
    monkeypatch.setattr(socket, "gethostname", lambda: "somebodys-computer")
    model = AnalyticModel()
    model._info = model.info.model_copy(update={"ref": f"{FOLDER}/mine+{FOLDER}/style.safetensors@0.5"})
    assert getpass.getuser() == "somebody-named-thus"
    session = steer(model=lab.catalog.add(model))
    for _ in range(2):
        session.step()
        session.pick(1)
    return session


def test_no_export_names_a_folder_a_user_or_a_computer(private: Any, lab: Any, tmp_path: Path) -> None:
    taken = {kind: lab.take_away(private.id, kind).data for kind in ("png", "replay", "embeddings")}
    for table in TABLES:
        lab.export_table(table, tmp_path / "out" / f"{table}.csv")
    files = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert len(files) > 3
    for name, content in {**taken, **files}.items():
        for secret in (b"of-somebody", b"somebody-named-thus", b"somebodys-computer", str(tmp_path).encode()):
            assert secret not in content, (name, secret)
        assert not re.search(rb'["\s](/(home|root|usr|srv|tmp|Users)/|[A-Z]:\\\\)', content), name
    assert b"mine" in taken["replay"], "the model's own name stays"


@pytest.mark.parametrize(
    ("ref", "public"),
    [
        (f"{FOLDER}/mine+{FOLDER}/a b.safetensors@0.5", "mine+a b.safetensors@0.5"),
        (f"starter+{FOLDER}/a.safetensors+~/b.safetensors@-1", "starter+a.safetensors+b.safetensors@-1"),
        (r"C:\Users\me\m+C:\Users\me\s.safetensors", "m+s.safetensors"),
        ("/srv/a+b/mine", "mine"),
        ("owner/name+style.safetensors", "owner/name+style.safetensors"),
    ],
)
def test_a_reference_with_added_styles_keeps_their_names_alone(ref: str, public: str) -> None:
    assert public_ref(ref) == public


def test_an_error_names_no_file_of_ours(client: Any) -> None:
    for path in ("/api/models/starter%2F..%2F..", "/api/models/nowhere", f"/api/artifacts/{'0' * 64}", "/docs/x.py"):
        told = client.get(path).text
        assert not re.search(r"site-packages|src/pilotage|Traceback|\.py\b(?!\")", told.replace("x.py", "")), told
