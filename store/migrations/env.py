"""Alembic's way in: runs the steps on the connection that store/schema.py hands over."""

from alembic import context

from store.engine.columns import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, transaction_per_migration=True, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
