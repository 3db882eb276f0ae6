"""The tables: one per row class, scalars as columns, lists and objects as JSON.

`migrations/versions` builds the same tables step by step; a test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (  # noqa: TID253  (this module is only imported by the SQL adapter)
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator  # noqa: TID253

from pilotage.store import rows


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: kept in UTC, returned with its time zone, the same on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As UTC; SQLite keeps text, so there the zone is left off and the text sorts by time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its time zone, always UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# A constraint without a name cannot be changed later by a migration.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# A NULL of ours is the database's NULL, never the JSON text `null`.
_JSON = JSON(none_as_null=True)
_SEQ = BigInteger().with_variant(Integer, "sqlite")  # only an INTEGER can be SQLite's AUTOINCREMENT key


def _table(name: str, *parts: Column[Any] | UniqueConstraint | Index) -> Table:
    head = (Column("id", Text, primary_key=True), _at("created_at"))
    return Table(name, metadata, *head, *parts)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _maybe_text(name: str) -> Column[Any]:
    return Column(name, Text)


def _int(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _maybe_int(name: str) -> Column[Any]:
    return Column(name, BigInteger)


def _json(name: str) -> Column[Any]:
    return Column(name, _JSON, nullable=False)


def _maybe_json(name: str) -> Column[Any]:
    return Column(name, _JSON)


def _at(name: str) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=False)


def _maybe_at(name: str) -> Column[Any]:
    return Column(name, UtcDateTime)


def _of(table: str, *, nullable: bool = False) -> Column[Any]:
    # Deferred: within one transaction, rows may be written in any order.
    key = ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED")
    return Column(f"{table}_id", Text, key, nullable=nullable)


experiment = _table(
    "experiment",
    _text("name"),
    _text("description"),
    _json("config"),
    _maybe_at("deleted_at"),
    _at("updated_at"),
    Index(None, "created_at", "id"),
)

session = _table(
    "session",
    _text("name"),
    _text("state"),
    _text("prompt"),
    _text("prompt_family"),
    _text("negative_prompt"),
    _text("model"),
    _maybe_text("model_fingerprint"),
    _text("basis"),
    _int("dimension"),
    Column("radius", Float, nullable=False),
    _text("region"),
    _text("sampler"),
    _text("preference_model"),
    _json("query_kinds"),
    _int("seed"),
    _text("seed_policy"),
    _json("config"),
    _json("axes"),
    _maybe_text("space_fingerprint"),
    _int("rounds"),
    _int("answers"),
    _int("renders"),
    _maybe_text("incumbent_id"),
    _maybe_text("final_id"),
    _maybe_int("closeness"),
    _text("outcome"),
    _of("experiment", nullable=True),
    _maybe_text("parent_id"),
    _maybe_text("parent_round_id"),
    _maybe_json("origin"),
    _maybe_at("deleted_at"),
    _at("updated_at"),
    Index(None, "created_at", "id"),
    Index(None, "experiment_id", "created_at"),
    Index(None, "parent_id"),
    Index(None, "state", "created_at"),
    Index(None, "model", "created_at"),
    Index(None, "sampler", "created_at"),
)

round_ = _table(
    "round",
    _of("session"),
    _int("index"),
    _int("take"),
    _int("attempt"),
    _maybe_text("parent_id"),
    _text("state"),
    _maybe_text("job_id"),
    _maybe_text("run_id"),
    _json("sampler_state"),
    Column("expected_gain", Float),
    Column("forecasts_shown", Boolean, nullable=False),
    _maybe_json("error"),
    _maybe_at("shown_at"),
    _maybe_at("answered_at"),
    _maybe_at("superseded_at"),
    UniqueConstraint("session_id", "index", "take"),
)

candidate = _table(
    "candidate",
    _of("session"),
    _of("round"),
    _int("slot"),
    _text("state"),
    _text("role"),
    _text("why"),
    _json("z"),
    _int("seed"),
    _maybe_text("sample_id"),
    _maybe_text("carried_from"),
    _int("attempt"),
    _json("forecast"),
    _text("error"),
    UniqueConstraint("round_id", "slot"),
    Index(None, "session_id", "slot"),
    Index(None, "sample_id"),
)

answer = _table(
    "answer",
    _of("session"),
    _of("round"),
    _text("kind"),
    _json("answer"),
    _json("shown"),
    _json("gesture"),
    _text("comment"),
    _json("comments"),
    _maybe_int("confidence"),
    _maybe_int("decision_ms"),
    _json("tags"),
    _json("directions"),
    Column("ties_offered", Boolean, nullable=False),
    _maybe_at("retracted_at"),
    Index(None, "session_id", "created_at"),
    Index(None, "round_id"),
)

mark = _table(
    "mark",
    _of("session"),
    _text("sample_id"),
    Column("favourite", Boolean, nullable=False),
    Column("pinned", Boolean, nullable=False),
    _at("updated_at"),
    UniqueConstraint("session_id", "sample_id"),
)

run = _table(
    "run",
    _of("session", nullable=True),
    _text("purpose"),
    _text("state"),
    _text("model"),
    _maybe_text("model_fingerprint"),
    _json("stages"),
    _json("group"),
    _json("environment"),
    _json("timings_ms"),
    _maybe_json("error"),
    Index(None, "created_at", "id"),
    Index(None, "session_id", "created_at"),
)

sample = _table(
    "sample",
    _of("run"),
    _of("session", nullable=True),
    _int("index"),
    _maybe_json("z"),
    _int("seed"),
    _maybe_text("artifact"),
    _maybe_json("statistics"),
    _text("error"),
    UniqueConstraint("run_id", "index"),
    Index(None, "session_id"),
    Index(None, "artifact"),
)

artifact = _table(
    "artifact",
    _text("media_type"),
    _int("size"),
    _maybe_int("width"),
    _maybe_int("height"),
    _maybe_at("cleaned_at"),
)

job = _table(
    "job",
    _text("kind"),
    _json("payload"),
    _text("lane"),
    _text("topic"),
    _text("state"),
    _int("attempt"),
    _int("starts"),
    Column("cancel_requested", Boolean, nullable=False),
    _maybe_text("worker_id"),
    _json("phases"),
    _maybe_json("result"),
    _maybe_json("error"),
    _maybe_at("started_at"),
    _maybe_at("ended_at"),
    Index(None, "state", "created_at"),
    Index(None, "topic", "created_at"),
)

request = _table("request", _text("fingerprint"), _int("status"), _json("response"))

worker = _table(
    "worker",
    _int("pid"),
    _text("device"),
    _text("address"),
    _at("beat_at"),
    _int("beats"),
    _json("status"),
)

calibration = _table(
    "calibration",
    _text("model_fingerprint"),
    _text("axis"),
    _int("steps"),
    _json("effects"),
    Column("scale", Float),
    Index(None, "model_fingerprint", "steps"),
)

conversation = _table(
    "conversation",
    _text("name"),
    _text("model"),
    _text("system"),
    _maybe_text("profile_id"),
    _at("updated_at"),
    Index(None, "created_at", "id"),
)

message = _table(
    "message",
    _of("conversation"),
    _int("index"),
    _maybe_text("parent_id"),
    _int("variant"),
    _text("role"),
    _text("content"),
    _text("state"),
    _json("doses"),
    _json("sampling"),
    _maybe_text("model_fingerprint"),
    _text("finish"),
    _maybe_int("prompt_tokens"),
    _maybe_int("tokens"),
    _maybe_json("error"),
    _maybe_text("writer"),
    _maybe_at("ended_at"),
    UniqueConstraint("conversation_id", "index"),
    Index(None, "state"),
)

profile = _table(
    "profile",
    _text("owner"),
    _text("name"),
    _json("axes"),
    _int("max_active"),
    _int("revision"),
    _at("updated_at"),
    Index(None, "created_at", "id"),
)

profile_event = _table(
    "profile_event",
    _of("profile"),
    _int("index"),
    _json("event"),
    UniqueConstraint("profile_id", "index"),
)

latent_run = _table(
    "latent_run",
    _text("kind"),
    _text("data"),
    _text("state"),
    _maybe_int("epoch"),
    _int("epochs"),
    _json("metrics"),
    _maybe_json("error"),
    _json("training"),
    _maybe_text("parent_id"),
    _maybe_text("job_id"),
    _int("seq"),
    _maybe_at("finished_at"),
    Index(None, "created_at", "id"),
)

event = Table(
    "event",
    metadata,
    Column("seq", _SEQ, primary_key=True, autoincrement=True),
    _text("topic"),
    _text("type"),
    _int("version"),
    _at("at"),
    _json("data"),
    Index(None, "topic", "seq"),
    sqlite_autoincrement=True,  # a seq is never given twice, even after the newest event is gone
)

TABLES: dict[type[rows.Row], Table] = {
    rows.ExperimentRow: experiment,
    rows.SessionRow: session,
    rows.RoundRow: round_,
    rows.CandidateRow: candidate,
    rows.AnswerRow: answer,
    rows.MarkRow: mark,
    rows.RunRow: run,
    rows.SampleRow: sample,
    rows.ArtifactRow: artifact,
    rows.JobRow: job,
    rows.RequestRow: request,
    rows.WorkerRow: worker,
    rows.CalibrationRow: calibration,
    rows.ConversationRow: conversation,
    rows.MessageRow: message,
    rows.ProfileRow: profile,
    rows.ProfileEventRow: profile_event,
    rows.LatentRunRow: latent_run,
}
