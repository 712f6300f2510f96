"""Pages that belong together, pages put aside, and the sum that must come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dipro_scan.model.evidence import Reason
from dipro_scan.model.index_values import IndexValues
from dipro_scan.model.page import PageRef, ReadPage


@dataclass(frozen=True, slots=True)
class Document:
    """Pages that belong together, in order. `id` follows from the content of its pages.

    `why` tells what began and ended it. `index` is what was said about it before it was read, the voice that
    counts most first. `doubts` are reasons why a person must look at how it was put together.
    """

    id: str
    pages: tuple[ReadPage, ...]
    why: tuple[Reason, ...] = ()
    index: tuple[IndexValues, ...] = ()
    doubts: tuple[Reason, ...] = ()

    @property
    def spreads(self) -> tuple[PageRef, ...]:
        """Its pages that are shown as two."""
        return tuple(page.ref for page in self.pages if page.reading.parts)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A page that is no part of a document and is kept all the same."""

    page: ReadPage
    why: Literal["blank", "separator"]


@dataclass(frozen=True, slots=True)
class Separation:
    documents: tuple[Document, ...]
    set_aside: tuple[SetAside, ...]

    def refs(self) -> list[PageRef]:
        """Every page named here, documents first."""
        return [page.ref for document in self.documents for page in document.pages] + [
            aside.page.ref for aside in self.set_aside
        ]


@dataclass(frozen=True, slots=True)
class PageBalance:
    """Source pages, counted once each: `scanned` must be the sum of all the rest."""

    scanned: int = 0
    filed: int = 0
    review: int = 0
    duplicate: int = 0
    blank: int = 0
    separator: int = 0
    quarantined: int = 0

    @property
    def adds_up(self) -> bool:
        return self.scanned == (
            self.filed + self.review + self.duplicate + self.blank + self.separator + self.quarantined
        )
