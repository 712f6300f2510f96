"""Lines side by side: are they columns, read one after the other, or rows, read across?

Lines of columns stand as they come; those of a table, or of labels with what they name, stand on common
baselines. But so do the columns of a letter's head and foot, names under signatures and columns of text set
on a grid; these are told by their place, their pitch and how far apart they are.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from dipro_scan.ocr.areas import Area
from dipro_scan.ocr.segments import Segment

LEVEL_EM: Final = 0.2
"""Baselines that differ by no more are one; worn scans and curled paper shift neighbours by a tenth."""

LEVEL_SHARE: Final = 0.7
NUMBERING_EM: Final = 3.0
"""Bullets and numbers of a list are no wider."""

TIGHT_EM: Final = 1.42
"""The pitch of running lines is at most that (DIN 5008: single spacing, 1.2); rows mostly stand wider."""

FAR_EM: Final = 6.0
"""Columns that leave this much room between them, line for line, are not label and value."""

TEXT_CHARACTERS: Final = 22
TEXT_FILL: Final = 0.75
"""Lines of running text are at least so long, and fill at least that share of their column (medians)."""

FOOT_LINES: Final = 8
FOOT_EM: Final = 4.0
"""Lines of a foot are no farther apart than that; below it stands a page number at most."""

LONG_TEXT_LINES: Final = 6

HEAD_MM: Final = 45.0
"""The height of a letterhead (DIN 5008, form B)."""

HEAD_LINES: Final = 5
UNIT_LETTERS: Final = 3
"""Of a unit or the name of a month, besides the digits of a figure."""


_TOWN: Final = re.compile(r"(?:[A-Z]{1,3}-)?\d{4,5} [^\W\d]{3}")
"""The last line of an address: postal code and town."""

_Row = tuple[Segment, Segment]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page is like: the size of most of its type in mm, and all its areas."""

    em: float
    areas: tuple[Area, ...]

    def lines_above(self, y: float) -> int:
        return sum(1 for area in self.areas for row in area.rows if row[0].base < y)

    def lines_below(self, y: float) -> int:
        return sum(1 for area in self.areas for row in area.rows if row[0].base > y)

    @property
    def top(self) -> float:
        return min(area.box.y0 for area in self.areas)


class Verdict(IntEnum):
    """MAYBE: across where more speaks for it, as for a line beside what is read across already."""

    COLUMNS = 0
    MAYBE = 1
    ACROSS = 2


def verdict(left: Sequence[Segment], right: Sequence[Segment], page: Surroundings) -> Verdict:
    """Of lines beside each other, from top to bottom, how to read them."""
    rows = _common_rows(left, right)
    if not rows or len(rows) < LEVEL_SHARE * min(len(left), len(right)):
        return Verdict.COLUMNS
    em = statistics.median([segment.em for row in rows for segment in row])
    gap = min(second.box.x0 for _, second in rows) - max(first.box.x1 for first, _ in rows)
    width = max(line.box.x1 for line in left) - min(line.box.x0 for line in left)
    if max(gap, width) <= NUMBERING_EM * em:
        return Verdict.ACROSS
    if len(rows) < 2:
        return Verdict.MAYBE if gap < FAR_EM * em and min(len(left), len(right)) == 1 else Verdict.COLUMNS
    figures = _is_numeric(left) or _is_numeric(right)
    if gap >= FAR_EM * em and not figures and len(rows) < LEVEL_SHARE * max(len(left), len(right)):
        return Verdict.COLUMNS
    bases = [row[0].base for row in rows]
    pitch = (bases[-1] - bases[0]) / (len(bases) - 1) / em
    text = _is_text(left) and _is_text(right)
    if pitch > TIGHT_EM and not _is_foot(left, right, em, page):
        return Verdict.COLUMNS if text and min(len(left), len(right)) >= LONG_TEXT_LINES else Verdict.ACROSS
    if _names_values(left):
        return Verdict.ACROSS
    if text or _is_foot(left, right, em, page) or _is_head(left, right, gap, em, page):
        return Verdict.COLUMNS
    paired = len(rows) == len(left) == len(right) > 2 and not _is_address((*left, *right))
    return Verdict.ACROSS if gap < FAR_EM * em or figures or paired else Verdict.MAYBE


def _common_rows(left: Sequence[Segment], right: Sequence[Segment]) -> list[_Row]:
    """Lines of both on common baselines."""
    rows = []
    for first in left:
        near = min(right, key=lambda second: abs(second.base - first.base))
        if abs(near.base - first.base) <= LEVEL_EM * max(first.em, near.em):
            rows.append((first, near))
    return rows


def _is_text(lines: Sequence[Segment]) -> bool:
    if len(lines) < 3:
        return False
    characters = statistics.median([len(line.text) for line in lines])
    widths = [line.box.width_mm for line in lines]
    return characters >= TEXT_CHARACTERS and statistics.median(widths) >= TEXT_FILL * max(widths)


def _is_foot(left: Sequence[Segment], right: Sequence[Segment], em: float, page: Surroundings) -> bool:
    bottom = max(left[-1].base, right[-1].base)
    figures = 2 * sum(_is_figure(line.text) for line in right) > len(right)
    if figures or max(len(left), len(right)) > FOOT_LINES:
        return False
    return em < 0.97 * page.em and page.lines_below(bottom + FOOT_EM * em) <= 1


def _is_head(
    left: Sequence[Segment], right: Sequence[Segment], gap: float, em: float, page: Surroundings
) -> bool:
    if max(left[-1].base, right[-1].base) > page.top + HEAD_MM or gap < FAR_EM * em:
        return False
    top = min(left[0].core.y0, right[0].core.y0)
    words = all(any(letter.isalpha() for letter in line.text) for line in right)
    return page.lines_above(top) <= 3 and max(len(left), len(right)) <= HEAD_LINES and words


def _is_numeric(lines: Sequence[Segment]) -> bool:
    """Whether half of the lines at least are figures: amounts, dates, numbers."""
    return 2 * sum(_is_figure(line.text) for line in lines) >= len(lines)


def _is_figure(text: str) -> bool:
    letters = sum(letter.isalpha() for letter in text)
    return letters <= UNIT_LETTERS and any(letter.isdigit() for letter in text)


def _is_address(lines: Sequence[Segment]) -> bool:
    return any(_TOWN.match(line.text) for line in lines)


def _names_values(lines: Sequence[Segment]) -> bool:
    return 2 * sum(line.text.endswith(":") for line in lines) >= len(lines)
