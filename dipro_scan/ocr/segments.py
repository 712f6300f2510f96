"""Lines of words → segments: what is set in one go, without the wide gaps between columns and cells.

An engine joins what stands on one height, even across the whole page. Where a gap is wider than a space can
be, or about as wide as one and another line begins at its end, the line is cut; unless the lines close above
or below run through the gap, as those of a paragraph with wide spaces do.
"""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from dipro_scan.model import Box, Line, Word

WIDE_GAP_EM: Final = 1.6
"""A gap from which a line is cut. A justified line's spaces are up to one em wide."""

ALIGNED_GAP_EM: Final = 0.9
"""A gap from which a line is cut where another line begins at its end."""

ALIGNED_EM: Final = 0.15
"""Beginnings as close to each other as that are aligned."""

CROSSED_GAP_EM: Final = 3.5
CROSSING_EM: Final = 1.7
"""Lines whose baselines lie closer than that belong to one paragraph; gaps they run through are spaces."""

STRETCHED: Final = 1.17
"""Words higher than that for their width: engines stretch boxes to dirt and to neighbouring lines. Of words
that were read well, 90 in 100 stay below."""

JUSTIFIED_GAPS: Final = 5
ALIKE: Final = 1.15
"""So many gaps, none of them wider than that times their median, are the spaces of a justified line."""

SMALLEST_EM: Final = 0.5
LEAST_PRINT: Final = 0.35
"""Nothing on a page is printed so much smaller than most of it."""

DIRT_EM: Final = 6.0
"""Dirt as near as that to words of its line stays with them."""

SHORT_SIGNS: Final = 3
DOUBTFUL: Final = 0.5

_TALL: Final = frozenset("bdfhkltßäöü()[]{}|/§%&€$?!\"'“”„»«\\")
_DEEP: Final = frozenset("gjpqyQ()[]{}|§/ſ")
_RULES: Final = frozenset("|[]{}_—….·")
_SLIM: Final = frozenset("ijlftrI.,:;'!|()[]{}/")
_BROAD: Final = frozenset("mwMW@%€")

_FLAT: Final = frozenset("-–—_.,:;·•*~=+'\"“”„»«<>")
_ASCENT_EM, _LOW_EM, _DESCENT_EM = 0.71, 0.49, 0.21
"""Heights of capitals and of small letters, and depth of descenders, in text faces (mean of common ones)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one line without a wide gap.

    `base` is the height of the baseline at its middle and `em` the size of the type, both in mm; `line` is
    the number of the line as the engine saw it. `dirt` stands near by on that line, and counts for nothing.
    """

    words: tuple[Word, ...]
    line: int
    box: Box
    base: float
    em: float
    dirt: tuple[Word, ...] = ()

    @property
    def core(self) -> Box:
        """The box from the height of small letters to the baseline: neighbours' never overlap."""
        return Box(self.box.x0, self.base - _LOW_EM * self.em, self.box.x1, self.base)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    def all_words(self) -> tuple[Word, ...]:
        """Its words with the dirt among them, from left to right where there is any."""
        return tuple(sorted((*self.words, *self.dirt), key=_left)) if self.dirt else self.words


def runs_leftwards(line: Line) -> bool:
    """Whether its words follow each other from right to left, as Arabic and Hebrew do."""
    steps = [after.box.x0 < before.box.x0 for before, after in pairwise(line.words)]
    return 2 * sum(steps) > len(steps)


def cleaned(segments: Sequence[Segment]) -> tuple[list[Segment], list[Segment]]:
    """The segments that are print, with the dirt beside them on their lines, and the dirt that lies alone.

    Dirt is what is too small for the print of the page, without letter or figure, or short and doubtful.
    """
    sizes = [segment.em for segment in segments for _ in segment.text]
    least = LEAST_PRINT * statistics.median(sizes) if sizes else 0.0
    clean = [segment for segment in segments if segment.em >= least and not _says_nothing(segment)]
    kept = set(map(id, clean))
    place_of = {id(segment): place for place, segment in enumerate(clean)}
    on_line: dict[int, list[Segment]] = {}
    for segment in clean:
        on_line.setdefault(segment.line, []).append(segment)
    alone = []
    for speck in segments:
        if id(speck) in kept:
            continue
        distances = [(_distance(speck, other), place_of[id(other)]) for other in on_line.get(speck.line, ())]
        distance, place = min(distances, default=(float("inf"), -1))
        if place < 0 or distance > DIRT_EM * clean[place].em:
            alone.append(speck)
        else:
            clean[place] = replace(clean[place], dirt=(*clean[place].dirt, *speck.words))
    return clean, alone


def _distance(first: Segment, second: Segment) -> float:
    return max(first.box.x0 - second.box.x1, second.box.x0 - first.box.x1)


def _says_nothing(segment: Segment) -> bool:
    signs = [letter for letter in segment.text if letter.isalnum()]
    doubtful = max(word.confidence for word in segment.words) < DOUBTFUL
    return not signs or (doubtful and len(signs) <= SHORT_SIGNS and all(map(str.isalpha, signs)))


def segments_of(lines: Sequence[Line]) -> list[Segment]:
    """The level lines cut at their wide gaps, in the order given; each word is in exactly one segment."""
    whole = [_segment(_rightwards(line), number, line) for number, line in enumerate(lines)]
    starts = sorted(
        word.box.x0 for line in whole for word in (line.words[0], *(after for _, after in _gaps(line)))
    )
    by_base = sorted(whole, key=lambda segment: segment.base)
    bases = [segment.base for segment in by_base]
    cut: list[Segment] = []
    for segment in whole:
        near = CROSSING_EM * segment.em
        low, high = bisect_left(bases, segment.base - near), bisect_left(bases, segment.base + near)
        neighbours = [other for other in by_base[low:high] if other.line != segment.line]
        cut += _cut(segment, lines[segment.line], starts, neighbours)
    return cut


def _rightwards(line: Line) -> Sequence[Word]:
    return line.words if runs_leftwards(line) else sorted(line.words, key=_left)


def _left(word: Word) -> float:
    return word.box.x0


def _gaps(segment: Segment) -> Iterator[tuple[Word, Word]]:
    """Words beside each other between which the line might be cut."""
    for before, after in pairwise([word for word in segment.words if not _is_rule(word)]):
        if after.box.x0 - before.box.x1 >= ALIGNED_GAP_EM * segment.em:
            yield before, after


def _is_rule(word: Word) -> bool:
    """Whether it is a line of a table or a leader, read as signs: gaps are measured across it."""
    return _RULES.issuperset(word.text)


def _cut(
    segment: Segment, line: Line, starts: Sequence[float], neighbours: Sequence[Segment]
) -> Iterator[Segment]:
    words: list[Word] = []
    before: Word | None = None
    space = _justified_space(segment)
    for word in segment.words:
        if not _is_rule(word):
            last = before or (words[-1] if words else None)
            if last is not None and _parts(last, word, starts, neighbours, space):
                yield _segment(words, segment.line, line)
                words = []
            before = word
        words.append(word)
    yield segment if len(words) == len(segment.words) else _segment(words, segment.line, line)


def _justified_space(segment: Segment) -> float:
    """How wide spaces of this line are at most, where they are all alike; else 0."""
    gaps = [after.box.x0 - before.box.x1 for before, after in pairwise(segment.words)]
    if len(gaps) < JUSTIFIED_GAPS or max(gaps) > ALIKE * statistics.median(gaps):
        return 0.0
    return max(gaps)


def _parts(
    before: Word, after: Word, starts: Sequence[float], neighbours: Sequence[Segment], space: float
) -> bool:
    """Whether the gap between two words parts columns or cells. `space`: that of a justified line."""
    em = max(_em_of([before]) or 0.0, _em_of([after]) or 0.0) or before.box.height_mm
    left, right = before.box.x1, after.box.x0
    gap = right - left
    if gap < ALIGNED_GAP_EM * em:
        return False
    if gap < WIDE_GAP_EM * em:
        if gap <= space:
            return False
        first = bisect_left(starts, right - ALIGNED_EM * em)
        if bisect_left(starts, right + ALIGNED_EM * em) - first < 2:  # its own beginning is one
            return False
    if gap >= CROSSED_GAP_EM * em:
        return True
    return not any(_runs_through(other, left, right) for other in neighbours)


def _runs_through(other: Segment, left: float, right: float) -> bool:
    """Whether a line has words from `left` to `right` without a wide gap of its own there."""
    if other.box.x0 >= right or other.box.x1 <= left:
        return False
    reached = left
    for word in other.words:
        if word.box.x0 - reached >= ALIGNED_GAP_EM * other.em:
            break
        reached = max(reached, word.box.x1)
    return right - reached < ALIGNED_GAP_EM * other.em


def _segment(words: Sequence[Word], number: int, line: Line) -> Segment:
    box = Box.around([word.box for word in words if not _is_rule(word)] or [word.box for word in words])
    em = _em_of(words) or max(box.height_mm, SMALLEST_EM)
    return Segment(tuple(words), number, box, _base_of(words, line), em)


def _em_of(words: Iterable[Word]) -> float | None:
    """The size of the type, the median over letters: as high as the words that are not stretched say."""
    by_height, by_width = [], []
    for word in words:
        sizes = _sizes(word)
        if sizes is not None:
            by_width += [sizes[1]] * len(word.text)
            if sizes[0] <= STRETCHED * sizes[1]:
                by_height += [sizes[0]] * len(word.text)
    found = by_height or by_width
    return max(statistics.median(found), SMALLEST_EM) if found else None


def _sizes(word: Word) -> tuple[float, float] | None:
    """The size of the type as the word's height has it for its letters, and as its width has it."""
    letters = [letter for letter in word.text if letter not in _FLAT]
    if not letters:
        return None
    tall = any(letter in _TALL or letter.isupper() or letter.isdigit() for letter in letters)
    deep = any(letter in _DEEP for letter in letters)
    height = (_ASCENT_EM if tall else _LOW_EM) + (_DESCENT_EM if deep else 0.0)
    return word.box.height_mm / height, word.box.width_mm / sum(map(_advance, word.text))


def _advance(letter: str) -> float:
    """The width of a letter in em."""
    if letter in _SLIM:
        return 0.28
    return 0.65 if letter.isupper() or letter in _BROAD else 0.5


def _base_of(words: Sequence[Word], line: Line) -> float:
    """Where most letters stand, by the words that are not stretched; else on the line's own baseline.

    The line's own is that of all its parts, also of those that stand a little higher or lower.
    """
    standing: list[float] = []
    hanging: list[float] = []
    for word in words:
        sizes = _sizes(word)
        if sizes is None or sizes[0] > STRETCHED * sizes[1] or not word.text[-1:].isalnum():
            continue
        if _DEEP.isdisjoint(word.text):
            standing += [word.box.y1] * len(word.text)
        else:
            hanging += [word.box.y1 - _DESCENT_EM * sizes[0]] * len(word.text)
    found = standing if len(standing) > SHORT_SIGNS else standing + hanging
    middle = (words[0].box.x0 + words[-1].box.x1) / 2
    return statistics.median_low(found) if found else _height_at(line, middle)


def _height_at(line: Line, x: float) -> float:
    """The height of the line's baseline at `x`, mm."""
    x0, y0, x1, y1 = line.baseline
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 != x0 else y1
