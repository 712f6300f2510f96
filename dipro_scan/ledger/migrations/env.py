"""Alembic's entry: migrates over the connection that it was handed."""

from __future__ import annotations

from alembic import context

from dipro_scan.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
