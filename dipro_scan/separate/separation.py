"""Where one document ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dipro_scan.model import BlankVerdict, Document, PageRef, ReadPage, Reason, Separation, SetAside
from dipro_scan.separate.identity import document_id
from dipro_scan.settings import SeparationSettings
from dipro_scan.translation import _, ngettext


def separate_pages(pages: Sequence[ReadPage], settings: SeparationSettings) -> Separation:
    """The documents of a batch, in its order, and the pages set aside.

    `pages` stand in the batch's order. A separator sheet ends a document and is set aside together with
    its blank back. Blank pages are set aside where the settings say so; doubtful ones stay. A file's end
    is a document's end unless each page is a file of its own. Every page comes out exactly once.
    Documents of equal content have equal ids; what that means is the caller's decision.
    """
    stack = _Stack(settings)
    for page in pages:
        stack.add(page)
    return stack.separation()


@dataclass(slots=True)
class _Stack:
    """Walks through the batch page by page; the open document grows until something ends it."""

    settings: SeparationSettings
    _documents: list[Document] = field(default_factory=list)
    _set_aside: list[SetAside] = field(default_factory=list)
    _open: list[ReadPage] = field(default_factory=list)
    _blanks: int = 0
    _before: Reason | None = None
    _previous: ReadPage | None = None

    def add(self, page: ReadPage) -> None:
        previous, self._previous = self._previous, page
        if previous is not None and self._file_ends_between(previous, page):
            self._close(_file_boundary(previous.ref))
            self._before = None
        if page.reading.is_separator:
            reason = _separator_sheet(page.ref)
            self._close(reason)
            self._before = reason
            self._set_aside.append(SetAside(page, "separator"))
        elif _is_blank(page) and previous is not None and self._is_back_of_separator(previous, page):
            self._set_aside.append(SetAside(page, "separator"))
        elif _is_blank(page) and self.settings.set_aside_blank:
            self._set_aside.append(SetAside(page, "blank"))
            self._blanks += 1
        else:
            self._open.append(page)

    def separation(self) -> Separation:
        if self._previous is not None:
            self._close(_file_boundary(self._previous.ref))
        return Separation(tuple(self._documents), tuple(self._set_aside))

    def _close(self, after: Reason) -> None:
        """Ends the open document, if there is one; blank pages alone make none."""
        if self._open:
            reasons = [self._before, _blank_pages(self._blanks), after]
            why = tuple(reason for reason in reasons if reason is not None)
            self._documents.append(Document(document_id(self._open), tuple(self._open), why))
        self._open = []
        self._blanks = 0

    def _file_ends_between(self, previous: ReadPage, page: ReadPage) -> bool:
        return not self.settings.one_file_per_page and not _same_source(previous.ref, page.ref)

    def _is_back_of_separator(self, previous: ReadPage, page: ReadPage) -> bool:
        if not previous.reading.is_separator:
            return False
        if self.settings.one_file_per_page:
            return True
        return _same_source(previous.ref, page.ref) and page.ref.source_page == previous.ref.source_page + 1


def _same_source(one: PageRef, other: PageRef) -> bool:
    return one[:2] == other[:2]


def _is_blank(page: ReadPage) -> bool:
    # A page whose reading failed was not judged; whatever its verdict says, it stays in its document.
    return page.reading.blank is BlankVerdict.BLANK and page.reading.failed is None


def _separator_sheet(ref: PageRef) -> Reason:
    sentence = _("Page %(page)d of %(source)s is a separator sheet.")
    return Reason("separator_sheet", sentence % {"page": ref.source_page, "source": ref.source})


def _file_boundary(ref: PageRef) -> Reason:
    sentence = _("After page %(page)d the file %(source)s ends.")
    return Reason("file_boundary", sentence % {"page": ref.source_page, "source": ref.source})


def _blank_pages(count: int) -> Reason | None:
    if not count:
        return None
    sentence = ngettext(
        "%(count)d blank page was set aside.",
        "%(count)d blank pages were set aside.",
        count,
    )
    return Reason("blank_set_aside", sentence % {"count": count})
