"""Segments → areas: lines that follow each other closely in one column, and cells of a form.

Two segments are linked where each is the only one next to the other, one above the other, set in one size,
at the pitch of a paragraph or list, and aligned. A small label close above a larger entry makes a cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dipro_scan.model import Box
from dipro_scan.ocr.segments import Segment

LINE_PITCH_EM: Final = 1.75
"""Baselines farther apart than that are not of one paragraph or list."""

SAME_SIZE: Final = 0.8
SHORT_SIZE: Final = 0.7
SHORT_TEXT: Final = 4
"""Lines this much apart in size are of one size; of few letters the size is less sure."""

LEFT_EM: Final = 0.6
RIGHT_EM: Final = 0.5
LONG_LINE_EM: Final = 20.0
"""Lines as long as that may begin apart from each other: indented, or the last one of a centred text."""

INDENT_EM: Final = 2.0

LABEL_SIZE: Final = (0.35, 0.83)
"""How large a form's labels are, in sizes of what is entered under them."""

LABEL_PITCH_EM: Final = (1.45, 3.4)
"""How far below its label an entry stands, baseline to baseline, in sizes of the entry."""

SAME_LINE_EM: Final = 0.2
LABEL_LEFT_EM: Final = 0.25
TIGHT_PITCH_EM: Final = 1.5

_Rows = tuple[tuple[Segment, ...], ...]


class AreaKind(StrEnum):
    LINES = "lines"
    CELL = "cell"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Area:
    """What is read in one go: rows of segments, in order. `box` holds the cores of the segments."""

    kind: AreaKind
    rows: tuple[tuple[Segment, ...], ...]
    box: Box

    @staticmethod
    def of(kind: AreaKind, rows: Iterable[Sequence[Segment]]) -> Area:
        kept = tuple(tuple(row) for row in rows)
        return Area(kind, kept, Box.around([segment.core for row in kept for segment in row]))

    def segments(self) -> list[Segment]:
        return [segment for row in self.rows for segment in row]


def areas_of(segments: Sequence[Segment]) -> list[Area]:
    """The segments as linked lines and as cells, from top to bottom; each segment is in exactly one area."""
    ordered = sorted(segments, key=lambda segment: (segment.base, segment.box.x0))
    areas = [Area.of(AreaKind.LINES, [(line,) for line in run]) for run in _runs(ordered)]
    return _with_cells(areas, ordered)


def _runs(ordered: Sequence[Segment]) -> list[list[Segment]]:
    """Chains of linked segments."""
    count = len(ordered)
    bases = [segment.base for segment in ordered]
    below = [_next_below(ordered, bases, index) for index in range(count)]
    above: list[list[int]] = [[] for _ in range(count)]
    for index, following in enumerate(below):
        for other in following:
            above[other].append(index)
    runs: list[list[Segment]] = []
    run_of: dict[int, list[Segment]] = {}
    for index, segment in enumerate(ordered):
        before = above[index]
        if len(before) == 1 and len(below[before[0]]) == 1 and _continues(ordered[before[0]], segment):
            run = run_of[before[0]]
        else:
            run = []
            runs.append(run)
        run.append(segment)
        run_of[index] = run
    return runs


def _next_below(ordered: Sequence[Segment], bases: Sequence[float], index: int) -> list[int]:
    """The segments directly under one, at most LINE_PITCH_EM away."""
    segment = ordered[index]
    found: list[int] = []
    low = bisect_right(bases, segment.base + 0.3 * segment.em, index + 1)
    high = bisect_left(bases, segment.base + 2 * LINE_PITCH_EM * segment.em, low)
    for other in range(low, high):
        candidate = ordered[other]
        if candidate.base - segment.base > LINE_PITCH_EM / 2 * (segment.em + candidate.em):
            continue
        if segment.box.shared_width_mm(candidate.box) <= 0:
            continue
        hidden = any(
            ordered[one].box.shared_width_mm(candidate.box) > 0
            and candidate.base - ordered[one].base > 0.5 * ordered[one].em
            for one in found
        )
        if not hidden:
            found.append(other)
    return found


def _continues(upper: Segment, lower: Segment) -> bool:
    """Whether the lower segment is the next line of what the upper one belongs to."""
    em = max(upper.em, lower.em)
    short = min(len(upper.text), len(lower.text)) <= SHORT_TEXT
    if min(upper.em, lower.em) < (SHORT_SIZE if short else SAME_SIZE) * em:
        return False
    a, b = upper.box, lower.box
    if abs(a.x0 - b.x0) <= LEFT_EM * em or abs(a.x1 - b.x1) <= RIGHT_EM * em:
        return True
    if abs((a.x0 + a.x1) - (b.x0 + b.x1)) / 2 <= LEFT_EM * em:
        return True
    if abs(a.x0 - b.x0) <= INDENT_EM * em and lower.base - upper.base <= TIGHT_PITCH_EM * em:
        return True
    longer = max(a.width_mm, b.width_mm)
    return longer >= LONG_LINE_EM * em and a.shared_width_mm(b) >= 0.6 * longer


def _with_cells(areas: Sequence[Area], ordered: Sequence[Segment]) -> list[Area]:
    """Labels joined to the entries under them. `ordered` are all lines, from top to bottom."""
    entry_of = _entries(areas, ordered)
    entries = set(entry_of.values())
    made = []
    for index, area in enumerate(areas):
        if index in entry_of:
            entry_rows, others = _entered(areas[entry_of[index]])
            made.append(Area.of(AreaKind.CELL, (*area.rows, *entry_rows)))
            if others:
                made.append(Area.of(AreaKind.LINES, others))
        elif index not in entries:
            made.append(area)
    return made


def _entries(areas: Sequence[Area], ordered: Sequence[Segment]) -> dict[int, int]:
    """Which area is entered under which label, as places in `areas`.

    Entries close under their labels are cells only where there are two rows of them: a single one is a
    letter's line of references, whose labels are read before its entries.
    """
    bases = [line.base for line in ordered]
    tops = [area.rows[0][0].base for area in areas]
    entry_of: dict[int, int] = {}
    close: dict[int, int] = {}
    entries: set[int] = set()
    for index, area in enumerate(areas):
        label = area.rows[-1][0]
        near = SAME_LINE_EM * label.em
        line = ordered[bisect_left(bases, label.base - near) : bisect_right(bases, label.base + near)]
        if len(area.rows) > 2 or index in entries or not _may_be_label(label, line):
            continue
        low = bisect_right(tops, label.base + 0.3 * label.em)
        high = bisect_right(tops, label.base + LABEL_PITCH_EM[1] / LABEL_SIZE[0] * label.em)
        entry = _entry_below(label, areas, range(low, high))
        if entry is None or entry in entries:
            continue
        first = areas[entry].rows[0][0]
        if first.base - label.base < LABEL_PITCH_EM[0] * first.em:
            close[index] = entry
        else:
            entry_of[index] = entry
            entries.add(entry)
    rows = {round(areas[index].rows[-1][0].base) for index in close}
    if len(rows) > 1 and len(close) > len(rows):
        entry_of |= {
            index: entry
            for index, entry in close.items()
            if entry not in entry_of and not entries & {index, entry}
        }
    return entry_of


def _may_be_label(label: Segment, line: Sequence[Segment]) -> bool:
    """Whether it is words, and most of what stands on its `line` is no larger."""
    larger = sum(other.em * LABEL_SIZE[1] > label.em for other in line if other is not label)
    return any(map(str.isalpha, label.text)) and 2 * larger <= len(line) - 1


def _entered(area: Area) -> tuple[_Rows, _Rows]:
    """The rows of an entry, which follow each other closely, and what else stands under it."""
    for index in range(1, len(area.rows)):
        upper, lower = area.rows[index - 1][0], area.rows[index][0]
        if lower.base - upper.base > TIGHT_PITCH_EM * min(upper.em, lower.em):
            return area.rows[:index], area.rows[index:]
    return area.rows, ()


def _entry_below(label: Segment, areas: Sequence[Area], under: Iterable[int]) -> int | None:
    """Which of the areas `under` a label is its entry: the next one, if larger, aligned and close."""
    nearest = next((index for index in under if label.box.shared_width_mm(areas[index].box) > 0), None)
    if nearest is None:
        return None
    entry = areas[nearest].rows[0][0]
    if not LABEL_SIZE[0] * entry.em <= label.em <= LABEL_SIZE[1] * entry.em:
        return None
    if entry.base - label.base > LABEL_PITCH_EM[1] * entry.em:
        return None
    left = abs(entry.box.x0 - label.box.x0)
    middle = abs(entry.box.x0 + entry.box.x1 - label.box.x0 - label.box.x1) / 2
    return nearest if min(left, middle) <= LABEL_LEFT_EM * entry.em else None
