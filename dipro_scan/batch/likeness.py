"""Whether a document is paper that was scanned before: another picture of the same sheets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.fingerprints import (
    Fingerprint,
    fingerprint_from_json,
    fingerprint_of,
    keys_of,
    show_one_paper,
)
from dipro_scan.batch.station import Station
from dipro_scan.ledger import DocumentEntry, KeptPrint
from dipro_scan.model import Document, PageReading, PageText, Reason
from dipro_scan.settings import DuplicateSettings
from dipro_scan.translation import ngettext

CANDIDATES: Final = 12
"""How many pages that share rare words or numbers with a page are looked at, the likeliest first."""

_READINGS_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class Rescan:
    """`pages`: which pages of `known`, from 1, are on the paper that was scanned again."""

    known: DocumentEntry
    pages: tuple[int, ...]


class RescanFinder:
    """Looks documents up among those in review and filed. Costs the same however many there are."""

    def __init__(self, station: Station, settings: DuplicateSettings) -> None:
        self._ledger = station.ledger
        self._settings = settings
        self._reading = lru_cache(maxsize=_READINGS_KEPT)(ReadingCache(station.workspace.cache).reading)

    def find(self, document: Document) -> Rescan | None:
        """The document of which most pages, in order, are on the same paper; None where there is none.

        Most: `same_pages` of the pages of the shorter one that can be told from others at all. Pages of the
        very same source page are no second scan.
        """
        if self._settings.rescans == "ignore":
            return None
        tellable = 0
        matches: dict[str, list[tuple[int, int]]] = {}
        known_pages: dict[str, int] = {}
        for number, page in enumerate(document.pages, start=1):
            fingerprint = fingerprint_of(page.reading)
            if fingerprint is None:
                continue
            tellable += 1
            for kept in self._alike(fingerprint, page.reading):
                matches.setdefault(kept.document_id, []).append((number, kept.position))
                known_pages[kept.document_id] = kept.pages
        own = {(page.ref.source_sha256, page.ref.source_page) for page in document.pages}
        found: list[Rescan] = []
        for document_id, pairs in matches.items():
            in_order = _longest_in_order(pairs)
            if len(in_order) < self._settings.same_pages * min(tellable, known_pages[document_id]):
                continue
            entry = self._ledger.document(document_id)
            if entry is None or entry.id == document.id:
                continue
            if own & {(page.source_sha256, page.source_page) for page in entry.pages}:
                continue
            found.append(Rescan(entry, tuple(in_order)))
        return max(found, key=lambda rescan: len(rescan.pages), default=None)

    def _alike(self, fingerprint: Fingerprint, reading: PageReading) -> list[KeptPrint]:
        found = []
        for kept in self._ledger.similar_pages(keys_of(fingerprint), CANDIDATES):
            other = fingerprint_from_json(kept.data)

            def texts(other: Fingerprint = other) -> tuple[PageText, PageText] | None:
                known = self._reading(other.reading) if other.reading else None
                return None if known is None else (reading.text, known.text)

            if show_one_paper(fingerprint, other, texts):
                found.append(kept)
        return found


def rescan_suspected(rescan: Rescan) -> Reason:
    """Why a person must look: this paper may have been scanned before."""
    known = rescan.known
    name = known.aktenzeichen or known.id[:12]
    pages = ", ".join(map(str, rescan.pages))
    sentence = ngettext(
        "Possibly a re-scan of %(name)s (page %(pages)s of document %(id)s); reject it if it is.",
        "Possibly a re-scan of %(name)s (pages %(pages)s of document %(id)s); reject it if it is.",
        len(rescan.pages),
    )
    return Reason("rescan_suspected", sentence % {"name": name, "pages": pages, "id": known.id[:12]})


def _longest_in_order(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Of (page here, page there) the most pages there that follow each other as their partners here do."""
    ends: list[int] = []
    chains: list[list[int]] = []
    # Of one page here, the later pages there come first: so each page is in a chain once.
    for _here, there in sorted(set(pairs), key=lambda pair: (pair[0], -pair[1])):
        place = bisect_left(ends, there)
        chain = [*(chains[place - 1] if place else []), there]
        ends[place : place + 1] = [there]
        chains[place : place + 1] = [chain]
    return chains[-1] if chains else []
