"""Where one document ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from dipro_scan.model import Document, ReadPage, Reason, Separation, SetAside
from dipro_scan.separate.cuts import cut
from dipro_scan.separate.identity import document_id
from dipro_scan.separate.parts import Part, parts_of
from dipro_scan.separate.proposals import proposals_for
from dipro_scan.separate.said import doubts_about, voices_of, without_pages
from dipro_scan.separate.sheets import NormalForm, Sheet, SheetKind, sheets_of
from dipro_scan.settings import SeparationSettings


def separate_pages(
    pages: Sequence[ReadPage], settings: SeparationSettings, normal_form: NormalForm | None = None
) -> Separation:
    """The documents of a batch, in its order, and the pages set aside.

    `pages` stand in the batch's order. First separator and cover sheets part the stack; each is set aside
    together with its back. Then come the cuts inside a part, and blank pages, set aside where the settings
    say so; doubtful ones stay. A file's end is a document's end unless the settings put files together.

    A document carries what the cover sheet of its part and its own stickers say, and what must be doubted:
    see `said` and `proposals`. Nothing that a sheet says goes over the edge of its part. With `normal_form`
    (of the Aktenplan) stickers count only where the plan has their number.

    Every page comes out exactly once. Documents of equal content have equal ids; what that means is the
    caller's decision.
    """
    documents: list[Document] = []
    aside: list[tuple[Sheet, SetAside]] = []
    sheets = list(sheets_of(pages, settings, normal_form))
    for _unit, parts in groupby(parts_of(sheets, settings), key=lambda part: part.unit):
        found, laid = _unit_documents(list(parts), settings)
        documents += found
        aside += laid
    aside.sort(key=lambda item: item[0].position)
    if settings.propose:
        documents = [_with_doubts(document, proposals_for(document)) for document in documents]
    return Separation(tuple(documents), tuple(item for _sheet, item in aside))


def _unit_documents(
    parts: Sequence[Part], settings: SeparationSettings
) -> tuple[list[Document], list[tuple[Sheet, SetAside]]]:
    """The documents of one file, or of what counts as one, and what is set aside there."""
    documents: list[Document] = []
    aside: list[tuple[Sheet, SetAside]] = []
    lonely: list[tuple[int, Part]] = []
    for part in parts:
        pieces, blanks = cut(part, settings)
        if part.cover is not None and not part.has_paper:
            lonely.append((len(documents), part))
        for piece in pieces:
            read = tuple(sheet.page for sheet in piece.sheets)
            index = voices_of(part, piece, alone=len(pieces) == 1)
            doubts = tuple(doubts_about(part, piece))
            documents.append(Document(document_id(read), read, piece.why, index, doubts))
        aside += [(sheet, SetAside(sheet.page, "separator")) for sheet in part.began]
        aside += [(sheet, SetAside(sheet.page, "blank")) for sheet in blanks]
    if documents:
        return _told_beside(documents, lonely), aside
    kept = [_cover_document(part) for _place, part in lonely]
    held = {id(page) for document in kept for page in document.pages}
    return kept, [(sheet, item) for sheet, item in aside if id(item.page) not in held]


def _told_beside(documents: list[Document], lonely: Sequence[tuple[int, Part]]) -> list[Document]:
    """Cover sheets without pages are told with the document behind them, else with the one before."""
    told = list(documents)
    for place, part in lonely:
        if part.cover is not None:
            nearest = min(place, len(told) - 1)
            told[nearest] = _with_doubts(told[nearest], [without_pages(part.cover)])
    return told


def _cover_document(part: Part) -> Document:
    """A cover sheet with no document beside it: nobody would hear of it, so it waits for a person itself."""
    covers = [sheet for sheet in part.began if sheet.kind is SheetKind.COVER]
    read = tuple(sheet.page for sheet in covers)
    return Document(document_id(read), read, (part.ended_by,), doubts=(without_pages(covers[0]),))


def _with_doubts(document: Document, doubts: Sequence[Reason]) -> Document:
    return replace(document, doubts=(*document.doubts, *doubts)) if doubts else document
