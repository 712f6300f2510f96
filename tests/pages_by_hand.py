"""Pages made by hand: a test says what matters of a page, and all else about it is plain."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dipro_scan.model import (
    BlankVerdict,
    Block,
    Box,
    Colour,
    Line,
    PageGeometry,
    PageReading,
    PageRef,
    PageText,
    ReadPage,
    Resolution,
    Word,
)


def page_reading(**told: Any) -> PageReading:
    """An upright A4 page, scanned in gray at 300 dpi, not blank, without text; but for what is told."""
    plain: dict[str, Any] = {
        "content_sha256": "0" * 64,
        "geometry": PageGeometry(210, 297),
        "resolution": Resolution(300, 300),
        "resolution_origin": "file",
        "colour": Colour.GRAY,
        "rotation_confidence": 1.0,
        "blank": BlankVerdict.NOT_BLANK,
        "text": PageText(),
        "engine": None,
    }
    return PageReading(**{**plain, **told})


def read_page(source: str, number: int, **told: Any) -> ReadPage:
    """Page `number` of the file `source`, whose image is like that of no other; see `page_reading`."""
    content = f"{number:03d}{source}".encode().hex().ljust(64, "0")[:64]
    reading = page_reading(**{"content_sha256": content, **told})
    return ReadPage(PageRef(source, source, number), reading, Path("stream"))


def line_of(words: Iterable[Word], base_mm: float | None = None) -> Line:
    """The words on a level line, on their lower edge or as far down the page as `base_mm` says."""
    said = tuple(words)
    box = Box.around([word.box for word in said])
    base = box.y1 if base_mm is None else base_mm
    return Line(said, box, (box.x0, base, box.x1, base))


def text_of(*lines: Line) -> PageText:
    """Each line in a block of its own."""
    return PageText(tuple(Block.of([line]) for line in lines))


def words_in(
    box: Box,
    told: Iterable[tuple[str, float]],
    baseline: tuple[float, float, float, float] | None = None,
) -> PageText:
    """One line of words with their confidences, all in the same place: for what asks none where it stands."""
    words = tuple(Word(text, box, confidence) for text, confidence in told)
    line = Line(words, box, baseline or (box.x0, box.y1, box.x1, box.y1))
    return text_of(line)
