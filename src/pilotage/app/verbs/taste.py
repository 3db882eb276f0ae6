"""What can be done with taste profiles: see what earlier sessions tell, correct it, find the one of a new session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import Judgement
from pilotage.sessions import taste_settings, tastes
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.pooling import Evidence, evidence_of
from pilotage.sessions.taste_settings import TasteSettings
from pilotage.sessions.taste_views import TasteProfile
from pilotage.sessions.views import View
from pilotage.spaces import Region, dimension_of
from pilotage.store import SessionRow

KEPT = 256  # sessions whose evidence is remembered: each costs a fold


class TasteSummary(View):
    """A space in which there are sessions with answers; `axes` are their names, `sessions` how many there are."""

    space: str
    prompt: str
    model: str
    axes: list[str]
    sessions: int
    answers: int


class TasteVerbs(SessionVerbs):
    """What can be done with taste profiles."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._evidence: dict[str, Evidence] = {}

    def list_tastes(self) -> list[TasteSummary]:
        """The spaces that have a profile, those of the newest sessions first."""
        spaces: dict[str, list[SessionRow]] = {}
        for row in tastes.sessions_in(self.store):
            spaces.setdefault(row.space_fingerprint or "", []).append(row)
        return [_summary(space, rows) for space, rows in spaces.items()]

    def get_taste(self, space: str) -> TasteProfile:
        """What earlier sessions in one space tell of the next one."""
        return tastes.profile_of(self.store, space, tell=self._told())

    def edit_taste(self, space: str, settings: TasteSettings) -> TasteProfile:
        """Correct a profile: its weight, its sessions, single axes; the edits before count no more."""
        profile = self.get_taste(space)
        axes, sessions = [axis.axis.name for axis in profile.axes], [one.id for one in profile.sessions]
        taste_settings.edit(self.ports, space, settings, axes=axes, sessions=sessions)
        return self.get_taste(space)

    def find_taste(self, config: Mapping[str, Any]) -> TasteSummary | None:
        """The profile that a session of `config` would find, as far as that can be told before its space is built."""
        wanted = _decisive(self.check_config(config))
        for summary in self.list_tastes():
            rows = tastes.sessions_in(self.store, summary.space)
            if rows and _decisive(SessionConfig.model_validate(rows[0].config)) == wanted:
                return summary
        return None

    def space_named(self, named: str) -> str:
        """The fingerprint that begins with `named`, or of the space of the session with this id.

        Raises:
            InvalidInputError: no profile, or several, are named so.
        """
        session = self.store.find(SessionRow, named)
        if session is not None and session.space_fingerprint:
            return session.space_fingerprint
        found = [one.space for one in self.list_tastes() if one.space.startswith(named)]
        if len(found) != 1:
            raise InvalidInputError(
                f"{len(found)} profiles are named {named!r}", field="space", hint="pilotage taste lists them."
            )
        return found[0]

    def _told(self) -> tastes.Tell:
        """What tells a session's evidence, remembered by its judgements."""
        known = self._evidence

        def tell(region: Region, judgements: Sequence[Judgement]) -> Evidence:
            key = repr((region, judgements))
            if key not in known:
                if len(known) >= KEPT:
                    known.clear()
                known[key] = evidence_of(region, judgements)
            return known[key]

        return tell


def _summary(space: str, rows: Sequence[SessionRow]) -> TasteSummary:
    return TasteSummary(
        space=space, prompt=rows[0].prompt, model=rows[0].model, axes=[axis["name"] for axis in rows[0].axes],
        sessions=len(rows), answers=sum(row.answers for row in rows),
    )  # fmt: skip


def _decisive(config: SessionConfig) -> Any:
    """What decides a space, as far as a config tells it: measured units are left out."""
    request = config.request
    return (
        config.model, request.prompt, request.negative_prompt, request.assets, config.axes,
        dimension_of(config.dimension), config.radius, config.basis,
    )  # fmt: skip
