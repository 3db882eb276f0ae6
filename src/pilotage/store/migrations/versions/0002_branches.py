"""Sessions that can be undone, branched, grouped, marked, binned and imported; measured axes; fenced jobs.

Every round that is there is the first at its index (take 0) and follows the round before it; every answer
was about the candidates that were ready then.
"""

import sqlalchemy as sa  # noqa: TID253
from alembic import op

revision = "0002"
down_revision = "0001"

_AT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add what is new, with the value that says for old rows what was true of them."""
    _experiment()
    _session()
    _round()
    _answer()
    _mark()
    _calibration()
    op.add_column("candidate", _count("attempt"))
    op.add_column("artifact", sa.Column("cleaned_at", _AT, nullable=True))
    op.add_column("job", sa.Column("worker_id", sa.Text(), nullable=True))
    op.add_column("worker", _count("beats"))


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _experiment() -> None:
    op.create_table(
        "experiment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("config", _JSON, nullable=False),
        sa.Column("deleted_at", _AT, nullable=True),
        sa.Column("updated_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_experiment"),
    )
    op.create_index("ix_experiment_created_at_id", "experiment", ["created_at", "id"])


def _session() -> None:
    with op.batch_alter_table("session") as table:
        table.add_column(sa.Column("experiment_id", sa.Text(), nullable=True))
        table.add_column(sa.Column("parent_id", sa.Text(), nullable=True))
        table.add_column(sa.Column("parent_round_id", sa.Text(), nullable=True))
        table.add_column(sa.Column("origin", _JSON, nullable=True))
        table.add_column(sa.Column("deleted_at", _AT, nullable=True))
        table.create_foreign_key(
            "fk_session_experiment_id", "experiment", ["experiment_id"], ["id"], deferrable=True, initially="DEFERRED"
        )
    op.create_index("ix_session_experiment_id_created_at", "session", ["experiment_id", "created_at"])
    op.create_index("ix_session_parent_id", "session", ["parent_id"])


def _round() -> None:
    with op.batch_alter_table("round") as table:
        table.add_column(_count("take"))
        table.add_column(_count("attempt"))
        table.add_column(sa.Column("parent_id", sa.Text(), nullable=True))
        table.add_column(sa.Column("superseded_at", _AT, nullable=True))
        table.drop_constraint("uq_round_session_id_index", type_="unique")
        table.create_unique_constraint("uq_round_session_id_index_take", ["session_id", "index", "take"])
    op.execute(
        """UPDATE round SET parent_id = (
             SELECT before.id FROM round AS before
             WHERE before.session_id = round.session_id AND before."index" = round."index" - 1)"""
    )


def _answer() -> None:
    with op.batch_alter_table("answer") as table:
        table.add_column(sa.Column("shown", _JSON, nullable=False, server_default="[]"))
        table.add_column(sa.Column("comments", _JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("confidence", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("retracted_at", _AT, nullable=True))
    connection = op.get_bind()
    answer = sa.table("answer", sa.column("id"), sa.column("round_id"), sa.column("shown", _JSON))
    candidate = sa.table("candidate", sa.column("id"), sa.column("round_id"), sa.column("slot"), sa.column("state"))
    for answer_id, round_id in connection.execute(sa.select(answer.c.id, answer.c.round_id)).all():
        ready = sa.select(candidate.c.id).where(candidate.c.round_id == round_id, candidate.c.state == "ready")
        shown = list(connection.scalars(ready.order_by(candidate.c.slot)))
        connection.execute(answer.update().where(answer.c.id == answer_id).values(shown=shown))


def _mark() -> None:
    op.create_table(
        "mark",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("sample_id", sa.Text(), nullable=False),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mark"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_mark_session_id", deferrable=True, initially="DEFERRED"
        ),
        sa.UniqueConstraint("session_id", "sample_id", name="uq_mark_session_id_sample_id"),
    )


def _calibration() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("model_fingerprint", sa.Text(), nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=False),
        sa.Column("effects", _JSON, nullable=False),
        sa.Column("scale", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calibration"),
    )
    op.create_index("ix_calibration_model_fingerprint_steps", "calibration", ["model_fingerprint", "steps"])
