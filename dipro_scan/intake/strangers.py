"""Files that are no scans: what each of them is, by its bytes, and what a person does with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from dipro_scan.translation import _

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# [MS-CFB] 2.2: sector size and place of the directory in the header; 2.6.1: names are UTF-16.
_DIRECTORY_BYTES = 65536
_OUTLOOK_STREAMS = ("__properties_version1.0", "__nameid_version1.0")
# ECMA-376 part 2: the parts that packages of the office formats begin with.
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"customXml/")
_MAIL_FIELD = re.compile(rb"^([A-Za-z][A-Za-z0-9-]*):[ \t]*\S", re.MULTILINE)
# RFC 5322, 3.6, and what servers put before it.
_MAIL_FIELDS = frozenset(
    {
        b"bcc", b"cc", b"content-type", b"date", b"delivered-to", b"dkim-signature", b"from", b"in-reply-to",
        b"message-id", b"mime-version", b"received", b"references", b"reply-to", b"return-path", b"sender",
        b"subject", b"to",
    }
)  # fmt: skip
_MAIL_FIELDS_ENOUGH = 3
_AV1_BRANDS = frozenset({b"avif", b"avis"})

_Strangers = tuple[tuple[Callable[[bytes], bool], Callable[[], str]], ...]


def known_stranger(head: bytes, path: Path | None = None) -> str | None:
    """What to do with a file whose first bytes show that it is no scan; None where they do not.

    `path` is looked into only where the first bytes leave open which of two kinds it is.
    """
    if head.startswith(_COMPOUND):
        return _an_email() if path and _is_outlook_message(path, head) else _an_office_document()
    return _sentence_for(head, _CERTAIN)


def likely_stranger(head: bytes) -> str:
    """The same for a file that is certainly none of the formats that we read."""
    return _sentence_for(head, _LIKELY) or _(
        "The file is of no known format; only PDF, TIFF, JPEG, JPEG 2000, PNG, WebP, HEIF, GIF and BMP are "
        "read. Scan or save it as one of these."
    )


def brands_of(head: bytes) -> frozenset[bytes]:
    """What an ISO media file says to be: its major brand and those that it is compatible with."""
    if head[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return frozenset({head[8:12], *(head[start : start + 4] for start in range(16, end - 3, 4))})


def is_av1(head: bytes) -> bool:
    return bool(brands_of(head) & _AV1_BRANDS)


def _sentence_for(head: bytes, strangers: _Strangers) -> str | None:
    return next((sentence() for looks_like, sentence in strangers if looks_like(head)), None)


# --- how they are known ---


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magics)


def _first_entry(head: bytes) -> bytes:
    """Name and beginning of the first file in a ZIP archive; empty where it is none."""
    return head[30:] if head.startswith(b"PK\x03\x04") else b""


def _is_zipped_office_document(head: bytes) -> bool:
    entry = _first_entry(head)
    return entry.startswith((*_OFFICE_PARTS, b"mimetypeapplication/vnd.oasis.opendocument."))


def _is_zipped_book(head: bytes) -> bool:
    return _first_entry(head).startswith(b"mimetypeapplication/epub+zip")


def _is_outlook_message(path: Path, head: bytes) -> bool:
    sector_bytes = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    place = (int.from_bytes(head[48:52], "little") + 1) * sector_bytes
    with path.open("rb") as file:
        file.seek(place)
        directory = file.read(_DIRECTORY_BYTES)
    return any(name.encode("utf-16-le") in directory for name in _OUTLOOK_STREAMS)


def _is_recording(head: bytes) -> bool:
    if head.startswith(b"RIFF"):
        return head[8:12] in (b"WAVE", b"AVI ")
    return bool(brands_of(head)) or head.startswith((b"ID3\2", b"ID3\3", b"ID3\4", b"OggS\0", b"fLaC\0"))


def _is_program(head: bytes) -> bool:
    """MZ alone begins many a text."""
    return head.startswith(b"\x7fELF") or (head.startswith(b"MZ") and b"\0" in head[:64])


def _is_drawing_of_cad(head: bytes) -> bool:
    """DWG names its version; a DXF of text begins with group 0, SECTION (or a comment, group 999)."""
    if re.match(rb"AC(1\.|10)\d\d", head) or head.startswith(b"AutoCAD Binary DXF"):
        return True
    return re.match(rb"\s*0\s+SECTION\s+2\s+HEADER\s|\s*999\s[^\n]*\n\s*0\s+SECTION\s", head) is not None


def _is_markup(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_svg(head: bytes) -> bool:
    return b"<svg" in head.lower() and _is_markup(head)


def _is_email(head: bytes) -> bool:
    fields = {name.lower() for name in _MAIL_FIELD.findall(head)}
    begins = _MAIL_FIELD.match(head) or head.startswith(b"From ")
    return bool(begins) and len(fields & _MAIL_FIELDS) >= _MAIL_FIELDS_ENOUGH


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # more than a character cut off at the end
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(character.isprintable() or character in "\t\r\n\f" for character in text)


# --- what is said of them; made when needed, because the language may be set after this is loaded ---


def _an_office_document() -> str:
    return _(
        "The file is an office document (such as Word, Excel or LibreOffice), no scan: open it there, save "
        "it as PDF, and put the PDF into the inbox."
    )


def _an_email() -> str:
    return _(
        "The file is an e-mail, no scan: open it in the mail program, save its attachments and, if needed, "
        "the message itself as PDF, and put those into the inbox."
    )


def _an_archive() -> str:
    return _("The file is an archive of other files: unpack it and put what was in it into the inbox.")


def _a_vector_drawing() -> str:
    return _(
        "The file is a drawing made of lines (vector graphics), no scan: open it in the program that made "
        "it, export it as PDF, and put the PDF into the inbox."
    )


def _a_plan() -> str:
    return _(
        "The file is a CAD drawing, no scan: have it plotted as PDF to scale, and put the PDF into the inbox."
    )


def _a_picture() -> str:
    return _(
        "The file is a picture in a format that is not read here: open it and save it as JPEG, PNG or TIFF, "
        "and put that into the inbox."
    )


def _a_print_file() -> str:
    return _(
        "The file is meant for a printer (PostScript) and may hold a program: have it saved as PDF where it "
        "was made, and put the PDF into the inbox."
    )


def _a_book() -> str:
    return _("The file is an electronic book (DjVu, EPUB): save it as PDF and put the PDF into the inbox.")


def _a_recording() -> str:
    return _(
        "The file is a film or a sound recording and holds no pages: take it out of the inbox, and keep it "
        "where recordings are kept."
    )


def _a_program() -> str:
    return _(
        "The file is a program, no scan: do not open it, take it out of the inbox, and ask your IT where it "
        "comes from."
    )


def _a_web_page() -> str:
    return _(
        "The file is a web page or XML: open it in a browser (an e-invoice in its viewer), print it to PDF, "
        "and put the PDF into the inbox."
    )


def _a_text() -> str:
    return _(
        "The file is a text, no scan, whatever its name says: open it, print it to PDF, and put the PDF into "
        "the inbox."
    )


_CERTAIN: _Strangers = (
    (_is_zipped_office_document, _an_office_document),
    (_is_zipped_book, _a_book),
    (_starts(b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), _an_archive),
    (
        _starts(b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"),
        _an_archive,
    ),
    (lambda head: head[257:262] == b"ustar", _an_archive),
    (lambda head: head.startswith(b"BZh") and head[4:10] == b"1AY&SY", _an_archive),
    (_starts(b"{\\rtf"), _an_office_document),
    (_starts(b"%!PS", b"\xc5\xd0\xd3\xc6"), _a_print_file),
    (_is_drawing_of_cad, _a_plan),
    (_starts(b"\xd7\xcd\xc6\x9a"), _a_vector_drawing),
    (lambda head: head.startswith(b"\1\0\0\0") and head[40:44] == b" EMF", _a_vector_drawing),
    (is_av1, _a_picture),
    (_starts(b"8BPS", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n", b"\0\0\1\0"), _a_picture),
    (_is_recording, _a_recording),
    (_starts(b"\x1a\x45\xdf\xa3"), _a_recording),
    (_starts(b"AT&TFORM"), _a_book),
    (_is_program, _a_program),
)
# What may stand before a PDF as well: the head of a transfer, a page of text.
_LIKELY: _Strangers = (
    (_is_svg, _a_vector_drawing),
    (_is_markup, _a_web_page),
    (_is_email, _an_email),
    (_is_text, _a_text),
)
