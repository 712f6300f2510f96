"""What a file is, by its first bytes; its name may say anything."""

from __future__ import annotations

from collections.abc import Callable

from dipro_scan.model import QuarantineReason, SourceRefused
from dipro_scan.translation import _

PDF = "application/pdf"
TIFF = "image/tiff"
JPEG = "image/jpeg"
PNG = "image/png"
JPEG_2000 = "image/jp2"
JPEG_2000_STREAM = "image/j2c"
WEBP = "image/webp"
HEIF = "image/heif"
GIF = "image/gif"
BMP = "image/bmp"

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
    (b"\0\0\0\x0cjP  \r\n\x87\n", JPEG_2000),
    (b"\xff\x4f\xff\x51", JPEG_2000_STREAM),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)
# The sizes that the second header of a bitmap may have; BM alone begins many a text.
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
# ISO/IEC 23008-12, 10.2: HEVC images, one or several; mif1 and msf1 leave the coding open.
_HEVC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_OPEN_BRANDS = frozenset({b"mif1", b"mif2", b"msf1"})
_AV1_BRANDS = frozenset({b"avif", b"avis"})


def media_type_of(head: bytes) -> str:
    """The media type of a file that starts with `head` (its first 1024 bytes).

    Raises SourceRefused(unsupported), naming what the file seems to be.
    """
    for magic, media_type in _READ:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    brands = _brands(head)
    if brands & _HEVC_BRANDS or (brands & _OPEN_BRANDS and not brands & _AV1_BRANDS):
        return HEIF
    # Before the search for a PDF header: an archive may hold a PDF right at its beginning.
    kind = _kind_of(head, _KINDS)
    if kind is None and b"%PDF-" in head[:HEAD_BYTES]:
        return PDF
    raise SourceRefused(
        QuarantineReason.UNSUPPORTED,
        _(
            "The file is %(kind)s; only PDF, TIFF, JPEG, JPEG 2000, PNG, WebP, HEIF, GIF and BMP are read. "
            "Scan or save it as one of these."
        )
        % {"kind": kind or _kind_of(head, _LOOSE_KINDS) or _("of no known format")},
    )


def _kind_of(head: bytes, kinds: _Kinds) -> str | None:
    return next((name() for looks_like, name in kinds if looks_like(head)), None)


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics)


def _brands(head: bytes) -> frozenset[bytes]:
    """What an ISO media file says to be: its major brand and those that it is compatible with."""
    if head[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return frozenset({head[8:12], *(head[start : start + 4] for start in range(16, end - 3, 4))})


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
    (lambda head: bool(_brands(head) & _AV1_BRANDS), lambda: _("an AVIF photograph")),
    (lambda head: bool(_brands(head)), lambda: _("a film or sound recording")),
    (_starts(b"AT&TFORM"), lambda: _("a DjVu document")),
    (_starts(b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b"), lambda: _("an archive")),
)
# What may stand before a PDF as well: the head of a transfer, a page of text.
_LOOSE_KINDS: _Kinds = (
    (lambda head: b"<svg" in head.lower() and _is_markup(head), lambda: _("a drawing (SVG)")),
    (_is_markup, lambda: _("a web page or XML file")),
    (_is_text, lambda: _("a text file")),
)
