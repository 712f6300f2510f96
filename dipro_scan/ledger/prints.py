"""Fingerprints of pages and the keys under which they are found: a bounded look-up, however large the store.

A key is entered for a page only while few pages have it: what stands on every letter of a sender (its
telephone number, the words of the form) finds nothing any more after that, and costs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from dipro_scan.ledger.entries import DocumentState, KeptPrint, PagePrint
from dipro_scan.ledger.tables import DocumentRow, FingerprintKeyRow, FingerprintRow

PAGES_A_KEY: Final = 32
"""A key that so many pages have is common."""

KEYS_A_PAGE: Final = 16
"""How many keys a page is entered under: the rarest ones, so that some survive what reading gets wrong."""

_KEYS_A_QUERY: Final = 500

Counted = Callable[[Collection[int]], Mapping[int, int]]


def keep(session: Session, document_id: str, pages: Sequence[PagePrint]) -> None:
    """Enters the fingerprints of a document's pages, in place of those it may have."""
    if not pages:
        return
    forget(session, document_id)
    add(session, document_id, pages, lambda keys: _counts(session, keys))


def add(session: Session, document_id: str, pages: Sequence[PagePrint], counted: Counted) -> list[int]:
    """Enters fingerprints of a document that has none; gives the keys under which they were entered.

    `counted` tells how many pages have a key already.
    """
    entered: list[int] = []
    for page in pages:
        row = FingerprintRow(document_id=document_id, position=page.position, data=page.data)
        session.add(row)
        session.flush()
        keys = rarest(page.keys, counted(page.keys))
        if keys:
            session.execute(insert(FingerprintKeyRow), [{"key": key, "page_row": row.row} for key in keys])
        entered += keys
    return entered


def rarest(keys: Sequence[int], counts: Mapping[int, int]) -> list[int]:
    """The keys to enter a page under: the rarest first, of equally rare ones those that stand first."""
    distinct = [key for key in dict.fromkeys(keys) if counts.get(key, 0) < PAGES_A_KEY]
    return sorted(distinct, key=lambda key: counts.get(key, 0))[:KEYS_A_PAGE]


def forget(session: Session, document_id: str) -> None:
    """Takes out a document's fingerprints: nothing is known again by it from now on."""
    rows = select(FingerprintRow.row).where(FingerprintRow.document_id == document_id)
    session.execute(delete(FingerprintKeyRow).where(FingerprintKeyRow.page_row.in_(rows)))
    session.execute(delete(FingerprintRow).where(FingerprintRow.document_id == document_id))


def similar(session: Session, keys: Collection[int], limit: int) -> list[KeptPrint]:
    """See `Ledger.similar_pages`."""
    votes: Counter[int] = Counter()
    for row in _pages_with(session, keys):
        votes[row] += 1
    best = sorted(votes, key=lambda row: (-votes[row], row))[:limit]
    query = (
        select(FingerprintRow)
        .join(DocumentRow, DocumentRow.id == FingerprintRow.document_id)
        .where(
            FingerprintRow.row.in_(best),
            DocumentRow.state.in_((DocumentState.REVIEW, DocumentState.FILED)),
        )
    )
    found = {row.row: row for row in session.scalars(query)}
    pages = _page_counts(session, {row.document_id for row in found.values()})
    return [
        KeptPrint(
            found[row].document_id,
            found[row].position,
            found[row].data,
            votes[row],
            pages[found[row].document_id],
        )
        for row in best
        if row in found
    ]


def _pages_with(session: Session, keys: Collection[int]) -> list[int]:
    """The pages that have one of the keys which are not common, once for each such key."""
    found: list[int] = []
    distinct = sorted(set(keys))
    for start in range(0, len(distinct), _KEYS_A_QUERY):
        wanted = distinct[start : start + _KEYS_A_QUERY]
        counts = _counts(session, wanted)
        rare = [key for key in wanted if 0 < counts.get(key, 0) < PAGES_A_KEY]
        found += session.scalars(select(FingerprintKeyRow.page_row).where(FingerprintKeyRow.key.in_(rare)))
    return found


def _page_counts(session: Session, document_ids: Collection[str]) -> dict[str, int]:
    query = (
        select(FingerprintRow.document_id, func.count())
        .where(FingerprintRow.document_id.in_(document_ids))
        .group_by(FingerprintRow.document_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _counts(session: Session, keys: Collection[int]) -> dict[int, int]:
    distinct = sorted(set(keys))
    counts: dict[int, int] = {}
    for start in range(0, len(distinct), _KEYS_A_QUERY):
        query = (
            select(FingerprintKeyRow.key, func.count())
            .where(FingerprintKeyRow.key.in_(distinct[start : start + _KEYS_A_QUERY]))
            .group_by(FingerprintKeyRow.key)
        )
        counts.update((key, count) for key, count in session.execute(query))
    return counts
