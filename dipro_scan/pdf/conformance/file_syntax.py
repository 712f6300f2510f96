"""The bytes of the file: header, trailer, cross-reference, spacing of objects and streams (ISO 19005-2, 6.1).

A PDF library hides all of this, so the file is read here once more, from front to back.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from pikepdf import Array, Stream, String

from dipro_scan.pdf.conformance.inspected import FileBytes, Inspected, entry, integer
from dipro_scan.pdf.conformance.tokens import end_of_value, hexadecimal_strings
from dipro_scan.translation import _

_HEADER: Final = re.compile(rb"%PDF-1\.[0-7](?:\r\n|\r|\n)")
_BINARY_COMMENT: Final = re.compile(rb"%[\x80-\xff]{4}[^\r\n]*(?:\r\n|\r|\n)")
_AFTER_END: Final = re.compile(rb"(?:\r\n|\r|\n)?\Z")
_OBJECT: Final = re.compile(
    rb"(?<![0-9])(\d{1,10})([\x00\t\n\x0c\r ]+)(\d{1,5})([\x00\t\n\x0c\r ]+)obj(?![a-z])"
)
_CROSS_REFERENCE: Final = re.compile(rb"xref(?:\r\n|\r|\n)(?=\d)")
_TABLE: Final = re.compile(rb"(?<![a-z])xref")
_HEXADECIMAL: Final = re.compile(rb"(?:(?:[\x00\t\n\x0c\r ]*[0-9A-Fa-f]){2})*[\x00\t\n\x0c\r ]*")
_WHITE: Final = b"\x00\t\n\x0c\r "


class _RawObject(NamedTuple):
    """An indirect object as it stands in the file; its value ends before `value_end`."""

    number: int
    generation: int
    match: re.Match[bytes]
    value_end: int


def check_file_syntax(inspected: Inspected) -> None:
    _check_header(inspected)
    _check_trailer(inspected)
    _check_objects(inspected)


def _check_header(inspected: Inspected) -> None:
    header = _HEADER.match(inspected.data)
    if header is None:
        inspected.findings.add(
            "6.1.2", "header", _("The file does not begin with %%PDF-1.0 to %%PDF-1.7.") % {}
        )
    elif _BINARY_COMMENT.match(inspected.data, header.end()) is None:
        inspected.findings.add(
            "6.1.2", "header", _("The header is not followed by a comment of four bytes above 127.")
        )


def _check_trailer(inspected: Inspected) -> None:
    findings, trailer = inspected.findings, inspected.pdf.trailer
    identifiers = entry(trailer, "/ID")
    if (
        not isinstance(identifiers, Array)
        or len(identifiers) != 2
        or not all(isinstance(part, String) and len(bytes(part)) > 0 for part in identifiers)
    ):
        findings.add("6.1.3", "trailer", _("The trailer has no file identifier (ID)."))
    if entry(trailer, "/Encrypt") is not None:
        findings.add("6.1.3", "trailer", _("The file is encrypted."))
    end = inspected.data.rfind(b"%%EOF")
    if end < 0:
        findings.add("6.1.3", "trailer", _("The end-of-file marker is missing."))
    elif _AFTER_END.match(inspected.data, end + 5) is None:
        findings.add("6.1.3", "trailer", _("There are bytes after the last end-of-file marker."))


def _check_cross_reference(inspected: Inspected, begin: int, end: int) -> None:
    """Tables between two objects; cross-reference streams have no such rule."""
    for match in _TABLE.finditer(inspected.data, begin, end):
        if _CROSS_REFERENCE.match(inspected.data, match.start()) is None:
            inspected.findings.add(
                "6.1.4", "xref", _("The keyword xref and its first line are not separated by one line end.")
            )


def _check_objects(inspected: Inspected) -> None:
    """Objects and what lies between them, in the order of the file, without the insides of streams."""
    data, position = inspected.data, 0
    while (match := _OBJECT.search(data, position)) is not None:
        _check_cross_reference(inspected, position, match.start())
        raw = _RawObject(int(match[1]), int(match[3]), match, end_of_value(data, match.end()))
        position = max(match.end(), _check_object(inspected, raw))
    _check_cross_reference(inspected, position, len(data))


def _check_object(inspected: Inspected, raw: _RawObject) -> int:
    """Judges one object and returns the place after it."""
    where = f"{raw.number} {raw.generation} obj"
    data, match, findings = inspected.data, raw.match, inspected.findings
    if len(match[2]) != 1 or len(match[4]) != 1:
        findings.add("6.1.9", where, _("Object number, generation and obj are not separated by one space."))
    if not _after_line_end(data, match.start()):
        findings.add("6.1.9", where, _("The object number does not begin a line."))
    if not _before_line_end(data, match.end()):
        findings.add("6.1.9", where, _("The keyword obj does not end its line."))
    for digits in hexadecimal_strings(data[match.end() : raw.value_end]):
        if _HEXADECIMAL.fullmatch(digits) is None:
            findings.add(
                "6.1.6", where, _("A hexadecimal string has an odd number of digits or other characters.")
            )
    end = _skip_white(data, raw.value_end)
    if _stands(data, end, b"stream"):
        end = _check_stream(inspected, raw, end + len(b"stream"), where)
    if not _stands(data, end, b"endobj"):
        return end
    if not _after_line_end(data, end):
        findings.add("6.1.9", where, _("The keyword endobj does not begin a line."))
    if not _before_line_end(data, end + len(b"endobj")):
        findings.add("6.1.9", where, _("The keyword endobj does not end its line."))
    return end + len(b"endobj")


def _check_stream(inspected: Inspected, raw: _RawObject, begin: int, where: str) -> int:
    """Line ends around the stream's bytes and its length; returns the place after it."""
    data, findings = inspected.data, inspected.findings
    if _stands(data, begin, b"\r\n"):
        begin += 2
    elif _stands(data, begin, b"\n"):
        begin += 1
    else:
        findings.add("6.1.7.1", where, _("The keyword stream is not followed by a line feed."))
    length = _declared_length(inspected, raw)
    keyword = -1 if length is None else _skip_white(data, begin + length)
    if length is not None and _stands(data, keyword, b"endstream"):
        if data[begin + length : keyword] not in (b"\n", b"\r", b"\r\n"):
            _blame_gap(inspected, begin + length, keyword, where)
        return _skip_white(data, keyword + len(b"endstream"))
    keyword = data.find(b"endstream", begin)
    if keyword < 0:
        findings.add("6.1.7.1", where, _("The stream has no end."))
        return len(data)
    findings.add("6.1.7.1", where, _("The length of the stream is not the one that its dictionary says."))
    return _skip_white(data, keyword + len(b"endstream"))


def _blame_gap(inspected: Inspected, begin: int, end: int, where: str) -> None:
    if not _after_line_end(inspected.data, end):
        inspected.findings.add("6.1.7.1", where, _("The keyword endstream does not begin a line."))
    elif begin != end:
        inspected.findings.add(
            "6.1.7.1", where, _("The length of the stream is not the one that its dictionary says.")
        )


def _declared_length(inspected: Inspected, raw: _RawObject) -> int | None:
    """The length as the file says it, which a PDF library would silently mend."""
    text = inspected.data[raw.match.end() : raw.value_end]
    match = re.search(rb"/Length[\x00\t\n\x0c\r ]+(\d+)(?:[\x00\t\n\x0c\r ]+(\d+)[\x00\t\n\x0c\r ]+R)?", text)
    if match is None:
        return None
    if match.group(2) is None:
        return int(match.group(1))
    target = inspected.pdf.get_object(int(match.group(1)), int(match.group(2)))
    if isinstance(target, int):
        return int(target)
    holder = inspected.pdf.get_object(raw.number, raw.generation)
    return integer(holder, "/Length") if isinstance(holder, Stream) else None


def _stands(data: FileBytes, position: int, keyword: bytes) -> bool:
    return data[position : position + len(keyword)] == keyword


def _skip_white(data: FileBytes, position: int) -> int:
    while position < len(data) and data[position] in _WHITE:
        position += 1
    return position


def _after_line_end(data: FileBytes, position: int) -> bool:
    return position == 0 or data[position - 1 : position] in (b"\n", b"\r")


def _before_line_end(data: FileBytes, position: int) -> bool:
    return data[position : position + 1] in (b"\n", b"\r")
