"""How pages looked and what numbers stood on them, and how often a source was begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("document_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
    )
    op.create_index("ix_fingerprints_page", "fingerprints", ["document_id", "position"], unique=True)
    op.create_table(
        "fingerprint_keys",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column(
            "page_row",
            sa.Integer(),
            sa.ForeignKey("fingerprints.row", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
    )
    op.create_index("ix_fingerprint_keys_both", "fingerprint_keys", ["key", "page_row"], unique=True)
    op.add_column("sources", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("sources") as table:
        table.drop_column("attempts")
    op.drop_table("fingerprint_keys")
    op.drop_table("fingerprints")
