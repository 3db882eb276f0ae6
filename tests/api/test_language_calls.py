"""What a model is asked and answers at once: vectors taken in as files, edits read as signals. A tiny model."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from pilotage.api import bodies
from pilotage.api.app import create_app
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import memory_lab
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

Json = dict[str, Any]
TINY = {"model": "tiny"}
PAIRS = [
    {"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}.", "split": split}
    for i, split in enumerate(["train"] * 8 + ["held_out"] * 4)
]
WIT = {"name": "wit", "poles": {"negative": "dry", "positive": "witty"}, "pairs": PAIRS}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    tiny_language.save("llama", home / "models" / "tiny")
    tiny_language.save("llama", home / "models" / "other", seed=1)
    return home


@pytest.fixture(scope="module")
def talker(home: Path) -> Lab:
    lab = memory_lab(Settings(home=home, device="cpu"))
    lab.put_axis(WIT)
    return lab


@pytest.fixture(scope="module")
def client(talker: Lab, home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(talker, Settings(home=home), port=8360), base_url="http://127.0.0.1:8360") as client:
        yield client


@pytest.fixture(autouse=True)
def _without_vectors(talker: Lab) -> None:
    for axis in ("wit", "charm", "formality"):
        talker.steering.remove(axis)


ASKED = [{"role": "user", "content": "What is a cat?"}]


@pytest.fixture
def profile(client: TestClient, talker: Lab) -> str:
    """Where a profile is that may learn of two axes, along which the model can be steered; and of one that it can't."""
    for seed, axis in enumerate(("wit", "formality")):
        talker.steering.keep(tiny_pack(talker.catalog.language("tiny"), axis, seed=seed, strength=6.0))
    made = client.post("/api/language/profiles", json={"axes": ["wit", "formality", "sentiment"]})
    address = str(made.headers["location"])
    client.post(f"{address}/events", json={"events": [{"kind": "consent", "given": True}]})
    return address


def edited(client: TestClient, address: str, **changes: Any) -> Any:
    told = {**TINY, "messages": ASKED, "before": "A fact.", "after": "A joke.", "doses": {"wit": 0.25}, **changes}
    return client.post(f"{address}/edits", json=told)


def test_an_edit_is_read_under_doses_and_learned_from(client: TestClient, profile: str) -> None:
    told = edited(client, profile)
    assert told.status_code == 200, told.text
    event = told.json()["events"][-1]
    assert (event["kind"], event["doses"]) == ("edited", {"wit": 0.25})
    assert event["before"].keys() == event["after"].keys() == {"wit", "formality"}
    assert all(-1 <= score <= 1 for text in (event["before"], event["after"]) for score in text.values())
    assert event["before"] != event["after"]
    back = edited(client, profile, before="A joke.", after="A fact.").json()["events"][-1]
    assert (back["before"], back["after"]) == (event["after"], event["before"])
    gone = client.post(f"{profile}/events", json={"events": [{"kind": "taken_back", "event": 1}]})
    assert gone.status_code == 200, gone.text


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"after": "A fact. "}, 422, "after"),
        ({"before": " "}, 422, "before"),
        ({"doses": {"magic": 0.1}}, 422, "doses"),
        ({"doses": {"wit": 2}}, 422, "doses.wit"),
        ({"model": "other"}, 409, "model"),
        ({"model": "/etc"}, 404, "model"),
        ({"messages": []}, 422, "messages"),
        ({"after": "x" * 90_000}, 422, "after"),
    ],
)
def test_an_edit_that_tells_nothing_is_refused_by_field(
    client: TestClient, profile: str, changes: Json, status: int, field: str
) -> None:
    refused = edited(client, profile, **changes)
    assert (refused.status_code, refused.json()["field"]) == (status, field), refused.text
    assert client.get(profile).json()["revision"] == 1


def test_an_edit_teaches_nothing_before_consent(client: TestClient, profile: str) -> None:
    client.post(f"{profile}/events", json={"events": [{"kind": "consent", "given": False}]})
    refused = edited(client, profile)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "consent" in refused.json()["detail"]


def upload(client: TestClient, data: bytes, **asked: str) -> Any:
    headers = {"Content-Type": "application/octet-stream"}
    return client.post("/api/language/vectors", params={**TINY, **asked}, content=data, headers=headers)


def torch_file() -> bytes:
    import torch

    torch.save({1: torch.randn(32), 2: torch.randn(32)}, file := io.BytesIO())
    return file.getvalue()


def gguf_file(folder: Path, *, hidden: int = 32) -> bytes:
    import gguf

    writer = gguf.GGUFWriter(folder / "v.gguf", "controlvector")
    writer.add_string("controlvector.model_hint", "llama")
    writer.add_tensor("direction.1", np.random.default_rng(0).standard_normal(hidden).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return (folder / "v.gguf").read_bytes()


def test_vectors_of_other_tools_come_in_as_files_and_wait_to_be_calibrated(client: TestClient, tmp_path: Path) -> None:
    for data in (torch_file(), gguf_file(tmp_path)):
        taken = upload(client, data, axis="wit")
        assert taken.status_code == 201, taken.text
        assert taken.headers["location"] == "/api/language/axes/wit"
        assert (taken.json()["method"], taken.json()["usable"], taken.json()["own"]) == ("imported", False, True)
        assert client.get("/api/language/axes/wit", params=TINY).json()["pack"]["method"] == "imported"


def test_a_pack_of_ours_goes_out_and_comes_back_usable(client: TestClient, talker: Lab) -> None:
    talker.steering.keep(tiny_pack(talker.catalog.language("tiny"), "wit"))
    pack = client.get("/api/language/axes/wit/vectors", params=TINY).content
    talker.steering.remove("wit")
    taken = upload(client, pack)
    assert (taken.status_code, taken.json()["axis"], taken.json()["usable"]) == (201, "wit", True)
    refused = upload(client, pack, model="other")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "unsupported_input", "file")


def test_a_pack_of_an_axis_that_is_not_here_is_refused(client: TestClient, talker: Lab) -> None:
    charm = tiny_pack(talker.catalog.language("tiny"), "charm").to_bytes()
    refused = upload(client, charm)
    assert (refused.status_code, refused.json()["field"]) == (404, "axis")
    model = talker.catalog.language("tiny").fingerprint()
    assert "charm" not in talker.steering.packs(model)
    other = upload(client, charm, axis="wit")
    assert (other.status_code, other.json()["field"]) == (422, "axis")


@pytest.mark.parametrize(
    ("data", "asked", "status", "field"),
    [
        (b"", {"axis": "wit"}, 422, "file"),
        (b"hello there, I am no vector", {"axis": "wit"}, 422, "file"),
        (b"GGUF" + bytes(60), {"axis": "wit"}, 422, "file"),
        (b"PK\x03\x04 not really", {"axis": "wit"}, 422, "file"),
        (b"\x80\x02cos\nsystem\n(S'false'\ntR.", {"axis": "wit"}, 422, "file"),
        (b"\xff\xff\xff\x00\x00\x00\x00\x00{" + bytes(30), {}, 422, "file"),
        (b"GGUF" + bytes(60), {}, 404, "axis"),
        (b"GGUF" + bytes(60), {"axis": "../wit"}, 404, "axis"),
        (b"GGUF" + bytes(60), {"axis": "wit", "model": "/etc"}, 404, "model"),
    ],
)
def test_what_is_no_file_of_vectors_is_refused_by_field(
    client: TestClient, talker: Lab, data: bytes, asked: Json, status: int, field: str
) -> None:
    refused = upload(client, data, **asked)
    assert (refused.status_code, refused.json()["field"]) == (status, field), refused.text
    assert "wit" not in talker.steering.packs(talker.catalog.language("tiny").fingerprint())


def test_a_control_vector_of_another_size_is_refused(client: TestClient, tmp_path: Path) -> None:
    refused = upload(client, gguf_file(tmp_path, hidden=64), axis="wit")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "unsupported_input", "file")


def test_a_damaged_control_vector_is_never_a_bug(client: TestClient, tmp_path: Path) -> None:
    data = gguf_file(tmp_path)
    rng = np.random.default_rng(0)
    for _ in range(60):
        broken = bytearray(data[: int(rng.integers(8, len(data)))])
        for place in rng.integers(4, min(len(broken), 160), size=6):
            broken[place] = int(rng.integers(256))
        told = upload(client, bytes(broken), axis="wit")
        assert told.status_code in (201, 422), (told.text, bytes(broken))


def test_a_file_beyond_the_bound_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bodies.SMALLER, "/api/language/vectors", 1000)
    headers = {"Content-Type": "application/octet-stream"}
    for body in (bytes(1001), iter([bytes(600)] * 2)):
        refused = client.post("/api/language/vectors", params={**TINY, "axis": "wit"}, content=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
