"""Replay: a session's runs are rendered once more, in the batches that they had, and compared byte by byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.core.hashing import sha256_hex
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.models import GenerationRequest, Model, Output
from pilotage.sessions.again import rows_of_run
from pilotage.sessions.batches import render_rows, sizes_of
from pilotage.sessions.ports import Ports
from pilotage.sessions.runs import environment
from pilotage.store import CandidateRow, RoundRow, RunRow, SampleRow, SessionRow, cursor

Outcome = Literal["equal", "different", "missing"]
_PLACES = {"device": "on", "dtype": "in", "threads": "with threads:", "platform": "on", "python": "with Python"}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SampleCheck(_Frozen):
    """One picture rendered again. `missing`: then or now there was none; `reason` says why."""

    sample_id: str
    index: int
    outcome: Outcome
    stored: str | None
    rendered: str | None
    reason: str = ""


class RunCheck(_Frozen):
    """One run rendered again; `changes`: what is not as it was then, in plain words."""

    run_id: str
    purpose: str
    round: int | None
    samples: tuple[SampleCheck, ...]
    changes: tuple[str, ...] = ()


class ReplayCheck(_Frozen):
    """All runs of a session that were rendered again, and how many pictures came out how."""

    session_id: str
    runs: tuple[RunCheck, ...]
    equal: int
    different: int
    missing: int


def verify_replay(
    ports: Ports, session_id: str, model: Model, *, rounds: Sequence[int] | None = None, progress: Progress,
    cancel: CancelToken | None = None,
) -> ReplayCheck:  # fmt: skip
    """Render a session's runs again (of `rounds` only, if given) and compare; nothing is stored.

    Raises:
        NotFoundError: no such session, or it has no such round.
        InvalidInputError: nothing was rendered yet.
        ConflictError: the model is not the one that the session began with.
    """
    checks = [
        rerender(ports, model, run, index, progress=progress, cancel=cancel)
        for run, index in _runs(ports, ports.store.get(SessionRow, session_id), rounds)
    ]
    outcomes = [sample.outcome for check in checks for sample in check.samples]
    return ReplayCheck(
        session_id=session_id, runs=tuple(checks), equal=outcomes.count("equal"),
        different=outcomes.count("different"), missing=outcomes.count("missing"),
    )  # fmt: skip


def rerender(
    ports: Ports, model: Model, run: RunRow, round_: int | None = None, *, progress: Progress,
    cancel: CancelToken | None = None,
) -> RunCheck:  # fmt: skip
    """Render a stored run's rows in its own batches and compare bytes; a row that fails alone is `missing`.

    Raises:
        ConflictError: the model is not the one that the session began with.
        PilotageError: as the model says.
    """
    request, sizes = GenerationRequest.model_validate(run.stages[0]["request"]), sizes_of(run.group)
    rows = rows_of_run(ports, run, model, progress)
    rendered = render_rows(model, request, rows, sizes=sizes, progress=progress, cancel=cancel)
    progress(Step("comparing"))
    changes = _changes_since(run.environment, environment(model))
    if run.model_fingerprint != model.info.fingerprint:
        changes = ("the model's weights are not those of then", *changes)
    if rendered.sizes != sizes:
        changes = (*changes, f"memory was short: batches of {_list(rendered.sizes)}, then of {_list(sizes)}")
    stored = ports.store.list(SampleRow, where={"run_id": run.id})
    return RunCheck(
        run_id=run.id, purpose=run.purpose, round=round_, changes=changes,
        samples=tuple(_compared(sample, rendered.outputs[sample.index], changes) for sample in stored),
    )  # fmt: skip


def _changes_since(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs between two environments of runs, in plain words; what one of them does not know is left out."""
    found = [f"made {how} {then[name]}, now {now[name]}" for name, how in _PLACES.items() if _differ(then, now, name)]
    old, new = then.get("versions") or {}, now.get("versions") or {}
    return (*found, *(f"made with {name} {old[name]}, now {new[name]}" for name in old if _differ(old, new, name)))


def _differ(then: Mapping[str, Any], now: Mapping[str, Any], name: str) -> bool:
    return then.get(name) is not None and now.get(name) is not None and then[name] != now[name]


def _compared(sample: SampleRow, output: Output, changes: Sequence[str]) -> SampleCheck:
    now = sha256_hex(output.media.data) if output.media is not None else None
    known = {"sample_id": sample.id, "index": sample.index, "stored": sample.artifact, "rendered": now}
    if sample.artifact is None:
        return SampleCheck(**known, outcome="missing", reason=f"there was no picture then: {sample.error}")
    if now is None:
        return SampleCheck(**known, outcome="missing", reason=f"no picture came out now: {output.error}")
    if now == sample.artifact:
        return SampleCheck(**known, outcome="equal")
    reason = "; ".join(changes) or "nothing is known to have changed, and yet the bytes differ"
    return SampleCheck(**known, outcome="different", reason=reason)


def _runs(ports: Ports, session: SessionRow, rounds: Sequence[int] | None) -> list[tuple[RunRow, int | None]]:
    """The runs to render again, in order, each with the round that it was for; a branch has some of its parent's."""
    mine = {"session_id": session.id}
    shows = [(row.run_id, row.index) for row in ports.store.list(RoundRow, where=mine)]
    known = dict(reversed(shows))  # a set that is shown again was made for its first round
    strange = sorted(set(rounds or ()) - {index for _, index in shows})
    if strange:
        raise NotFoundError(f"the session has no round {_list(strange)}", field="rounds")
    shown = {row.sample_id for row in ports.store.list(CandidateRow, where=mine)} - {None}
    made_by = {row.run_id for row in ports.store.list(SampleRow, where={"id": tuple(shown)})}
    own = {row.id: row for row in ports.store.list(RunRow, where=mine)}
    runs = own | {row.id: row for row in ports.store.list(RunRow, where={"id": tuple(made_by - own.keys())})}
    done = sorted((run for run in runs.values() if run.state == "succeeded"), key=cursor)
    wanted = {run_id for run_id, index in shows if rounds is None or index in rounds}
    found = [(run, known.get(run.id)) for run in done if rounds is None or run.id in wanted]
    if not found:
        raise InvalidInputError(
            "nothing was rendered that could be rendered again", field="rounds", hint="Ask for a round first."
        )
    return found


def _list(values: Sequence[int]) -> str:
    return " + ".join(map(str, values))
