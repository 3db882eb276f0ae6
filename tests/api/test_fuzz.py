"""F10: requests of every kind in every order, with the ids that earlier answers gave, against a lab that works.

Nothing may be answered 5xx, every answer has the shape that the document says, and every refusal is a problem.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode, checks
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)

from pilotage.api.app import create_app
from pilotage.api.problems import MEANINGS
from pilotage.app.latent_training import TRAIN
from pilotage.app.settings import Settings
from pilotage.app.verbs.latents import BACKFILL
from pilotage.app.wiring import memory_lab
from pilotage.models.language import LanguageModel
from pilotage.sessions.views import RoundView
from pilotage.store import JobRow, SessionRow
from pilotage.testing import tiny_language

SECONDS = 600 if os.environ.get("PILOTAGE_SOAK") else 15  # or longer, until every operation was asked for
PORT = 8360
CONFIG = {"model": "analytic", "seed": 7, "candidates": 3, "dimension": 3, "request": {"prompt": "a disc"}}
IMPORT = "POST /api/bundles"
STREAM = "/api/events"  # never ends: tests/api/test_events.py
CHECKS = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
]  # fmt: skip
ID = re.compile(r"\b([a-z]{3})_[a-z0-9]{16}\b")
KINDS = {
    "session_id": "ses", "candidate_id": "cnd", "round_id": "rnd", "experiment_id": "exp", "job_id": "job",
    "run_id": "run", "conversation_id": "cnv", "message_id": "msg", "after": "msg",
    "order": "cnd", "winner": "cnd", "loser": "cnd", "approved": "cnd",
}  # fmt: skip
CREATE, ROUND = "POST /api/sessions", "POST /api/sessions/{session_id}/rounds"
ANSWER = "POST /api/sessions/{session_id}/rounds/{index}/answers"


@schemathesis.serializer("application/zip")
def _as_it_is(context: Any, value: bytes) -> bytes:
    del context
    return value


class World:
    """A lab, its app, and the ids that its answers have named, newest last."""

    def __init__(self, words: LanguageModel) -> None:
        self.lab = memory_lab(Settings())
        self.lab.catalog._languages[words.info.ref] = words
        self.app = create_app(self.lab, Settings(), port=PORT)
        self.ids: dict[str, list[str]] = {}
        self.bundle = b""

    def learn(self, text: str) -> None:
        for found in ID.finditer(text):
            known = self.ids.setdefault(found[1], [])
            if found[0] in known:
                known.remove(found[0])
            known.append(found[0])

    def rounds(self, session_id: str) -> list[RoundView]:
        """The rounds that count, of a session that may not be there."""
        found = self.lab.store.find(SessionRow, session_id)
        return [] if found is None else self.lab.get_session(session_id).round_views

    def work(self) -> None:
        """Do whatever was asked for, as a worker would; trainings, which take minutes, are cancelled."""
        for job in self.lab.store.list(JobRow, where={"state": "queued"}):
            if job.kind == TRAIN:
                self.lab.cancel_run(job.topic)
            elif job.kind == BACKFILL:
                self.lab.engine.cancel(job.id)
            else:
                self.lab.wait(job.id)

    def named(self, key: str, value: Any, choice: int) -> Any:
        """A value of a request, or in its place an id that is there."""
        known = self.ids.get(KINDS.get(key, ""), [])[-8:]
        if known and isinstance(value, str):
            return known[-1 - choice % len(known)]
        if known and isinstance(value, list) and key in ("order", "approved"):
            return [known[-1 - (choice + i) % len(known)] for i in range(1 + choice % 3)]
        return value

    def aim(self, part: Any, choice: int) -> Any:
        """A request's part with ids that are there, and a model that is quick."""
        if isinstance(part, list):
            return [self.aim(one, choice) for one in part]
        if not isinstance(part, Mapping):
            return part
        aimed = {key: self.aim(self.named(key, value, choice), choice) for key, value in part.items()}
        return {**aimed, "model": "analytic"} if isinstance(part.get("model"), str) else aimed


class Fuzz:
    """The document's operations, and how one walk through them goes."""

    def __init__(self, words: LanguageModel) -> None:
        self.words = words
        self.world = World(words)
        self.document = self.world.app.openapi()
        schema = schemathesis.openapi.from_dict(self.document, config=SchemathesisConfig.from_dict({}))
        schema.app = self._door
        schema.config.update(base_url=f"http://127.0.0.1:{PORT}")
        found = [one.ok() for one in schema.exclude(path=STREAM).get_all_operations()]
        self.operations = {one.label: one for one in found}
        self.fresh = sorted(self.operations)
        self.seen: Counter[tuple[str, int]] = Counter()

    def look_back(self) -> None:
        """What was never asked for is asked for more often from now on: not amid walks, which must be repeatable."""
        self.fresh = sorted(self.operations.keys() - {label for label, _ in self.seen})

    async def _door(self, *asgi: Any) -> None:
        await self.world.app(*asgi)

    def walk(self, data: st.DataObject) -> None:
        """Some thirty requests to a new lab."""
        self.world = World(self.words)
        for label in (CREATE, ROUND, ANSWER, ROUND):
            self.steer(label)
        steps = (["", ROUND, ANSWER], sorted(self.operations), self.fresh)
        labels = st.one_of(*(st.sampled_from(some) for some in steps if some))
        for label in data.draw(st.lists(labels, min_size=20, max_size=40)):
            if label in ("", ROUND, ANSWER):
                self.steer(label or CREATE)
                continue
            spoilt = data.draw(st.integers(0, 9)) == 0
            mode = GenerationMode.NEGATIVE if spoilt else GenerationMode.POSITIVE
            case = data.draw(self.operations[label].as_strategy(generation_mode=mode))
            choice = data.draw(st.integers(0, 23))
            if choice < 22 and not spoilt:
                case.path_parameters = self.world.aim(case.path_parameters, choice)
                case.query = self.world.aim(case.query, choice)
                case.body = self.world.bundle if label == IMPORT else self.world.aim(case.body, choice)
                if "latents" in label and "run_id" in case.path_parameters:
                    case.path_parameters["run_id"] = self.world.ids.get("lat", ["lat_none"])[-1]
                if "index" in case.path_parameters:
                    case.path_parameters["index"] = 1 + choice % 3
            self.ask(case)

    def steer(self, label: str) -> None:
        """What brings a session on: the next step of the newest, if it takes one."""
        session_id = self.world.ids.get("ses", ["ses_none"])[-1]
        rounds = self.world.rounds(session_id)
        where = {CREATE: {}, ROUND: {"session_id": session_id}}
        path = where.get(label, {"session_id": session_id, "index": len(rounds) or 1})
        order = [candidate.id for candidate in rounds[-1].candidates[:2]] if rounds else ["cnd_none"]
        bodies: dict[str, Any] = {CREATE: CONFIG, ANSWER: {"answer": {"kind": "ranking", "order": order}}}
        more = {"body": bodies[label], "media_type": "application/json"} if label in bodies else {}
        self.ask(self.operations[label].Case(path_parameters=path, **more))

    def ask(self, case: Any) -> None:
        response = case.call()
        self.seen[case.operation.label, response.status_code] += 1
        case.validate_response(response, checks=CHECKS)
        media_type = response.headers.get("content-type", [""])[0]
        if "json" in media_type:
            told = response.json()
            self.conforms(case, response.status_code, media_type, told)
            self.world.learn(response.text)
        elif media_type == "application/zip":
            self.world.bundle = response.content
        if response.status_code >= 400:
            assert media_type == "application/problem+json", case.as_curl_command()
            assert (told["code"] in MEANINGS, told["status"]) == (True, response.status_code), case.as_curl_command()
        self.world.work()

    def conforms(self, case: Any, status: int, media_type: str, told: Any) -> None:
        """Whether an answer has its shape; schemathesis itself stumbles over tuples (`prefixItems`) in `anyOf`."""
        answers = self.document["paths"][case.operation.path][case.operation.method]["responses"]
        schema = answers.get(str(status), answers["default"])["content"][media_type]["schema"]
        known = {**schema, "components": self.document["components"]}
        faults = [f"{fault.instance_path}: {fault.message}" for fault in Draft202012Validator(known).iter_errors(told)]
        assert faults == [], case.as_curl_command()


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 300)
def test_no_request_breaks_the_server_and_every_answer_is_as_the_document_says(tmp_path: Path) -> None:
    words = LanguageModel("smollm2", tiny_language.save("llama", tmp_path / "tiny"), device="cpu")
    fuzz, end = Fuzz(words), time.monotonic() + SECONDS
    size = hypothesis.settings(
        max_examples=5, deadline=None, derandomize=False, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for seed in count():
        hypothesis.seed(seed)(size(given(st.data())(fuzz.walk)))()
        fuzz.look_back()
        if time.monotonic() > end and not fuzz.fresh:
            break
    assert fuzz.seen[ANSWER, 201] > seed, "sessions are steered, not only asked for"
    done = {label for label, status in fuzz.seen if status < 400}
    print(
        f"F10 stateful: {fuzz.seen.total()} requests to {len(fuzz.operations)} operations, {len(done)} of them done, "
        f"{sum(n for (_, status), n in fuzz.seen.items() if status >= 400)} refused, 0 server errors"
    )
