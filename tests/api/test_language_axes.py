"""Axes and profiles of language over HTTP, with a tiny model in the models folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.api import bodies
from pilotage.api.app import create_app
from pilotage.api.throttle import Throttle
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.verbs.profiles import MAX_EVENTS
from pilotage.app.wiring import memory_lab
from pilotage.labs.language.profiles import Profile
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

Json = dict[str, Any]
TINY = {"model": "tiny"}
AXIS = {
    "poles": {"negative": "dry", "positive": "witty"},
    "pairs": [
        {"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}.", "split": split}
        for i, split in enumerate(["train"] * 8 + ["held_out"] * 4)
    ],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    tiny_language.save("llama", home / "models" / "tiny")
    return home


@pytest.fixture
def talker(home: Path) -> Lab:
    return memory_lab(Settings(home=home))


@pytest.fixture
def client(talker: Lab, home: Path) -> Iterator[TestClient]:
    app = create_app(talker, Settings(home=home), port=8360)
    with TestClient(app, base_url="http://127.0.0.1:8360") as client:
        yield client


def test_an_axis_is_written_checked_built_measured_and_taken_along(client: TestClient, talker: Lab) -> None:
    from safetensors.numpy import load

    template = client.get("/api/language/axes/wit/template").json()
    assert template["name"] == "wit"
    checked = client.post("/api/language/axes/check", json={**AXIS, "name": "wit"})
    assert [one["code"] for one in checked.json()] == ["few"]
    kept = client.put("/api/language/axes/wit", json=AXIS)
    assert kept.status_code == 200, kept.text
    built = client.post("/api/language/axes/wit/build", json={**TINY, "quick": True})
    assert built.status_code == 202, built.text
    talker.wait(built.json()["id"])
    assert client.get(built.headers["location"]).json()["state"] == "succeeded"
    shown = client.get("/api/language/axes/wit", params=TINY).json()
    assert shown["pack"]["usable"]
    assert shown["pack"]["max_dose"] == 1.5
    report = client.get("/api/language/axes/wit/report", params=TINY).json()
    assert report == shown["report"]
    assert len(report["samples"][0]["texts"]) == len(report["doses"]) == 9
    page = client.get("/api/language/axes/wit/report.html", params=TINY)
    assert page.headers["content-type"].startswith("text/html")
    assert f"{report['effect']:.2f} nats a token" in page.text
    again = client.post("/api/language/axes/wit/evaluate", json={**TINY, "quick": True, "seed": 4})
    assert (again.status_code, again.json()["kind"]) == (202, "axis_evaluate")
    vectors = client.get("/api/language/axes/wit/vectors", params=TINY)
    assert load(vectors.content)["vectors"].shape == (3, 32)
    assert client.delete("/api/language/axes/wit").status_code == 204
    assert client.get("/api/language/axes/wit", params=TINY).status_code == 404


def test_overlaps_and_suggestions_speak_of_axes_that_can_be_steered(client: TestClient, talker: Lab) -> None:
    model = talker.catalog.language("tiny")
    for seed, name in enumerate(("formality", "sentiment")):
        talker.steering.keep(tiny_pack(model, name, seed=seed))
    control = client.get("/api/language/axes/formality/vectors", params={**TINY, "format": "gguf"})
    assert control.content[:4] == b"GGUF"
    overlaps = client.get("/api/language/overlaps", params=TINY).json()
    assert overlaps["axes"] == ["formality", "sentiment"]
    assert overlaps["cosines"][0][0] == pytest.approx(1, abs=1e-3)
    assert overlaps["cosines"][0][1] == pytest.approx(overlaps["cosines"][1][0])
    chat = client.get("/api/language/suggestions", params={**TINY, "context": "friendly_chat"}).json()
    assert chat[0]["doses"] == {"formality": -0.5}
    assert client.get("/api/language/suggestions", params={**TINY, "context": "opera"}).json()["field"] == "context"


@pytest.mark.parametrize("name", ["..%2fwit", "Wit", "wit.json", "w" * 49])
def test_names_that_could_be_paths_are_refused(client: TestClient, name: str) -> None:
    assert client.put(f"/api/language/axes/{name}", json=AXIS).status_code in (404, 422)


@pytest.mark.parametrize("model", ["../tiny", "/etc", "nobody/nothing", "."])
def test_only_models_that_are_listed_may_be_named(client: TestClient, model: str) -> None:
    for refused in (
        client.get("/api/language/axes", params={"model": model}),
        client.post("/api/language/axes/formality/build", json={"model": model}),
    ):
        assert (refused.status_code, refused.json()["field"]) == (404, "model")


def test_an_axis_that_ships_is_not_hidden_by_one_of_its_name(client: TestClient, talker: Lab) -> None:
    refused = client.put("/api/language/axes/formality", json=AXIS)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "conflict", "axis.name")
    assert not talker.shelf.owns("formality")
    talker.put_axis({**AXIS, "name": "formality"})  # who did so knowingly, in a script, can go on writing it
    assert client.put("/api/language/axes/formality", json=AXIS).status_code == 200


def test_malformed_pairs_are_told_by_field(client: TestClient) -> None:
    refused = client.put("/api/language/axes/wit", json={**AXIS, "pairs": [{"positive": "a"}] * 5})
    assert (refused.status_code, refused.json()["field"]) == (422, "axis.pairs.0.negative")


def test_a_client_may_begin_only_so_much_within_a_minute(client: TestClient) -> None:
    client.app.state.throttle = Throttle(starts=2, seconds=60)  # type: ignore[attr-defined]
    sent = [client.post("/api/language/axes/formality/build", json={**TINY, "seed": seed}) for seed in range(3)]
    assert [one.status_code for one in sent] == [202, 202, 429]
    assert sent[2].json()["code"] == "throttled"
    wait = sent[2].json()["facts"]["seconds"]
    assert 50 < wait <= 61
    assert (sent[2].headers["retry-after"], sent[2].json()["retry_after"]) == (str(wait), wait)
    assert client.get("/api/language/axes", params=TINY).status_code == 200


def test_work_under_way_is_found_by_its_axis_page_by_page(client: TestClient, talker: Lab) -> None:
    began = [client.post(f"/api/language/axes/formality/{work}", json={**TINY, "seed": seed}).json()
             for seed, work in enumerate(["build"] * 3)]  # fmt: skip
    client.post("/api/language/axes/sentiment/build", json=TINY)
    asked: Json = {"topic": "axis:formality", "state": ["queued", "running"], "limit": 2}
    first = client.get("/api/jobs", params=asked).json()
    rest = client.get("/api/jobs", params={**asked, "after": first["next"]}).json()
    found = [*first["items"], *rest["items"]]
    assert [one["id"] for one in found] == [one["id"] for one in reversed(began)]
    assert {(one["kind"], one["model"], one["topic"]) for one in found} == {("axis_build", "tiny", "axis:formality")}
    assert rest["next"] is None
    client.post(f"/api/jobs/{began[0]['id']}/cancel")
    assert len(client.get("/api/jobs", params={**asked, "limit": 9}).json()["items"]) == 2
    stopped = client.get("/api/jobs", params={"state": "cancelled"}).json()["items"]
    assert [one["id"] for one in stopped] == [began[0]["id"]]
    refused = client.get("/api/jobs", params={"state": "asleep"})
    assert (refused.status_code, refused.json()["field"]) == (422, "state.0")


def test_the_window_of_starts_slides() -> None:
    throttle = Throttle(starts=1, seconds=0.05)
    throttle.begin("a")
    throttle.begin("b")
    import time

    time.sleep(0.06)
    throttle.begin("a")


def test_a_profile_is_begun_told_asked_and_deleted(client: TestClient) -> None:
    made = client.post("/api/language/profiles", json={"name": "mine", "owner": "ada", "axes": ["formality"]})
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    event = {"kind": "doses_set", "doses": {"formality": 0.8}}
    told = client.post(f"{address}/events", json={"events": [event], "revision": 0}).json()
    assert told["doses"] == {"formality": 0.8}
    stale = client.post(f"{address}/events", json={"events": [event], "revision": 0})
    assert (stale.status_code, stale.json()["field"]) == (409, "revision")
    wrong = client.post(f"{address}/events", json={"events": [{"kind": "doses_set", "doses": {"formality": 7}}]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "events.0.doses.formality")
    asked = client.post(f"{address}/question", json={"prompts": ["Hello?"], "n": 3, "seed": 1}).json()
    assert len(asked["options"]) == 3
    assert client.post(f"{address}/doses", json={}).json() == {"doses": {"formality": 0.8}}
    assert client.post(f"{address}/remarks", json={"text": "too stiff"}).status_code == 409
    assert client.patch(address, json={"name": "ours"}).json()["name"] == "ours"
    exported = client.get(f"{address}/export").json()
    taken = client.post("/api/language/profiles/import", json=exported)
    assert (taken.status_code, taken.json()["doses"]) == (201, {"formality": 0.8})
    listed = client.get("/api/language/profiles", params={"owner": "ada", "limit": 1}).json()
    assert [one["id"] for one in listed["items"]] == [taken.json()["id"]]
    rest = client.get("/api/language/profiles", params={"owner": "ada", "after": listed["next"]}).json()
    assert [one["id"] for one in rest["items"]] == [made.json()["id"]]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_full_profile_that_was_exported_is_taken_back(client: TestClient) -> None:
    axes = [f"axis_{number}" for number in range(12)]
    said = {"kind": "doses_set", "doses": dict.fromkeys(axes, 0.123456), "at": "2026-01-01T00:00:00Z"}
    full = Profile.parse({"id": "prf_1", "axes": axes, "max_active": 12, "events": [said] * MAX_EVENTS}).export()
    assert len(full) > bodies.MAX_BYTES
    headers = {"Content-Type": "application/json"}
    taken = client.post("/api/language/profiles/import", content=full, headers=headers)
    assert (taken.status_code, taken.json().get("revision")) == (201, MAX_EVENTS), taken.text[:300]
    padded = full + " " * (16 << 20)
    refused = client.post("/api/language/profiles/import", content=padded, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("path", ["/api/sessions", "/api/sessions/check", "/api/runs", "/api/models/warm"])
def test_a_path_is_no_model_to_steer_and_does_not_become_one_that_can_be_named(
    client: TestClient, talker: Lab, home: Path, path: str
) -> None:
    elsewhere = str(tiny_language.save("llama", home / "elsewhere"))
    talker.steering.keep(tiny_pack(talker.catalog.language(elsewhere), "formality"))
    config = {"model": f"{elsewhere}?axes=formality", "request": {"prompt": "Greet me."}}
    sent = {"model": config["model"]} if path.endswith("warm") else config
    refused = client.post(path, json=sent)
    assert (refused.status_code, refused.json()["field"]) == (404, "model"), refused.text
    assert elsewhere not in [model["ref"] for model in client.get("/api/language/models").json()]
    named = client.post(path, json={**sent, "model": "tiny?axes=formality"})  # the same weights, in the models folder
    assert named.status_code in (200, 201, 202), named.text


def test_a_model_that_was_removed_by_another_process_cannot_be_named_any_more(
    client: TestClient, talker: Lab, home: Path
) -> None:
    gone = tiny_language.save("llama", home / "models" / "gone")
    assert client.get("/api/language/axes", params={"model": "gone"}).status_code == 200
    shutil.rmtree(gone)
    assert client.get("/api/language/axes", params={"model": "gone"}).status_code == 404
