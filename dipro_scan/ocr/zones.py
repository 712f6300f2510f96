"""Bands across the page → zones: bands whose columns belong together are read column by column, as one.

White space that happens to run across the page parts a column as well as the bands; what continues a column
closely belongs to it. And the reference block of a letter may end above the address that it stands beside.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from dipro_scan.ocr.areas import Area, AreaKind
from dipro_scan.ocr.segments import Segment
from dipro_scan.ocr.verdicts import LEVEL_EM, TEXT_CHARACTERS, TEXT_FILL

JOINED_GAP_EM: Final = 1.5
"""What follows a column so closely belongs to it, though set in another size."""

PARAGRAPH_GAP_EM: Final = 2.5
"""Two bands of the same columns are no farther apart."""

TEXT_GAP_EM: Final = 4.0
"""Nor two pieces of the same columns of running text."""

SAME_SIZE: Final = 0.8
SAME_LEFT_EM: Final = 0.5
SAME_ROW_EM: Final = 0.4

TEXT_LINES: Final = 4

HEADED_LINES: Final = 3
ADDRESS_LINES: Final = 3
"""An address has at least a name, a street and a town."""

Column = list[Area]
Zone = list[Column]


def zones_of(bands: Sequence[Zone]) -> list[Zone]:
    """The bands, each as its columns from left to right, joined where columns run through."""
    zones: list[Zone] = []
    for band in bands:
        zone = zones[-1] if zones else None
        if zone is not None and (joined := _joined(zone, band)) is not None:
            zones[-1] = joined
        else:
            zones.append(list(band))
    return zones


def _joined(zone: Zone, band: Zone) -> Zone | None:
    """Both as one, or None where they are to be read one after the other."""
    if len(zone) == len(band) == 1:
        stands_beside = _left(zone[0]) > _right(band[0])
        return [band[0], zone[0]] if stands_beside and _is_address(zone[0], band[0]) else None
    merged = _merged(zone, band)
    if merged is None:
        return None
    gap = (_top(band) - _bottom(zone)) / min(_lines(band[0])[0].em, _lines(zone[0])[-1].em)
    text = sum(map(_is_text, merged)) > 1 and len(merged) == max(len(zone), len(band)) and _is_plain(merged)
    if text and gap <= TEXT_GAP_EM:
        return merged
    if _is_row(zone):
        return merged if gap <= PARAGRAPH_GAP_EM and _heads(zone, band) else None
    if len(band) == 1:
        fits = len(zone) == len(merged) and len(merged[0]) > len(zone[0])
        return merged if fits and _continues(zone[0], band[0]) else None
    return merged if len(zone) > 1 and not _is_row(band) and gap <= PARAGRAPH_GAP_EM else None


def _merged(zone: Zone, band: Zone) -> Zone | None:
    """The columns of both, one under the other; None where no white space down the page parts them all."""
    columns = sorted([*zone, *band], key=_left)
    merged = [list(columns[0])]
    for column in columns[1:]:
        if _left(column) > _right(merged[-1]):
            merged.append([])
        merged[-1] += column
    if len(merged) < 2:
        return None
    return [sorted(column, key=lambda area: area.box.y0) for column in merged]


def _is_plain(zone: Zone) -> bool:
    return all(area.kind is AreaKind.LINES for column in zone for area in column)


def _is_text(column: Column) -> bool:
    """Whether it is a column of running text: long enough, and most lines as long as the column is wide."""
    lines = _lines(column)
    if len(lines) < TEXT_LINES:
        return False
    characters = statistics.median([len(line.text) for line in lines])
    widths = [line.box.width_mm for line in lines]
    return characters >= TEXT_CHARACTERS and statistics.median(widths) >= TEXT_FILL * max(widths)


def _is_row(zone: Zone) -> bool:
    """Whether the columns are the cells of one row: of a form, a table, or of words on one line."""
    if any(area.kind is AreaKind.CELL for column in zone[1:] for area in column):
        return True
    if all(len(area.rows) == 1 for column in zone for area in column) and all(map(_is_line, zone)):
        return True
    first = _lines(zone[0])
    top = [line for line in first if line.base - first[0].base <= SAME_ROW_EM * line.em]
    return all(any(_is_level(line, _lines(column)[0]) for line in top) for column in zone[1:])


def _heads(row: Zone, band: Zone) -> bool:
    """Whether the cells of a row are the headings of columns that stand under them."""
    if len(row) != len(band) or _is_row(band):
        return False
    heads = all(map(_is_line, row)) and min(len(_lines(column)) for column in band) >= HEADED_LINES
    em = _lines(row[0])[0].em
    return heads and all(
        abs(_left(a) - _left(b)) <= SAME_LEFT_EM * em for a, b in zip(row, band, strict=True)
    )


def _is_line(column: Column) -> bool:
    lines = _lines(column)
    return lines[-1].base - lines[0].base <= SAME_ROW_EM * lines[0].em


def _is_level(first: Segment, second: Segment) -> bool:
    em = max(first.em, second.em)
    return abs(first.base - second.base) <= LEVEL_EM * em and min(first.em, second.em) >= SAME_SIZE * em


def _continues(column: Column, following: Column) -> bool:
    last, first = _lines(column)[-1], _lines(following)[0]
    em = max(last.em, first.em)
    aligned = abs(_left(column) - _left(following)) <= SAME_LEFT_EM * em
    return aligned and first.core.y0 - last.base <= JOINED_GAP_EM * em


def _is_address(right: Column, left: Column) -> bool:
    """Whether a block at the right ends just above an address at the left."""
    block, address = _lines(right), _lines(left)
    gap = address[0].core.y0 - block[-1].base
    return len(block) >= 2 and len(address) >= ADDRESS_LINES and gap <= JOINED_GAP_EM * address[0].em


def _lines(column: Column) -> list[Segment]:
    return sorted((line for area in column for line in area.segments()), key=lambda line: line.base)


def _left(column: Column) -> float:
    return min(area.box.x0 for area in column)


def _right(column: Column) -> float:
    return max(area.box.x1 for area in column)


def _top(zone: Zone) -> float:
    return min(area.box.y0 for column in zone for area in column)


def _bottom(zone: Zone) -> float:
    return max(area.box.y1 for column in zone for area in column)
