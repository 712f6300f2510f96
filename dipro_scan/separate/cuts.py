"""Cuts inside a part of the stack: stickers, a number of pages, blank pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dipro_scan.model import PageRef, Reason
from dipro_scan.separate.parts import Part
from dipro_scan.separate.sheets import Sheet, SheetKind
from dipro_scan.settings import SeparationSettings
from dipro_scan.translation import _, ngettext


@dataclass(frozen=True, slots=True)
class Piece:
    """Pages of one document, at least one, and the blank ones set aside from among them."""

    sheets: tuple[Sheet, ...]
    blanks: tuple[Sheet, ...]
    begun_by: Reason | None
    ended_by: Reason
    doubts: tuple[Reason, ...] = ()

    @property
    def why(self) -> tuple[Reason, ...]:
        reasons = (self.begun_by, _blank_pages(len(self.blanks)), self.ended_by)
        return tuple(reason for reason in reasons if reason is not None)


def cut(part: Part, settings: SeparationSettings) -> tuple[list[Piece], list[Sheet]]:
    """The documents of a part, and its blank pages where the settings set them aside."""
    knife = _Knife(settings, part.begun_by)
    for sheet in part.sheets:
        knife.add(sheet)
    knife.cut(part.ended_by)
    return [replace(piece, doubts=tuple(knife.doubts_about(piece))) for piece in knife.pieces], knife.blanks


@dataclass(slots=True)
class _Knife:
    settings: SeparationSettings
    begun_by: Reason | None
    pieces: list[Piece] = field(default_factory=list)
    blanks: list[Sheet] = field(default_factory=list)
    _sheets: list[Sheet] = field(default_factory=list)
    _blanks: list[Sheet] = field(default_factory=list)
    _sides: int = 0
    _sticker: frozenset[str] = frozenset()
    _all_sides: int = 0
    _alike: dict[int, Reason] = field(default_factory=dict)

    def add(self, sheet: Sheet) -> None:
        for reason in self._reasons_before(sheet):
            self._doubt_stickers(sheet)
            self.cut(reason)
        self._sides += 1
        self._all_sides += 1
        if sheet.kind is SheetKind.BLANK and (self.settings.set_aside_blank or self.settings.blank_separates):
            self._blanks.append(sheet)
            self.blanks.append(sheet)
            if self.settings.blank_separates:
                self.cut(_blank_between(sheet.page.ref))
            return
        self._sheets.append(sheet)
        self._sticker |= _archive_numbers(sheet)

    def cut(self, reason: Reason) -> None:
        """Ends the document here, if there is one; blank pages alone make none."""
        if self._sheets:
            piece = Piece(tuple(self._sheets), tuple(self._blanks), self.begun_by, reason)
            self.pieces.append(piece)
            self._blanks = []
        self._sheets, self._sides, self._sticker = [], 0, frozenset()
        self.begun_by = reason

    def doubts_about(self, piece: Piece) -> Iterator[Reason]:
        """Why it may not be one document, or not whole."""
        count = self.settings.every_pages
        if count is not None and self._all_sides % count:
            yield _does_not_divide(self._all_sides, count)
        # Told once, whether the page before or the one behind is like it.
        alike = [self._alike[sheet.position] for sheet in piece.sheets if sheet.position in self._alike]
        yield from alike[:1]

    def _doubt_stickers(self, sheet: Sheet) -> None:
        """The same sticker on two pages that follow each other: on first pages only, or on every page?"""
        before = self._sheets[-1] if self._sheets else None
        if before is not None and sheet.stickers and before.stickers == sheet.stickers:
            reason = _same_sticker(before.page.ref, sheet)
            self._alike[before.position] = self._alike[sheet.position] = reason

    def _reasons_before(self, sheet: Sheet) -> Iterator[Reason]:
        """At most one reason why a document ends before this page."""
        if self.settings.every_pages is not None and self._sides >= self.settings.every_pages:
            yield _every_pages(self.settings.every_pages)
        elif self._starts(sheet):
            yield _sticker_on(sheet.page.ref)

    def _starts(self, sheet: Sheet) -> bool:
        if not sheet.stickers or not self.settings.stickers.starts_document:
            return False
        # An archive number is that of one document alone: met again, it is still that one. Of an Akte there
        # are many documents.
        again = _archive_numbers(sheet)
        return not (again and again <= self._sticker) and any(
            item.kind is SheetKind.PAPER for item in self._sheets
        )


def _archive_numbers(sheet: Sheet) -> frozenset[str]:
    return frozenset(voice.shown for voice in sheet.stickers if voice.aktenzeichen is None)


def _every_pages(count: int) -> Reason:
    sentence = ngettext(
        "A document ends after every %(count)d page.",
        "A document ends after every %(count)d pages.",
        count,
    )
    return Reason("every_pages", sentence % {"count": count})


def _sticker_on(ref: PageRef) -> Reason:
    sentence = _("Page %(page)d of %(source)s bears a sticker.")
    return Reason("sticker", sentence % {"page": ref.source_page, "source": ref.source})


def _does_not_divide(sides: int, count: int) -> Reason:
    sentence = _(
        "%(sides)d pages cannot be parted into documents of %(count)d each; one may be missing, or two were"
        " drawn in at once."
    )
    return Reason("pages_left_over", sentence % {"sides": sides, "count": count})


def _same_sticker(before: PageRef, sheet: Sheet) -> Reason:
    sentence = _(
        "Pages %(page)d of %(source)s and %(next_page)d of %(next_source)s bear the same sticker"
        " (%(sticker)s); they may belong to one document."
    )
    ref = sheet.page.ref
    facts = {"page": before.source_page, "source": before.source}
    facts |= {"next_page": ref.source_page, "next_source": ref.source, "sticker": sheet.stickers[0].shown}
    return Reason("sticker_repeated", sentence % facts)


def _blank_between(ref: PageRef) -> Reason:
    sentence = _("Page %(page)d of %(source)s is blank and parts documents.")
    return Reason("blank_separates", sentence % {"page": ref.source_page, "source": ref.source})


def _blank_pages(count: int) -> Reason | None:
    if not count:
        return None
    sentence = ngettext(
        "%(count)d blank page was set aside.",
        "%(count)d blank pages were set aside.",
        count,
    )
    return Reason("blank_set_aside", sentence % {"count": count})
