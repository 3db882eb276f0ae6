"""The loop's step: encode, fold, propose, decode, generate, keep, show; each room entered once.

Re-entrant: proposals and forecasts are committed before rendering, and a second entry finds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pilotage.core.crash import crash_point
from pilotage.core.errors import JobCancelledError
from pilotage.core.ids import derived_id
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.core.seeds import stream, stream_seed
from pilotage.core.shapes import Array
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Item, Judgement, incumbent
from pilotage.jobs.base import problem
from pilotage.models import Model, Row
from pilotage.preferences import Posterior
from pilotage.samplers import SAMPLERS, Proposals, Sampler, View
from pilotage.sessions.attributes import descriptors_of
from pilotage.sessions.config import SessionConfig, asks_in_turn
from pilotage.sessions.events import RoundFailed, RoundProposed, RoundShown, SessionPlaced, SpaceBuilt
from pilotage.sessions.history import judgements_of, posterior_of, region_of, rounds_of
from pilotage.sessions.marks import pinned
from pilotage.sessions.ports import Ports
from pilotage.sessions.repeats import ROLE, is_due, repeat_of, searched, set_to_repeat
from pilotage.sessions.runs import Point, RunPlan, environment, execute
from pilotage.sessions.scales import measured_space, recorded_scales
from pilotage.sessions.sheet_views import sheet_of
from pilotage.sessions.spaces import build_space, require_same_space
from pilotage.sessions.stagnation import doubts_of, widened
from pilotage.sessions.style import STYLE_ROUND, StyleProbes, first_index, probes_of
from pilotage.sessions.taste_taking import first_guess, with_taste
from pilotage.spaces import SteeringSpace
from pilotage.store import CandidateRow, Reader, RoundRow, RunRow, SampleRow, SessionRow

Json = dict[str, Any]
BASELINE_WHY = "Your prompt as it is, unsteered."
INCUMBENT_WHY = "Your best so far, unchanged."
AGAIN_WHY = "What you liked best so far, on this prompt."
PINNED_WHY = "You pinned it."
TASTE_WHY = "Where your earlier sessions say that you will like it best."
REPEAT_WHY = "You judged it in round {}: it came again to see how steady your choices are."


def step(
    ports: Ports,
    round_id: str,
    model: Model,
    *,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
) -> RoundRow:
    """Bring a requested round to where it can be judged.

    Raises:
        NotFoundError: no such round.
        PilotageError: as the model, the space or the run say; the round is then marked failed and keeps
            its proposals, so asking again renders the same candidates.
    """
    round_ = ports.store.get(RoundRow, round_id)
    if round_.state in ("awaiting", "answered", "superseded"):
        return round_
    try:
        session = ports.store.get(SessionRow, round_.session_id)
        config = SessionConfig.model_validate(session.config)
        space = build_space(model, config, recorded=session.axes, progress=progress)
        if session.space_fingerprint is None:
            space = measured_space(ports.store, model, config, space)
        session = _with_space(ports, session, space, model)
        with one_blas_thread():
            candidates = _proposed(ports, session, round_, progress)
        samples = _rendered(ports, session, round_, space, candidates, model, progress=progress, cancel=cancel)
        return _shown(ports, round_, candidates, samples)
    except Exception as error:  # a bug too must leave the round where it can be asked for again
        _failed(ports, round_, error)
        raise


def _with_space(ports: Ports, session: SessionRow, space: SteeringSpace, model: Model) -> SessionRow:
    """The session with its space recorded; the first step freezes it, a later one must find the same."""
    if session.space_fingerprint is not None:
        require_same_space(session, space, model)
        _note_move(ports, session, model)
        return session
    config = {**session.config, "scales": recorded_scales(space)}
    config, taken = with_taste(ports.store, config, session.id, space.fingerprint())
    known = {
        "space_fingerprint": space.fingerprint(), "model_fingerprint": model.info.fingerprint, "dimension": space.dim,
        "region": space.region.shape, "radius": space.radius, "axes": [axis.model_dump() for axis in space.axes],
        "config": config,
    }  # fmt: skip
    with ports.store.transaction() as tx:
        session = tx.get(SessionRow, session.id).model_copy(update=known)
        tx.put(session)
        built = SpaceBuilt(
            session_id=session.id, space_fingerprint=space.fingerprint(), axes=session.axes, radius=space.radius,
            model_fingerprint=model.info.fingerprint or "",
        )  # fmt: skip
        ports.tell(tx, session.id, built)
        if taken is not None:
            ports.tell(tx, session.id, taken)
        ports.tell(tx, session.id, _place(session, model))
    return session


def _note_move(ports: Ports, session: SessionRow, model: Model) -> None:
    """Say where the pictures are made from here on, if the newest run was made elsewhere."""
    newest = ports.store.list(RunRow, where={"session_id": session.id}, limit=1, newest_first=True)
    placed = _place(session, model)
    if newest and {**newest[0].environment, "halved": None} != {**placed.environment, "halved": None}:
        with ports.store.transaction() as tx:
            ports.tell(tx, session.id, placed)


def _place(session: SessionRow, model: Model) -> SessionPlaced:
    info = model.info
    return SessionPlaced(
        session_id=session.id, model=info.ref, model_fingerprint=info.fingerprint, environment=environment(model)
    )


def _proposed(ports: Ports, session: SessionRow, round_: RoundRow, progress: Progress) -> Sequence[CandidateRow]:
    """The round's candidates: those committed before, or new ones with their forecasts."""
    known = ports.store.list(CandidateRow, where={"round_id": round_.id})
    if known:
        return known
    progress(Step("reading"))
    judgements = judgements_of(ports.store, session, before=round_.index)
    progress(Step("believing"))
    posterior = posterior_of(session, judgements)
    progress(Step("proposing"))
    sampler, slots = _asked(session, round_)
    kept = _kept(ports, session, round_, incumbent(judgements), beside_best=sampler.beside_best)
    again = _again(ports, session, round_, kept, posterior)
    rows, state = again or _new(ports, session, round_, kept, posterior, judgements, sampler, slots)
    rows = _with_forecasts(rows, posterior, np.array([row.z for row in rows]) / session.radius)
    gain = posterior.expected_regret() if judgements else None
    return _commit(ports, round_, rows, state, gain)


def _again(
    ports: Ports, session: SessionRow, round_: RoundRow, kept: Sequence[CandidateRow], posterior: Posterior
) -> tuple[Sequence[CandidateRow], Json] | None:
    """The candidates of an earlier round, where it is time to see whether the same is chosen; else None."""
    before = [one for one in rounds_of(ports.store, session) if one.index < round_.index]
    if not is_due(session, round_, before):
        return None
    found = set_to_repeat(ports.store, session, round_, before, kept, posterior)
    if found is None:
        return None
    source, rest = found
    why = REPEAT_WHY.format(source.index)
    rows = [
        _carried(ports, session, round_, slot, row.id, role=ROLE, why=why)
        for slot, row in enumerate(rest, start=len(kept))
    ]
    sheet = sheet_of(source)  # it looks like the map that it was
    return [*kept, *rows], {"repeat_of": source.id, **(sheet.model_dump() if sheet else {})}


def _new(
    ports: Ports, session: SessionRow, round_: RoundRow, kept: Sequence[CandidateRow], posterior: Posterior,
    judgements: Sequence[Judgement], sampler: Sampler, slots: int,
) -> tuple[Sequence[CandidateRow], Json]:  # fmt: skip
    """What is kept and what the sampler proposes for the free slots; and the sampler's state."""
    place = round_.index - first_index(session) + 1
    view = View(region_of(session), posterior, searched(judgements), place, _looks(ports, sampler, judgements))
    rng = stream(session.seed, "proposals", round_.index, *((round_.attempt,) if round_.attempt else ()))
    proposals = sampler.propose(view, n=slots - len(kept), rng=rng)
    patience = session.config.get("stagnation_patience", 0)  # a session older than the setting goes on as it was
    proposals = widened(view, proposals, patience=patience, doubt=lambda: doubts_of(session, judgements), rng=rng)
    free = _free(ports, session, round_, proposals, start=len(kept))
    if kept and "half_width" in proposals.state and session.seed_policy == "fixed-per-round":
        free = [row.model_copy(update={"seed": kept[0].seed}) for row in free]  # a map changes with place alone
    return [*kept, *free], dict(proposals.state)


def _asked(session: SessionRow, round_: RoundRow) -> tuple[Sampler, int]:
    """What proposes a round, and how many pictures it shows."""
    if round_.index == STYLE_ROUND:
        return StyleProbes(), probes_of(session.config)
    return SAMPLERS.build(session.config["sampler"]), SessionConfig.model_validate(session.config).candidates


def _looks(ports: Ports, sampler: Sampler, judgements: Sequence[Judgement]) -> Mapping[str, tuple[float, ...]]:
    """What the pictures judged so far look like, for a sampler that asks."""
    if not sampler.needs_descriptors:
        return {}
    return descriptors_of(ports.store, (item.sample for judgement in judgements for item in judgement.items))


def _kept(
    ports: Ports, session: SessionRow, round_: RoundRow, best: Item | None, *, beside_best: bool
) -> list[CandidateRow]:
    """What is shown beside the proposals: the incumbent or, at first, the baseline; then what is pinned."""
    rows = _best(ports, session, round_, best) if beside_best else []
    free = SessionConfig.model_validate(session.config).candidates - len(rows) - 1  # one slot at least is for the new
    guess = first_guess(session)
    if best is None and round_.index == 1 and guess is not None and free:
        rows.append(_candidate(ports, session, round_, len(rows), role="taste", why=TASTE_WHY, z=guess))
        free -= 1
    pins = [pin for pin in pinned(ports.store, session) if best is None or pin.sample_id != best.sample]
    for pin in pins[:free]:
        rows.append(_carried(ports, session, round_, len(rows), pin.id, role="pinned", why=PINNED_WHY))
    return rows


def _best(ports: Ports, session: SessionRow, round_: RoundRow, best: Item | None) -> list[CandidateRow]:
    if best is not None:
        return [_carried(ports, session, round_, 0, best.candidate, role="incumbent", why=INCUMBENT_WHY)]
    z = [0.0] * session.dimension
    plain = _candidate(ports, session, round_, 0, role="baseline", why=BASELINE_WHY, z=z)
    return [plain] if round_.index == 1 else []


def _carried(
    ports: Ports, session: SessionRow, round_: RoundRow, slot: int, source_id: str, *, role: str, why: str
) -> CandidateRow:
    """An earlier candidate, verbatim: its sample is shown again; where rounds have prompts of their own, its place."""
    source = ports.store.get(CandidateRow, source_id)
    row = _candidate(ports, session, round_, slot, role=role, why=why, z=source.z)
    if asks_in_turn(session.config):
        return row.model_copy(update={"why": AGAIN_WHY}) if role == "incumbent" else row
    return row.model_copy(update={"sample_id": source.sample_id, "seed": source.seed, "carried_from": source.id})


def _free(
    ports: Ports, session: SessionRow, round_: RoundRow, proposals: Proposals, *, start: int
) -> list[CandidateRow]:
    rows = []
    for index, u in enumerate(proposals.u):
        row = _candidate(
            ports, session, round_, start + index, role=proposals.roles[index], why=proposals.why[index],
            z=[float(value) for value in u * session.radius],
        )  # fmt: skip
        facts = dict(proposals.metadata[index]) if proposals.metadata else {}
        rows.append(row.model_copy(update={"forecast": facts}))
    return rows


def _candidate(
    ports: Ports, session: SessionRow, round_: RoundRow, slot: int, *, role: str, why: str, z: list[float]
) -> CandidateRow:
    return CandidateRow(
        id=derived_id("cnd", round_.id, slot), created_at=ports.clock(), session_id=session.id, round_id=round_.id,
        slot=slot, role=role, why=why, z=z, seed=noise_seed(session, round_, slot, role),
    )  # fmt: skip


def noise_seed(session: SessionRow, round_: RoundRow, slot: int, role: str, *, retry: int = 0) -> int:
    """The seed of a candidate's noise, in [0, 2**32), by the session's seed policy.

    `retry` counts how often the candidate was rendered again after it had failed.
    """
    by_policy: dict[str, tuple[str | int, ...]] = {
        "fixed-per-round": (),
        "fixed-per-candidate": (slot,),
        "fixed-per-candidate-role": (role,),
    }
    again = ("retry", slot, retry) if retry else ()
    parts = (round_.index, *by_policy[session.seed_policy], round_.attempt, *again)
    return stream_seed(session.seed, "noise", *parts) % 2**32


def _with_forecasts(rows: Sequence[CandidateRow], posterior: Posterior, u: Array) -> list[CandidateRow]:
    """What is believed of each candidate before the click, in units of choice noise."""
    mean, cov = posterior.mean_cov(u)
    p_best, p_beats = posterior.p_best(u), posterior.p_beats_incumbent(u)
    return [
        row.model_copy(
            update={
                "forecast": {
                    **row.forecast, "mean": float(mean[i]), "sd": float(np.sqrt(max(cov[i, i], 0.0))),
                    "p_best": float(p_best[i]), "p_beats_incumbent": float(p_beats[i]),
                }
            }
        )
        for i, row in enumerate(rows)
    ]  # fmt: skip


def _commit(
    ports: Ports, round_: RoundRow, rows: Sequence[CandidateRow], state: Json, gain: float | None
) -> Sequence[CandidateRow]:
    fields = {"id", "slot", "role", "why", "z", "seed", "carried_from", "forecast"}
    proposed = RoundProposed(
        session_id=round_.session_id, round_id=round_.id, index=round_.index, sampler_state=state, expected_gain=gain,
        candidates=[row.model_dump(mode="json", include=fields) for row in rows],
    )  # fmt: skip
    with ports.store.transaction() as tx:
        current = tx.get(RoundRow, round_.id)
        if current.state == "superseded":
            raise JobCancelledError("the round was set aside meanwhile")
        for row in rows:
            tx.put(row)
        tx.put(current.model_copy(update={"state": "rendering", "sampler_state": state, "expected_gain": gain}))
        ports.tell(tx, round_.session_id, proposed)
        crash_point("round proposed")
    return rows


def _rendered(
    ports: Ports, session: SessionRow, round_: RoundRow, space: SteeringSpace, candidates: Sequence[CandidateRow],
    model: Model, *, progress: Progress, cancel: CancelToken | None,
) -> dict[str, SampleRow]:  # fmt: skip
    """Candidate id -> its sample, for every candidate that carries none; one batch."""
    new = [row for row in candidates if row.carried_from is None]
    if not new:  # a set shown again
        return {}
    points = tuple(Point(Row(space.decode(np.array(row.z)), row.seed), tuple(row.z)) for row in new)
    request = SessionConfig.model_validate(session.config).request.in_round(round_.index)
    plan = RunPlan("round", (round_.id,), request, points, session_id=session.id)
    return dict(
        zip(
            (row.id for row in new),
            execute(ports, model, plan, progress=progress, cancel=cancel),
            strict=True,
        )
    )


def _shown(
    ports: Ports, round_: RoundRow, candidates: Sequence[CandidateRow], samples: dict[str, SampleRow]
) -> RoundRow:
    with ports.store.transaction() as tx:
        current = tx.get(RoundRow, round_.id)
        if current.state == "superseded":
            return current
        run_id, made = _made(tx, current, candidates, samples)
        now = ports.clock()
        known = {"state": "awaiting", "run_id": run_id, "shown_at": now, "error": None}
        tx.put(shown := current.model_copy(update=known))
        for row in candidates:
            tx.put(_settled(row, samples.get(row.id)))
        session = tx.get(SessionRow, round_.session_id)
        counts = {"rounds": max(session.rounds, round_.index), "renders": session.renders + len(samples)}
        tx.put(session.model_copy(update={**counts, "updated_at": now}))
        facts = [
            {"candidate_id": key, "sample_id": s.id, "artifact": s.artifact, "error": s.error}
            for key, s in made.items()
        ]
        told = RoundShown(session_id=session.id, round_id=round_.id, index=round_.index, run_id=run_id, samples=facts)
        ports.tell(tx, session.id, told)
        crash_point("round told")
    crash_point("round shown")
    return shown


def _made(
    reader: Reader, round_: RoundRow, candidates: Sequence[CandidateRow], samples: Mapping[str, SampleRow]
) -> tuple[str | None, Mapping[str, SampleRow]]:
    """The run that made the round's pictures, and what it made; of a repeat, those of the set that it shows."""
    source = repeat_of(round_)
    if source is None:
        return next(iter(samples.values())).run_id, samples
    again = {row.id: reader.get(SampleRow, row.sample_id or "") for row in candidates if row.role == ROLE}
    return reader.get(RoundRow, source).run_id, again


def _settled(row: CandidateRow, sample: SampleRow | None) -> CandidateRow:
    if sample is None:
        return row.model_copy(update={"state": "ready"})
    state = "ready" if sample.artifact is not None else "failed"
    return row.model_copy(update={"state": state, "sample_id": sample.id, "error": sample.error})


def _failed(ports: Ports, round_: RoundRow, error: Exception) -> None:
    with ports.store.transaction() as tx:
        current = tx.get(RoundRow, round_.id)
        if current.state in ("queued", "rendering"):
            tx.put(current.model_copy(update={"state": "failed", "error": problem(error)}))
            failed = RoundFailed(
                session_id=round_.session_id, round_id=round_.id, index=round_.index, error=problem(error)
            )
            ports.tell(tx, round_.session_id, failed)
