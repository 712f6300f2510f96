"""Pages of one document that show the same sheet: the feeder drew it in twice, or it was scanned again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dipro_scan.batch.fingerprints import Fingerprint, fingerprint_of, show_one_paper
from dipro_scan.model import Document, ReadPage, Reason, Separation
from dipro_scan.separate.page_numbers import page_number
from dipro_scan.settings import Pipeline
from dipro_scan.translation import _

REACH: Final = 2
"""A sheet drawn in again comes behind itself, or, of a stack scanned on both sides, behind its back."""


def with_twins_doubted(separation: Separation, pipeline: Pipeline) -> Separation:
    """`separation` with a doubt on each document that holds two scans of one side, other than bit for bit.

    The same image twice is noticed with all else that is missing or too much (`separate.notice`).
    """
    if not pipeline.completeness.repeated_pages or pipeline.duplicates.rescans == "ignore":
        return separation
    documents = []
    for document in separation.documents:
        doubts = tuple(_twins(document))
        documents.append(replace(document, doubts=(*document.doubts, *doubts)) if doubts else document)
    return replace(separation, documents=tuple(documents))


def _twins(document: Document) -> Iterator[Reason]:
    prints = [fingerprint_of(page.reading) for page in document.pages]
    for here, page in enumerate(document.pages):
        for there in range(here + 1, min(here + 1 + REACH, len(prints))):
            other = document.pages[there]
            if page.reading.content_sha256 == other.reading.content_sha256:
                continue
            if _show_one_paper(prints[here], prints[there], page, other):
                yield _repeated(page, other)


def _show_one_paper(
    one: Fingerprint | None, other: Fingerprint | None, page: ReadPage, behind: ReadPage
) -> bool:
    if one is None or other is None:
        return False
    numbers = [page_number(side.reading) for side in (page, behind)]
    if None not in numbers and numbers[0] != numbers[1]:
        # Pages of a form that are alike but for their own numbers.
        return False
    return show_one_paper(one, other, lambda: (page.reading.text, behind.reading.text))


def _repeated(page: ReadPage, behind: ReadPage) -> Reason:
    sentence = _(
        "Page %(page)d of %(source)s and page %(next_page)d of %(next_source)s seem to be the same sheet,"
        " drawn in twice."
    )
    facts = {
        "page": page.ref.source_page,
        "source": page.ref.source,
        "next_page": behind.ref.source_page,
        "next_source": behind.ref.source,
    }
    return Reason("page_repeated", sentence % facts)
