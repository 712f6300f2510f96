"""The order in which a person reads a page, found from where its words stand.

Engines order blocks by their own segmentation, which joins an address with the references beside it and reads
the columns of a footer across. Here lines are cut at wide gaps (`segments`), linked to areas (`areas`,
`tables`), and areas are ordered by recursive cuts: across the page where white space runs from side to side,
else down it (the XY cut of Nagy and Seth, 1984, on areas instead of pixels, so that the white space between
the lines of a column cuts nothing). Text that runs up or down a margin comes last.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal

from dipro_scan.model import Block, Box, Line, PageText
from dipro_scan.ocr.areas import Area, AreaKind, areas_of
from dipro_scan.ocr.segments import Segment, cleaned, runs_leftwards, segments_of
from dipro_scan.ocr.tables import with_rows
from dipro_scan.ocr.verdicts import FAR_EM, Surroundings
from dipro_scan.ocr.zones import zones_of

PARAGRAPH_PITCH: Final = 1.2
"""A line that stands that many times as far below the last one as most lines do begins a paragraph."""

TOUCHING_MM: Final = 0.3
"""Areas that overlap by no more are apart."""

Axis = Literal["x", "y"]


def in_reading_order(text: PageText) -> PageText:
    """The same words, each once, with lines cut between columns and blocks in reading order.

    A page whose lines mostly run from right to left comes back as it is: its columns do too.
    """
    lines = [line for line in text.lines() if line.words]
    level = [line for line in lines if line.is_level]
    if 2 * sum(map(runs_leftwards, level)) > len(level):
        return text
    segments, specks = cleaned(segments_of(level))
    areas = _lines_joined(_ordered(_areas(segments)))
    blocks = [_block(part, level) for area in _with_specks(areas, specks) for part in _paragraphs(area)]
    margins = [Block((line,), line.box) for line in lines if not line.is_level]
    return PageText((*blocks, *margins))


def _areas(segments: Sequence[Segment]) -> list[Area]:
    linked = areas_of(segments)
    if not linked:
        return []
    em = statistics.median([segment.em for segment in segments for _ in segment.text])
    return with_rows(linked, Surroundings(em, tuple(linked)))


def _lines_joined(areas: Iterable[Area]) -> list[Area]:
    """The areas in order; parts of a line that follow each other at no great distance as one row again."""
    joined: list[Area] = []
    for area in areas:
        row = _lone_row(area)
        before = _lone_row(joined[-1]) if joined else ()
        if row and before and row[0].line == before[-1].line:
            gap = row[0].box.x0 - before[-1].box.x1
            if 0 < gap < FAR_EM * row[0].em:
                joined[-1] = Area.of(AreaKind.ROWS, [(*before, *row)])
                continue
        joined.append(area)
    return joined


def _lone_row(area: Area) -> tuple[Segment, ...]:
    return area.rows[0] if len(area.rows) == 1 else ()


def _paragraphs(area: Area) -> Iterator[Area]:
    """The lines of an area, parted where one stands farther from the next than most do."""
    if area.kind is not AreaKind.LINES or len(area.rows) < 3:
        yield area
        return
    pitches = [lower[0].base - upper[0].base for upper, lower in pairwise(area.rows)]
    most = PARAGRAPH_PITCH * statistics.median_low(pitches)
    rows = [area.rows[0]]
    for pitch, row in zip(pitches, area.rows[1:], strict=True):
        if pitch > most:
            yield Area.of(area.kind, rows)
            rows = []
        rows.append(row)
    yield Area.of(area.kind, rows)


def _with_specks(areas: Sequence[Area], specks: Sequence[Segment]) -> Iterator[Area]:
    """The areas in order, with what is no text in rows of its own after what stands above it."""
    after: dict[int, list[Segment]] = {}
    for speck in specks:
        above = [
            (area.box.shared_width_mm(speck.box) > 0, area.box.y1, index)
            for index, area in enumerate(areas)
            if area.box.y1 <= speck.base
        ]
        place = max(above)[2] if above else -1
        # What follows below that area, and still above the speck, is read before it too.
        while 0 <= place < len(areas) - 1 and areas[place].box.y1 <= areas[place + 1].box.y0:
            if areas[place + 1].box.y1 > speck.base:
                break
            place += 1
        after.setdefault(place, []).append(speck)
    for index in range(-1, len(areas)):
        if index >= 0:
            yield areas[index]
        for speck in sorted(after.get(index, ()), key=lambda each: (each.base, each.box.x0)):
            yield Area.of(AreaKind.LINES, [(speck,)])


def _ordered(areas: Sequence[Area]) -> Iterator[Area]:
    """Recursive cuts; what cannot be cut is read from top to bottom."""
    if len(areas) < 2:
        yield from areas
        return
    bands = _parted(areas, "y")
    if len(bands) > 1:
        for zone in zones_of([_parted(band, "x") for band in bands]):
            if len(zone) == 1 and len(zone[0]) == len(areas):
                yield from _interlocked(areas)
            else:
                for column in zone:
                    yield from _ordered(column)
        return
    columns = _parted(areas, "x")
    if len(columns) > 1:
        for column in columns:
            yield from _ordered(column)
        return
    yield from _interlocked(areas)


def _parted(areas: Sequence[Area], axis: Axis) -> list[list[Area]]:
    """Parted by white space: along `y` into bands from top to bottom, along `x` into columns, left first."""
    along, across = (0, 1) if axis == "x" else (1, 0)
    ordered = sorted(areas, key=lambda area: (area.box[along], area.box[across]))
    parts: list[list[Area]] = [[ordered[0]]]
    end = ordered[0].box[along + 2]
    for area in ordered[1:]:
        if area.box[along] > end - TOUCHING_MM:
            parts.append([])
        parts[-1].append(area)
        end = max(end, area.box[along + 2])
    return parts


def _interlocked(areas: Sequence[Area]) -> Iterator[Area]:
    """An area is read once what stands above it, and left of it on its height, has been read."""
    left = sorted(areas, key=lambda area: (area.box.y0, area.box.x0))
    while left:
        free = (area for area in left if not any(_precedes(other, area) for other in left))
        chosen = next(free, left[0])
        left.remove(chosen)
        yield chosen


def _precedes(first: Area, second: Area) -> bool:
    if first is second:
        return False
    if first.box.shared_width_mm(second.box) > TOUCHING_MM:
        return first.box.y0 + first.box.y1 < second.box.y0 + second.box.y1
    level = first.box.shared_height_mm(second.box)
    return level > TOUCHING_MM and first.box.x0 < second.box.x0


def _block(area: Area, lines: Sequence[Line]) -> Block:
    return Block.of(_line(row, lines) for row in area.rows)


def _line(row: Sequence[Segment], lines: Sequence[Line]) -> Line:
    """The line of a row: the engine's where it is one, else on the baseline on which its words stand."""
    words = tuple(word for segment in row for word in segment.all_words())
    whole = lines[row[0].line]
    if all(segment.line == row[0].line for segment in row) and len(words) == len(whole.words):
        return whole if words == whole.words else Line(words, whole.box, whole.baseline)
    box = Box.around([word.box for word in words])
    return Line(words, box, (box.x0, row[0].base, box.x1, row[-1].base))
