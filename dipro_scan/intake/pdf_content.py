"""A PDF page's content streams, judged by what they should draw when nothing of it shows."""

from __future__ import annotations

import pikepdf

from dipro_scan.intake.inflate import inflated_size
from dipro_scan.intake.pdf_document import PDF_ERRORS

# A page that draws more than this is a hostile or a hopeless one.
MOST_CONTENT_BYTES = 256 << 20
_MOST_PARSED_BYTES = 16 << 20


def content_size(page: pikepdf.Page) -> int | None:
    """Bytes of the page's unpacked content; None where it is broken or beyond the limit."""
    total = 0
    for stream in _content_streams(page):
        size = _unpacked_size(stream)
        if size is None or total + size > MOST_CONTENT_BYTES:
            return None
        total += size
    return total


def draws_unseen(page: pikepdf.Page) -> bool:
    """Whether a page on which a renderer shows nothing still calls for something to be shown.

    True where its content cannot be unpacked, is too long to be looked through, or names an object
    that is not there.
    """
    size = content_size(page)
    if size is None or size > _MOST_PARSED_BYTES:
        return True
    if size == 0:
        return False
    try:
        instructions = pikepdf.parse_content_stream(page, operators="Do")
        names = {str(instruction.operands[0]) for instruction in instructions if instruction.operands}
        objects = page.resources.get("/XObject", pikepdf.Dictionary())
        return any(not isinstance(objects.get(name), pikepdf.Stream) for name in names)
    except PDF_ERRORS:
        return True


def _content_streams(page: pikepdf.Page) -> list[pikepdf.Stream]:
    contents = page.obj.get("/Contents")
    listed = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return [stream for stream in listed if isinstance(stream, pikepdf.Stream)]


def _unpacked_size(stream: pikepdf.Stream) -> int | None:
    try:
        filters = stream.get("/Filter")
        if isinstance(filters, pikepdf.Array) and len(filters) == 1:
            filters = filters[0]
        raw = bytes(stream.read_raw_bytes())
        # Nothing at all is what some writers make of an empty page, whatever filter they name.
        if not raw or filters is None:
            return len(raw)
        if str(filters) == "/FlateDecode" and "/DecodeParms" not in stream:
            return inflated_size(raw, MOST_CONTENT_BYTES)
        return len(stream.read_bytes())
    except PDF_ERRORS:
        return None
