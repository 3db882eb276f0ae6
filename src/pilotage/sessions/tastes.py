"""Taste profiles: what a person's earlier sessions in one space tell of the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pilotage.core.errors import NotFoundError
from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.preferences.laplace_gp import Taste
from pilotage.sessions.history import judgements_of, region_of
from pilotage.sessions.pooling import Evidence, Pooled, evidence_of, no_opinion, pooled
from pilotage.sessions.taste_settings import TasteSettings, settings_of
from pilotage.sessions.taste_views import TasteAxis, TasteProfile, TasteSession
from pilotage.sessions.views import session_summaries
from pilotage.spaces import Axis, Region
from pilotage.store import Reader, SessionRow, Store

NEWEST = 20  # sessions that are read: older ones tell little more, and each is a fold
IMPORTED, EXCLUDED, TOO_OLD = "imported: perhaps not yours", "left out by you", f"only the newest {NEWEST} count"
BRANCHED = "a branch with more answers tells the same"
SURE = 1.645  # sds on either side that hold 90 %
Tell = Callable[[Region, Sequence[Judgement]], Evidence]


def profile_of(store: Store, space: str, *, tell: Tell = evidence_of) -> TasteProfile:
    """The profile of the space with this fingerprint.

    Raises:
        NotFoundError: no session is in this space.
    """
    with store.snapshot() as reader:
        sessions = sessions_in(reader, space)
        if not sessions:
            raise NotFoundError("no session is in this space", field="space")
        told = {row.id: judgements_of(reader, row) for row in sessions}
        pictures = {summary.id: summary.artifact for summary in session_summaries(reader, sessions)}
    settings, region = settings_of(store, space), region_of(sessions[0])
    why = _left_out(sessions, settings)
    evidence = {row.id: tell(region, told[row.id]) for row in sessions if not why[row.id]}
    pool = pooled(list(evidence.values()), region)
    newest, axes = sessions[0], [Axis.model_validate(axis) for axis in sessions[0].axes]
    taste = _taste(pool, region, axes, newest.radius, settings)
    return TasteProfile(
        space=space, prompt=newest.prompt, model=newest.model, radius=newest.radius, settings=settings, taste=taste,
        axes=[_axis(axis, i, pool, taste, newest.radius, settings) for i, axis in enumerate(axes)],
        sessions=[_session(row, pictures[row.id], why[row.id], evidence.get(row.id)) for row in sessions],
        agreement=pool.agreement if len(evidence) > 1 else None,
    )  # fmt: skip


def sessions_in(reader: Reader, space: str | None = None) -> Sequence[SessionRow]:
    """A person's sessions that have answers, newest first; all of them, or those in one space."""
    where: dict[str, Any] = {"deleted_at": None, **({} if space is None else {"space_fingerprint": space})}
    rows = reader.list(SessionRow, where=where, newest_first=True)
    return [row for row in rows if row.answers and row.space_fingerprint]


def _left_out(sessions: Sequence[SessionRow], settings: TasteSettings) -> Mapping[str, str]:
    """Session -> why it doesn't count; empty if it does."""
    found = {row.id: IMPORTED for row in sessions if row.origin is not None}
    found |= {row.id: EXCLUDED for row in sessions if row.id in settings.excluded}
    by_id, families = {row.id: row for row in sessions}, dict[str, list[SessionRow]]()
    for row in sessions:
        if row.id not in found:
            families.setdefault(_root(row, by_id), []).append(row)
    tellers = {max(family, key=lambda row: (row.answers, row.updated_at)).id for family in families.values()}
    counting = [row.id for row in sessions if row.id in tellers][:NEWEST]
    rest = {row.id: TOO_OLD if row.id in tellers else BRANCHED for row in sessions if row.id not in counting}
    return {**dict.fromkeys(counting, ""), **rest, **found}


def _root(row: SessionRow, by_id: Mapping[str, SessionRow]) -> str:
    """What a session and all its branches have in common; a parent that is gone is still their parent."""
    while row.parent_id is not None and row.parent_id in by_id:
        row = by_id[row.parent_id]
    return row.parent_id or row.id


def _taste(
    pool: Pooled, region: Region, axes: Sequence[Axis], radius: float, settings: TasteSettings
) -> Taste:  # fmt: skip
    """The pool, as much of it as is to count, then the person's own word on an axis."""
    nothing = no_opinion(region)
    precision = settings.weight / pool.sd**2 + (1.0 - settings.weight) / nothing**2
    mean, sd = settings.weight * pool.mean / pool.sd**2 / precision, precision**-0.5
    for i, axis in enumerate(axes):
        opinion = settings.axes.get(axis.name)
        if opinion is not None:
            mean[i] = 0.0 if opinion.mean is None else opinion.mean / radius
            sd[i] = nothing if opinion.mean is None else opinion.sd / radius
    return Taste(mean=_floats(mean), sd=_floats(np.minimum(sd, 3.0)))


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _axis(
    axis: Axis, i: int, pool: Pooled, taste: Taste, radius: float, settings: TasteSettings
) -> TasteAxis:  # fmt: skip
    mean, sd = taste.mean[i] * radius, taste.sd[i] * radius
    return TasteAxis(
        axis=axis, mean=mean, sd=sd, low=mean - SURE * sd, high=mean + SURE * sd,
        told_mean=float(pool.mean[i]) * radius, told_sd=float(pool.sd[i]) * radius,
        opinion=settings.axes.get(axis.name),
    )  # fmt: skip


def _session(row: SessionRow, picture: str | None, why: str, told: Evidence | None) -> TasteSession:
    parts = [] if told is None else list(zip(told.pull, told.precision, strict=True))
    return TasteSession(
        id=row.id, name=row.name, answers=row.answers, artifact=picture, counts=not why, why=why,
        ideal=[float(pull / p * row.radius) if p > 0 else None for pull, p in parts],
        sd=[float(p**-0.5 * row.radius) if p > 0 else None for _, p in parts],
    )  # fmt: skip
