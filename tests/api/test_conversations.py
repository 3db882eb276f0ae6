"""Talking to a steered model: what is said is kept as it grows, and every end is told. A tiny model, in process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.app.conversations import ConversationText
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.steering import Steering
from pilotage.app.wiring import local_lab
from pilotage.store import ConversationRow, MessageRow, ProfileEventRow, ProfileRow
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

if TYPE_CHECKING:
    from fastapi import FastAPI

Json = dict[str, Any]
PORT = 8360
SHORT = {"max_tokens": 8, "seed": 1, "temperature": 1.0}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that never ends by itself, so that lengths are known."""
    return tiny_language.save("llama", tmp_path_factory.mktemp("models") / "tiny", ends=False)


@pytest.fixture
def settings(weights: Path, tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "lab", device="cpu")
    shutil.copytree(weights, settings.models_folder / "tiny")
    (settings.models_folder / "words").mkdir()
    return settings


@pytest.fixture
def lab(settings: Settings) -> Iterator[Lab]:
    lab = local_lab(settings)
    steering = Steering(settings.home / "vectors")
    for seed, axis in enumerate(("formality", "warmth")):
        steering.keep(tiny_pack(lab.catalog.language("tiny"), axis, seed=seed))
    yield lab
    lab.store.close()


@pytest.fixture
def app(lab: Lab, settings: Settings) -> FastAPI:
    return create_app(lab, settings, port=PORT)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}") as client:
        yield client


def begin(client: TestClient, **more: Any) -> str:
    made = client.post("/api/language/conversations", json={"model": "tiny", **more})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def events_of(response: httpx.Response) -> list[Json]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return [json.loads(line.removeprefix("data: ")) for line in response.text.splitlines() if line.startswith("data")]


def say(client: TestClient, id_: str, **said: Any) -> list[Json]:
    sampling = {**SHORT, **said.pop("sampling", {})}
    return events_of(client.post(f"/api/language/conversations/{id_}/messages", json={**said, "sampling": sampling}))


def messages(client: TestClient, id_: str) -> list[Json]:
    return client.get(f"/api/language/conversations/{id_}").json()["messages"]


def test_what_is_said_and_answered_is_told_as_it_grows_and_kept(client: TestClient) -> None:
    id_ = begin(client, system="Be brief.", name="")
    first, *pieces, last = say(client, id_, content="Hello\nthere", steering={"formality": 0.5})
    asked, answer = first["messages"]
    assert (asked["role"], asked["content"], asked["state"]) == ("user", "Hello\nthere", "done")
    assert (answer["state"], answer["content"], answer["parent_id"]) == ("writing", "", asked["id"])
    assert {piece["message_id"] for piece in pieces} == {answer["id"]}
    ended = last["message"]
    assert "".join(piece["text"] for piece in pieces) == ended["content"] != ""
    assert (ended["state"], ended["finish"], ended["tokens"]) == ("done", "length", 8)
    assert (ended["doses"], ended["sampling"]["seed"]) == ({"formality": 0.5}, 1)
    told = client.get(f"/api/language/conversations/{id_}").json()
    assert told["messages"] == [asked, ended]
    assert (told["name"], told["system"]) == ("Hello", "Be brief.")
    assert client.get("/api/language/conversations").json()["items"][0]["id"] == id_


def test_doses_change_the_answer_and_the_same_again_gives_the_same(client: TestClient) -> None:
    id_ = begin(client)
    user = say(client, id_, content="Hi")[0]["messages"][0]["id"]
    texts = [
        say(client, id_, after=user, steering=steering)[-1]["message"]["content"]
        for steering in ({}, {"formality": 1.0}, {"formality": -1.0}, {"formality": 1.0}, {"formality": 0.0})
    ]
    assert len({texts[0], texts[1], texts[2]}) == 3
    assert texts[3] == texts[1]
    assert texts[4] == texts[0]
    kept = messages(client, id_)
    assert [one["variant"] for one in kept] == [0, 0, 1, 2, 3, 4, 5]
    assert {one["parent_id"] for one in kept[1:]} == {user}


def test_variants_answer_side_by_side_each_by_its_own_doses(client: TestClient) -> None:
    id_ = begin(client)
    variants = [{"steering": {"formality": dose}} for dose in (-1.0, 0.0, 1.0)]
    first, *rest = say(client, id_, content="Hi", variants=variants)
    answers = first["messages"][1:]
    assert [one["doses"] for one in answers] == [{"formality": -1.0}, {"formality": 0.0}, {"formality": 1.0}]
    assert {one["sampling"]["seed"] for one in answers} == {1}
    ended = {one["message"]["variant"]: one["message"] for one in rest if "message" in one}
    assert {one["state"] for one in ended.values()} == {"done"}
    assert len({one["content"] for one in ended.values()}) == 3
    orders = [one["variant"] for one in rest if "text" in one]
    assert orders != sorted(orders), "their texts come together, not one after the other"
    alone = say(client, id_, content=None, after=first["messages"][0]["id"], steering={"formality": 1.0})[-1]
    assert alone["message"]["content"] == ended[2]["content"]


def test_n_answers_by_the_same_doses_differ_by_their_seeds(client: TestClient) -> None:
    id_ = begin(client)
    ended = [one["message"] for one in say(client, id_, content="Hi", n=3) if "message" in one]
    assert sorted(one["sampling"]["seed"] for one in ended) == [1, 2, 3]
    assert len({one["content"] for one in ended}) == 3


def test_a_talk_goes_on_from_the_newest_answer_or_from_the_one_that_is_named(client: TestClient, lab: Lab) -> None:
    id_ = begin(client)
    one, two = [event["message"]["id"] for event in say(client, id_, content="Hi", n=2) if "message" in event][:2]
    first, second = sorted((one, two), key=[m["id"] for m in messages(client, id_)].index)
    say(client, id_, content="And?")
    say(client, id_, content="Or?", after=second)
    say(client, id_, content="Anew", after="")
    parents = {m["content"]: m["parent_id"] for m in messages(client, id_) if m["role"] == "user"}
    assert parents == {"Hi": None, "And?": first, "Or?": second, "Anew": None}
    assert lab.store.get(ConversationRow, id_).name == "Hi"


def test_a_profiles_doses_steer_and_those_that_are_sent_go_before_them(client: TestClient, lab: Lab) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = ProfileRow(
        id="prf_1", created_at=at, updated_at=at, axes=["formality", "warmth"], max_active=5, revision=1, name="Mine"
    )
    event = {"kind": "doses_set", "doses": {"formality": 0.7, "warmth": -0.3}}
    with lab.store.transaction() as tx:
        tx.put(row)
        tx.put(ProfileEventRow(id="pev_1", created_at=at, profile_id="prf_1", index=0, event=event))
    id_ = begin(client, profile="prf_1")
    ended = say(client, id_, content="Hi", steering={"warmth": 0.1})[-1]["message"]
    assert ended["doses"] == {"formality": 0.7, "warmth": 0.1}
    with lab.store.transaction() as tx:
        tx.put(row.model_copy(update={"revision": 2}))
        more = {"kind": "doses_set", "doses": {"formality": -0.2}}
        tx.put(ProfileEventRow(id="pev_2", created_at=at, profile_id="prf_1", index=1, event=more))
    assert say(client, id_, content="Again")[-1]["message"]["doses"] == {"formality": -0.2, "warmth": -0.3}


@pytest.mark.parametrize(
    ("said", "status", "code", "field"),
    [
        ({"content": "x" * 2000}, 422, "unsupported_input", "messages"),
        ({"content": "Hi", "steering": {"nonsense": 0.5}}, 404, "not_found", "steering.nonsense"),
        ({"content": "Hi", "steering": {"../../etc/passwd": 0.5}}, 404, "not_found", "steering.../../etc/passwd"),
        ({"content": "Hi", "steering": {"formality": 1.6}}, 422, "invalid_input", "steering.formality"),
        ({"content": "Hi", "variants": [{}, {"steering": {"formality": 9}}]}, 422, "invalid_input",
         "steering.formality"),
        ({"content": "Hi", "profile": "prf_none"}, 404, "not_found", "profile"),
        ({"content": "Hi", "after": "msg_none"}, 404, "not_found", "after"),
        ({"content": "Hi", "n": 5}, 422, "invalid_input", "n"),
        ({"content": "Hi", "sampling": {"max_tokens": 0}}, 422, "invalid_input", "sampling.max_tokens"),
        ({"content": ""}, 422, "invalid_input", "content"),
        ({}, 422, "invalid_input", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_before_anything_is_stored(
    client: TestClient, lab: Lab, said: Json, status: int, code: str, field: str
) -> None:
    id_ = begin(client)
    before = lab.store.get(ConversationRow, id_)
    refused = client.post(f"/api/language/conversations/{id_}/messages", json=said)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (status, code, field)
    assert messages(client, id_) == []
    assert lab.store.get(ConversationRow, id_) == before


def test_a_seed_at_the_end_of_its_range_is_as_good_as_any(client: TestClient) -> None:
    ended = say(client, begin(client), content="Hi", n=2, sampling={"seed": 2**63 - 1})
    assert sorted(one["message"]["sampling"]["seed"] for one in ended if "message" in one) == [0, 2**63 - 1]


def test_a_talk_longer_than_a_request_may_be_is_refused(client: TestClient, lab: Lab) -> None:
    id_ = begin(client)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with lab.store.transaction() as tx:
        tx.insert_many([
            MessageRow(id=f"msg_{i}", created_at=at, conversation_id=id_, index=i, content="x",
                       parent_id=f"msg_{i - 1}" if i else None, role="assistant" if i % 2 else "user")
            for i in range(2000)
        ])  # fmt: skip
    refused = client.post(f"/api/language/conversations/{id_}/messages", json={"content": "Hi"})
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "invalid_input", "messages")


def test_a_conversation_takes_no_profile_that_there_is_not(client: TestClient) -> None:
    id_ = begin(client)
    for refused in (
        client.post("/api/language/conversations", json={"model": "tiny", "profile": "nope"}),
        client.patch(f"/api/language/conversations/{id_}", json={"profile": "nope"}),
    ):
        assert (refused.status_code, refused.json()["field"]) == (404, "profile")
    assert [one["id"] for one in client.get("/api/language/conversations").json()["items"]] == [id_]
    assert client.patch(f"/api/language/conversations/{id_}", json={"profile": None}).json()["profile"] is None


@pytest.mark.parametrize("model", ["nowhere", "/etc", "../models/tiny", "owner/name", "words", "starter"])
def test_a_door_opens_only_models_that_are_listed(client: TestClient, model: str) -> None:
    assert [one["ref"] for one in client.get("/api/language/models").json() if one["ref"] != "smollm2"] == ["tiny"]
    for path, body in (
        ("conversations", {}), ("generate", {"messages": [{"role": "user", "content": "Hi"}]}),
    ):  # fmt: skip
        refused = client.post(f"/api/language/{path}", json={"model": model, **body})
        assert (refused.status_code, refused.json()["field"]) == (404, "model")


def test_answers_side_by_side_are_streamed_and_not_stored(client: TestClient, lab: Lab) -> None:
    asked = {
        "model": "tiny", "messages": [{"role": "user", "content": "Hi"}], "sampling": SHORT,
        "variants": [{"steering": {"formality": dose / 4}} for dose in range(-4, 5)],
    }  # fmt: skip
    first, *rest = events_of(client.post("/api/language/generate", json=asked))
    assert [one["formality"] for one in first["doses"]] == [dose / 4 for dose in range(-4, 5)]
    ends = {one["variant"]: one for one in rest if "finish" in one}
    assert sorted(ends) == list(range(9))
    for variant, end in ends.items():
        assert "".join(one["text"] for one in rest if "text" in one and one["variant"] == variant) == end["content"]
    assert len({end["content"] for end in ends.values()}) >= 5
    assert lab.store.list(MessageRow) == lab.store.list(ConversationRow) == []


def test_a_settled_message_is_removed_with_all_that_follows_it(client: TestClient) -> None:
    id_ = begin(client)
    say(client, id_, content="One")
    kept = messages(client, id_)
    say(client, id_, content="Two")
    third = messages(client, id_)[2]["id"]
    left = client.delete(f"/api/language/conversations/{id_}/messages/{third}")
    assert left.json()["messages"] == kept
    assert client.delete(f"/api/language/conversations/{id_}/messages/{third}").status_code == 404
    assert client.delete(f"/api/language/conversations/{id_}").status_code == 204
    assert client.get(f"/api/language/conversations/{id_}").status_code == 404


def test_answers_of_a_process_that_is_gone_are_interrupted_when_the_server_starts(lab: Lab, app: FastAPI) -> None:
    id_ = lab.create_conversation(ConversationText(model="tiny")).id
    at = datetime(2026, 1, 1, tzinfo=UTC)
    from pilotage.jobs.processes import process_name

    place = process_name().rsplit(":", 2)[0]
    writers = {"msg_gone": f"{place}:4194303:x-1", "msg_here": process_name()}
    with lab.store.transaction() as tx:
        for index, (name, writer) in enumerate(writers.items()):
            tx.put(
                MessageRow(
                    id=name,
                    created_at=at,
                    conversation_id=id_,
                    index=index,
                    role="assistant",
                    content="so far",
                    state="writing",
                    writer=writer,
                )
            )
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}") as client:
        gone, here = messages(client, id_)
    assert (gone["state"], gone["content"], gone["error"]["code"]) == ("interrupted", "so far", "interrupted")
    assert here["state"] == "writing"
