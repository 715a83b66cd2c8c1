"""Alembic's door to the journal: migrations run on the connection that the caller opened."""

from alembic import context

from lgsp.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
