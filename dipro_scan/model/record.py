"""What was filed, where, and what proves it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal. `previous` is the SHA-256 of the line before it, `GENESIS` for the first.

    `sha256` is that of this line's own bytes, without its line break.
    """

    number: int
    time: dt.datetime
    event: str
    data: dict[str, Any]
    previous: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """A filed document. Paths are relative to the records folder, with `/`."""

    document_id: str
    pdf: str
    pdf_sha256: str
    metadata: str
    metadata_sha256: str
    class_id: str
    aktenzeichen: str
