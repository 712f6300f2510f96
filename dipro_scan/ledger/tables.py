"""The ledger's tables. A change here needs a migration (a test compares both)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Aware UTC in Python; SQLite, which knows no zones, holds the same instant without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("the ledger takes aware times only")
        return value.astimezone(dt.UTC) if value is not None else None

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class FileName(TypeDecorator[str]):
    """A name as a file system gave it: bytes that are no UTF-8 (lone surrogates) are written as escapes."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.encode("utf-8", "backslashreplace").decode("utf-8") if value is not None else None


class Base(DeclarativeBase):
    """Common ground. `row` counts in the order of entry and makes every listing stable."""

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True, sort_order=-1)


class BatchRow(Base):
    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(64), unique=True)
    pipeline: Mapped[str] = mapped_column(String(64))
    started: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    finished: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    exit_code: Mapped[int | None]
    balance: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))


class SourceRow(Base):
    __tablename__ = "sources"

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(FileName)
    state: Mapped[str] = mapped_column(String(16), index=True)
    pages: Mapped[int | None]
    batch_id: Mapped[str] = mapped_column(String(64))
    quarantine: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")


class DocumentRow(Base):
    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    batch_id: Mapped[str] = mapped_column(String(64))
    class_id: Mapped[str | None] = mapped_column(String(64))
    confidence: Mapped[float] = mapped_column(Float)
    aktenzeichen: Mapped[str | None]
    pdf: Mapped[str | None]
    metadata_path: Mapped[str | None]
    reasons: Mapped[list[list[str]]] = mapped_column(JSON)
    pages: Mapped[list[DocumentPageRow]] = relationship(
        order_by="DocumentPageRow.position", cascade="all, delete-orphan", lazy="selectin"
    )


class DocumentPageRow(Base):
    __tablename__ = "document_pages"
    __table_args__ = (Index("ix_document_pages_document", "document_row", "position", unique=True),)

    document_row: Mapped[int] = mapped_column(ForeignKey("documents.row", ondelete="CASCADE"))
    position: Mapped[int]
    source_sha256: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(FileName)
    source_page: Mapped[int]


class SourceDocumentRow(Base):
    """Which documents came out of a source: its own, and those it holds a second copy of."""

    __tablename__ = "source_documents"
    __table_args__ = (Index("ix_source_documents_both", "source_sha256", "document_id", unique=True),)

    source_sha256: Mapped[str] = mapped_column(String(64))
    document_id: Mapped[str] = mapped_column(String(64), index=True)


class FingerprintRow(Base):
    """How a page of a document looked and what stood on it: enough to know the same paper again."""

    __tablename__ = "fingerprints"
    __table_args__ = (Index("ix_fingerprints_page", "document_id", "position", unique=True),)

    document_id: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


class FingerprintKeyRow(Base):
    """Under which keys a page is found; a key that many pages share is not kept any more."""

    __tablename__ = "fingerprint_keys"
    __table_args__ = (Index("ix_fingerprint_keys_both", "key", "page_row", unique=True),)

    key: Mapped[int] = mapped_column(BigInteger)
    page_row: Mapped[int] = mapped_column(ForeignKey("fingerprints.row", ondelete="CASCADE"), index=True)


class RecordRow(Base):
    """A filed document. `lifted` means that its guard is gone: the same bytes may be filed again."""

    __tablename__ = "records"

    document_id: Mapped[str] = mapped_column(String(64), unique=True)
    pdf: Mapped[str]
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    metadata_path: Mapped[str]
    metadata_sha256: Mapped[str] = mapped_column(String(64))
    class_id: Mapped[str] = mapped_column(String(64))
    aktenzeichen: Mapped[str]
    lifted: Mapped[bool] = mapped_column(default=False)


class IntentRow(Base):
    __tablename__ = "intents"

    id: Mapped[str] = mapped_column(String(64), unique=True)
    document_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    files: Mapped[list[list[str]]] = mapped_column(JSON)
    containers: Mapped[list[list[str]]] = mapped_column(JSON)
    journal: Mapped[dict[str, Any]] = mapped_column(JSON)
    record: Mapped[dict[str, str]] = mapped_column(JSON)
