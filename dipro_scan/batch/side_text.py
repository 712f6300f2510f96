"""Text that the reading of a page missed or took for something else: margins at a right angle, cells of
tables, page numbers.

A sign of it is ink of the size of letters where no word was read. Such places are read by themselves, and
what is read counts only where it is believable; a page without such ink pays for looking alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dipro_scan.imaging.cut_outs import turned_piece
from dipro_scan.imaging.uncovered_ink import InkRegion, uncovered_ink
from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Word
from dipro_scan.ocr.believable import (
    believable,
    believable_figures,
    believable_number,
    certainty,
    looks_written,
)
from dipro_scan.ocr.inserting import (
    is_free_in_row,
    with_each_row,
    with_found,
    with_other_words,
)
from dipro_scan.ocr.placing import placed
from dipro_scan.ocr.torn_words import without_torn

ReadPiece = Callable[[ReadingImage], PageText]

MAX_REGIONS: Final = 40
"""So many places are read by themselves at most; a page with more is drawn, not written."""

MANY_LETTERS: Final = 20
MANY_SHARE: Final = 0.05
"""So many letters missed, and so many for each character read, and the page is read in rows once: its frames
and drawings have misled the search for columns."""

ROW_SURE: Final = 0.7
"""Confidence of words that are taken from that reading, where the first one has none."""

MAX_IN_VAIN: Final = 4
"""So many places with nothing believable, one after the other, and the rest is not read either."""

UNREADABLE: Final = 0.5
"""Mean confidence of a page on which nothing better is to be hoped for."""

MARGIN_MM: Final = 1.5
SURELY_READ: Final = 0.8
"""Confidence of a line at a right angle that needs no second look."""

RUBBISH: Final = 0.35
"""Lines without a word of more confidence hide what they lie on, and give way to what is read there."""

BETTER: Final = 1.3
"""So many times more certain must the other way up be."""

ONE_LINE: Final = 2.2
"""Regions up to so many times as high as their letters hold a single line."""

SHARED: Final = 0.33


@dataclass(frozen=True, slots=True)
class SideText:
    """`text` with what was found; how many places were read (`regions`), lines `turned`, words `added`.

    `in_rows` says whether the page was read in rows as well.
    """

    text: PageText
    regions: int = 0
    turned: int = 0
    added: int = 0
    in_rows: bool = False


def with_side_text(
    view: ReadingImage,
    text: PageText,
    others: Iterable[Box],
    read_line: ReadPiece,
    read_block: ReadPiece,
    read_rows: ReadPiece | None = None,
) -> SideText:
    """`text`, read on the upright, straightened `view`, with what was missed.

    `others` are places that hold no text or whose text is known: codes, ticked boxes, stamps. `read_line`
    reads one level line, `read_block` several, `read_rows` a page without columns; raises what they raise.
    """
    confidence = text.mean_confidence
    if confidence is not None and confidence < UNREADABLE:
        return SideText(text)
    text, turned = _lines_turned(view, text, read_line, read_block)
    others = tuple(others)
    rubbish = [line for line in text.lines() if _is_rubbish(line)]
    regions = _missed(view, text, rubbish, others)
    added = read = 0
    in_rows = read_rows is not None and _are_many(regions, text)
    if read_rows is not None and in_rows:
        again = read_rows(view)
        text = without_torn(text, again)
        for seen in _in_rows(again, text, rubbish, others):
            text = with_found(text, seen)
            added += sum(1 for _ in seen.words())
        regions = _missed(view, text, rubbish, others)
    for likely in _cells_and_others(regions[:MAX_REGIONS], text):
        in_vain = 0
        for region in likely:
            seen = _only_new(_read_region(view, region, read_line, read_block), text, rubbish)
            read += 1
            words = sum(1 for _ in seen.words())
            in_vain = 0 if words else in_vain + 1
            if in_vain == MAX_IN_VAIN:
                break
            if words:
                text = _in_place_of(text, rubbish, seen, region.box) or with_each_row(text, seen)
                added += words
    return SideText(text, read, turned, added, in_rows)


def _missed(
    view: ReadingImage, text: PageText, rubbish: Sequence[Line], others: Sequence[Box]
) -> tuple[InkRegion, ...]:
    hidden = {id(line) for line in rubbish}
    covered = [word.box for line in text.lines() if id(line) not in hidden for word in line.words]
    return uncovered_ink(view, [*covered, *others])


def _are_many(regions: Sequence[InkRegion], text: PageText) -> bool:
    letters = sum(region.letters for region in regions)
    return letters >= max(MANY_LETTERS, MANY_SHARE * sum(len(word.text) for word in text.words()))


def _cells_and_others(regions: Sequence[InkRegion], text: PageText) -> tuple[list[InkRegion], ...]:
    """Places in the row of a line, which are cells as a rule, before those that may as well be drawn."""
    lines = tuple(text.lines())
    cells = [each for each in regions if any(is_free_in_row(line, each.box) for line in lines)]
    return cells, [each for each in regions if each not in cells]


def _in_rows(
    again: PageText, text: PageText, rubbish: Sequence[Line], others: Sequence[Box]
) -> Iterator[PageText]:
    """What a reading in rows found where nothing was read, a line each, the words that can be believed."""
    for line in _only_new(again, text, rubbish).lines():
        words = tuple(
            word
            for word in line.words
            if word.confidence >= ROW_SURE
            and looks_written(word.text)
            and not any(word.box.overlaps(place) for place in others)
        )
        if words and line.is_level:
            yield PageText((Block.of([with_other_words(line, words)]),))


def _only_new(seen: PageText, text: PageText, rubbish: Sequence[Line]) -> PageText:
    """`seen` without the words that stand where some were read already; rubbish does not count."""
    hidden = {id(line) for line in rubbish}
    read = [word for line in text.lines() if id(line) not in hidden for word in line.words]
    blocks = []
    for block in seen.blocks:
        lines = []
        for line in block.lines:
            words = tuple(word for word in line.words if not any(_same_place(word, other) for other in read))
            if len(words) == len(line.words):
                lines.append(line)
            elif words:
                lines.append(line.with_words(words))
        if lines:
            blocks.append(Block.of(lines))
    return PageText(tuple(blocks))


def _same_place(word: Word, other: Word) -> bool:
    """Whether they share a third of the smaller one; engines place words only to a letter's width."""
    one, two = word.box, other.box
    shared = one.shared_area_mm2(two)
    return shared > 0 and shared >= SHARED * min(one.area_mm2, two.area_mm2)


def _lines_turned(
    view: ReadingImage, text: PageText, read_line: ReadPiece, read_block: ReadPiece
) -> tuple[PageText, int]:
    """Lines at a right angle the way up that reads, and how many were turned; rubbish is left out.

    Tesseract takes all of them for lines that run up the page; those that run down come out as rubbish, and
    so do narrow columns of figures, which are level.
    """
    if all(line.is_level for line in text.lines()):
        return text, 0
    blocks, turned, tried = [], 0, 0
    for block in text.blocks:
        lines: list[Line] = []
        for line in block.lines:
            is_good = _confidence(line) >= SURELY_READ and certainty(line.words) > 0
            if line.is_level or is_good or tried == MAX_REGIONS:
                lines.append(line)
                continue
            tried += 1
            ways = [_read_turned(view, line.box, 270, read_line), _read_level(view, line.box, read_block)]
            other = max(ways, key=lambda way: certainty(way.words()))
            if certainty(other.words()) > BETTER * certainty(line.words):
                lines += other.lines()
                turned += 1
            elif not _is_rubbish(line):
                lines.append(line)
        if lines:
            blocks.append(Block.of(lines))
    return PageText(tuple(blocks)), turned


def _read_region(
    view: ReadingImage, region: InkRegion, read_line: ReadPiece, read_block: ReadPiece
) -> PageText:
    if region.stands:
        ways = (_read_turned(view, region.box, rotation, read_line) for rotation in (90, 270))
        best = max(ways, key=lambda way: certainty(way.words()))
        if any(best.words()):
            return best
    one_line = region.box.height_mm <= ONE_LINE * region.letter_mm
    piece = turned_piece(view, region.box, 0, MARGIN_MM)
    seen = placed((read_line if one_line else read_block)(piece.image), piece.to_page)
    number = believable_number(seen) if one_line else believable_figures(seen)
    return number if number.blocks or region.letters <= 1 else believable(seen)


def _read_level(view: ReadingImage, box: Box, read_block: ReadPiece) -> PageText:
    piece = turned_piece(view, box, 0, MARGIN_MM)
    return placed(believable(read_block(piece.image)), piece.to_page)


def _read_turned(view: ReadingImage, box: Box, rotation: int, read_line: ReadPiece) -> PageText:
    piece = turned_piece(view, box, rotation, MARGIN_MM)
    return placed(believable(read_line(piece.image)), piece.to_page)


def _in_place_of(text: PageText, rubbish: Sequence[Line], seen: PageText, box: Box) -> PageText | None:
    """`text` with `seen` where rubbish was read within `box`; None where none was."""
    gone = {id(line) for line in rubbish if line.box.overlaps(box)}
    if not gone:
        return None
    blocks, found = [], list(seen.lines())
    for block in text.blocks:
        lines: list[Line] = []
        for line in block.lines:
            if id(line) not in gone:
                lines.append(line)
                continue
            lines += found
            found = []
        if lines:
            blocks.append(block if lines == list(block.lines) else Block.of(lines))
    return None if found else PageText(tuple(blocks))


def _is_rubbish(line: Line) -> bool:
    return all(
        word.confidence < RUBBISH or not any(character.isalnum() for character in word.text)
        for word in line.words
    )


def _confidence(line: Line) -> float:
    weights = [len(word.text) for word in line.words]
    return sum(weight * word.confidence for weight, word in zip(weights, line.words, strict=True)) / sum(
        weights
    )
