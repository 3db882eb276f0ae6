"""The routes of a session's course: undo, revert, regenerate, pause, branch, marks, retries."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.app.lab import Lab

Json = dict[str, Any]
CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


@pytest.fixture
def session(client: TestClient, lab: Lab) -> str:
    """One answered round and one that waits."""
    session_id = client.post("/api/sessions", json=CONFIG).json()["id"]
    first = make_round(client, lab, session_id)
    sent = {"answer": {"kind": "ranking", "order": [first["candidates"][2]["id"]]}}
    client.post(f"/api/sessions/{session_id}/rounds/1/answers", json=sent)
    make_round(client, lab, session_id)
    return session_id


def make_round(client: TestClient, lab: Lab, session_id: str) -> Json:
    asked = client.post(f"/api/sessions/{session_id}/rounds").json()
    lab.wait(asked["job"]["id"])
    return client.get(f"/api/sessions/{session_id}/rounds/{asked['index']}").json()


def test_undo_answers_with_the_session_as_it_stands_then(client: TestClient, session: str) -> None:
    undone = client.post(f"/api/sessions/{session}/undo").json()
    assert [(r["index"], r["state"]) for r in undone["round_views"]] == [(1, "awaiting")]
    assert [r["index"] for r in undone["superseded"]] == [2]
    refused = client.post(f"/api/sessions/{session}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_undo")


def test_reverting_twice_is_done_once(client: TestClient, session: str) -> None:
    first = client.post(f"/api/sessions/{session}/revert", json={"index": 1})
    assert client.post(f"/api/sessions/{session}/revert", json={"index": 1}).json() == first.json()


@pytest.mark.parametrize(
    ("body", "status"),
    [({"index": 9}, 404), ({"index": 0}, 404), ({"index": -1}, 422), ({"index": "1"}, 422), ({}, 422)],
)
def test_a_round_to_go_back_to_must_be_one(client: TestClient, session: str, body: Json, status: int) -> None:
    assert client.post(f"/api/sessions/{session}/revert", json=body).status_code == status


def test_regenerating_is_accepted_with_its_job(client: TestClient, lab: Lab, session: str) -> None:
    waiting = client.get(f"/api/sessions/{session}").json()["round_views"][-1]
    again = client.post(f"/api/sessions/{session}/regenerate", json={"round_id": waiting["id"]})
    assert (again.status_code, again.headers["location"]) == (202, f"/api/jobs/{again.json()['job']['id']}")
    assert again.json()["attempt"] == 1


def test_a_paused_session_says_so_and_resumes(client: TestClient, session: str) -> None:
    assert client.post(f"/api/sessions/{session}/pause").json()["state"] == "paused"
    client.post(f"/api/sessions/{session}/undo")
    sent = {
        "answer": {
            "kind": "ranking",
            "order": [client.get(f"/api/sessions/{session}").json()["round_views"][0]["candidates"][1]["id"]],
        }
    }
    assert client.post(f"/api/sessions/{session}/rounds/1/answers", json=sent).status_code == 201
    refused = client.post(f"/api/sessions/{session}/rounds")
    assert (refused.status_code, refused.json()["code"]) == (409, "session_paused")
    assert client.post(f"/api/sessions/{session}/resume").json()["state"] == "active"


def test_a_branch_is_created_where_its_location_says_and_its_parent_names_it(client: TestClient, session: str) -> None:
    made = client.post(f"/api/sessions/{session}/branches", json={"name": "other way"})
    assert made.status_code == 201
    assert client.get(made.headers["location"]).json() == made.json()
    assert [b["name"] for b in client.get(f"/api/sessions/{session}").json()["branches"]] == ["other way"]


def test_marks_are_shown_with_the_candidate(client: TestClient, session: str) -> None:
    candidate = client.get(f"/api/sessions/{session}").json()["round_views"][0]["candidates"][3]
    path = f"/api/sessions/{session}/candidates/{candidate['id']}/marks"
    assert client.put(path, json={"favourite": True}).json()["favourite"]
    assert (
        client.put(path, json={"pinned": True}).json() | {"favourite": True, "pinned": True}
        == client.put(path, json={}).json()
    )
    shown = client.get(f"/api/sessions/{session}").json()["round_views"][0]["candidates"][3]
    assert (shown["favourite"], shown["pinned"]) == (True, True)


def test_a_candidate_that_has_its_picture_is_not_retried(client: TestClient, session: str) -> None:
    candidate = client.get(f"/api/sessions/{session}").json()["round_views"][1]["candidates"][1]
    refused = client.post(f"/api/sessions/{session}/candidates/{candidate['id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
