"""What can be done in a trained space: begin a session from places on its map, and see where its candidates lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from pilotage.app.latent_models import LatentModels
from pilotage.app.verbs.latents import LatentVerbs
from pilotage.core.errors import InvalidInputError
from pilotage.labs.latents.cadence import METHODS, Method
from pilotage.labs.latents.placing import on_map
from pilotage.labs.latents.steered_run import PREFIX, LatentRef, SteeredRun, written
from pilotage.labs.latents.steering import AxesKind, latents_of
from pilotage.sessions.views import CandidateView, SessionSummary, session_summaries, session_view
from pilotage.store import SessionRow

_SEARCHED = 500  # sessions, the newest


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LatentStart(_View):
    """Where a session may begin: `model` is what its config names.

    `axes` are the coordinates by name, `z` where the start lies on them from the middle of all that is shown, 1 being
    as far as a session goes from there; `points` says of how many pictures it is the mean, 0 for the middle itself.
    """

    model: str
    name: str
    epoch: int
    axes: list[str]
    z: list[float]
    points: int


class PlacedCandidate(_View):
    """A candidate on a map: `point` has its coordinates. What is carried on from an earlier round says of which."""

    candidate_id: str
    round: int
    slot: int
    state: str
    artifact: str | None
    carried_from: str | None
    is_incumbent: bool
    is_final: bool
    point: list[float]


class SessionOnMap(_View):
    """A session's candidates on the map of the epoch that it steers in; maps of other epochs are other spaces."""

    session_id: str
    run_id: str
    epoch: int
    method: Method
    dims: int
    candidates: list[PlacedCandidate]


class LatentSteeringVerbs(LatentVerbs):
    """What can be done in a trained space."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.catalog.use_latents(LatentModels(self.store, lambda: self.latents))

    def latent_start(
        self, run_id: str, *, epoch: int | None = None, axes: AxesKind = "pca", points: Sequence[int] = ()
    ) -> LatentStart:
        """The model of a session that begins at the mean of some pictures that a run's maps show.

        Args:
            run_id: of a run that has ended.
            epoch: whose checkpoint; the newest if None.
            axes: what the axes are made of.
            points: positions among the shown pictures; none for the middle of all.

        Raises:
            NotFoundError: no such run or checkpoint.
            ConflictError: the run is still trained.
            UnsupportedInputError: it has no such axes.
            InvalidInputError: a position that there is not; field `points`.
        """
        self.latents.folder(run_id)  # which names the run, where a model would name itself
        middle = self._space_of(str(LatentRef(run_id, epoch, axes)))
        z = latents_of(self.latents.folder(run_id), middle.epoch)
        if wrong := [place for place in points if not 0 <= place < len(z)]:
            raise InvalidInputError(f"{wrong[0]} is none of the {len(z)} pictures that are shown", field="points")
        at = written(z[np.unique(points)].mean(axis=0)) if points else ""
        model = self._space_of(str(LatentRef(run_id, middle.epoch, axes, at)))
        start = model.axes.centre if model.axes.start is None else model.axes.start
        return LatentStart(
            model=model.info.ref, name=model.info.name, epoch=model.epoch, points=len(set(points)),
            axes=[axis.name for axis in model.axes.axes], z=model.axes.coordinates(start[None])[0].tolist(),
        )  # fmt: skip

    def latent_sessions(self, run_id: str) -> list[SessionSummary]:
        """The newest sessions that steer in a run's space, newest first.

        Raises:
            NotFoundError: no such run.
        """
        self.latents.folder(run_id)
        rows = self.store.list(SessionRow, where={"deleted_at": None}, limit=_SEARCHED, newest_first=True)
        mine = [row for row in rows if row.model == f"{PREFIX}{run_id}" or row.model.startswith(f"{PREFIX}{run_id}?")]
        return session_summaries(self.store, mine)

    def map_session(self, session_id: str, method: Method = "pca", dims: Literal[2, 3] = 2) -> SessionOnMap:
        """Where a session's candidates lie on the map of the epoch that it steers in.

        Raises:
            NotFoundError: no such session, its run or checkpoint is gone, or the epoch has no such map (`method`).
            InvalidInputError: the session steers in no trained space; field `session_id`.
        """
        if method not in METHODS:
            raise InvalidInputError(f"{method[:60]!r} is none of {', '.join(METHODS)}", field="method")
        session = self.store.get(SessionRow, session_id)
        if not session.model.startswith(PREFIX):
            raise InvalidInputError("the session steers in no trained space", field="session_id")
        model = self._space_of(session.model)
        rounds = session_view(self.store, session_id).round_views
        shown = [(view.index, one) for view in rounds for one in view.candidates]
        folder = self.latents.folder(model.run_id)
        z = np.array([one.z for _, one in shown], dtype=np.float64).reshape(len(shown), -1)
        points = on_map(folder, model.epoch, method, dims, model.axes.place(z)).tolist() if shown else []
        return SessionOnMap(
            session_id=session_id, run_id=model.run_id, epoch=model.epoch, method=method, dims=dims,
            candidates=[_placed(*one, point) for one, point in zip(shown, points, strict=True)],
        )  # fmt: skip

    def _space_of(self, ref: str) -> SteeredRun:
        model = self.catalog.get(ref)
        assert isinstance(model, SteeredRun)
        return model


def _placed(index: int, one: CandidateView, point: list[float]) -> PlacedCandidate:
    return PlacedCandidate(
        candidate_id=one.id, round=index, slot=one.slot, state=one.state, artifact=one.artifact,
        carried_from=one.carried_from, is_incumbent=one.is_incumbent, is_final=one.is_final, point=point,
    )  # fmt: skip
