"""Replay documents of schema 1, as rows: they told what the page showed, so what it did not show is left empty."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def rows_of_1(document: Json) -> Json:
    """Table -> rows as JSON, of a document of schema 1. Its pictures are elsewhere, so they are told as cleaned."""
    session, rounds = document["session"], document["rounds"]
    sha_of = {name: facts["sha256"] for name, facts in document["artifacts"].items()}
    return {
        "sessions": [_session(session)],
        "rounds": [_round(one) for one in rounds],
        "candidates": [_candidate(session, one, shown) for one in rounds for shown in one["candidates"]],
        "answers": [_answer(session, one) for one in rounds if one["answer"]],
        "runs": [_only(run, _RUN, group=[_place(sample) for sample in run["samples"]]) for run in document["runs"]],
        "samples": [_sample(run, sample, sha_of) for run in document["runs"] for sample in run["samples"]],
        "artifacts": [
            {"id": facts["sha256"], "created_at": session["created_at"], "media_type": facts["media_type"],
             "size": facts["size"], "cleaned_at": document["exported_at"]}
            for facts in document["artifacts"].values()
        ],
    }  # fmt: skip


_SESSION = (
    "id", "created_at", "name", "state", "prompt", "model", "model_fingerprint", "dimension", "radius", "region",
    "query_kinds", "seed", "config", "axes", "space_fingerprint", "rounds", "answers", "renders", "incumbent_id",
    "final_id", "closeness", "outcome", "updated_at",
)  # fmt: skip
_ROUND = ("id", "session_id", "index", "state", "expected_gain", "error", "shown_at", "answered_at")
_CANDIDATE = ("id", "slot", "state", "z", "seed", "sample_id", "carried_from", "error")
_ANSWER = ("id", "created_at", "kind", "answer", "gesture", "comment", "decision_ms")
_RUN = (
    "id", "created_at", "session_id", "purpose", "state", "model", "model_fingerprint", "stages", "environment",
    "timings_ms", "error",
)  # fmt: skip


def _only(given: Json, names: tuple[str, ...], **more: Any) -> Json:
    return {**{name: given[name] for name in names}, **more}


def _session(session: Json) -> Json:
    config = session["config"]
    kinds = {name: config[name]["kind"] for name in ("basis", "sampler", "preference_model")}
    return _only(
        session, _SESSION, **kinds, prompt_family="", negative_prompt=config["request"]["negative_prompt"],
        seed_policy=config["seed_policy"],
    )  # fmt: skip


def _round(one: Json) -> Json:
    told = one["sampler_state"] is not None
    return _only(
        one, _ROUND, created_at=one["shown_at"] or one["answered_at"] or "1970-01-01T00:00:00Z",
        sampler_state=one["sampler_state"] or {}, forecasts_shown=told and one["answer"] is None,
    )  # fmt: skip


def _candidate(session: Json, one: Json, shown: Json) -> Json:
    return _only(
        shown, _CANDIDATE, created_at=_round(one)["created_at"], session_id=session["id"], round_id=one["id"],
        role=shown["role"] or "", why=shown["why"] or "", forecast=shown["forecast"] or {},
    )  # fmt: skip


def _answer(session: Json, one: Json) -> Json:
    shown = [candidate["id"] for candidate in one["candidates"] if candidate["state"] == "ready"]
    return _only(one["answer"], _ANSWER, session_id=session["id"], round_id=one["id"], shown=shown)


def _place(sample: Json) -> Json:
    return {"z": sample["z"], "seed": sample["seed"]}


def _sample(run: Json, sample: Json, sha_of: dict[str, str]) -> Json:
    kept = {name: sample[name] for name in ("id", "index", "z", "seed", "error")}
    own = {"run_id": run["id"], "session_id": run["session_id"], "created_at": run["created_at"]}
    return {**kept, **own, "artifact": sha_of.get(sample["artifact"])}
