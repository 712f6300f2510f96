"""What a file is, by its first bytes; its name may say anything."""

from __future__ import annotations

from collections.abc import Callable

from dipro_scan.model import QuarantineReason, SourceRefused
from dipro_scan.translation import _

PDF = "application/pdf"
TIFF = "image/tiff"
JPEG = "image/jpeg"
PNG = "image/png"

_Kinds = tuple[tuple[Callable[[bytes], bool], Callable[[], str]], ...]

# ISO 32000-1, annex H.3.4.1: readers accept the header anywhere within the first 1024 bytes.
HEAD_BYTES = 1024

_READ = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
)


def media_type_of(head: bytes) -> str:
    """The media type of a file that starts with `head` (its first 1024 bytes).

    Raises SourceRefused(unsupported), naming what the file seems to be.
    """
    for magic, media_type in _READ:
        if head.startswith(magic):
            return media_type
    # Before the search for a PDF header: an archive may hold a PDF right at its beginning.
    kind = _kind_of(head, _KINDS)
    if kind is None and b"%PDF-" in head[:HEAD_BYTES]:
        return PDF
    raise SourceRefused(
        QuarantineReason.UNSUPPORTED,
        _("The file is %(kind)s; only PDF, TIFF, JPEG and PNG are read. Scan or save it as one of these.")
        % {"kind": kind or _kind_of(head, _LOOSE_KINDS) or _("of no known format")},
    )


def _kind_of(head: bytes, kinds: _Kinds) -> str | None:
    return next((name() for looks_like, name in kinds if looks_like(head)), None)


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics)


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"hevc")


def _is_markup(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # more than a character cut off at the end
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(character.isprintable() or character in "\t\r\n\f" for character in text)


# The names are made when they are needed, because the language may be set after this module is loaded.
_KINDS: _Kinds = (
    (_starts(b"PK\x03\x04", b"PK\x05\x06"), lambda: _("an office document or a ZIP archive")),
    (_starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), lambda: _("an older office document")),
    (_starts(b"{\\rtf"), lambda: _("a text document (RTF)")),
    (_starts(b"%!PS", b"\xc5\xd0\xd3\xc6"), lambda: _("a PostScript program")),
    (_starts(b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"), lambda: _("a JPEG 2000 image")),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", lambda: _("a WebP image")),
    (_is_heif, lambda: _("a HEIF or AVIF photograph")),
    (_starts(b"GIF87a", b"GIF89a"), lambda: _("a GIF image")),
    (_starts(b"BM"), lambda: _("a Windows bitmap (BMP)")),
    (_starts(b"AT&TFORM"), lambda: _("a DjVu document")),
    (_starts(b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b"), lambda: _("an archive")),
)
# What may stand before a PDF as well: the head of a transfer, a page of text.
_LOOSE_KINDS: _Kinds = (
    (lambda head: b"<svg" in head.lower() and _is_markup(head), lambda: _("a drawing (SVG)")),
    (_is_markup, lambda: _("a web page or XML file")),
    (_is_text, lambda: _("a text file")),
)
