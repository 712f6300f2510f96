"""Files as they came, and what one run claims together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from dipro_scan.model.errors import QuarantineReason
from dipro_scan.model.evidence import Reason
from dipro_scan.model.index_values import IndexValues


@dataclass(frozen=True, slots=True)
class Source:
    """A claimed file.

    `name` is its path below the folder that was named (with `/`), NFC; `path` is where it lay;
    `kept` is our own copy of its bytes, from which all further work reads. `arrived` is its
    modification time as claimed, UTC. `index` is what a ticket beside it or the folder it lay in says, the
    ticket first; `pipeline` is the one that these name, None for the run's own. `doubts` are reasons why a
    person must look at its documents: a ticket that cannot be used.
    """

    name: str
    path: Path
    kept: Path
    sha256: str
    size_bytes: int
    arrived: dt.datetime
    index: tuple[IndexValues, ...] = ()
    pipeline: str | None = None
    doubts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceOutline:
    """What opening a source told without reading its pages."""

    media_type: str
    pages: int
    created: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run claims together; its id follows from the hashes of its sources, in order."""

    id: str
    pipeline: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A source that could not be read, whole. `pages` where they could be counted."""

    source: str
    source_sha256: str | None
    reason: QuarantineReason
    message: str
    path: str | None
    pages: int | None = None
