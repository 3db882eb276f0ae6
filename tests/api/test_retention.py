"""Deleting, the trash and rendering again over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.app.lab import Lab
from pilotage.store import ArtifactRow

Json = dict[str, Any]


@pytest.fixture
def session(client: TestClient, lab: Lab) -> str:
    made = client.post("/api/sessions", json={"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}).json()
    asked = client.post(f"/api/sessions/{made['id']}/rounds").json()
    lab.wait(asked["job"]["id"])
    return str(made["id"])


def test_a_deletion_is_previewed_done_and_taken_back(client: TestClient, session: str) -> None:
    path = f"/api/sessions/{session}"
    told = client.get(f"{path}/deletion").json()
    assert client.delete(path, params={"dry_run": True}).json() == told
    assert (told["pictures"], told["shared_pictures"], told["final_at"]) == (4, 0, None)
    assert client.get("/api/trash").json() == []
    deleted = client.delete(path)
    assert deleted.status_code == 200
    assert deleted.json() == {
        **told,
        "deleted_at": deleted.json()["deleted_at"],
        "final_at": deleted.json()["final_at"],
    }
    assert client.get("/api/trash").json() == [deleted.json()]
    assert client.get("/api/sessions").json()["items"] == []
    refused = client.post(f"{path}/rounds")
    assert (refused.status_code, refused.json()["code"]) == (409, "session_deleted")
    assert "Restore" in refused.json()["hint"]
    assert client.post(f"{path}/restore").json()["id"] == session
    assert [item["id"] for item in client.get("/api/sessions").json()["items"]] == [session]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/deletion"), ("DELETE", ""), ("DELETE", "?dry_run=true"), ("POST", "/restore")],
)
def test_what_is_not_there_is_404(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"/api/sessions/ses_none{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_trash_is_emptied_for_good(client: TestClient, session: str) -> None:
    client.delete(f"/api/sessions/{session}")
    report = client.delete("/api/trash").json()
    assert (report["purged"], report["faults"]) == ([session], [])
    assert client.get(f"/api/sessions/{session}").status_code == 404
    assert client.post(f"/api/sessions/{session}/restore").status_code == 404


def test_an_experiment_goes_with_its_sessions_and_comes_back_with_them(client: TestClient, session: str) -> None:
    made = client.post("/api/experiments", json={"name": "discs"}).json()
    path = f"/api/experiments/{made['id']}"
    client.put(f"/api/sessions/{session}/experiment", json={"experiment_id": made["id"]})
    assert client.get(f"{path}/deletion").json()["sessions"] == []
    told = client.get(f"{path}/deletion", params={"with_sessions": True}).json()
    assert (told["sessions"], told["staying"], told["pictures"], told["final_at"]) == ([session], 0, 4, None)
    deleted = client.delete(path, params={"with_sessions": True}).json()
    assert deleted == {**told, "deleted_at": deleted["deleted_at"], "final_at": deleted["final_at"]}
    assert client.get("/api/trash/experiments").json() == [deleted]
    assert [one["session_id"] for one in client.get("/api/trash").json()] == [session]
    refused = client.patch(path, json={"name": "other"})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "conflict", "experiment_id")
    assert client.post(f"{path}/restore").json() == {**client.get(path).json(), "sessions": 1, "deleted_at": None}
    assert client.get("/api/trash").json() == client.get("/api/trash/experiments").json() == []
    client.delete(path)
    assert client.delete("/api/trash").json()["purged"] == [made["id"]]
    assert client.get(f"/api/sessions/{session}").json()["experiment_id"] is None
    for method, rest in (("GET", "/deletion"), ("DELETE", ""), ("POST", "/restore")):
        assert client.request(method, f"{path}{rest}").status_code == 404


def test_what_would_be_cleaned_is_told(client: TestClient, session: str) -> None:
    report = client.get("/api/clean", params={"reproducible": True}).json()
    assert (report["dry_run"], report["removed"]) == (True, 0)
    assert [(line["kind"], line["files"]) for line in report["lines"]] == [("essential", 4)]


def test_a_cleaned_picture_is_410_and_names_what_makes_it_again(client: TestClient, lab: Lab, session: str) -> None:
    candidates = client.get(f"/api/sessions/{session}/rounds/1").json()["candidates"]
    name = candidates[0]["artifact"]
    before = client.get(f"/api/artifacts/{name}").content
    with lab.store.transaction() as tx:
        tx.put(tx.get(ArtifactRow, name).model_copy(update={"cleaned_at": lab.ports.clock()}))
    assert client.get(f"/api/artifacts/{name}").content == before, "a mark alone takes nothing away"
    lab.artifacts.set_aside(name)
    gone = client.get(f"/api/artifacts/{name}")
    assert (gone.status_code, gone.json()["code"]) == (410, "cleaned")
    asked = client.post(f"/api/runs/{gone.json()['facts']['run_id']}/again")
    assert (asked.status_code, asked.headers["location"]) == (202, f"/api/jobs/{asked.json()['id']}")
    lab.wait(asked.json()["id"])
    assert client.get(f"/api/artifacts/{name}").content == before


def test_an_unknown_run_cannot_be_made_again(client: TestClient) -> None:
    assert client.post("/api/runs/run_none/again").status_code == 404
