"""What the ledger tells: a source, a document, a batch, as plain values."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dipro_scan.model import PageBalance, PageRef, Quarantined, Reason


class SourceState(StrEnum):
    """`CLAIMED` is the only state in which a source's pages are read."""

    CLAIMED = "claimed"
    FINISHED = "finished"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"


class DocumentState(StrEnum):
    """`SUPERSEDED`: a person parted or joined its pages; other documents hold them now."""

    REVIEW = "review"
    FILED = "filed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source and how far it came.

    `sha256` is the key under which the ledger knows it (see `source_key`). `pages` where they were
    counted; `quarantine` is None unless the source is in quarantine. `batch_id` names the batch that
    claimed it last.
    """

    sha256: str
    name: str
    state: SourceState
    pages: int | None
    quarantine: Quarantined | None
    batch_id: str


@dataclass(frozen=True, slots=True)
class FinishedSource:
    """A source of which everything is on disk: its pages, and the ids of the documents it holds."""

    sha256: str
    pages: int
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document and where it stands. `confidence` is 0–1; `pdf` and `metadata` are paths, if it has them."""

    id: str
    state: DocumentState
    batch_id: str
    pages: tuple[PageRef, ...]
    class_id: str | None
    confidence: float
    aktenzeichen: str | None
    pdf: str | None
    metadata: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PagePrint:
    """How a page looked and what stood on it, for the day when the same paper is scanned again.

    `position` is the page's place in its document, from 1; `data` are JSON values that only the reader of
    them understands. `keys` are numbers of up to 63 bits that two scans of one paper have in common, the best
    ones first; the ledger keeps the rarest of them.
    """

    position: int
    data: dict[str, Any]
    keys: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class KeptPrint:
    """A page that shares `shared` keys with the one that was asked for.

    `pages`: of how many pages of its document there are fingerprints.
    """

    document_id: str
    position: int
    data: dict[str, Any]
    shared: int
    pages: int


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A batch as it was carried last. Times are aware UTC; what comes at its end is None until then."""

    id: str
    pipeline: str
    started: dt.datetime
    finished: dt.datetime | None
    exit_code: int | None
    balance: PageBalance | None


def source_key(quarantined: Quarantined) -> str:
    """The key of a quarantined source: its SHA-256, or one made from its name where it has no bytes.

    A symbolic link or a socket has no content of its own; it must be found again all the same.
    """
    if quarantined.source_sha256:
        return quarantined.source_sha256
    name = quarantined.source.encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"source without bytes\0" + name).hexdigest()
