"""New documents for review out of pages that were read before: decided anew, by today's rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dipro_scan import separate
from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.corrections import Remade
from dipro_scan.batch.deciding import decide_document
from dipro_scan.batch.documents import Tools
from dipro_scan.batch.filing import BatchFacts
from dipro_scan.batch.holders import is_live
from dipro_scan.batch.once import JournalOnce
from dipro_scan.batch.prepared import checked, held_back
from dipro_scan.batch.reading import WantedPage
from dipro_scan.batch.review import case_of
from dipro_scan.batch.review_case import CasePage, ReviewCase
from dipro_scan.batch.run import open_tools
from dipro_scan.batch.station import LazyPool, Station
from dipro_scan.model import (
    Decision,
    Document,
    IndexValues,
    PageHints,
    ReadPage,
    Reason,
    Source,
    SourceRefused,
)
from dipro_scan.settings import Configuration, load_configuration


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page on its way into another document, and its place in the stack, from 1."""

    page: CasePage
    position: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Why a document is what it is: `why` its pages belong together, `held` why it waits for a person.

    `proposed` changes the decision that the rules came to. `index` is what was said of the pages, `doubts`
    what is doubtful in how they were put together.
    """

    why: Reason
    held: tuple[Reason, ...]
    proposed: Callable[[Decision, Configuration], Decision] | None = None
    index: tuple[IndexValues, ...] = ()
    doubts: tuple[Reason, ...] = ()


def leaves_of(case: ReviewCase) -> list[Leaf]:
    return [Leaf(page, position) for page, position in zip(case.pages, case.positions, strict=True)]


def facts_of(case: ReviewCase) -> BatchFacts:
    """What the case's document shares with the rest of its batch."""
    return BatchFacts(
        batch=case.batch,
        pages=case.batch_pages,
        positions={page.ref: number for page, number in zip(case.pages, case.positions, strict=True)},
        operator=case.operator,
        station=case.station,
        set_aside_blank=case.set_aside_blank,
        pipeline_file=case.pipeline,
    )


def read_again(tools: Tools, page: CasePage) -> ReadPage:
    """The page from its cached reading; read again where the cache has lost it."""
    cache = ReadingCache(tools.station.workspace.cache)
    reading = cache.reading(page.key)
    if reading is None:
        read = next(tools.reader.read([WantedPage(page.ref, page.input)]))
    else:
        read = ReadPage(page.ref, reading, cache.stream_path(page.key), page.input.hints)
    tools.reader.ensure_images(read, page.input)
    return read


class Remaker:
    """Makes documents out of pages; `giving_way` are the ids of those whose pages they take."""

    def __init__(
        self, station: Station, pipeline: str, pool: LazyPool, work: Path, giving_way: Collection[str]
    ) -> None:
        self._station = station
        self._configuration = load_configuration(pipeline, station.options.pipelines)
        journal = JournalOnce(station.store, "", resumed=False)
        self._tools = open_tools(station, self._configuration, pool, work, journal)
        self._giving_way = giving_way
        self._made: set[str] = set()

    def remake(self, leaves: Sequence[Leaf], facts: BatchFacts, origin: Origin) -> Remade:
        """The document of these pages, held for a person whatever the rules say."""
        read = tuple(read_again(self._tools, leaf.page) for leaf in leaves)
        document = Document(separate.document_id(read), read, (origin.why,), origin.index, origin.doubts)
        refs = tuple(page.ref for page in read)
        if self._is_known(document.id):
            return Remade(document.id, refs, None)
        self._made.add(document.id)
        facts = replace(facts, positions={leaf.page.ref: leaf.position for leaf in leaves})
        decision = self._decided(document, facts, origin)
        prepared, made = checked(self._tools.filer.prepare(document, decision, facts))
        case = case_of(
            document,
            prepared.decision,
            facts=facts,
            inputs={leaf.page.ref: leaf.page.input for leaf in leaves},
            metadata=self._tools.filer.metadata(prepared),
        )
        pdf = made.without_beside() if made else None
        return Remade(document.id, refs, case, prepared.decision.reasons, pdf)

    def turned(self, leaf: Leaf, degrees: int) -> Leaf:
        """The page read again, turned clockwise by `degrees` against how it stands now."""
        now = read_again(self._tools, leaf.page).reading.geometry.rotation
        page_input = replace(leaf.page.input, hints=PageHints((now + degrees) % 360))
        read = next(self._tools.reader.read([WantedPage(leaf.page.ref, page_input)]))
        return replace(leaf, page=CasePage(leaf.page.ref, read.stream.stem, page_input))

    def _is_known(self, document_id: str) -> bool:
        if document_id in self._made:
            return True
        return document_id not in self._giving_way and is_live(self._station.ledger.document(document_id))

    def _decided(self, document: Document, facts: BatchFacts, origin: Origin) -> Decision:
        first = document.pages[0].ref.source_sha256
        source = next(source for source in facts.batch.sources if source.sha256 == first)
        title = self._station.store.akte_title
        decision = decide_document(document, self._configuration, self._scanned(source), title)
        if origin.proposed is not None:
            decision = origin.proposed(decision, self._configuration)
        return held_back(decision, origin.held)

    def _scanned(self, source: Source) -> dt.datetime:
        _source, outline = next(self._tools.reader.outlines([source]))
        if isinstance(outline, SourceRefused):
            return source.arrived
        return outline.created or source.arrived
