"""`/v1` as OpenAI's own client finds it, against `pilotage serve` as a process with a tiny model in its folder."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.api.openai_wire import ChatAsked
from pilotage.app.settings import Settings
from pilotage.app.steering import Steering
from pilotage.app.wiring import local_lab
from pilotage.jobs.call_server import call_address
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageModel, Message, Sampling, TextRequest
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack

Json = dict[str, Any]
HI: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
ASKED: Json = {"model": "tiny", "messages": HI, "max_tokens": 12, "seed": 3, "temperature": 1.0}


def overlapping(model: LanguageModel) -> tuple[VectorPack, VectorPack]:
    """Formality, and kindness that is half of the same."""
    formality, kindness = tiny_pack(model, "formality"), tiny_pack(model, "kindness", seed=1)
    mixed = formality.vectors + kindness.vectors
    return formality, VectorPack(kindness.card, mixed / np.linalg.norm(mixed, axis=1, keepdims=True))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tiny Llama that never ends by itself, and vectors of its own."""
    home = tmp_path_factory.mktemp("served")
    folder = tiny_language.save("llama", home / "models" / "tiny", ends=False, max_position_embeddings=32_768)
    for pack in overlapping(LanguageModel("tiny", folder, device="cpu")):
        Steering(home / "vectors").keep(pack)
    return home


@pytest.fixture(scope="module")
def served(home: Path, serving: Callable[..., Any]) -> Iterator[Any]:
    with serving(home, PILOTAGE_DEVICE="cpu") as served:
        served.wait_for_worker()
        yield served


@pytest.fixture(scope="module")
def client(served: Any) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.base}/v1", api_key="none", max_retries=0, timeout=60) as client:
        yield client


def chat(client: openai.OpenAI, steering: Json | None = None, **changes: Any) -> Any:
    extra = {"steering": steering} if steering is not None else {}
    return client.chat.completions.create(**{**ASKED, **changes}, extra_body=extra)


def test_models_are_listed_and_found_by_name(client: openai.OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}
    assert set(listed) - {"smollm2"} == {"tiny"}
    assert time.time() - 3600 < listed["tiny"].created <= time.time()
    assert client.models.retrieve("tiny") == listed["tiny"]
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_a_chat_is_answered_as_the_model_itself_answers(client: openai.OpenAI, home: Path) -> None:
    told = chat(client)
    sampling = Sampling(max_tokens=12, seed=3, temperature=1.0)
    request = TextRequest(messages=tuple(Message(**one) for one in HI), sampling=sampling)
    model = LanguageModel("tiny", home / "models" / "tiny", device="cpu")
    (own,) = model.generate([request])
    assert told.choices[0].message.content == own.text
    assert (told.object, told.choices[0].finish_reason, told.model) == ("chat.completion", "length", "tiny")
    assert told.usage.model_dump(include={"prompt_tokens", "completion_tokens", "total_tokens"}) == {
        "prompt_tokens": own.prompt_tokens, "completion_tokens": 12, "total_tokens": own.prompt_tokens + 12,
    }  # fmt: skip
    assert model.fingerprint().startswith(told.system_fingerprint)


def test_a_stream_has_the_same_text_in_pieces_and_the_usage_if_asked_for(client: openai.OpenAI) -> None:
    whole = chat(client)
    *chunks, last = chat(client, stream=True, stream_options={"include_usage": True})
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks][-2:] == [None, "length"]
    assert len([chunk for chunk in chunks if chunk.choices[0].delta.content]) > 3
    assert (last.choices, last.usage) == ([], whole.usage)
    assert {chunk.id for chunk in (*chunks, last)} == {last.id}
    assert all(chunk.usage is None for chunk in chat(client, stream=True))


def test_doses_ride_beside_what_openai_knows(client: openai.OpenAI) -> None:
    texts = [chat(client, {"formality": dose}).choices[0].message.content for dose in (0.0, 1.0, -1.0, 1.0)]
    assert len(set(texts)) == 3
    assert texts[1] == texts[3]
    assert texts[0] == chat(client).choices[0].message.content


def test_axes_are_made_orthogonal_if_asked_for(client: openai.OpenAI) -> None:
    doses = {"formality": 1.0, "kindness": 1.0}
    plain, turned = (
        client.chat.completions.create(**ASKED, extra_body={"steering": doses, "orthogonal": orthogonal})
        for orthogonal in (False, True)
    )
    assert plain.choices[0].message.content == chat(client, doses).choices[0].message.content
    assert turned.choices[0].message.content != plain.choices[0].message.content


def test_a_profile_is_sent_by_its_id(client: openai.OpenAI, home: Path) -> None:
    lab = local_lab(Settings(home=home))
    profile = lab.create_profile("Mine", axes=["formality"])
    lab.record(profile.id, [{"kind": "doses_set", "doses": {"formality": 1.0}}])
    lab.store.close()
    mine = client.chat.completions.create(**ASKED, extra_body={"profile": profile.id})
    assert mine.choices[0].message.content == chat(client, {"formality": 1.0}).choices[0].message.content
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(**ASKED, extra_body={"profile": "prf_none"})
    assert caught.value.param == "profile"


def test_n_gives_so_many_answers_that_differ(client: openai.OpenAI) -> None:
    told = chat(client, n=3)
    assert [choice.index for choice in told.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in told.choices}) == 3
    assert told.usage.completion_tokens == 36
    assert told.choices[0].message.content == chat(client).choices[0].message.content
    parts: dict[int, str] = {0: "", 1: "", 2: ""}
    for chunk in chat(client, n=3, stream=True):
        parts[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert list(parts.values()) == [choice.message.content for choice in told.choices]


def test_stop_temperature_and_limits_do_what_they_say(client: openai.OpenAI) -> None:
    text = chat(client).choices[0].message.content
    stopped = chat(client, stop=text[4]).choices[0]
    assert (stopped.message.content, stopped.finish_reason) == (text[: text.index(text[4])], "stop")
    greedy = [chat(client, temperature=0, seed=seed).choices[0].message.content for seed in (1, 2)]
    assert greedy[0] == greedy[1]
    assert chat(client, seed=4).choices[0].message.content != text
    assert chat(client, max_tokens=openai.omit, max_completion_tokens=5).usage.completion_tokens == 5
    assert chat(client, top_p=1e-9).choices[0].message.content == greedy[0]
    unseeded = {chat(client, seed=openai.omit).choices[0].message.content for _ in range(3)}
    assert len(unseeded) > 1


def test_parts_of_text_and_developers_are_understood(client: openai.OpenAI) -> None:
    split: list[Any] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "H"}, {"type": "text", "text": "i"}]},
    ]
    assert chat(client, messages=split).choices[0].message.content == chat(client).choices[0].message.content


def test_completions_go_on_from_one_text_or_several(client: openai.OpenAI) -> None:
    asked: Json = {"model": "tiny", "max_tokens": 6, "seed": 3, "temperature": 1.0}
    two = client.completions.create(**asked, prompt=["Once", "Twice upon"], n=2)
    assert (two.object, [choice.index for choice in two.choices]) == ("text_completion", [0, 1, 2, 3])
    assert two.usage is not None
    assert (two.usage.prompt_tokens, two.usage.completion_tokens) == (len("OnceTwice upon"), 24)
    one = client.completions.create(**asked, prompt="Twice upon")
    assert one.choices[0].text == two.choices[2].text
    pieces = client.completions.create(**asked, prompt="Twice upon", stream=True)
    assert "".join(piece.choices[0].text for piece in pieces) == one.choices[0].text


@pytest.mark.parametrize(
    ("changes", "error", "code", "param"),
    [
        ({"model": "gpt-4o"}, openai.NotFoundError, "not_found", "model"),
        ({"model": "/etc"}, openai.NotFoundError, "not_found", "model"),
        ({"messages": [{"role": "user", "content": "x" * 33_000}]}, openai.BadRequestError, "unsupported_input",
         "messages"),
        ({"messages": []}, openai.BadRequestError, "invalid_input", "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x" * 100_000}] * 5}]},
         openai.BadRequestError, "invalid_input", "messages.0.content"),
        ({"stop": ["x"] * 17}, openai.BadRequestError, "invalid_input", "stop"),
        ({"logprobs": True}, openai.BadRequestError, "invalid_input", "logprobs"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, openai.BadRequestError, "invalid_input",
         "tools"),
        ({"presence_penalty": 0.5}, openai.BadRequestError, "invalid_input", "presence_penalty"),
        ({"temperature": 3}, openai.BadRequestError, "invalid_input", "temperature"),
        ({"n": 100}, openai.BadRequestError, "invalid_input", "n"),
        ({"extra_body": {"steering": {"nonsense": 1}}}, openai.NotFoundError, "not_found", "steering.nonsense"),
        ({"extra_body": {"steering": {"formality": 1.6}}}, openai.BadRequestError, "invalid_input",
         "steering.formality"),
        ({"extra_body": {"steering": {"formality": "much"}}}, openai.BadRequestError, "invalid_input",
         "steering.formality"),
        ({"extra_body": {"colour": "red"}}, openai.BadRequestError, "invalid_input", "colour"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_done_is_refused_in_openais_shape_with_our_code(
    client: openai.OpenAI, changes: Json, error: type[openai.APIStatusError], code: str, param: str, stream: bool
) -> None:
    with pytest.raises(error) as caught:
        client.chat.completions.create(**{**ASKED, **changes}, stream=stream)
    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.type == "invalid_request_error"
    assert "error," not in str(caught.value)  # pydantic's own words


def test_what_changes_no_answer_is_passed_over(client: openai.OpenAI) -> None:
    told = chat(client, user="me", logprobs=False, frequency_penalty=0, response_format={"type": "text"}, metadata={})
    assert told.choices[0].message.content == chat(client).choices[0].message.content


@pytest.mark.parametrize(
    "neutral",
    [
        {"tool_choice": "auto"}, {"tool_choice": "auto", "tools": []}, {"reasoning_effort": "low"},
        {"verbosity": "low"}, {"modalities": ["text"]}, {"stop": ""}, {"stop": []}, {"min_p": 0.0},
        {"repetition_penalty": 1.0}, {"keep_alive": "5m"}, {"steering": None},
    ],
)  # fmt: skip
def test_neutral_values_of_common_clients_ask_for_the_same(neutral: Json) -> None:
    assert ChatAsked.model_validate({**ASKED, **neutral}).talk() == ChatAsked.model_validate(ASKED).talk()


@pytest.mark.parametrize(
    "telling",
    [
        {"tool_choice": "required"}, {"tool_choice": "auto", "tools": [{"type": "function"}]}, {"min_p": 0.1},
        {"repetition_penalty": 1.1}, {"modalities": ["text", "audio"]}, {"stop": [""]},
    ],
)  # fmt: skip
def test_values_that_would_change_the_answer_are_refused(telling: Json) -> None:
    with pytest.raises(ValidationError):
        ChatAsked.model_validate({**ASKED, **telling})


def test_a_seed_below_zero_is_none() -> None:
    seeds = {ChatAsked.model_validate({**ASKED, "seed": -1}).talk().answers[0].seed for _ in range(4)}
    assert len(seeds) > 1
    assert all(seed is not None and seed >= 0 for seed in seeds)


def test_other_faults_have_openais_shape_too(served: Any) -> None:
    with served.client() as client:
        for response, status, code in (
            (client.post("/v1/chat/completions", content=b"{", headers={"Content-Type": "application/json"}), 400,
             "malformed_json"),
            (client.put("/v1/models"), 405, "method_not_allowed"),
            (client.get("/v1/models", headers={"Host": "evil.example"}), 400, "bad_host"),
        ):  # fmt: skip
            assert (response.status_code, response.json()["error"]["code"]) == (status, code), response.text


def test_many_at_once_are_answered_as_each_alone_while_health_stays_quick(client: openai.OpenAI, served: Any) -> None:
    doses = [dose / 8 for dose in range(-8, 8)]
    alone = [chat(client, {"formality": dose}).choices[0].message.content for dose in doses]
    with ThreadPoolExecutor(len(doses)) as pool, served.client() as watcher:
        together = pool.map(lambda dose: chat(client, {"formality": dose}).choices[0].message.content, doses)
        assert all(watcher.get("/api/health").status_code == 200 for _ in range(20))
        assert list(together) == alone


def calls_in_hand(served: Any) -> int:
    """How many callers the worker is connected with."""
    lab = local_lab(Settings(home=served.home))
    port = int(call_address(lab.store).rpartition(":")[2])
    lab.store.close()
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)  # 01: established


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_who_leaves_ends_the_answer_in_the_worker(client: openai.OpenAI, served: Any, stream: bool) -> None:
    chat(client)

    async def leave() -> None:
        body = {**ASKED, "max_tokens": 32_768, "stream": stream, "n": 4}
        async with httpx.AsyncClient(base_url=served.base, timeout=60, trust_env=False) as web:
            asking = asyncio.create_task(web.post("/v1/chat/completions", json=body))
            async with asyncio.timeout(30):
                while await asyncio.to_thread(calls_in_hand, served) != 1:
                    await asyncio.sleep(0.05)
            assert not asking.done()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(leave())
    end = time.monotonic() + 10
    while calls_in_hand(served):
        assert time.monotonic() < end, "the worker writes on for nobody"
        time.sleep(0.05)


@contextmanager
def under_way(served: Any, path: str, body: Json) -> Iterator[Iterator[Json]]:
    """A stream that has begun, and its further events."""
    with served.client() as web, web.stream("POST", path, json=body) as response:
        assert response.status_code == 200
        lines = (line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: "))
        events = (json.loads(line) for line in lines if line != "[DONE]")
        for _ in range(8):
            next(events)
        yield events


def test_a_worker_killed_in_the_midst_is_told_to_all_who_listen_and_the_text_is_kept(
    client: openai.OpenAI, served: Any
) -> None:
    with served.client() as web:
        id_ = web.post("/api/language/conversations", json={"model": "tiny"}).json()["id"]
    path = f"/api/language/conversations/{id_}/messages"
    said = {"content": "Hi", "sampling": {"max_tokens": 32_768, "temperature": 1.0}}
    asked = {**ASKED, "max_tokens": 32_768, "stream": True}
    before = served.wait_for_worker()
    with under_way(served, path, said) as kept, under_way(served, "/v1/chat/completions", asked) as streamed:
        os.kill(before, signal.SIGKILL)
        *_, last = streamed
        assert last["error"]["code"] == "interrupted"
        *_, ended = kept
    assert (ended["message"]["state"], ended["message"]["error"]["code"]) == ("interrupted", "interrupted")
    with served.client() as web:
        answer = web.get(f"/api/language/conversations/{id_}").json()["messages"][1]
    assert answer == ended["message"]
    assert answer["content"]
    served.wait_for_worker(other_than=before)
    assert chat(client).choices[0].message.content, "the next worker answers"


def test_a_server_killed_in_the_midst_finds_the_answer_interrupted_with_its_text(
    home: Path, serving: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "lab" / "models").mkdir(parents=True)
    (tmp_path / "lab" / "models" / "tiny").mkdir()
    for file in (home / "models" / "tiny").iterdir():
        os.link(file, tmp_path / "lab" / "models" / "tiny" / file.name)
    said = {"content": "Hi", "sampling": {"max_tokens": 32_768, "temperature": 1.0}}
    begun = {"model": "tiny"}
    with serving(tmp_path / "lab", PILOTAGE_DEVICE="cpu") as served:
        served.wait_for_worker()
        with served.client() as web:
            path = "/api/language/conversations/" + web.post("/api/language/conversations", json=begun).json()["id"]
            with under_way(served, f"{path}/messages", said) as growing:
                end = time.monotonic() + 20
                while not (kept := web.get(path).json()["messages"][1]["content"]):
                    assert time.monotonic() < end, "nothing is kept"
                    time.sleep(0.1)
                served.process.kill()
                with pytest.raises(httpx.HTTPError):
                    list(growing)
    settings = Settings(home=tmp_path / "lab")
    lab = local_lab(settings)
    app = create_app(lab, settings, port=8360)  # the next server's, without its worker
    with TestClient(app, base_url="http://127.0.0.1:8360") as again:
        answer = again.get(path).json()["messages"][1]
    lab.store.close()
    assert (answer["state"], answer["error"]["code"]) == ("interrupted", "interrupted")
    assert answer["content"].startswith(kept)
