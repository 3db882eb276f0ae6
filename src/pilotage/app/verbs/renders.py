"""What can be rendered beside the rounds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pilotage.app.verbs.base import Json
from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.errors import InvalidInputError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress
from pilotage.sessions import renders, views
from pilotage.sessions.config import MAX_SEED
from pilotage.sessions.history import rounds_of
from pilotage.sessions.rounds import writable
from pilotage.sessions.runs import StageKind
from pilotage.store import ArtifactRow, RoundRow, SessionRow


class RenderVerbs(SessionVerbs):
    """What can be rendered beside the rounds."""

    def render_point(self, session_id: str, z: Sequence[float], *, seed: int | None = None) -> views.JobView:
        """Render one place of a session's space, chosen by hand."""
        session = self._steered(session_id)
        return self._render(renders.point_plan(session, z, rounds_of(self.store, session), seed))

    def verify(self, session_id: str, candidate_id: str) -> views.JobView:
        """Render a candidate's place on four fresh seeds."""
        session, candidate = self._steered(session_id), self._candidate(session_id, candidate_id)
        index = self.store.get(RoundRow, candidate.round_id).index
        return self._render(renders.verify_plan(session, candidate, index))

    def render_final(self, session_id: str, candidate_id: str, changes: Mapping[str, Any]) -> views.JobView:
        """Render a candidate again at chosen steps and size."""
        session, candidate = self._steered(session_id), self._candidate(session_id, candidate_id)
        request = {
            **session.config["request"],
            **{key: changes[key] for key in changes if key in ("steps", "width", "height")},
        }
        checked = self.check_config({**session.config, "request": request})
        index = self.store.get(RoundRow, candidate.round_id).index
        return self._render(renders.final_plan(session, candidate, checked.request.in_round(index)))

    def preview_axes(self, config: Mapping[str, Any]) -> views.JobView:
        """Minus and plus one unit of each typed axis, before a session exists."""
        return self._render(renders.preview_plan(self.check_config(config)))

    def generate(
        self, request: Mapping[str, Any], *, model: str = "starter", n: int = 1, seed: int | None = None,
        stages: tuple[StageKind, ...] = ("txt2img",),
    ) -> views.JobView:  # fmt: skip
        """A run without steering."""
        if seed is not None and not 0 <= seed <= MAX_SEED:
            raise InvalidInputError(f"seed must be 0 to {MAX_SEED}", field="seed")
        config = self.check_config({"request": dict(request), "model": model})
        root = secrets.randbelow(MAX_SEED + 1) if seed is None else seed
        return self._render(renders.generate_plan(config, n, root, stages))

    def get_run(self, run_id: str) -> views.RunView:
        """A run with its outputs."""
        return views.run_view(self.store, run_id)

    def get_media(self, sha256: str) -> Media:
        """An artifact with its media type."""
        known = self.store.get(ArtifactRow, sha256)
        return Media(known.media_type, self.artifacts.get(sha256))

    def _run_render(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        plan = renders.RenderPlan.model_validate(payload["plan"])
        return renders.render(self.ports, plan, self.catalog.get(payload["model"]), progress=progress, cancel=cancel)

    def _steered(self, session_id: str) -> SessionRow:
        """A session that may get further pictures."""
        writable(self.store, session_id)
        return self._built(session_id)
