"""Training runs of the latent lab.

Nothing was trained before, so the new table begins empty; runs whose folders are put into the home folder by hand get
their rows when runs are listed.
"""

import sqlalchemy as sa  # noqa: TID253
from alembic import op

revision = "0006"
down_revision = "0005"

_AT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "latent_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=True),
        sa.Column("epochs", sa.BigInteger(), nullable=False),
        sa.Column("metrics", _JSON, nullable=False),
        sa.Column("error", _JSON, nullable=True),
        sa.Column("training", _JSON, nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_latent_run"),
    )
    op.create_index("ix_latent_run_created_at_id", "latent_run", ["created_at", "id"])
