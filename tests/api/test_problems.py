"""Every fault is a problem (RFC 9457) that says whose it is and what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from pilotage.api.problems import MEANINGS, meaning_of, problem_of
from pilotage.app.lab import Lab
from pilotage.core.errors import InvalidInputError, PilotageError, StorageError
from pilotage.elicitation import KINDS

if TYPE_CHECKING:
    from fastapi import FastAPI

MEMBERS = {
    "type", "title", "status", "detail", "code", "hint", "field", "kind", "request_id", "retry_after", "facts",
}  # fmt: skip


def kinds(of: type[PilotageError]) -> list[type[PilotageError]]:
    return [of, *(low for child in of.__subclasses__() for low in kinds(child))]


def test_every_error_of_the_lab_has_its_row() -> None:
    ours = [kind for kind in kinds(PilotageError) if kind.__module__.startswith("pilotage.")]
    assert not [kind.code for kind in ours if kind.code not in MEANINGS]


def test_a_plug_ins_error_is_told_as_its_nearest_ancestor() -> None:
    class OddSize(InvalidInputError):
        code = "plugin_odd_size"

    told = problem_of(OddSize("odd", field="width"))
    assert (told.status, told.code, told.field, told.kind) == (422, "plugin_odd_size", "width", "input")
    assert meaning_of(OddSize("odd")) is MEANINGS["invalid_input"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "field"),
    [
        ("GET", "/api/sessions/none", None, 404, "not_found", "session_id"),
        ("GET", "/api/nowhere", None, 404, "not_found", ""),
        ("PUT", "/api/sessions", {}, 405, "method_not_allowed", ""),
        ("GET", "/api/sessions?limit=0", None, 422, "invalid_input", "limit"),
        ("GET", "/api/sessions?limit=banana", None, 422, "invalid_input", "limit"),
        ("POST", "/api/sessions", {"request": {"prompt": " "}}, 422, "unsupported_input", "request.prompt"),
        ("POST", "/api/sessions", {"request": {"prompt": "x"}, "image_size": "banana"}, 422, "invalid_input",
         "image_size"),
        ("POST", "/api/sessions", {"request": {"prompt": "x", "width": "banana"}}, 422, "invalid_input",
         "request.width"),
        ("POST", "/api/sessions", {"request": {"prompt": "x"}, "model": "/nowhere"}, 404, "not_found", "model"),
        ("POST", "/api/sessions", {"request": {"prompt": "x"}, "model": 5}, 404, "not_found", "model"),
        ("POST", "/api/runs", {"request": {"prompt": "x"}, "n": 99}, 422, "invalid_input", "n"),
        ("POST", "/api/runs", {"request": {"prompt": "x"}, "stages": ["hires"]}, 422, "unsupported_input",
         "stages.0.kind"),
        ("POST", "/api/previews", {"config": {"model": "analytic", "request": {"prompt": ""}}}, 422, "invalid_input",
         "axes"),
        ("POST", "/api/experiments", {"name": " "}, 422, "invalid_input", "name"),
        ("POST", "/api/sessions/none/branches", {"name": " ", "round_id": "none"}, 422, "invalid_input", "name"),
        ("POST", "/api/sessions/none/rounds/1/answers", {"answer": {}, "gesture": {"acts": "x" * 65_536}}, 422,
         "invalid_input", "gesture"),
        ("POST", "/api/models/warm", {"modl": "x"}, 422, "invalid_input", "modl"),
        ("POST", "/api/jobs/none/cancel", None, 404, "not_found", "job_id"),
        ("GET", "/api/sessions/none/rounds/-1", None, 422, "invalid_input", "index"),
        ("GET", "/api/sessions/none/takeaway/zip", None, 422, "invalid_input", "kind"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_field(
    client: TestClient, method: str, path: str, body: Any, status: int, code: str, field: str
) -> None:
    refused = client.request(method, path, **({} if body is None else {"json": body}))
    told = refused.json()
    assert (refused.status_code, told["code"], told["field"]) == (status, code, field), told
    assert refused.headers["content-type"] == "application/problem+json"
    assert set(told) == MEMBERS
    assert told["request_id"] == refused.headers["x-request-id"]
    assert told["kind"] == "input"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"kind": "ranking", "order": ["cnd_foreign"]}, "answer"),
        ({"kind": "ranking", "order": []}, "answer.order"),
        ({"kind": "ratings", "stars": {"{0}": 1e9}}, "answer.stars"),
        ({"kind": "ratings", "stars": {"{0}": 6}}, "answer.stars"),
        ({"kind": "haruspicy"}, "answer"),
        ({"kind": "pairwise", "winner": "{0}", "loser": "{0}"}, "answer"),
        ({"kind": "worst", "worst": "{0}", "best": "{0}"}, "answer"),
        ({"kind": "shortlist", "kept": [], "favourite": "{0}"}, "answer.favourite"),
        ({"kind": "versus", "incumbent": "{0}", "verdicts": {"{1}": "nicer"}}, "answer.verdicts"),
        ({"kind": "versus", "incumbent": "{0}", "verdicts": {"{1}": "same"}, "best": "{1}"}, "answer.best"),
        ({"kind": "tie", "items": ["{0}"]}, "answer.items"),
        ({"kind": "undecided", "why": "tired"}, "answer.why"),
        ({}, "answer"),
    ],
)
def test_an_answer_that_is_none_changes_nothing(
    client: TestClient, lab: Lab, answer: dict[str, Any], field: str
) -> None:
    path, ids = open_round(client, lab)
    before = client.get(path).json()
    given = json.loads(json.dumps(answer).replace("{0}", ids[0]).replace("{1}", ids[1]))
    refused = client.post(f"{path}/answers", json={"answer": given})
    assert (refused.status_code, refused.json()["kind"]) == (422, "input"), refused.text
    assert refused.json()["field"].startswith(field)
    assert client.get(path).json() == before


def open_round(client: TestClient, lab: Lab) -> tuple[str, list[str]]:
    """The path of a round that takes every kind of answer, and its candidates."""
    config = {"model": "analytic", "request": {"prompt": ""}, "query_kinds": list(KINDS)}
    made = client.post("/api/sessions", json=config).json()
    lab.wait(client.post(f"/api/sessions/{made['id']}/rounds").json()["job"]["id"])
    path = f"/api/sessions/{made['id']}/rounds/1"
    return path, [candidate["id"] for candidate in client.get(path).json()["candidates"]]


@pytest.mark.parametrize(
    ("beside", "field"),
    [
        ({"tags": {"cnd_foreign": ["too_dark"]}}, "tags.cnd_foreign"),
        ({"tags": {"{0}": ["too_dark", "too_bright"]}}, "tags.{0}"),
        ({"tags": {"{0}": "too_dark"}}, "tags.{0}"),
        ({"tags": {"{0}": ["x" * 65]}}, "tags.{0}.0"),
        ({"confidence": 4}, "confidence"),
    ],
)
def test_what_is_said_beside_an_answer_is_checked_before_it_is_taken(
    client: TestClient, lab: Lab, beside: dict[str, Any], field: str
) -> None:
    path, ids = open_round(client, lab)
    before = client.get(path).json()
    sent = {"answer": {"kind": "undecided", "why": "bad"}, **json.loads(json.dumps(beside).replace("{0}", ids[0]))}
    refused = client.post(f"{path}/answers", json=sent)
    assert (refused.status_code, refused.json()["kind"]) == (422, "input"), refused.text
    assert refused.json()["field"] == field.replace("{0}", ids[0])
    assert client.get(path).json() == before


def test_a_typing_slip_gets_the_right_word_as_its_hint(client: TestClient) -> None:
    told = client.post("/api/sessions", json={"request": {"prompt": "x"}, "candidats": 3}).json()
    assert told["hint"] == "Did you mean 'candidates'?"


def test_a_bug_tells_its_request_and_keeps_its_traceback(
    app: FastAPI, lab: Lab, monkeypatch: pytest.MonkeyPatch, logs: list[Any]
) -> None:
    def fail(session_id: str) -> None:
        raise ZeroDivisionError("a secret path /home/somebody")

    monkeypatch.setattr(lab, "get_session", fail)
    with TestClient(app, base_url="http://127.0.0.1:8360") as client:
        answered = client.get("/api/sessions/x")
    told = answered.json()
    assert (answered.status_code, told["code"], told["kind"]) == (500, "internal", "bug")
    assert told["request_id"] in told["hint"]
    assert "secret" not in answered.text
    assert "Traceback" not in answered.text
    assert [line["exc_info"] for line in logs if line["event"] == "request failed"]


def test_a_busy_database_says_when_to_try_again(app: FastAPI, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(session_id: str) -> None:
        raise StorageError("the database failed: database is locked")

    monkeypatch.setattr(lab, "get_session", busy)
    with TestClient(app, base_url="http://127.0.0.1:8360") as client:
        answered = client.get("/api/sessions/x")
    assert (answered.status_code, answered.json()["kind"]) == (503, "passing")
    assert answered.headers["retry-after"] == "1"
    assert answered.json()["retry_after"] == 1.0
