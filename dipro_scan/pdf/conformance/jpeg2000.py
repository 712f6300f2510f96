"""JPEG 2000 images: what their own header must say (ISO 19005-2, 6.2.8.3; ISO/IEC 15444-1, annex I)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from pikepdf import Stream

from dipro_scan.pdf.conformance.findings import Findings
from dipro_scan.pdf.conformance.inspected import has
from dipro_scan.translation import _

_CHANNELS: Final = (1, 3, 4)
_METHODS: Final = (1, 2, 3)
_CIE_JAB: Final = 19
_MOST_BITS: Final = 38
_VARYING_DEPTH: Final = 255


class _Box(NamedTuple):
    kind: bytes
    content: bytes


def check_jpeg2000(findings: Findings, image: Stream, where: str) -> None:
    boxes = list(_header_boxes(image.read_raw_bytes()))
    header = next((box.content for box in boxes if box.kind == b"ihdr"), b"")
    if len(header) >= 11:
        if int.from_bytes(header[8:10], "big") not in _CHANNELS:
            findings.add("6.2.8.3", where, _("A JPEG 2000 image has not 1, 3 or 4 colour channels."))
        depth = header[10]
        varies = depth == _VARYING_DEPTH or any(box.kind == b"bpcc" for box in boxes)
        if varies or not 1 <= (depth & 0x7F) + 1 <= _MOST_BITS:
            findings.add(
                "6.2.8.3", where, _("The channels of a JPEG 2000 image have no common, allowed depth.")
            )
    if not has(image, "/ColorSpace"):
        _check_colour(findings, [box.content for box in boxes if box.kind == b"colr"], where)


def _check_colour(findings: Findings, specifications: list[bytes], where: str) -> None:
    best = [content for content in specifications if content[2:3] == b"\x01"]
    if len(specifications) > 1 and len(best) != 1:
        findings.add(
            "6.2.8.3",
            where,
            _("A JPEG 2000 image has several colour specifications and none is marked best."),
        )
    chosen = best[0] if best else specifications[0] if specifications else b""
    if chosen and chosen[0] not in _METHODS:
        findings.add("6.2.8.3", where, _("A JPEG 2000 image describes its colour in an unknown way."))
    if chosen and chosen[0] == 1 and int.from_bytes(chosen[3:7], "big") == _CIE_JAB:
        findings.add("6.2.8.3", where, _("A JPEG 2000 image uses the colour space CIEJab."))


def _header_boxes(data: bytes) -> Iterator[_Box]:
    """The boxes inside the JP2 header; nothing for a bare codestream."""
    for box in _boxes(data):
        if box.kind == b"jp2h":
            yield from _boxes(box.content)


def _boxes(data: bytes) -> Iterator[_Box]:
    position = 0
    while position + 8 <= len(data):
        length, kind, header = (
            int.from_bytes(data[position : position + 4], "big"),
            data[position + 4 : position + 8],
            8,
        )
        if length == 1:
            length, header = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        if length == 0:
            length = len(data) - position
        if length < header:
            return
        yield _Box(kind, data[position + header : position + length])
        position += length
