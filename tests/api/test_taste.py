"""Taste profiles over HTTP: listed, found for new settings, shown, corrected, refused by field."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

JSON = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:8360"}
CONFIG = {"model": "analytic", "request": {"prompt": "a disc"}}


@pytest.fixture
def space(steer: Any) -> str:
    session = steer()
    session.step()
    session.pick(1)
    return str(session.view.space_fingerprint)


def test_a_profile_is_listed_found_by_settings_and_shown(client: TestClient, space: str) -> None:
    (listed,) = client.get("/api/tastes").json()
    assert (listed["space"], listed["prompt"], listed["sessions"], listed["answers"]) == (space, "a disc", 1, 1)
    found = client.post("/api/tastes/find", json={**CONFIG, "candidates": 6}, headers=JSON).json()["found"]
    assert found == listed
    profile = client.get(f"/api/tastes/{space}").json()
    assert [axis["axis"]["name"] for axis in profile["axes"]] == listed["axes"]
    assert all(axis["low"] < axis["mean"] < axis["high"] for axis in profile["axes"])


@pytest.mark.parametrize("other", [{"request": {"prompt": "a ring"}}, {"radius": 0.5}])
def test_settings_of_another_space_find_nothing(client: TestClient, space: str, other: dict[str, Any]) -> None:
    assert client.post("/api/tastes/find", json={**CONFIG, **other}, headers=JSON).json() == {"found": None}


def test_a_correction_is_kept(client: TestClient, space: str) -> None:
    sent = {"weight": 0.5, "axes": {"cool ↔ warm": {"mean": 0.4, "sd": 0.1}}}
    answered = client.put(f"/api/tastes/{space}", json=sent, headers=JSON)
    assert answered.status_code == 200, answered.text
    assert answered.json() == client.get(f"/api/tastes/{space}").json()
    assert answered.json()["settings"] == {**sent, "excluded": []}
    assert answered.json()["taste"]["mean"][3] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"weight": 2}, "weight"), ({"excluded": ["ses_x"]}, "excluded"), ({"axes": {"soft": {"mean": 1}}}, "axes.soft"),
     ({"much": 1}, "much"), ({"axes": {"cool ↔ warm": {"sd": 0}}}, "axes.cool ↔ warm.sd")],
)  # fmt: skip
def test_a_correction_that_cannot_be_is_refused_by_field(
    client: TestClient, space: str, sent: dict[str, Any], field: str
) -> None:
    refused = client.put(f"/api/tastes/{space}", json=sent, headers=JSON)
    assert refused.status_code == 422
    assert refused.json()["field"] == field


def test_an_unknown_space_has_no_profile(client: TestClient) -> None:
    assert client.get(f"/api/tastes/{'0' * 64}").status_code == 404
