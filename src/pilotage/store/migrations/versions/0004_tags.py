"""Answers with tags on single pictures, and pictures with the statistics that tags speak of.

An old answer has no tags, and none of its session's ways of answering was a tie. Old pictures have no statistics:
they are measured when a picture is made, so tags on rounds to come are measured over the pictures from now on.
"""

import sqlalchemy as sa  # noqa: TID253
from alembic import op

revision = "0004"
down_revision = "0003"

_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add the columns, with the value that says for old rows what was true of them."""
    with op.batch_alter_table("answer") as table:
        table.add_column(sa.Column("tags", _JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("directions", _JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("ties_offered", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("sample", sa.Column("statistics", _JSON, nullable=True))
