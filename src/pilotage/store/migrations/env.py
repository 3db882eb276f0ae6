"""Alembic's entry: runs on the connection that `pilotage.store.migrate` opened."""

from alembic import context

from pilotage.store.tables import metadata


def _ours(name: str | None, type_: str, parent_names: object) -> bool:
    """The job engine keeps its own tables in the same database, and migrates them itself."""
    del parent_names
    return type_ != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=_ours,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
