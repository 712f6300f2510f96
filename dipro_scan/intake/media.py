"""What a file is, by its first bytes; its name may say anything."""

from __future__ import annotations

from pathlib import Path

from dipro_scan.intake.strangers import brands_of, is_av1, known_stranger, likely_stranger
from dipro_scan.model import QuarantineReason, SourceRefused

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


def media_type_of(head: bytes, path: Path | None = None) -> str:
    """The media type of a file that starts with `head` (its first 1024 bytes).

    Raises SourceRefused(unsupported), which says what the file at `path` seems to be and what to do with it.
    """
    for magic, media_type in _READ:
        if head.startswith(magic):
            return media_type
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    brands = brands_of(head)
    if brands & _HEVC_BRANDS or (brands & _OPEN_BRANDS and not is_av1(head)):
        return HEIF
    # Before the search for a PDF header: an archive may hold a PDF right at its beginning.
    stranger = known_stranger(head, path)
    if stranger is None and b"%PDF-" in head[:HEAD_BYTES]:
        return PDF
    raise SourceRefused(QuarantineReason.UNSUPPORTED, stranger or likely_stranger(head))
