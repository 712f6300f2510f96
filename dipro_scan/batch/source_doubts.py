"""Why a person must look at the documents of a file: what came of its ticket, and what the ticket counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from dipro_scan.model import BlankVerdict, Document, PageRef, Reason, Separation, Source
from dipro_scan.translation import _

_File = tuple[str, str]


def with_source_doubts(separation: Separation, sources: Sequence[Source]) -> Separation:
    """The separation, each of its documents with the doubts about the files that it comes from."""
    counts = Counter(
        _file_of(page.ref)
        for document in separation.documents
        for page in document.pages
        if page.reading.blank is not BlankVerdict.BLANK
    )
    doubts = {
        (source.sha256, source.name): (
            *source.doubts,
            *_counted_otherwise(source, counts[source.sha256, source.name]),
        )
        for source in sources
    }
    documents = tuple(_with_doubts(document, doubts) for document in separation.documents)
    return replace(separation, documents=documents)


def _counted_otherwise(source: Source, sides: int) -> Iterator[Reason]:
    """A reason for each ticket whose number of sides is not that of the file; counted as on cover sheets."""
    for voice in source.index:
        if voice.origin != "ticket" or voice.pages in (None, sides):
            continue
        sentence = _(
            "The ticket %(ticket)s counts %(told)d written sides, but %(source)s has %(sides)d; look for"
            " missing or additional sheets."
        )
        values = {"ticket": voice.shown, "told": voice.pages, "source": source.name, "sides": sides}
        yield Reason("page_count_differs", sentence % values)


def _with_doubts(document: Document, doubts: dict[_File, tuple[Reason, ...]]) -> Document:
    files = dict.fromkeys(_file_of(page.ref) for page in document.pages)
    own = [doubt for file in files for doubt in doubts.get(file, ())]
    return replace(document, doubts=tuple(dict.fromkeys((*document.doubts, *own)))) if own else document


def _file_of(ref: PageRef) -> _File:
    return ref.source_sha256, ref.source
