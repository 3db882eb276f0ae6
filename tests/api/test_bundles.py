"""Reports, bundles and page events over HTTP: streamed out, bounded in, checked at the door."""

from __future__ import annotations

import io
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.api import bodies
from pilotage.api.app import create_app
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.reports.checks import verify_bundle

ZIP = {"content-type": "application/zip"}
KEY = {"Idempotency-Key": "upload-1"}


@pytest.fixture
def session(steer: Any) -> Any:
    session = steer()
    session.step()
    session.pick(2, comment="this")
    session.step()
    return session


@pytest.fixture
def zipped(client: TestClient, session: Any) -> bytes:
    return client.get(f"/api/sessions/{session.id}/bundle").content


def test_a_bundle_is_streamed_as_a_file_of_the_sessions_name(client: TestClient, session: Any) -> None:
    with client.stream("GET", f"/api/sessions/{session.id}/bundle") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"] == f'attachment; filename="{session.id}.zip"'
        assert "content-length" not in answer.headers
        data = answer.read()
    assert verify_bundle(io.BytesIO(data)).faults == []
    assert zipfile.ZipFile(io.BytesIO(data)).namelist()[0] == "manifest.json"


def test_a_bundle_that_comes_in_is_a_session_that_is_read_only(client: TestClient, zipped: bytes, session: Any) -> None:
    answer = client.post("/api/bundles", content=zipped, headers=ZIP)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"/api/sessions/{made['id']}"
    assert made["id"] != session.id
    assert [round_["state"] for round_ in made["round_views"]] == ["answered", "awaiting"]
    refused = client.post(f"/api/sessions/{made['id']}/rounds")
    assert (refused.status_code, refused.json()["code"]) == (409, "session_read_only")
    order = {"answer": {"kind": "ranking", "order": [made["round_views"][1]["candidates"][0]["id"]]}}
    refused = client.post(f"/api/sessions/{made['id']}/rounds/2/answers", json=order)
    assert refused.json()["code"] == "session_read_only"
    assert client.get(f"/api/sessions/{made['id']}/report").json()["chapters"][0]["answer"]["comment"] == "this"


def test_a_report_is_the_story_of_the_session(client: TestClient, session: Any) -> None:
    story = client.get(f"/api/sessions/{session.id}/report").json()
    assert (story["schema_version"], [chapter["index"] for chapter in story["chapters"]]) == (2, [1, 2])
    assert story["chapters"][0]["pictures"][2]["chosen"]


@pytest.mark.parametrize("path", ["bundle", "report"])
def test_nobody_has_neither(client: TestClient, path: str) -> None:
    assert client.get(f"/api/sessions/ses_nobody/{path}").status_code == 404


def test_an_upload_of_another_type_is_refused_unread(client: TestClient, zipped: bytes) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", "application/x-zip"):
        answer = client.post("/api/bundles", content=zipped, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all" * 100, b"{}"])
def test_an_upload_that_is_no_bundle_is_refused(client: TestClient, data: bytes) -> None:
    answer = client.post("/api/bundles", content=data, headers=ZIP)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_a_damaged_upload_says_which_file(client: TestClient, zipped: bytes, lab: Any) -> None:
    at = zipped.index(b"\x89PNG")
    count = len(lab.list_sessions()[0])
    answer = client.post("/api/bundles", content=zipped[: at + 40] + b"\0" + zipped[at + 41 :], headers=ZIP)
    assert answer.status_code == 422
    assert answer.json()["facts"]["faults"][0].startswith("pictures/")
    assert len(lab.list_sessions()[0]) == count


def test_an_upload_beyond_the_bound_is_413_announced_or_not(
    client: TestClient, app: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MAX_UPLOAD", 1000)
    announced = client.post("/api/bundles", content=b"x" * 1001, headers=ZIP)
    assert (announced.status_code, announced.json()["code"]) == (413, "body_too_large")
    host = ("host", "127.0.0.1:8360")
    streamed = ask(app, "POST", "/api/bundles", [host, ("content-type", "application/zip")], chunks=[b"x" * 600] * 3)
    assert (streamed.status, streamed.json()["code"]) == (413, "body_too_large")


def test_an_upload_sent_twice_under_a_key_is_one_session(client: TestClient, zipped: bytes, lab: Any) -> None:
    first, again = (client.post("/api/bundles", content=zipped, headers={**ZIP, **KEY}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert len(lab.list_sessions()[0]) == 2


def test_another_upload_under_the_same_key_is_refused(client: TestClient, zipped: bytes, steer: Any, lab: Any) -> None:
    other = client.get(f"/api/sessions/{steer(seed=3).id}/bundle").content
    assert client.post("/api/bundles", content=zipped, headers={**ZIP, **KEY}).status_code == 201
    count = len(lab.list_sessions()[0])
    for data in (other, zipped[:-1], b""):
        refused = client.post("/api/bundles", content=data, headers={**ZIP, **KEY})
        assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    assert len(lab.list_sessions()[0]) == count


def test_an_upload_sent_again_has_the_same_bounds(
    client: TestClient, zipped: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post("/api/bundles", content=zipped, headers={**ZIP, **KEY}).status_code == 201
    monkeypatch.setattr(bodies, "MAX_UPLOAD", 1000)
    pieces = (zipped[at : at + 600] for at in range(0, len(zipped), 600))
    refused = client.post("/api/bundles", content=pieces, headers={**ZIP, **KEY})
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_an_upload_from_another_site_is_refused(client: TestClient, zipped: bytes) -> None:
    answer = client.post("/api/bundles", content=zipped, headers={**ZIP, "origin": "http://evil.test"})
    assert answer.status_code == 403


def test_page_events_are_kept_and_can_be_switched_off(client: TestClient, session: Any, lab: Any) -> None:
    notes = {"session_id": session.id, "notes": [{"kind": "shown", "round_id": session.last().id, "ms": 3}]}
    assert client.get("/api/events/page").json() == {"wanted": True, "kept": 0}
    answer = client.post("/api/events/page", json=notes)
    assert (answer.status_code, answer.json()) == (200, {"wanted": True, "kept": 1})
    with TestClient(create_app(lab, Settings(page_events=False), port=8360), base_url="http://127.0.0.1:8360") as off:
        assert off.get("/api/events/page").json()["wanted"] is False
        assert off.post("/api/events/page", json=notes).json() == {"wanted": False, "kept": 0}
    assert [event.type for event in lab.store.events(topic=session.id)].count("page.shown") == 1


@pytest.mark.parametrize(
    "change", [{"notes": []}, {"notes": [{"kind": "shown"}]}, {"session_id": ""}, {"more": 1}, {"notes": 51}]
)
def test_page_events_of_another_shape_are_refused_by_field(client: TestClient, session: Any, change: Any) -> None:
    one = {"kind": "shown", "round_id": session.last().id}
    if change.get("notes") == 51:
        change = {"notes": [one] * 51}
    answer = client.post("/api/events/page", json={"session_id": session.id, "notes": [one], **change})
    assert answer.status_code == 422
    assert answer.json()["field"].split(".")[0] in ("notes", "session_id", "more")


def test_the_finished_session_opens_once_however_often_it_is_pressed_for(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    opened: list[str] = []
    with TestClient(create_app(local_lab(settings), settings, port=8360), base_url="http://127.0.0.1:8360") as client:

        def press(key: str) -> None:
            opened.append(client.post("/api/example", headers={"Idempotency-Key": key}).json()["id"])

        presses = [threading.Thread(target=press, args=(f"press-{number}",)) for number in range(4)]
        for thread in presses:
            thread.start()
        for thread in presses:
            thread.join()
        assert len(client.get("/api/sessions").json()["items"]) == 1
    assert len(opened) == 4
    assert len(set(opened)) == 1
