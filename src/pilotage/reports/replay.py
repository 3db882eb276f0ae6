"""A session as one JSON document: its story as it is told, and its rows as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from pilotage import __version__
from pilotage.core.errors import InvalidInputError
from pilotage.core.media import EXTENSIONS
from pilotage.core.strategies import invalid_input
from pilotage.reports.record import Record
from pilotage.reports.replay_1 import rows_of_1
from pilotage.reports.story import SCHEMA_VERSION, Story
from pilotage.store import ArtifactRow, CandidateRow, Row, RunRow, SampleRow

Json = dict[str, Any]
PASSING = ("preview", "calibrate")


def replay_of(record: Record, story: Story, *, exported_at: datetime) -> Json:
    """The replay document.

    Returns:
        `schema_version`, `app_version`, `exported_at`; `story`, what a person reads; `rows` by table, what a lab needs
        to open the session again; and `artifacts`: path within a bundle -> sha256, media type, size and class
        (essential, reproducible or disposable). In all of it no path is absolute.
    """
    classes = classes_of(record)
    return {
        "schema_version": SCHEMA_VERSION, "app_version": __version__, "exported_at": exported_at.isoformat(),
        "story": story.model_dump(mode="json"),
        "rows": {_table(kind): [row.model_dump(mode="json") for row in rows] for kind, rows in record.rows.items()},
        "artifacts": {
            artifact_name(row): {
                "sha256": row.id, "media_type": row.media_type, "size": row.size, "class": classes[row.id],
            }
            for row in record.rows[ArtifactRow]
        },
    }  # fmt: skip


def artifact_name(row: ArtifactRow) -> str:
    """Where a bundle keeps an artifact, relative to itself."""
    return f"pictures/{row.id}{EXTENSIONS.get(row.media_type, '.bin')}"


def record_in(document: Any) -> Record:
    """The record that a replay document holds, of this schema or an older one.

    Raises:
        InvalidInputError: no replay document, or one of a newer schema.
    """
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version not in (1, SCHEMA_VERSION):
        newer = isinstance(version, int) and version > SCHEMA_VERSION
        hint = "A newer Pilotage wrote it: upgrade." if newer else "Take the replay.json of a bundle."
        raise InvalidInputError("this is no replay that can be read here", field="replay.schema_version", hint=hint)
    try:
        rows = rows_of_1(document) if version == 1 else document["rows"]
        return Record({kind: tuple(_rows(kind, rows.get(_table(kind), []))) for kind in Record.kinds})
    except ValidationError as cause:
        raise invalid_input(cause, prefix="replay.rows") from cause
    except (KeyError, TypeError, AttributeError, IndexError) as cause:
        raise InvalidInputError(f"the replay lacks a part: {cause}"[:200], field="replay") from cause


def classes_of(record: Record) -> Mapping[str, str]:
    """Artifact -> its class: what was shown, rendered to be taken or went in is essential; the rest can come again."""
    purposes = {run.id: run.purpose for run in record.rows[RunRow]}
    shown = {candidate.sample_id for candidate in record.rows[CandidateRow]}
    classes = {row.id: "essential" for row in record.rows[ArtifactRow]}  # an asset has no sample
    best = {"disposable": 0, "reproducible": 1, "essential": 2}
    found: dict[str, str] = {}
    for sample in record.rows[SampleRow]:
        purpose = purposes.get(sample.run_id, "")
        kept = sample.id in shown or purpose == "final"
        kind = "essential" if kept else "disposable" if purpose in PASSING else "reproducible"
        if sample.artifact:
            found[sample.artifact] = max(kind, found.get(sample.artifact, kind), key=best.__getitem__)
    return {**classes, **found}


def _rows(kind: type[Row], values: Iterable[Any]) -> Iterable[Row]:
    return (kind.model_validate(value) for value in values)


def _table(kind: type[Row]) -> str:
    """`sessions`, `rounds`, … as in the exported tables."""
    return f"{kind.__name__.removesuffix('Row').lower()}s"
