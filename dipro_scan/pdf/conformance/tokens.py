"""Finds where a value ends in raw PDF syntax (ISO 32000-1, 7.2 and 7.3), and looks at hexadecimal strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dipro_scan.pdf.conformance.inspected import FileBytes

_TOKEN: Final = re.compile(
    rb"""%[^\r\n]*            # a comment
    | <<|>>|\[|\]             # brackets
    | <[^<>]*>                # a hexadecimal string
    | \(                      # the start of a literal string
    | /[^\x00\t\n\x0c\r ()<>\[\]{}/%]*
    | [^\x00\t\n\x0c\r ()<>\[\]{}/%]+
    | [{}]""",
    re.VERBOSE,
)
_STRING_PART: Final = re.compile(rb"\\.|[()]", re.DOTALL)


def tokens(data: FileBytes, position: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of each token from `position` on; comments are left out."""
    while (match := _TOKEN.search(data, position)) is not None:
        start, end = match.span()
        if data[start] == ord("("):
            end = _end_of_literal(data, end)
        position = end
        if data[start] != ord("%"):
            yield start, end


def end_of_value(data: FileBytes, position: int) -> int:
    """The place after the first value from `position` on: a whole dictionary or array, or one token."""
    depth = 0
    for start, end in tokens(data, position):
        token = data[start:end]
        if token in (b"endobj", b"stream", b"endstream"):
            return start
        if token in (b"<<", b"["):
            depth += 1
        elif token in (b">>", b"]"):
            depth -= 1
        if depth <= 0:
            return end
    return len(data)


def hexadecimal_strings(data: FileBytes) -> Iterator[bytes]:
    """What stands between the brackets of each hexadecimal string."""
    for start, end in tokens(data):
        if data[start] == ord("<") and end - start >= 2 and data[start : start + 2] != b"<<":
            yield data[start + 1 : end - 1]


def _end_of_literal(data: FileBytes, position: int) -> int:
    depth = 1
    for match in _STRING_PART.finditer(data, position):
        if match.group() == b"(":
            depth += 1
        elif match.group() == b")":
            depth -= 1
            if depth == 0:
                return match.end()
    return len(data)
