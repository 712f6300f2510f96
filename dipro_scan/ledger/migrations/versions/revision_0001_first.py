"""The first ledger: batches, sources, documents and their pages, records, intents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _create_batches_and_sources()
    _create_documents()
    _create_records_and_intents()


def _create_batches_and_sources() -> None:
    op.create_table(
        "batches",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("pipeline", sa.String(64), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("finished", sa.DateTime(timezone=True)),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("balance", sa.JSON()),
    )
    op.create_table(
        "sources",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("pages", sa.Integer()),
        sa.Column("batch_id", sa.String(64), nullable=False),
        sa.Column("quarantine", sa.JSON()),
    )


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("batch_id", sa.String(64), nullable=False),
        sa.Column("class_id", sa.String(64)),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("aktenzeichen", sa.String()),
        sa.Column("pdf", sa.String()),
        sa.Column("metadata_path", sa.String()),
        sa.Column("reasons", sa.JSON(), nullable=False),
    )
    op.create_table(
        "document_pages",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "document_row", sa.Integer(), sa.ForeignKey("documents.row", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=False, index=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_page", sa.Integer(), nullable=False),
    )
    op.create_index("ix_document_pages_document", "document_pages", ["document_row", "position"], unique=True)
    op.create_table(
        "source_documents",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.Column("document_id", sa.String(64), nullable=False, index=True),
    )
    op.create_index(
        "ix_source_documents_both", "source_documents", ["source_sha256", "document_id"], unique=True
    )


def _create_records_and_intents() -> None:
    op.create_table(
        "records",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("document_id", sa.String(64), nullable=False, unique=True),
        sa.Column("pdf", sa.String(), nullable=False),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("metadata_path", sa.String(), nullable=False),
        sa.Column("metadata_sha256", sa.String(64), nullable=False),
        sa.Column("class_id", sa.String(64), nullable=False),
        sa.Column("aktenzeichen", sa.String(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "intents",
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("document_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("containers", sa.JSON(), nullable=False),
        sa.Column("journal", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "intents",
        "records",
        "source_documents",
        "document_pages",
        "documents",
        "sources",
        "batches",
    ):
        op.drop_table(table)
