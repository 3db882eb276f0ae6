"""What can be done with experiments, and how sessions are found and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.errors import InvalidInputError
from pilotage.core.strategies import invalid_input
from pilotage.sessions import experiment_trash, experiments, views
from pilotage.sessions.deletion import ExperimentDeletion, experiment_deletion
from pilotage.sessions.figures import SessionFigures, figures_of
from pilotage.store import Cursor, ExperimentRow, MarkRow, SessionRow, cursor, following

MAX_COMPARED = 50
_BATCH = 200
Moment = Annotated[datetime, AfterValidator(lambda given: given if given.tzinfo else given.replace(tzinfo=UTC))]


class SessionFilter(BaseModel):
    """Which sessions: each condition that is given must hold.

    Attributes:
        text: part of the prompt or of the name, in any case.
        favourites: only those with a picture that is a favourite.
        since, until: when it was created, the second excluded; in UTC where no time zone is named.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field("", max_length=200)
    model: str | None = None
    sampler: str | None = None
    preference_model: str | None = None
    basis: str | None = None
    state: Literal["active", "paused", "completed"] | None = None
    experiment_id: str | None = None
    favourites: bool = False
    since: Moment | None = None
    until: Moment | None = None

    def where(self) -> dict[str, Any]:
        """The conditions that are equalities."""
        names = ("model", "sampler", "preference_model", "basis", "state", "experiment_id")
        given = {name: getattr(self, name) for name in names}
        return {"deleted_at": None, **{name: value for name, value in given.items() if value is not None}}

    def holds(self, row: SessionRow) -> bool:
        """Whether it has the words."""
        wanted = self.text.casefold()
        return not wanted or wanted in row.prompt.casefold() or wanted in row.name.casefold()


class ComparedSession(views.SessionSummary):
    """A session beside others: what it was started with, and what it came to."""

    sampler: str
    preference_model: str
    basis: str
    dimension: int
    seed: int
    config: dict[str, Any]
    figures: SessionFigures


class ExperimentView(views.View):
    """An experiment and how many sessions it has; one with `deleted_at` lies in the trash."""

    id: str
    name: str
    description: str
    config: dict[str, Any]
    sessions: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class ExperimentVerbs(SessionVerbs):
    """What can be done with experiments, and how sessions are found and compared."""

    def find_sessions(
        self, wanted: SessionFilter, *, after: Cursor | None = None, limit: int = 20
    ) -> tuple[list[views.SessionSummary], Cursor | None]:
        """Sessions that match, newest first, and the cursor of the next page."""
        found: list[SessionRow] = []
        place = after or ((wanted.until, "") if wanted.until else None)
        while len(found) < limit:
            batch = self.store.list(SessionRow, where=wanted.where(), after=place, limit=_BATCH, newest_first=True)
            recent = [row for row in batch if wanted.since is None or row.created_at >= wanted.since]
            liked = self._liked(recent) if wanted.favourites else recent
            found += [row for row in liked if wanted.holds(row)]
            if len(recent) < _BATCH:
                break
            place = cursor(recent[-1])
        return views.session_summaries(self.store, found[:limit]), following(found[:limit], limit)

    def compare(self, session_ids: Sequence[str]) -> list[ComparedSession]:
        """Sessions side by side, in the order given.

        Raises:
            InvalidInputError: none, or more than 50.
            NotFoundError: one is not there.
        """
        if not 1 <= len(session_ids) <= MAX_COMPARED:
            raise InvalidInputError(f"1 to {MAX_COMPARED} sessions can be compared", field="session_id")
        return [self._compared(self.store.get(SessionRow, one)) for one in session_ids]

    def create_experiment(self, text: Mapping[str, Any]) -> ExperimentView:
        """A new experiment; its settings are checked as a session's would be."""
        parsed = _text(text)
        if parsed.config:
            self.check_config(parsed.config)
        return self._experiment(experiments.create_experiment(self.ports, parsed))

    def change_experiment(self, experiment_id: str, changes: Mapping[str, Any]) -> ExperimentView:
        """Rename or describe an experiment."""
        if changes.get("config"):
            self.check_config(changes["config"])
        try:
            return self._experiment(experiments.change_experiment(self.ports, experiment_id, changes))
        except ValidationError as cause:
            raise invalid_input(cause) from cause

    def get_experiment(self, experiment_id: str) -> ExperimentView:
        """One experiment."""
        return self._experiment(self.store.get(ExperimentRow, experiment_id))

    def list_experiments(
        self, *, after: Cursor | None = None, limit: int = 50
    ) -> tuple[list[ExperimentView], Cursor | None]:
        """Experiments, newest first."""
        rows = self.store.list(ExperimentRow, where={"deleted_at": None}, after=after, limit=limit, newest_first=True)
        return [self._experiment(row) for row in rows], following(rows, limit)

    def assign(self, session_id: str, experiment_id: str | None) -> views.SessionView:
        """Put a session into an experiment, or (None) take it out."""
        experiments.assign(self.ports, session_id, experiment_id)
        return self.get_session(session_id)

    def get_experiment_deletion(self, experiment_id: str, *, with_sessions: bool = False) -> ExperimentDeletion:
        """What deleting an experiment would take, or has taken."""
        return experiment_deletion(self.store, experiment_id, with_sessions=with_sessions)

    def delete_experiment(self, experiment_id: str, *, with_sessions: bool = False) -> ExperimentDeletion:
        """Put an experiment into the trash, for a week; alone, or with its sessions."""
        return experiment_trash.delete_experiment(self.ports, self.engine, experiment_id, with_sessions=with_sessions)

    def restore_experiment(self, experiment_id: str) -> ExperimentView:
        """Take an experiment out of the trash, with the sessions that went with it."""
        return self._experiment(experiment_trash.restore_experiment(self.ports, experiment_id))

    def list_trashed_experiments(self) -> list[ExperimentDeletion]:
        """The experiments in the trash, the latest first."""
        return [experiment_deletion(self.store, row.id) for row in experiment_trash.experiments_in_trash(self.store)]

    def _liked(self, rows: Sequence[SessionRow]) -> list[SessionRow]:
        """Those with a favourite."""
        where = {"session_id": tuple(row.id for row in rows), "favourite": True}
        having = {mark.session_id for mark in self.store.list(MarkRow, where=where)} if rows else set()
        return [row for row in rows if row.id in having]

    def _experiment(self, row: ExperimentRow) -> ExperimentView:
        count = len(self.store.list(SessionRow, where={"experiment_id": row.id, "deleted_at": None}))
        return ExperimentView(**row.model_dump(), sessions=count)

    def _compared(self, row: SessionRow) -> ComparedSession:
        own = ("sampler", "preference_model", "basis", "dimension", "seed", "config")
        summary = views.session_summaries(self.store, [row])[0].model_dump()
        known = {name: getattr(row, name) for name in own}
        return ComparedSession(**summary, **known, figures=figures_of(self.store, row))


def _text(given: Mapping[str, Any]) -> experiments.ExperimentText:
    try:
        return experiments.ExperimentText.model_validate(given)
    except ValidationError as cause:
        raise invalid_input(cause) from cause
