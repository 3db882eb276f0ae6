"""Each route, over a lab in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from pilotage.app.lab import Lab
from pilotage.elicitation import KINDS
from pilotage.jobs.base import new_job

Json = dict[str, Any]
CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


def create(client: TestClient, **more: object) -> Json:
    made = client.post("/api/sessions", json={**CONFIG, **more})
    assert made.status_code == 201, made.text
    return made.json()


def first_round(client: TestClient, lab: Lab, session_id: str) -> Json:
    asked = client.post(f"/api/sessions/{session_id}/rounds")
    assert asked.status_code == 202, asked.text
    lab.wait(asked.json()["job"]["id"])
    return client.get(f"/api/sessions/{session_id}/rounds/{asked.json()['index']}").json()


def test_a_session_is_created_where_its_location_says(client: TestClient) -> None:
    made = client.post("/api/sessions", json=CONFIG)
    assert made.status_code == 201
    assert client.get(made.headers["location"]).json() == made.json()


def test_a_round_is_accepted_with_the_address_of_its_job(client: TestClient, lab: Lab) -> None:
    session = create(client)
    asked = client.post(f"/api/sessions/{session['id']}/rounds")
    assert asked.status_code == 202
    assert asked.headers["location"] == f"/api/jobs/{asked.json()['job']['id']}"
    assert client.get(asked.headers["location"]).json()["state"] == "queued"
    lab.wait(asked.json()["job"]["id"])
    assert client.get(asked.headers["location"]).json()["state"] == "succeeded"


def test_an_answer_can_ask_for_the_next_round_at_once(client: TestClient, lab: Lab) -> None:
    session = create(client)
    round_ = first_round(client, lab, session["id"])
    sent = {"answer": {"kind": "ranking", "order": [round_["candidates"][2]["id"]]}, "next_round": True}
    answered = client.post(f"/api/sessions/{session['id']}/rounds/1/answers", json=sent)
    assert answered.status_code == 201
    assert answered.json()["candidates"][2]["is_incumbent"]
    assert client.get(f"/api/sessions/{session['id']}").json()["round_views"][1]["state"] == "queued"


def test_an_answer_comes_back_with_all_that_was_said(client: TestClient, lab: Lab) -> None:
    session = create(client)
    ids = [candidate["id"] for candidate in first_round(client, lab, session["id"])["candidates"]]
    said = {"tags": {ids[1]: ["too_dark", "moody"]}, "confidence": 2, "comment": "nearly", "comments": {ids[0]: "flat"}}
    sent = {"answer": {"kind": "ranking", "order": [ids[2]]}, **said}
    answered = client.post(f"/api/sessions/{session['id']}/rounds/1/answers", json=sent).json()["answer"]
    assert {name: answered[name] for name in said} == said
    assert (answered["ties_offered"], answered["directions"]) == (False, {})


def test_forecasts_and_reasons_are_told_after_the_answer_alone(client: TestClient, lab: Lab) -> None:
    session = create(client)
    round_ = first_round(client, lab, session["id"])
    assert all(candidate["forecast"] is None for candidate in round_["candidates"])
    sent = {"answer": {"kind": "ranking", "order": [round_["candidates"][1]["id"]]}}
    answered = client.post(f"/api/sessions/{session['id']}/rounds/1/answers", json=sent).json()
    assert all(candidate["forecast"] for candidate in answered["candidates"])


def test_a_stale_answer_is_refused_and_the_first_one_stays(client: TestClient, lab: Lab) -> None:
    session = create(client)
    ids = [candidate["id"] for candidate in first_round(client, lab, session["id"])["candidates"]]
    path = f"/api/sessions/{session['id']}/rounds/1/answers"
    first = client.post(path, json={"answer": {"kind": "ranking", "order": [ids[0]]}})
    again = client.post(path, json={"answer": {"kind": "ranking", "order": [ids[0]]}})
    other = client.post(path, json={"answer": {"kind": "ranking", "order": [ids[1]]}})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert other.json()["code"] == "round_closed"
    stored = client.get(f"/api/sessions/{session['id']}/rounds/1").json()["answer"]["answer"]["order"]
    assert stored == [ids[0]]


def test_two_clicks_make_one_round(client: TestClient) -> None:
    session = create(client)
    first, second = (client.post(f"/api/sessions/{session['id']}/rounds").json() for _ in range(2))
    assert (first["id"], first["job"]["id"]) == (second["id"], second["job"]["id"])
    assert len(client.get(f"/api/sessions/{session['id']}").json()["round_views"]) == 1


def test_a_second_round_is_refused_while_the_first_waits(client: TestClient, lab: Lab) -> None:
    session = create(client)
    first_round(client, lab, session["id"])
    refused = client.post(f"/api/sessions/{session['id']}/rounds")
    assert (refused.status_code, refused.json()["code"]) == (409, "round_open")


def test_beliefs_are_numbers_once_there_is_a_space(client: TestClient, lab: Lab) -> None:
    session = create(client)
    before = client.get(f"/api/sessions/{session['id']}/belief")
    assert (before.status_code, before.json()["hint"]) == (422, "Ask for a round first.")
    first_round(client, lab, session["id"])
    belief = client.get(f"/api/sessions/{session['id']}/belief").json()
    assert belief["expected_gain"] is None
    assert len(belief["axes"]) == 5


def test_the_final_picture_is_named_and_the_session_reopened(client: TestClient, lab: Lab) -> None:
    session = create(client)
    chosen = first_round(client, lab, session["id"])["candidates"][1]["id"]
    path = f"/api/sessions/{session['id']}"
    done = client.post(f"{path}/finish", json={"candidate_id": chosen, "closeness": 4, "comment": "near"}).json()
    assert (done["state"], done["final_id"], done["closeness"]) == ("completed", chosen, 4)
    assert client.post(f"{path}/rounds").json()["code"] == "session_closed"
    assert client.post(f"{path}/reopen").json()["state"] == "active"


@pytest.mark.parametrize("act", ["points", "verify", "final"])
def test_renders_around_a_round_are_jobs_whose_result_names_the_run(client: TestClient, lab: Lab, act: str) -> None:
    session = create(client)
    chosen = first_round(client, lab, session["id"])["candidates"][1]["id"]
    body = {"z": [0.1] * 5} if act == "points" else {"candidate_id": chosen}
    asked = client.post(f"/api/sessions/{session['id']}/{act}", json=body)
    assert asked.status_code == 202, asked.text
    lab.wait(asked.json()["id"])
    run = client.get(f"/api/runs/{client.get(asked.headers['location']).json()['result']['run_id']}").json()
    assert run["purpose"] == act.removesuffix("s")
    assert all(sample["artifact"] for sample in run["samples"])


def test_a_run_without_steering(client: TestClient, lab: Lab) -> None:
    asked = client.post("/api/runs", json={"request": {"prompt": ""}, "model": "analytic", "n": 3, "seed": 5})
    assert asked.status_code == 202, asked.text
    lab.wait(asked.json()["id"])
    job = client.get(asked.headers["location"]).json()
    assert len(client.get(f"/api/runs/{job['result']['run_id']}").json()["samples"]) == 3


def test_a_queued_job_can_be_cancelled(client: TestClient) -> None:
    session = create(client)
    job = client.post(f"/api/sessions/{session['id']}/rounds").json()["job"]
    assert client.post(f"/api/jobs/{job['id']}/cancel").json()["state"] == "cancelled"


def test_a_running_job_says_how_long_its_like_took(client: TestClient, lab: Lab) -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    known = {"state": "succeeded", "phases": [["generating", noon.isoformat(), "1"]]}
    with lab.store.transaction() as tx:
        for n in range(4):
            past = new_job("step", {"model": "analytic"}, topic="t", key=(n,), clock=lambda: noon)
            tx.put(past.model_copy(update={**known, "ended_at": noon + timedelta(days=365)}))
        now = [["generating", lab.ports.clock().isoformat(), "1"]]
        tx.put(past.model_copy(update={"id": "job_running", "state": "running", "phases": now}))
    low, high = client.get("/api/jobs/job_running").json()["time_left"]
    assert 364 * 86_400 < low <= high <= 365 * 86_400
    assert client.get(f"/api/jobs/{past.id}").json()["time_left"] is None


def test_an_artifact_never_changes_and_is_harmless(client: TestClient, lab: Lab) -> None:
    session = create(client)
    sha256 = first_round(client, lab, session["id"])["candidates"][0]["artifact"]
    got = client.get(f"/api/artifacts/{sha256}")
    assert got.content.startswith(b"\x89PNG")
    assert "immutable" in got.headers["cache-control"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    again = client.get(f"/api/artifacts/{sha256}", headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_thumbnail_is_small_webp_of_another_etag(client: TestClient, lab: Lab) -> None:
    session = create(client)
    sha256 = first_round(client, lab, session["id"])["candidates"][0]["artifact"]
    small = client.get(f"/api/artifacts/{sha256}?size=thumb")
    assert small.headers["content-type"] == "image/webp"
    assert small.content[8:12] == b"WEBP"
    assert small.headers["etag"] != client.get(f"/api/artifacts/{sha256}").headers["etag"]
    assert client.get(f"/api/artifacts/{'0' * 64}").status_code == 404
    assert client.get("/api/artifacts/..%2f..%2fetc%2fpasswd").status_code in (404, 422)


def test_pages_of_sessions_are_complete_and_without_repeats(client: TestClient) -> None:
    made = [create(client, name=str(number))["id"] for number in range(7)]
    seen: list[str] = []
    after = None
    while True:
        page = client.get("/api/sessions", params={"limit": 3, **({"after": after} if after else {})}).json()
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 3:
            create(client, name="born while paging")  # newer: it must not shift what follows
        after = page["next"]
        if after is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "WzEsMl0", "'; DROP TABLE session;--", "WyIyMDI2IiwieCJd"])
def test_a_cursor_that_is_not_ours_is_bad_input(client: TestClient, cursor: str) -> None:
    refused = client.get("/api/sessions", params={"after": cursor})
    assert (refused.status_code, refused.json()["field"]) == (422, "after")


def test_a_dry_run_of_settings_fills_in_defaults_and_makes_nothing(client: TestClient) -> None:
    checked = client.post("/api/sessions/check", json=CONFIG).json()
    assert checked["sampler"]["kind"] == "auto"
    assert client.get("/api/sessions").json()["items"] == []


def test_settings_come_as_a_file_that_makes_them_again(client: TestClient) -> None:
    config = {"model": "analytic", "request": {"prompt": "a disc"}, "candidates": 3}
    said = client.post("/api/sessions/template", json=config)
    assert said.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(said.text) == config
    refused = client.post("/api/sessions/template", json={**config, "candidates": 99})
    assert (refused.status_code, refused.json()["field"]) == (422, "candidates")
    assert client.get("/api/sessions").json()["items"] == []


def test_models_and_strategies_are_listed_with_what_they_take(client: TestClient) -> None:
    refs = {model["ref"] for model in client.get("/api/models").json()}
    assert {"starter", "analytic"} <= refs
    assert client.get("/api/models/analytic").json()["capabilities"]["text"] is False
    strategies = client.get("/api/strategies").json()
    assert {entry["kind"] for entry in strategies["query_kinds"]} == set(KINDS)
    assert {"name": "too_dark", "good": False, "statistic": "brightness", "wish": 1} in strategies["tags"]
    assert all(entry["summary"] and entry["config_schema"]["properties"] for entry in strategies["samplers"])
    assert [profile["name"] for profile in strategies["profiles"]] == ["quick look", "balanced", "fine"]
    assert all(policy["summary"] for policy in strategies["seed_policies"])


def test_unknown_words_come_with_known_ones_like_them(client: TestClient) -> None:
    checked = client.post("/api/prompts/check", json={"model": "starter", "prompt": "a redd fox"}).json()
    assert checked["unknown_words"] == ["redd"]
    assert "red" in checked["suggestions"]["redd"]


def test_warming_is_a_job(client: TestClient) -> None:
    asked = client.post("/api/models/warm", json={"model": "analytic"})
    assert (asked.status_code, asked.json()["kind"]) == (202, "warm")


def test_diagnostics_say_null_where_nothing_is_known(client: TestClient) -> None:
    told = client.get("/api/diagnostics").json()
    assert told["device"] == {"configured": "auto", "requested": None, "active": None, "dtype": None}
    assert told["timings"]["last_round_ms"] is None
    assert told["versions"]["pilotage"]
    assert "No worker is running" in told["sentence"]


@pytest.mark.parametrize("kind", ["png", "script", "replay"])
def test_a_session_is_taken_away_as_a_named_file(client: TestClient, lab: Lab, kind: str) -> None:
    session = create(client)
    round_ = first_round(client, lab, session["id"])
    sent = {"answer": {"kind": "ranking", "order": [round_["candidates"][0]["id"]]}}
    client.post(f"/api/sessions/{session['id']}/rounds/1/answers", json=sent)
    got = client.get(f"/api/sessions/{session['id']}/takeaway/{kind}")
    assert got.status_code in (200, 422), got.text  # the analytic model has no diffusers script
    if got.status_code == 200:
        assert got.headers["content-disposition"].startswith("attachment")


def test_the_pages_load_nothing_from_another_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert "http" not in page.text.replace("http-equiv", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert client.get(f"/docs/{asset}").status_code == 200
    assert "<script>" not in page.text
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")


def test_any_address_of_the_page_opens_the_page(client: TestClient) -> None:
    for path in ("/", "/sessions/ses_1", "/diagnostics"):
        got = client.get(path, headers={"Accept": "text/html"})
        assert (got.status_code, got.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert client.get("/assets/none.js").status_code == 404
