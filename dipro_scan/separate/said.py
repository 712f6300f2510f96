"""What cover sheets and stickers say about the documents behind them, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dipro_scan.model import BlankVerdict, CodeMeaning, CoverSheet, IndexValues, ReadPage, Reason
from dipro_scan.separate.cuts import Piece
from dipro_scan.separate.parts import Part
from dipro_scan.separate.sheets import Sheet, SheetKind
from dipro_scan.translation import _


def voices_of(part: Part, piece: Piece, *, alone: bool) -> tuple[IndexValues, ...]:
    """What the part's cover sheet says, then the different stickers of the piece.

    The number of pages on a cover sheet is that of the whole part: said of a document that is `alone` in it.
    """
    voices = []
    if part.cover is not None and part.cover.cover is not None:
        voice = _cover_voice(part.cover.cover)
        voices.append(voice if alone else replace(voice, pages=None))
    for sheet in piece.sheets:
        voices += [voice for voice in sheet.stickers if voice not in voices]
    return tuple(voices)


def doubts_about(part: Part, piece: Piece) -> Iterator[Reason]:
    """Why a person must look at a document because of its cover sheet, its stickers or how it was cut."""
    if part.cover is not None:
        yield from _cover_doubts(part, part.cover)
    yield from _sticker_doubts(piece)
    yield from _patch_doubts(piece)
    yield from piece.doubts


def without_pages(cover: Sheet) -> Reason:
    """The doubt about a cover sheet behind which nothing lies; it must reach a document beside it."""
    ref = cover.page.ref
    sentence = _(
        "Behind the cover sheet on page %(page)d of %(source)s lies no page of its own;"
        " see whether pages are missing or lie behind another sheet."
    )
    return Reason("cover_without_pages", sentence % {"page": ref.source_page, "source": ref.source})


def _cover_voice(cover: CoverSheet) -> IndexValues:
    return IndexValues(
        "cover",
        cover.sheet_id,
        class_id=cover.class_id,
        aktenzeichen=cover.aktenzeichen,
        pages=cover.pages,
        schutzbedarf=cover.schutzbedarf,
    )


def _cover_doubts(part: Part, sheet: Sheet) -> Iterator[Reason]:
    if sheet.cover is None:
        yield Reason("cover_unreadable", sheet.trouble or "")
        return
    expected = sheet.cover.pages
    sure = sum(_is_surely_written(item.page) for item in part.sheets)
    perhaps = sum(item.kind is SheetKind.PAPER for item in part.sheets)
    if expected is None or sure <= expected <= perhaps:
        return
    sentence = _(
        "The cover sheet on page %(page)d of %(source)s says that %(expected)d written pages follow; there"
        " are %(found)d."
    )
    values = {"page": sheet.page.ref.source_page, "source": sheet.page.ref.source}
    text = sentence % {**values, "expected": expected, "found": perhaps}
    yield Reason("page_count_differs", text)


def _is_surely_written(page: ReadPage) -> bool:
    """Neither blank nor doubtful, and judged at all."""
    return page.reading.blank is BlankVerdict.NOT_BLANK and page.reading.failed is None


def _sticker_doubts(piece: Piece) -> Iterator[Reason]:
    said: dict[str, list[str]] = {}
    for sheet in piece.sheets:
        for voice in sheet.stickers:
            name = "aktenzeichen" if voice.aktenzeichen is not None else next(iter(voice.fields))
            values = said.setdefault(name, [])
            values += [voice.shown] if voice.shown not in values else []
    for values in said.values():
        if len(values) > 1:
            yield Reason("stickers_differ", _stickers_sentence(values))


def _patch_doubts(piece: Piece) -> Iterator[Reason]:
    """Whoever lays a sheet with a patch code into a stack means something by it."""
    for sheet in piece.sheets:
        ref = sheet.page.ref
        for code in sheet.page.reading.codes:
            if code.type.startswith("Patch") and code.meaning is CodeMeaning.NONE:
                sentence = _(
                    "Page %(page)d of %(source)s bears patch code %(patch)s, at which this pipeline does not"
                    " part documents."
                )
                facts = {"page": ref.source_page, "source": ref.source, "patch": code.text}
                yield Reason("patch_code_not_heeded", sentence % facts)
                break


def _stickers_sentence(values: Sequence[str]) -> str:
    sentence = _("Its pages bear different stickers (%(values)s); these may be several documents.")
    return sentence % {"values": ", ".join(values)}
