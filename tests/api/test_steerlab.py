"""SteerLab's README against this app: its routes, its curl example, and the defects that it had."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.steering import Steering
from pilotage.app.wiring import memory_lab
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

Json = dict[str, Any]
ASKED = {"prompt": "I need help with my project", "max_length": 12, "temperature": 0, "model": "tiny"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    tiny_language.save("llama", home / "models" / "tiny")
    return home


@pytest.fixture
def talker(home: Path) -> Lab:
    lab = memory_lab(Settings(home=home, device="cpu"))
    for seed, name in enumerate(("formality", "detail_level")):
        lab.steering.keep(tiny_pack(lab.catalog.language("tiny"), name, seed=seed, strength=6.0))
    return lab


@pytest.fixture
def client(talker: Lab, home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(talker, Settings(home=home), port=8360), base_url="http://127.0.0.1:8360") as client:
        yield client


def chat(client: TestClient, **more: Any) -> Json:
    answered = client.post("/chat", json={**ASKED, **more})
    assert answered.status_code == 200, answered.text
    return answered.json()


def test_the_front_is_json_for_a_program_and_the_app_for_a_browser(client: TestClient) -> None:
    assert "POST /chat" in client.get("/").json()["endpoints"]
    browser = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert browser.headers["content-type"] == "text/html; charset=utf-8"


def test_health_and_info_tell_what_there_is(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "healthy"
    info = client.get("/info").json()
    assert "tiny" in [model["ref"] for model in info["models"]]
    assert "detail_level" in info["preferences"]
    assert [pack["axis"] for pack in client.get("/vectors", params={"model": "tiny"}).json()] == [
        "formality",
        "detail_level",
    ]


def test_opposite_preferences_steer_oppositely_and_two_do_not_cancel(client: TestClient) -> None:
    plain, formal, casual, both = (
        chat(client, preferences=preferences)["generated_text"]
        for preferences in ({}, {"formality": 0.8}, {"formality": -0.8}, {"formality": 0.5, "detail_level": -0.5})
    )
    assert len({plain, formal, casual, both}) == 4


def test_a_session_keeps_its_preferences_until_it_is_deleted(client: TestClient) -> None:
    told = {"session_id": "user123", "preferences": {"formality": 0.7}}
    assert client.post("/preferences", json=told).json()["preferences"] == {"formality": 0.7}
    kept = chat(client, session_id="user123")
    assert kept["preferences"] == {"formality": 0.7}
    assert kept["generated_text"] == chat(client, preferences={"formality": 0.7})["generated_text"]
    assert chat(client, session_id="user123", preferences={"formality": 0})["preferences"] == {"formality": 0.0}
    more = {"session_id": "user123", "preferences": {"detail_level": 0.5}}
    client.post("/preferences", json=more)
    seen = client.get("/preferences", params={"session_id": "user123"}).json()["preferences"]
    assert seen == {"formality": 0.7, "detail_level": 0.5}
    assert client.delete("/sessions/user123").status_code == 204
    assert client.get("/preferences", params={"session_id": "user123"}).status_code == 404
    assert client.delete("/sessions/user123").status_code == 404


def test_two_first_preferences_at_once_are_of_one_session(
    client: TestClient, talker: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, meeting = talker.shelf.names, Barrier(2, timeout=60)

    def met() -> Any:
        meeting.wait()
        return names()

    monkeypatch.setattr(talker.shelf, "names", met)
    told = [{"session_id": "twin", "preferences": {axis: 0.5}} for axis in ("formality", "detail_level")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: client.post("/preferences", json=one), told))
    monkeypatch.undo()
    assert [one.status_code for one in answers] == [200, 200]
    assert [one.name for one in talker.list_profiles(owner="steerlab")[0]] == ["twin"]
    seen = client.get("/preferences", params={"session_id": "twin"}).json()["preferences"]
    assert seen == {"formality": 0.5, "detail_level": 0.5}


def test_a_session_takes_up_an_axis_that_was_made_after_it(client: TestClient, talker: Lab) -> None:
    client.post("/preferences", json={"session_id": "early", "preferences": {"formality": 0.7}})
    pairs = [{"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}."} for i in range(12)]
    talker.put_axis({"name": "wit", "poles": {"negative": "dry", "positive": "witty"}, "pairs": pairs})
    assert "wit" in client.get("/preferences", params={"session_id": "early"}).json()["available"]
    told = client.post("/preferences", json={"session_id": "early", "preferences": {"wit": 0.4}})
    assert (told.status_code, told.json()["preferences"]) == (200, {"formality": 0.7, "wit": 0.4}), told.text


def test_an_answer_that_is_cut_off_is_no_answer(
    client: TestClient, talker: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talk(_: Any) -> Any:
        async def frames() -> AsyncGenerator[Json, None]:
            yield {"answer": 0, "text": "Half"}
            yield {"answer": 0, "finish": "cancelled", "error": "", "content": "Half", "tokens": 1, "prompt_tokens": 1}

        return {"model": "tiny", "fingerprint": "f", "doses": [{}]}, frames()

    monkeypatch.setattr(talker, "talk", talk)
    refused = client.post("/chat", json=ASKED)
    assert (refused.status_code, refused.json()["code"]) == (503, "interrupted")


def test_a_client_who_leaves_ends_the_answer(talker: Lab, home: Path) -> None:
    app = create_app(talker, Settings(home=home), port=8360)
    tiny_language.save("llama", home / "models" / "endless", ends=False, max_position_embeddings=8192)
    engine = talker.catalog.language("endless").engine()
    body = json.dumps({**ASKED, "model": "endless", "max_length": 4096, "temperature": 1.0}).encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/chat",
        "raw_path": b"/chat", "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:8360"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8360),
    }  # fmt: skip

    async def leave() -> None:
        left = asyncio.Event()
        sent: list[Any] = []
        given = [{"type": "http.request", "body": body}]

        async def receive() -> Any:
            if given:
                return given.pop()
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        asking = asyncio.create_task(app(scope, receive, send))
        async with asyncio.timeout(20):
            while engine._thread is None:
                await asyncio.sleep(0.01)
            left.set()
            await asking
            while engine._thread is not None:
                await asyncio.sleep(0.01)
        assert sent[0]["status"] == 499

    asyncio.run(leave())


def test_vectors_are_computed_as_a_job_and_then_steer(client: TestClient, talker: Lab) -> None:
    texts = {f"{pole}_examples": [f"A {word}, {i}." for i in range(12)] for pole, word in
             (("positive", "joke"), ("negative", "fact"))}  # fmt: skip
    sent = {"preference": "wit", **texts, "model": "tiny", "quick": True}
    computed = client.post("/compute-vectors", json=sent)
    assert computed.status_code == 202, computed.text
    talker.wait(computed.json()["id"])
    assert client.get(computed.headers["location"]).json()["state"] == "succeeded"
    assert client.post("/load-vectors", json={"preference": "wit", "model": "tiny"}).json()["usable"]
    assert chat(client, preferences={"wit": 1.0})["preferences"] == {"wit": 1.0}


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("/chat", {"prompt": "Hi", "preferences": {"formality": 1.2}}, "preferences.formality"),
        ("/chat", {"prompt": "Hi", "model": "../tiny"}, "model"),
        ("/chat", {"prompt": "Hi", "model": "tiny", "preferences": {"charm": 0.2}}, "steering.charm"),
        ("/chat", {"prompt": "", "model": "tiny"}, "prompt"),
        ("/chat", {"prompt": "Hi " * 400, "model": "tiny"}, "messages"),
        ("/load-vectors", {"preference": "../../etc/passwd", "model": "tiny"}, "axis"),
        ("/load-vectors", {"preference": "wit", "vector_path": "/etc/passwd"}, "vector_path"),
        ("/compute-vectors", {"preference": "../wit", "positive_examples": ["a"] * 6,
                              "negative_examples": ["b"] * 6, "model": "tiny"}, "axis.name"),
        ("/preferences", {"session_id": "../x", "preferences": {}}, "session_id"),
        ("/preferences", {"session_id": "new", "preferences": {"charm": 0.2}}, "preferences"),
        ("/chat", {"prompt": "Hi", "model": "tiny", "session_id": "nobody"}, "session_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(client: TestClient, path: str, sent: Json, field: str) -> None:
    refused = client.post(path, json=sent)
    assert refused.status_code in (404, 422), refused.text
    assert refused.json()["field"] == field
    assert client.get("/preferences", params={"session_id": "new"}).status_code == 404


def test_the_curl_example_answers_from_a_served_app(tmp_path: Path, serving: Callable[..., Any]) -> None:
    """The README's example, with a model that is small enough for every run."""
    folder = tiny_language.save("llama", tmp_path / "models" / "tiny")
    model = ModelCatalog(Settings(device="cpu")).language(str(folder))
    Steering(tmp_path / "vectors").keep(tiny_pack(model, "formality"))
    sent = {"prompt": "I need help with my project", "preferences": {"formality": 0.8}, "max_length": 100}
    with serving(tmp_path) as served:
        served.wait_for_worker()
        said = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "--max-time", "60", "-X", "POST", f"{served.base}/chat",
             "-H", "Content-Type: application/json", "-d", json.dumps({**sent, "model": "tiny"})],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    answered = json.loads(said)
    assert answered["preferences"] == {"formality": 0.8}
    assert answered["tokens"] <= 100
    assert isinstance(answered["generated_text"], str)


def texts_of(preference: str, word: str = "joke") -> Json:
    examples = {f"{pole}_examples": [f"A {noun}, {i}." for i in range(12)] for pole, noun in
                (("positive", word), ("negative", "fact"))}  # fmt: skip
    return {"preference": preference, **examples, "model": "tiny", "quick": True}


def test_computing_vectors_never_overwrites_an_axis_of_ones_own(client: TestClient, talker: Lab) -> None:
    pairs = [{"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}."} for i in range(12)]
    talker.put_axis({"name": "wit", "poles": {"negative": "dry", "positive": "witty"}, "pairs": pairs})
    before = talker.shelf.axis("wit")
    refused = client.post("/compute-vectors", json=texts_of("wit"))
    assert (refused.status_code, refused.json()["field"]) == (409, "preference"), refused.text
    assert talker.shelf.axis("wit") == before
    assert not talker.list_jobs()[0]


def test_computing_vectors_keeps_the_words_of_an_axis_that_ships_and_says_that_it_is_hidden(
    client: TestClient, talker: Lab
) -> None:
    ships = talker.shelf.axis("formality")
    refused = client.post("/compute-vectors", json={**texts_of("formality"), "model": "none"})
    assert (refused.status_code, talker.shelf.owns("formality")) == (404, False)
    first = client.post("/compute-vectors", json=texts_of("formality")).json()
    kept = talker.shelf.axis("formality")
    assert (first["hides_shipped"], talker.shelf.owns("formality")) == (True, True)
    assert (kept.poles, kept.description, len(kept.texts)) == (ships.poles, ships.description, 24)
    assert client.post("/compute-vectors", json=texts_of("formality")).json()["id"] == first["id"], "the same texts"
    assert client.post("/compute-vectors", json=texts_of("formality", "riddle")).status_code == 409
    assert client.post("/compute-vectors", json=texts_of("charm")).json()["hides_shipped"] is False


def test_an_axis_of_a_session_that_has_no_vectors_here_is_left_out_of_its_answers(client: TestClient) -> None:
    client.post("/preferences", json={"session_id": "far", "preferences": {"formality": 0.7, "sentiment": 0.5}})
    assert chat(client, session_id="far")["preferences"] == {"formality": 0.7}
    refused = client.post("/chat", json={**ASKED, "session_id": "far", "preferences": {"sentiment": 0.5}})
    assert (refused.status_code, refused.json()["field"]) == (422, "steering.sentiment")
