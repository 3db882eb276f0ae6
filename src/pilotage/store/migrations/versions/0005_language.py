"""Talks with language models, and profiles of how they should sound.

Nothing was talked about before, so the new tables begin empty; what there is of pictures stays as it is.
"""

from typing import Any

import sqlalchemy as sa  # noqa: TID253
from alembic import op

revision = "0005"
down_revision = "0004"

_AT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add the tables."""
    _conversation()
    _message()
    _profile()
    _profile_event()


def _table(name: str, *parts: Any) -> None:
    head = (sa.Column("id", sa.Text(), nullable=False), sa.Column("created_at", _AT, nullable=False))
    op.create_table(name, *head, *parts, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))


def _belongs_to(parent: str, child: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{child}_{parent}_id"
    return sa.ForeignKeyConstraint([f"{parent}_id"], [f"{parent}.id"], name=name, deferrable=True, initially="DEFERRED")


def _conversation() -> None:
    _table(
        "conversation",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Text(), nullable=True),
        sa.Column("updated_at", _AT, nullable=False),
    )
    op.create_index("ix_conversation_created_at_id", "conversation", ["created_at", "id"])


def _message() -> None:
    _table(
        "message",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("variant", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("doses", _JSON, nullable=False),
        sa.Column("sampling", _JSON, nullable=False),
        sa.Column("model_fingerprint", sa.Text(), nullable=True),
        sa.Column("finish", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=True),
        sa.Column("tokens", sa.BigInteger(), nullable=True),
        sa.Column("error", _JSON, nullable=True),
        sa.Column("writer", sa.Text(), nullable=True),
        sa.Column("ended_at", _AT, nullable=True),
        _belongs_to("conversation", "message"),
        sa.UniqueConstraint("conversation_id", "index", name="uq_message_conversation_id_index"),
    )
    op.create_index("ix_message_state", "message", ["state"])


def _profile() -> None:
    _table(
        "profile",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("axes", _JSON, nullable=False),
        sa.Column("max_active", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
    )
    op.create_index("ix_profile_created_at_id", "profile", ["created_at", "id"])


def _profile_event() -> None:
    _table(
        "profile_event",
        sa.Column("profile_id", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("event", _JSON, nullable=False),
        _belongs_to("profile", "profile_event"),
        sa.UniqueConstraint("profile_id", "index", name="uq_profile_event_profile_id_index"),
    )
