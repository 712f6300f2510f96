"""Fingerprints of pages and the keys under which they are found: a bounded look-up, however large the store.

A key is entered for a page only while few pages have it: what stands on every letter of a sender (its
telephone number, the words of the form) finds nothing any more after that, and costs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, exists, func, insert, select

from dipro_scan.ledger.entries import DocumentState, KeptPrint, PagePrint
from dipro_scan.ledger.putting import Executing, table_of
from dipro_scan.ledger.tables import DocumentRow, FingerprintKeyRow, FingerprintRow

PAGES_A_KEY: Final = 32
"""A key that so many pages have is common."""

KEYS_A_PAGE: Final = 16
"""How many keys a page is entered under: the rarest ones, so that some survive what reading gets wrong."""

_KEYS_A_QUERY: Final = 500

_PRINTS: Final = table_of(FingerprintRow)
_KEYS: Final = table_of(FingerprintKeyRow)
_FIRST_OF: Final = select(_PRINTS.c.row).where(_PRINTS.c.document_id == bindparam("document")).limit(1)
_PRINT_IN: Final = insert(_PRINTS).returning(_PRINTS.c.row)
_KEYS_IN: Final = insert(_KEYS)
_COUNT_OF: Final = (
    select(_KEYS.c.key, func.count())
    .where(_KEYS.c.key.in_(bindparam("wanted", expanding=True)))
    .group_by(_KEYS.c.key)
)
_WITH: Final = select(_KEYS.c.page_row).where(_KEYS.c.key.in_(bindparam("wanted", expanding=True)))

_PRINTS_OF: Final = select(_PRINTS).where(
    _PRINTS.c.row.in_(bindparam("rows", expanding=True)),
    exists().where(
        DocumentRow.id == _PRINTS.c.document_id,
        DocumentRow.state.in_((DocumentState.REVIEW, DocumentState.FILED)),
    ),
)

Counted = Callable[[Collection[int]], Mapping[int, int]]


def keep(transaction: Executing, document_id: str, pages: Sequence[PagePrint]) -> None:
    """Enters the fingerprints of a document's pages, in place of those it may have."""
    if not pages:
        return
    if transaction.scalar(_FIRST_OF, {"document": document_id}) is not None:
        forget(transaction, document_id)
    add(transaction, document_id, pages, lambda keys: _counts(transaction, keys))


def add(transaction: Executing, document_id: str, pages: Sequence[PagePrint], counted: Counted) -> list[int]:
    """Enters fingerprints of a document that has none; gives the keys under which they were entered.

    `counted` tells how many pages have a key already.
    """
    entered: list[int] = []
    for page in pages:
        values = {"document_id": document_id, "position": page.position, "data": page.data}
        row = transaction.scalar(_PRINT_IN, values)
        keys = rarest(page.keys, counted(page.keys))
        if keys:
            transaction.execute(_KEYS_IN, [{"key": key, "page_row": row} for key in keys])
        entered += keys
    return entered


def rarest(keys: Sequence[int], counts: Mapping[int, int]) -> list[int]:
    """The keys to enter a page under: the rarest first, of equally rare ones those that stand first."""
    distinct = [key for key in dict.fromkeys(keys) if counts.get(key, 0) < PAGES_A_KEY]
    return sorted(distinct, key=lambda key: counts.get(key, 0))[:KEYS_A_PAGE]


def forget(transaction: Executing, document_id: str) -> None:
    """Takes out a document's fingerprints: nothing is known again by it from now on."""
    rows = select(FingerprintRow.row).where(FingerprintRow.document_id == document_id)
    transaction.execute(delete(FingerprintKeyRow).where(FingerprintKeyRow.page_row.in_(rows)))
    transaction.execute(delete(FingerprintRow).where(FingerprintRow.document_id == document_id))


def similar(transaction: Executing, keys: Collection[int], limit: int) -> list[KeptPrint]:
    """See `Ledger.similar_pages`."""
    votes = Counter(_pages_with(transaction, keys))
    if not votes:
        return []
    best = sorted(votes, key=lambda row: (-votes[row], row))[:limit]
    found = {row.row: row for row in transaction.execute(_PRINTS_OF, {"rows": best})}
    pages = _page_counts(transaction, {row.document_id for row in found.values()})
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


def _pages_with(transaction: Executing, keys: Collection[int]) -> list[int]:
    """The pages that have one of the keys which are not common, once for each such key."""
    found: list[int] = []
    distinct = sorted(set(keys))
    for start in range(0, len(distinct), _KEYS_A_QUERY):
        wanted = distinct[start : start + _KEYS_A_QUERY]
        counts = _counts(transaction, wanted)
        rare = [key for key in wanted if 0 < counts.get(key, 0) < PAGES_A_KEY]
        if rare:
            found += [row[0] for row in transaction.execute(_WITH, {"wanted": rare})]
    return found


def _page_counts(transaction: Executing, document_ids: Collection[str]) -> dict[str, int]:
    query = (
        select(FingerprintRow.document_id, func.count())
        .where(FingerprintRow.document_id.in_(document_ids))
        .group_by(FingerprintRow.document_id)
    )
    return {row[0]: row[1] for row in transaction.execute(query)}


def _counts(transaction: Executing, keys: Collection[int]) -> dict[int, int]:
    distinct = sorted(set(keys))
    counts: dict[int, int] = {}
    for start in range(0, len(distinct), _KEYS_A_QUERY):
        wanted = distinct[start : start + _KEYS_A_QUERY]
        counts.update((key, count) for key, count in transaction.execute(_COUNT_OF, {"wanted": wanted}))
    return counts
