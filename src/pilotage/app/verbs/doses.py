"""What a session about texts found, taken into a language profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from pilotage.app.profile_views import LanguageProfileView
from pilotage.app.verbs.profiles import ProfileVerbs
from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.core.threads import one_blas_thread
from pilotage.labs.language.profiles.compared import Amount, Compared
from pilotage.labs.language.profiles.taken import heard_in_session
from pilotage.sessions.history import judgement_of, judgements_of, posterior_of, region_of, rounds_of
from pilotage.store import AnswerRow, CandidateRow, SessionRow


class DoseVerbs(SessionVerbs, ProfileVerbs):
    """What a session about texts found, taken into a language profile."""

    def take_doses(
        self, session_id: str, profile_id: str, doses: Literal["believed", "favourite"] = "believed"
    ) -> LanguageProfileView:
        """Tell a profile what was answered in a session, each answer once, and set the doses that were found.

        It is undone as anything that a profile was told: by taking the events back.

        Args:
            session_id: a session over doses.
            profile_id: whose profile.
            doses: what is set by hand then: where the session believes the ideal to be, or those of its favourite.

        Raises:
            NotFoundError: no such session or profile.
            UnsupportedInputError: the session does not steer by doses.
            InvalidInputError: nothing was answered yet; more axes than a profile may have.
        """
        session = self._built(session_id)
        if any(axis["source"] != "dose" for axis in session.axes):
            raise UnsupportedInputError("this session does not steer by doses", field="session_id")
        if not session.answers:
            raise InvalidInputError("nothing was answered in this session yet", field="session_id")
        axes = [axis["name"] for axis in session.axes]
        found = dict(zip(axes, self._found(session, doses), strict=True))
        heard = (said.event for said in self.profile(profile_id).state.said)
        known = {event.source for event in heard if isinstance(event, Compared | Amount)}
        told = [*self._answered(session, axes, known), {"kind": "doses_set", "doses": found}]
        try:
            return self.record(profile_id, told)
        except InvalidInputError as error:
            error.field = "profile_id"
            raise

    def _found(self, session: SessionRow, which: str) -> Sequence[float]:
        if which == "favourite" and session.incumbent_id is not None:
            return self.store.get(CandidateRow, session.incumbent_id).z
        with one_blas_thread():
            ideal, _ = posterior_of(session, judgements_of(self.store, session)).ideal()
        return [float(value) for value in np.round(region_of(session).clip(ideal[None])[0], 3)]

    def _answered(self, session: SessionRow, axes: Sequence[str], known: set[str]) -> list[dict[str, Any]]:
        """What the profile was not told yet, as its events."""
        events: list[Compared | Amount] = []
        for round_ in rounds_of(self.store, session):
            given = self.store.list(AnswerRow, where={"round_id": round_.id, "retracted_at": None})
            if given and given[0].id not in known:
                events += heard_in_session(judgement_of(self.store, session, round_), axes, given[0].id)
        return [event.model_dump(mode="json", exclude={"at"}) for event in events]
