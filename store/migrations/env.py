"""How Alembic runs here: on a connection that `store/migrate.py` hands over."""

from __future__ import annotations

from alembic import context

from store.migrate import ALL, rendered

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL,
    render_as_batch=True,  # SQLite cannot change a column in place
    render_item=rendered,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
