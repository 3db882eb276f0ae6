"""Calibration and diagnosis over HTTP: jobs that are asked for, what is known, and refusals by field."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.testing.loom import Loom

JSON = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:8360"}


@pytest.fixture
def config(lab: Any) -> dict[str, Any]:
    return {"model": lab.catalog.add(Loom()), "request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "dimension": 2}


def ended(lab: Any, client: TestClient, response: Any) -> Any:
    assert response.status_code == 202, response.text
    assert response.headers["location"] == f"/api/jobs/{response.json()['id']}"
    lab.wait(response.json()["id"])
    return client.get(response.headers["location"]).json()


def test_axes_are_measured_by_a_job_and_known_from_then_on(
    lab: Any, client: TestClient, config: dict[str, Any]
) -> None:
    before = client.post("/api/calibrations/known", json=config, headers=JSON).json()
    assert [axis["measured"] for axis in before["axes"]] == [False]
    job = ended(lab, client, client.post("/api/calibrations", json={"config": config, "carriers": 2}, headers=JSON))
    assert job["state"] == "succeeded"
    known = client.post("/api/calibrations/known", json=config, headers=JSON).json()
    assert [axis["name"] for axis in known["axes"]] == [axis["name"] for axis in job["result"]["axes"]]
    assert {(axis["measured"], axis["repeats"]) for axis in known["axes"]} == {(True, 2)}


def test_a_space_is_diagnosed_by_a_job(lab: Any, client: TestClient, config: dict[str, Any]) -> None:
    asked = {"config": config, "places": 3, "seeds": 3}
    job = ended(lab, client, client.post("/api/space-diagnostics", json=asked, headers=JSON))
    assert set(job["result"]["space"]) == {"z", "seed", "both", "interval"}
    assert job["result"]["axes"][0]["name"] == "red ↔ blue"


@pytest.mark.parametrize(
    ("path", "more", "field"),
    [("/api/calibrations", {"carriers": 1}, "carriers"), ("/api/calibrations", {"features": "taste"}, "features.kind"),
     ("/api/space-diagnostics", {"places": 2}, "places"), ("/api/space-diagnostics", {"much": 1}, "much")],
)  # fmt: skip
def test_bad_input_is_refused_by_field(
    client: TestClient, config: dict[str, Any], path: str, more: dict[str, Any], field: str
) -> None:
    refused = client.post(path, json={"config": config, **more}, headers=JSON)
    assert refused.status_code == 422
    assert refused.json()["field"] == field


def test_a_model_with_its_own_axes_is_refused_and_says_why(client: TestClient) -> None:
    config = {"model": "analytic", "request": {"prompt": "a disc"}}
    refused = client.post("/api/calibrations", json={"config": config}, headers=JSON)
    assert (refused.status_code, refused.json()["field"]) == (422, "model")
    assert "axes of its own" in refused.json()["detail"]


@pytest.mark.parametrize("path", ["/api/calibrations", "/api/space-diagnostics", "/api/calibrations/known"])
def test_only_models_that_are_listed_may_be_named(client: TestClient, config: dict[str, Any], path: str) -> None:
    config = {**config, "model": "/etc?axes=formality"}
    refused = client.post(path, json=config if path.endswith("known") else {"config": config}, headers=JSON)
    assert (refused.status_code, refused.json()["field"]) == (404, "model")
