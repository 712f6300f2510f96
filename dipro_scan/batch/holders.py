"""Which document holds a page now: the one a run made, or one that a person made of it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dipro_scan import separate
from dipro_scan.ledger import DocumentEntry, DocumentState, Ledger
from dipro_scan.model import Document, PageRef, SetAside

_LIVE = (DocumentState.REVIEW, DocumentState.FILED)


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of a document in order, and the document in review or filed that holds them already."""

    document: Document
    known: DocumentEntry | None


def is_live(entry: DocumentEntry | None) -> bool:
    """Whether a document waits for review or is filed: its pages need no other place."""
    return entry is not None and entry.state in _LIVE


def live_holders(ledger: Ledger, refs: Iterable[PageRef]) -> dict[tuple[str, int], DocumentEntry]:
    """The live document that holds a page, by the page's source hash and number.

    Tells of every page of the sources that `refs` come from.
    """
    found: dict[tuple[str, int], DocumentEntry] = {}
    for sha256 in dict.fromkeys(ref.source_sha256 for ref in refs):
        for entry in ledger.documents_of(sha256):
            if is_live(entry):
                for page in entry.pages:
                    found.setdefault((page.source_sha256, page.source_page), entry)
    return found


def holders_of(ledger: Ledger, entry: DocumentEntry) -> list[DocumentEntry | None]:
    """For each page of a document, the live one that holds it now."""
    held = live_holders(ledger, entry.pages)
    return [held.get((page.source_sha256, page.source_page)) for page in entry.pages]


def parts_of(ledger: Ledger, document: Document) -> list[Part]:
    """`document` as the ledger knows it: whole, or parted where a person gave its pages to others.

    Pages that no live document holds (it was rejected since, or never was one) are new: they come as a part
    without `known`.
    """
    entry = ledger.document(document.id)
    if entry is None or entry.state is DocumentState.REJECTED:
        return [Part(document, None)]
    if is_live(entry) or len(entry.pages) != len(document.pages):
        return [Part(document, entry)]
    holders = holders_of(ledger, entry)
    if not any(holders):
        return [Part(document, None)]
    parts: list[Part] = []
    paired = zip(document.pages, holders, strict=True)
    for _id, run in groupby(paired, key=lambda item: item[1].id if item[1] else None):
        taken = list(run)
        pages, holder = tuple(page for page, _holder in taken), taken[0][1]
        part = replace(document, id=separate.document_id(pages), pages=pages)
        if holder is None and part.id != document.id:
            parts += parts_of(ledger, part)
        else:
            parts.append(Part(part, holder))
    return parts


def still_aside(ledger: Ledger, set_aside: Sequence[SetAside]) -> tuple[list[SetAside], list[Part]]:
    """Pages to set aside, and those that a person put back into a document before, each a part of it."""
    refs = [aside.page.ref for aside in set_aside]
    held = live_holders(ledger, refs)
    aside, restored = [], []
    for item, ref in zip(set_aside, refs, strict=True):
        holder = held.get((ref.source_sha256, ref.source_page))
        if holder is None:
            aside.append(item)
        else:
            restored.append(Part(Document(separate.document_id([item.page]), (item.page,)), holder))
    return aside, restored


def known_document(ledger: Ledger, document_id: str) -> DocumentEntry | None:
    """The live document of this id, or one that holds the first of its pages since it was superseded."""
    entry = ledger.document(document_id)
    if entry is None or entry.state is DocumentState.REJECTED:
        return None
    if entry.state is DocumentState.SUPERSEDED:
        return next((holder for holder in holders_of(ledger, entry) if holder), None)
    return entry
