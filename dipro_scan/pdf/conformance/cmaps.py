"""CMaps: codes → CIDs, codes → Unicode (ISO 32000-1, 9.7.5 and 9.10.3; Adobe Technical Note 5014)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from dipro_scan.pdf.conformance.word_lists import words

_SECTION: Final = re.compile(rb"begin(bfchar|bfrange|cidchar|cidrange|codespacerange)(.*?)end\1", re.DOTALL)
_ITEM: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>|\[([^\]]*)\]|(\d+)")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_WRITING_MODE: Final = re.compile(rb"/WMode\s+(\d)\s+def")
_LARGEST_RANGE: Final = 0x10000
_Item = tuple[bytes | None, bytes | None, bytes | None]
"""A hexadecimal string, an array or a number: one of the three."""

PREDEFINED: Final = words(
    """
    Identity-H Identity-V GB-EUC-H GB-EUC-V GBpc-EUC-H GBpc-EUC-V GBK-EUC-H GBK-EUC-V GBKp-EUC-H
    GBKp-EUC-V GBK2K-H GBK2K-V UniGB-UCS2-H UniGB-UCS2-V UniGB-UTF16-H UniGB-UTF16-V B5pc-H B5pc-V
    HKscs-B5-H HKscs-B5-V ETen-B5-H ETen-B5-V ETenms-B5-H ETenms-B5-V CNS-EUC-H CNS-EUC-V UniCNS-UCS2-H
    UniCNS-UCS2-V UniCNS-UTF16-H UniCNS-UTF16-V 83pv-RKSJ-H 90ms-RKSJ-H 90ms-RKSJ-V 90msp-RKSJ-H
    90msp-RKSJ-V 90pv-RKSJ-H Add-RKSJ-H Add-RKSJ-V EUC-H EUC-V Ext-RKSJ-H Ext-RKSJ-V H V UniJIS-UCS2-H
    UniJIS-UCS2-V UniJIS-UCS2-HW-H UniJIS-UCS2-HW-V UniJIS-UTF16-H UniJIS-UTF16-V KSC-EUC-H KSC-EUC-V
    KSCms-UHC-H KSCms-UHC-V KSCms-UHC-HW-H KSCms-UHC-HW-V KSCpc-EUC-H UniKS-UCS2-H UniKS-UCS2-V
    UniKS-UTF16-H UniKS-UTF16-V
    """
)


@dataclass(slots=True)
class CMap:
    """What a CMap file says. `unicode` maps codes to text; `largest_cid` is the last CID of any range."""

    unicode: dict[int, str] = field(default_factory=dict)
    largest_cid: int = 0
    writing_mode: int = 0


def read_cmap(data: bytes) -> CMap:
    """Reads what is there and passes over what makes no sense."""
    cmap = CMap()
    mode = _WRITING_MODE.search(data)
    cmap.writing_mode = int(mode.group(1)) if mode else 0
    for section in _SECTION.finditer(data):
        values: list[_Item] = [(item[1], item[2], item[3]) for item in _ITEM.finditer(section.group(2))]
        kind = section.group(1)
        if kind == b"bfchar":
            _read_characters(cmap, values)
        elif kind == b"bfrange":
            _read_ranges(cmap, values)
        elif kind == b"cidchar":
            _note_cids(cmap, [(first[0], first[0], second[2]) for first, second in _groups(values, 2)])
        elif kind == b"cidrange":
            _note_cids(cmap, [(first[0], last[0], cid[2]) for first, last, cid in _groups(values, 3)])
    return cmap


def _groups(values: list[_Item], size: int) -> list[tuple[_Item, ...]]:
    return [tuple(values[start : start + size]) for start in range(0, len(values) - size + 1, size)]


def _read_characters(cmap: CMap, values: list[_Item]) -> None:
    for source, target in _groups(values, 2):
        if source[0] is not None and target[0] is not None:
            cmap.unicode[_number(source[0])] = _text(target[0])


def _read_ranges(cmap: CMap, values: list[_Item]) -> None:
    for first, last, target in _groups(values, 3):
        if first[0] is None or last[0] is None:
            continue
        codes = range(_number(first[0]), min(_number(last[0]), _number(first[0]) + _LARGEST_RANGE) + 1)
        if target[1] is not None:
            texts = [_text(part) for part in _HEX.findall(target[1])]
            cmap.unicode.update(zip(codes, texts, strict=False))
        elif target[0] is not None:
            start = _text(target[0])
            for offset, code in enumerate(codes):
                cmap.unicode[code] = start[:-1] + _successor(start[-1:], offset)


def _note_cids(cmap: CMap, ranges: list[tuple[bytes | None, bytes | None, bytes | None]]) -> None:
    for first, last, cid in ranges:
        if first is not None and last is not None and cid is not None:
            cmap.largest_cid = max(cmap.largest_cid, int(cid) + _number(last) - _number(first))


def _number(digits: bytes) -> int:
    packed = b"".join(digits.split())
    return int(packed, 16) if packed else 0


def _text(digits: bytes) -> str:
    packed = b"".join(digits.split())
    return bytes.fromhex((packed + b"0" * (len(packed) % 2)).decode("ascii")).decode("utf-16-be", "replace")


def _successor(character: str, offset: int) -> str:
    return chr(min(ord(character) + offset, 0x10FFFF)) if character else ""
