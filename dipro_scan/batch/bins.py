"""Where every page of a run went, counted as it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dipro_scan.batch.result import DocumentResult, SetAsideResult, SourceBalance
from dipro_scan.ledger import DocumentEntry
from dipro_scan.model import PageBalance, PageRef, Quarantined, Source


@dataclass(slots=True)
class Bins:
    """Results in the order in which they came, and the pages scanned so far."""

    scanned: int = 0
    duplicate_pages: int = 0
    documents: list[DocumentResult] = field(default_factory=list)
    set_aside: list[SetAsideResult] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    _by_source: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def scan(self, pages: int, source: Source | None = None) -> None:
        """Counts pages that were taken out of their source; where they go is told later."""
        self.scanned += pages
        if source is not None:
            self._count(source.sha256, source.name, "scanned", pages)

    def quarantine(self, quarantined: Quarantined) -> None:
        """A source in quarantine; its pages count where they could be counted."""
        self.scanned += quarantined.pages or 0
        for where in ("scanned", "quarantined"):
            self._count(quarantined.source_sha256 or "", quarantined.source, where, quarantined.pages or 0)
        self.quarantined.append(quarantined)

    def duplicate_source(self, source: Source, pages: int, documents: Sequence[DocumentEntry]) -> None:
        """A source that was dealt with before: all its pages are duplicates, whatever they are.

        Its documents are named with its own pages, under the name that it has now.
        """
        self.scanned += pages
        self.duplicate_pages += pages
        for where in ("scanned", "duplicate"):
            self._count(source.sha256, source.name, where, pages)
        for entry in documents:
            own = tuple(
                ref._replace(source=source.name) for ref in entry.pages if ref.source_sha256 == source.sha256
            )
            if not own and len(documents) == 1:
                own = tuple(PageRef(source.sha256, source.name, number) for number in range(1, pages + 1))
            self.documents.append(replace(duplicate_result(entry), pages=own))

    def document(self, result: DocumentResult) -> None:
        if result.state == "duplicate":
            self.duplicate_pages += len(result.pages)
        self.documents.append(result)
        for page in result.pages:
            self._count(page.source_sha256, page.source, result.state)

    def put_aside(self, result: SetAsideResult) -> None:
        self.set_aside.append(result)
        self._count(result.ref.source_sha256, result.ref.source, result.why)

    def balance(self) -> PageBalance:
        return PageBalance(
            scanned=self.scanned,
            filed=self._pages_in("filed"),
            review=self._pages_in("review"),
            duplicate=self.duplicate_pages,
            blank=sum(1 for item in self.set_aside if item.why == "blank"),
            separator=sum(1 for item in self.set_aside if item.why == "separator"),
            quarantined=sum(item.pages or 0 for item in self.quarantined),
        )

    def sources(self) -> tuple[SourceBalance, ...]:
        """The balance of each source, in the order in which they were first counted."""
        return tuple(
            SourceBalance(name, sha256 or None, PageBalance(**counts))
            for (sha256, name), counts in self._by_source.items()
        )

    def _count(self, sha256: str, name: str, where: str, pages: int = 1) -> None:
        self._by_source.setdefault((sha256, name), Counter())[where] += pages

    def _pages_in(self, state: str) -> int:
        return sum(len(document.pages) for document in self.documents if document.state == state)


def duplicate_result(entry: DocumentEntry) -> DocumentResult:
    """A document known from before, as this run reports it."""
    return DocumentResult(
        id=entry.id,
        state="duplicate",
        pages=entry.pages,
        class_id=entry.class_id,
        confidence=entry.confidence,
        aktenzeichen=entry.aktenzeichen,
        pdf=entry.pdf,
        metadata=entry.metadata,
        reasons=entry.reasons,
    )
