"""The latent lab over HTTP: launch, list, files by hash, one run's stream, refusals."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.api.run_stream import RunStream
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.state import RunConfig
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import PRESETS

RUN = "lat_0000000000000001"
Json = dict[str, Any]


@pytest.fixture
def disk_lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path / "home"))


@pytest.fixture
def client(disk_lab: Lab) -> Iterator[TestClient]:
    with TestClient(create_app(disk_lab, Settings(), port=8360), base_url="http://127.0.0.1:8360") as client:
        yield client


@pytest.fixture
def folder(disk_lab: Lab) -> RunFolder:
    """A run that was put there by hand."""
    training = PRESETS["small"].config.model_dump(mode="json")
    config = RunConfig(run_id=RUN, created_at=datetime(2026, 1, 1, tzinfo=UTC), training=training,
                       data={"name": "digits8", "sha256": "0" * 64}, viz_indices=(0, 1))  # fmt: skip
    return RunFolder.create(disk_lab.latents.runs, config)


def written(folder: RunFolder, *, lines: int = 0) -> None:
    with RunWriter(folder) as run:
        run.emit("run.started", {"epoch": 0})
        for epoch in range(1, lines + 1):
            run.emit("train.metrics", {"epoch": epoch, "loss": 1 / epoch})
        run.artifact("mixture_health", 1, b'{"p": 1}\n')
        run.emit("run.completed", {"epoch": lines})


def streamed(client: TestClient, **how: Any) -> list[Json]:
    answer = client.get(f"/api/runs/{RUN}/events", **how)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "id" in fields:
            found.append({**json.loads(fields["data"]), "id": int(fields["id"]), "event": fields["event"]})
    return found


def test_a_run_is_launched_listed_shown_and_cancelled(client: TestClient) -> None:
    made = client.post("/api/latents/runs", json={"data": "digits8", "preset": "small", "training": {"components": 12}})
    assert made.status_code == 201
    run = made.json()
    assert made.headers["location"] == f"/api/latents/runs/{run['id']}"
    shown = client.get(made.headers["location"]).json()
    assert shown["config"]["training"]["components"] == 12
    assert "components" in {one["field"] for one in shown["differences"]}
    assert client.get(f"/api/jobs/{run['job_id']}").json()["kind"] == "train_latents"
    clone = client.post(f"/api/latents/runs/{run['id']}/clone", json={"training": {"seed": 5}}).json()
    assert clone["parent_id"] == run["id"]
    listed = client.get("/api/latents/runs", params={"limit": 1}).json()
    assert [one["id"] for one in listed["items"]] == [clone["id"]]
    rest = client.get("/api/latents/runs", params={"limit": 1, "after": listed["next"]}).json()
    assert [one["id"] for one in rest["items"]] == [run["id"]]
    assert client.post(f"/api/latents/runs/{run['id']}/cancel").json()["state"] == "cancelled"
    filtered = client.get("/api/latents/runs", params={"state": "cancelled", "kind": "gmvae", "data": "digits8"}).json()
    assert [one["id"] for one in filtered["items"]] == [run["id"]]


def test_a_launch_that_says_nothing_learns_handwritten_digits_by_the_default_preset(client: TestClient) -> None:
    run = client.post("/api/latents/runs", json={}).json()
    assert run["data"] == "digits"
    shown = client.get(f"/api/latents/runs/{run['id']}").json()
    assert shown["config"]["training"] == PRESETS["default"].config.model_dump(mode="json")
    assert client.post(f"/api/latents/runs/{run['id']}/cancel").json()["state"] == "cancelled"


def test_sets_and_presets_say_what_can_be_launched_and_how_it_departs_from_the_plain_form(client: TestClient) -> None:
    sets = {one["name"]: one for one in client.get("/api/latents/data").json()}
    assert (sets["digits"]["count"], sets["digits"]["height"], len(sets["digits"]["class_names"])) == (5000, 28, 10)
    presets = {one["name"]: one for one in client.get("/api/latents/presets").json()}
    assert presets["seed"]["differences"] == []
    told = {one["field"]: (one["plain"], one["value"]) for one in presets["default"]["differences"]}
    assert told["recon"] == ("mse_mean", "bce_sum")


def test_a_file_comes_by_its_path_with_its_hash_and_is_sent_once(client: TestClient, folder: RunFolder) -> None:
    written(folder)
    base = f"/api/latents/runs/{RUN}/files"
    first = client.get(f"{base}/mixture/mixture_health_latest.json")
    assert (first.status_code, first.content, first.headers["cache-control"]) == (
        200,
        b'{"p": 1}\n',
        "private, no-cache",
    )
    (told,) = client.get(f"/api/latents/runs/{RUN}").json()["artifacts"]
    assert first.headers["etag"] == f'"{told["sha256"]}"'
    again = client.get(f"{base}/mixture/mixture_health_latest.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    lasting = client.get(f"{base}/{told['path']}", params={"sha256": told["sha256"]})
    assert "immutable" in lasting.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    ["../../pilotage.db", "..%2F..%2Fpilotage.db", "events.jsonl", "mixture/../config.json", "/etc/passwd",
     "mixture/mixture_health_epoch_2.json", "mixture/mixture_health_epoch_01.json", "%00", "mixture"],
)  # fmt: skip
def test_no_other_file_can_be_named(client: TestClient, folder: RunFolder, path: str) -> None:
    written(folder)
    answer = client.get(f"/api/latents/runs/{RUN}/files/{path}")
    assert answer.status_code == 404


def test_the_stream_of_a_run_has_its_own_numbers_and_ends_with_it(client: TestClient, folder: RunFolder) -> None:
    written(folder, lines=20)
    events = streamed(client)
    assert [event["id"] for event in events] == [event["seq"] for event in events] == list(range(1, 25))
    assert (events[0]["event"], events[-1]["event"]) == ("run.created", "run.completed")
    assert [event["id"] for event in streamed(client, headers={"Last-Event-ID": "20"})] == [21, 22, 23, 24]
    assert [event["id"] for event in streamed(client, params={"after": 23})] == [24]
    assert client.get(f"/api/runs/{RUN}/events", headers={"Last-Event-ID": "24"}).status_code == 204
    lines = client.get(f"/api/latents/runs/{RUN}/events", params={"after": 22, "limit": 1}).json()
    assert [line["seq"] for line in lines] == [23]


def test_reconnecting_at_any_moment_while_a_run_writes_loses_and_repeats_nothing(folder: RunFolder) -> None:
    async def check() -> list[int]:
        seen: list[int] = []

        async def write() -> None:
            with RunWriter(folder) as run:
                run.emit("run.started", {"epoch": 0})
                for epoch in range(1, 101):
                    run.emit("train.metrics", {"epoch": epoch})
                    await asyncio.sleep(0.002)
                run.emit("run.completed", {"epoch": 100})

        writer = asyncio.create_task(write())
        for many in [1, 7, 13, 2, 31] * 4:
            until = len(seen) + many
            stream = RunStream(folder, seen[-1] if seen else 0)
            async with aclosing(stream.messages()) as messages:
                async for message in messages:
                    if message.id is not None:
                        seen.append(int(message.id))
                    if len(seen) == until:
                        break
        await writer
        return seen

    async def within() -> list[int]:
        async with asyncio.timeout(60):
            return await check()

    assert asyncio.run(within()) == list(range(1, 104))


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"data": "nothing"}, 404, "not_found", "data"),
        ({"data": "digits8", "training": {"components": 0}}, 422, "invalid_input", "training.components"),
        ({"data": "digits8", "recording": {"umap_every": -1}}, 422, "invalid_input", "recording.umap_every"),
        ({"data": "digits8", "preset": "nothing"}, 404, "not_found", "preset"),
        ({"data": "digits8", "training": {"learning_rate": "fast"}}, 422, "invalid_input", "training.learning_rate"),
        ({"nonsense": 1}, 422, "invalid_input", "nonsense"),
    ],
)
def test_what_cannot_be_trained_is_a_problem_with_its_field(
    client: TestClient, body: Json, status: int, code: str, field: str
) -> None:
    problem = client.post("/api/latents/runs", json=body)
    assert (problem.status_code, problem.json()["code"], problem.json()["field"]) == (status, code, field)


@pytest.mark.parametrize("tail", ["", "/events", "/files/mixture/mixture_health_latest.json"])
def test_an_unknown_run_is_a_problem(client: TestClient, tail: str) -> None:
    problem = client.get(f"/api/latents/runs/lat_9999999999999999{tail}")
    assert (problem.status_code, problem.json()["field"]) == (404, "run_id")
    assert client.get("/api/runs/lat_9999999999999999/events").json()["field"] == "run_id"


def test_a_run_whose_trainer_is_gone_is_told_to_have_been_interrupted(client: TestClient, folder: RunFolder) -> None:
    with RunWriter(folder) as run:
        run.emit("run.started", {"epoch": 0})
        (listed,) = client.get("/api/latents/runs").json()["items"]
        assert listed["state"] == "running"  # its log is held
    (listed,) = client.get("/api/latents/runs").json()["items"]
    assert (listed["state"], listed["error"]["code"]) == ("failed", "interrupted")


def test_pictures_are_taken_in_and_broken_ones_refused(client: TestClient) -> None:
    file = io.BytesIO()
    np.savez(file, images=np.random.default_rng(0).integers(0, 256, (30, 8, 8), dtype=np.uint8))
    sent = {"params": {"name": "mine"}, "headers": {"Content-Type": "application/octet-stream"}}
    assert client.post("/api/latents/data", content=file.getvalue(), **sent).json()["count"] == 30
    assert client.post("/api/latents/data", content=file.getvalue(), **sent).status_code == 409
    sent["params"] = {"name": "broken"}
    broken = client.post("/api/latents/data", content=b"PK nothing", **sent)
    assert (broken.status_code, broken.json()["code"]) == (422, "invalid_input")
    assert "mine" in {one["name"] for one in client.get("/api/latents/data").json()}


def test_a_set_shows_some_of_its_pictures(client: TestClient) -> None:
    answer = client.get("/api/latents/data/digits8/preview")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.content)).size == (80, 32)
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get("/api/latents/data/digits8/preview", headers=known).status_code == 304
    unknown = client.get("/api/latents/data/nothing/preview")
    assert (unknown.status_code, unknown.json()["field"]) == (404, "data")


def test_every_knob_of_a_launch_has_bounds_and_words(client: TestClient) -> None:
    schema = client.get("/api/latents/schema").json()
    (preset, *_) = client.get("/api/latents/presets").json()
    assert schema["training"]["properties"].keys() == preset["training"].keys()
    assert schema["recording"]["properties"]["umap_every"]["minimum"] == 0
    assert all(knob["description"] for part in schema.values() for knob in part["properties"].values())


def test_a_deletion_is_tried_dry_first(client: TestClient, folder: RunFolder) -> None:
    written(folder)
    dry = client.delete(f"/api/latents/runs/{RUN}", params={"dry_run": True}).json()
    assert (dry["deleted"], dry["files"]) == (False, 5)
    assert client.delete(f"/api/latents/runs/{RUN}").json()["deleted"]
    assert client.get(f"/api/latents/runs/{RUN}").status_code == 404
    assert not folder.path.exists()


def test_where_a_session_begins_is_asked_over_http_and_refused_by_field(client: TestClient, folder: RunFolder) -> None:
    base = f"/api/latents/runs/{RUN}"
    assert client.post(f"{base}/start", json={}).status_code == 409  # it has not ended
    written(folder)
    for body, status, field in (
        ({"epoch": 4}, 404, "model"),
        ({"axes": "x"}, 422, "axes"),
        ({"points": [-1]}, 422, "points.0"),
    ):
        problem = client.post(f"{base}/start", json=body)
        assert (problem.status_code, problem.json()["field"]) == (status, field)
    assert client.get(f"{base}/sessions").json() == []
    unknown = client.post("/api/latents/runs/lat_9999999999999999/start", json={})
    assert (unknown.status_code, unknown.json()["field"]) == (404, "run_id")
    made = client.post("/api/sessions", json={"request": {"prompt": "a disc"}, "model": "analytic"}).json()
    problem = client.get(f"/api/latents/sessions/{made['id']}/map")
    assert (problem.status_code, problem.json()["field"]) == (422, "session_id")
    problem = client.post("/api/sessions", json={"request": {"prompt": ""}, "model": f"latent:{RUN}"})
    assert (problem.status_code, problem.json()["field"]) == (404, "model")


@pytest.mark.parametrize(
    ("short", "page"),
    [("/runs", "/latents/runs"), ("/runs/lat_1", "/latents/runs/lat_1"),
     ("/runs/lat_1/latent", "/latents/runs/lat_1/explore")],
)  # fmt: skip
def test_short_addresses_lead_to_the_pages_of_the_lab(client: TestClient, short: str, page: str) -> None:
    answer = client.get(short, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, page)
