"""Areas side by side that are read across are joined to areas of rows: tables, labels with values, lists."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dipro_scan.ocr.areas import Area, AreaKind
from dipro_scan.ocr.segments import Segment
from dipro_scan.ocr.verdicts import Surroundings, Verdict, verdict

SAME_ROW_EM: Final = 0.45
"""Baselines within a table that differ by no more are of one row; the next one is farther away."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """The lines of two sides that stand beside each other, and whether they are read across."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    verdict: Verdict


def with_rows(areas: Sequence[Area], page: Surroundings) -> list[Area]:
    """The areas anew: what is read across as areas of rows, and what is left of the others."""
    lines = [segment for area in areas for segment in area.segments()]
    number_of = {id(segment): number for number, segment in enumerate(lines)}
    pairs = list(_pairs(areas, number_of, page))
    groups = _Groups(len(lines))
    for pair in pairs:
        if pair.verdict is Verdict.ACROSS:
            groups.join((*pair.left, *pair.right))
    waiting = [pair for pair in pairs if pair.verdict is Verdict.MAYBE]
    while True:
        proven = [pair for pair in waiting if groups.holds_rows(pair.left) or groups.holds_rows(pair.right)]
        if not proven:
            break
        for pair in proven:
            groups.join((*pair.left, *pair.right))
        waiting = [pair for pair in waiting if pair not in proven]
    _hang(areas, number_of, groups)
    return [*_left_over(areas, number_of, groups), *(_rows([lines[n] for n in g]) for g in groups.all())]


def _hang(areas: Sequence[Area], number_of: Mapping[int, int], groups: _Groups) -> None:
    """Joins to each line with a number before it those that hang under it, up to the next such line."""
    for area in areas:
        numbers = [number_of[id(line)] for line in area.segments()]
        for before, number in pairwise(numbers):
            if not groups.has(number) and groups.is_numbered(before):
                groups.join((before, number))
                groups.hanging.add(number)


class _Groups:
    """Lines that are read across together."""

    def __init__(self, count: int) -> None:
        self._group: list[set[int] | None] = [None] * count
        self.hanging: set[int] = set()

    def join(self, numbers: Iterable[int]) -> None:
        joined: set[int] = set()
        for number in numbers:
            joined |= self._group[number] or {number}
        for number in joined:
            self._group[number] = joined

    def holds_rows(self, numbers: Iterable[int]) -> bool:
        """Whether all of them are in one group already."""
        found = [self._group[number] for number in numbers]
        return found[0] is not None and all(group is found[0] for group in found)

    def is_numbered(self, number: int) -> bool:
        """Whether it is the one line with a number before it, or hangs under such a line."""
        group = self._group[number]
        return group is not None and len(group - self.hanging) == 2

    def has(self, number: int) -> bool:
        return self._group[number] is not None

    def all(self) -> list[list[int]]:
        kept = {id(group): group for group in self._group if group is not None}
        return [sorted(group) for group in kept.values()]


def _left_over(areas: Sequence[Area], number_of: Mapping[int, int], groups: _Groups) -> Iterator[Area]:
    """The runs of lines that are in no group."""
    for area in areas:
        run: list[tuple[Segment, ...]] = []
        for row in area.rows:
            if groups.has(number_of[id(row[0])]):
                if run:
                    yield Area.of(area.kind, run)
                run = []
            else:
                run.append(row)
        if run:
            yield Area.of(area.kind, run)


def _pairs(areas: Sequence[Area], number_of: Mapping[int, int], page: Surroundings) -> Iterator[_Pair]:
    """Areas beside each other, and all on one side of an area with it."""
    rights: dict[int, list[int]] = {}
    lefts: dict[int, list[int]] = {}
    for left, right in _neighbours(areas):
        rights.setdefault(left, []).append(right)
        lefts.setdefault(right, []).append(left)
    sides = [([left], several) for left, several in rights.items() if len(several) > 1]
    sides += [(several, [right]) for right, several in lefts.items() if len(several) > 1]
    sides += [([left], [right]) for left, several in rights.items() for right in several]
    for first, second in sides:
        one, other = _lines_of(areas, first), _lines_of(areas, second)
        top = max(one[0].core.y0, other[0].core.y0)
        bottom = min(one[-1].base, other[-1].base)
        one = [line for line in one if line.base > top and line.core.y0 < bottom]
        other = [line for line in other if line.base > top and line.core.y0 < bottom]
        if one and other:
            yield _Pair(
                tuple(number_of[id(line)] for line in one),
                tuple(number_of[id(line)] for line in other),
                verdict(one, other, page),
            )


def _lines_of(areas: Sequence[Area], numbers: Sequence[int]) -> list[Segment]:
    lines = [segment for number in numbers for segment in areas[number].segments()]
    return sorted(lines, key=lambda line: line.base)


def _neighbours(areas: Sequence[Area]) -> list[tuple[int, int]]:
    """Pairs of areas of lines of which one has a line directly to the right of a line of the other."""
    lines = sorted(
        ((segment.base, segment, index) for index, area in enumerate(areas) for segment in area.segments()),
        key=lambda each: each[0],
    )
    bases = [base for base, _, _ in lines]
    pairs = set()
    for base, line, left in lines:
        low, high = bisect_left(bases, base - line.em), bisect_right(bases, base + line.em)
        beside = [
            (other.box.x0, right)
            for _, other, right in lines[low:high]
            if other.box.x0 >= line.box.x1 and other.core.y0 < line.base and line.core.y0 < other.base
        ]
        if beside and (right := min(beside)[1]) != left:
            pairs.add((left, right))
    return sorted(pair for pair in pairs if AreaKind.CELL not in (areas[pair[0]].kind, areas[pair[1]].kind))


def _rows(group: Sequence[Segment]) -> Area:
    rows: list[list[Segment]] = []
    for segment in sorted(group, key=lambda segment: segment.base):
        if rows and segment.base - rows[-1][0].base <= SAME_ROW_EM * segment.em:
            rows[-1].append(segment)
        else:
            rows.append([segment])
    return Area.of(AreaKind.ROWS, [sorted(row, key=lambda segment: segment.box.x0) for row in rows])
