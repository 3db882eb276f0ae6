"""A session as one JSON document: all that was shown, asked, forecast and answered, in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pilotage import __version__
from pilotage.core.media import EXTENSIONS
from pilotage.reports.subject import public_config, public_ref
from pilotage.sessions.views import RoundView, SessionView, run_view, session_view
from pilotage.store import ArtifactRow, Reader, RunRow

SCHEMA_VERSION = 1
Json = dict[str, Any]


def replay_of(reader: Reader, session_id: str, *, exported_at: datetime) -> Json:
    """The replay document.

    Forecasts and reasons of a round that waits for its answer are left out, as on the page.

    Returns:
        `schema_version`, `app_version`, `exported_at`, `session` (settings, axes, outcome), `rounds` (candidates,
        answer, what the sampler remembers), `runs` (effective config, environment, samples) and `artifacts`
        (name within a bundle, media type, size, checksum). Every `artifact` is such a name, never a path.

    Raises:
        NotFoundError: no such session.
    """
    view = session_view(reader, session_id)
    runs = [run_view(reader, run.id).model_dump(mode="json")
            for run in reader.list(RunRow, where={"session_id": session_id})]  # fmt: skip
    rounds = [_round(round_) for round_ in view.round_views]
    hashes = {candidate["artifact"] for round_ in rounds for candidate in round_["candidates"]}
    hashes |= {sample["artifact"] for run in runs for sample in run["samples"]}
    known = {sha: reader.get(ArtifactRow, sha) for sha in sorted(hashes - {None})}
    names = {sha: artifact_name(row) for sha, row in known.items()}
    for holder in (*(c for r in rounds for c in r["candidates"]), *(s for run in runs for s in run["samples"])):
        holder["artifact"] = names.get(holder["artifact"])
    for run in runs:
        run["model"] = public_ref(run["model"])
    return {
        "schema_version": SCHEMA_VERSION, "app_version": __version__, "exported_at": exported_at.isoformat(),
        "session": _session(view, names), "rounds": rounds, "runs": runs,
        "artifacts": {names[sha]: {"sha256": sha, "media_type": row.media_type, "size": row.size}
                      for sha, row in known.items()},
    }  # fmt: skip


def artifact_name(row: ArtifactRow) -> str:
    """Where a bundle keeps an artifact, relative to itself."""
    return f"artifacts/{row.id}{EXTENSIONS.get(row.media_type, '.bin')}"


def _session(view: SessionView, names: dict[str, str]) -> Json:
    data = view.model_dump(mode="json", exclude={"round_views"})
    public = {"model": public_ref(view.model), "config": public_config(view.config)}
    return {**data, **public, "artifact": names.get(view.artifact or "")}


def _round(view: RoundView) -> Json:
    """A round; the job that made it is this machine's own affair."""
    return view.model_dump(mode="json", exclude={"job"})
