"""Values that stand at a label: behind it, beside it, or below it (DIN 5008 reference line)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dipro_scan.classify.text import Found, TextLine

BELOW_MM = 9.0
"""How far below its label a value may begin; DIN 5008's reference line is 8.5 mm high."""

_COLUMN_LEFT_MM = 3.0
_COLUMN_RIGHT_MM = 8.0
_COLUMN_GAP_MM = 6.0
_SAME_ROW = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line in which the value of a label may stand."""

    line: TextLine
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first match that lies wholly in the stretch; what surrounds it is seen."""
        return next(
            (
                match
                for match in pattern.finditer(self.line.text, self.start)
                if match.end() <= self.end and match.group()
            ),
            None,
        )

    def found(self, match: re.Match[str]) -> Found:
        return self.line.found(match.start(), match.end())


def stretches(lines: Sequence[TextLine], label: re.Pattern[str]) -> Iterator[Stretch]:
    """For every label, in reading order: the rest of its line, what stands beside it, what below it."""
    for line in lines:
        for match in label.finditer(line.text):
            yield Stretch(line, match.end(), len(line.text))
            yield from _beside(lines, line)
            yield from _below(lines, line, match)


def _beside(lines: Sequence[TextLine], label: TextLine) -> Iterator[Stretch]:
    """The nearest line to the right in the same row: a table's cell, an information block's value."""
    row = [
        other
        for other in lines
        if other.page == label.page and other.box.x0 >= label.box.x1 - 1 and _overlap(label, other)
    ]
    if row:
        nearest = min(row, key=lambda other: other.box.x0)
        yield Stretch(nearest, 0, len(nearest.text))


def _below(lines: Sequence[TextLine], label: TextLine, match: re.Match[str]) -> Iterator[Stretch]:
    """The words of the line below that stand in the label's column."""
    box = label.found(match.start(), match.end()).box
    under = [
        other
        for other in lines
        if other is not label and other.page == label.page and box.y1 - 1 <= other.box.y0 <= box.y1 + BELOW_MM
    ]
    for other in sorted(under, key=lambda item: item.box.y0):
        words = other.line.words
        first = next(
            (
                index
                for index, word in enumerate(words)
                if box.x0 - _COLUMN_LEFT_MM <= word.box.x0 <= box.x1 + _COLUMN_RIGHT_MM
            ),
            None,
        )
        if first is None:
            continue
        last = first
        while last + 1 < len(words) and words[last + 1].box.x0 - words[last].box.x1 <= _COLUMN_GAP_MM:
            last += 1
        yield Stretch(other, other.offset_of(first), other.offset_of(last) + len(words[last].text))
        return


def _overlap(one: TextLine, other: TextLine) -> bool:
    shared = one.box.shared_height_mm(other.box)
    return shared >= _SAME_ROW * min(one.box.height_mm, other.box.height_mm)
