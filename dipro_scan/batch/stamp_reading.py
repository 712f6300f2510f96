"""Stamps read by themselves, turned upright, and their words told apart from the page's own.

A stamp's words follow the page's text in blocks of their own, in place of what the reading of the page
made of them. Print that a stamp lies over stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from dipro_scan.imaging.cut_outs import PageFrame
from dipro_scan.imaging.stamp_cutout import covers, stamp_cutout
from dipro_scan.model import Block, Box, Line, PageText, ReadingImage, Stamp, StampShape, Word
from dipro_scan.ocr.believable import LIKELY, believable, certainty
from dipro_scan.ocr.placing import placed

ReadPiece = Callable[[ReadingImage], PageText]

MAX_STAMPS: Final = 6
"""More are not read: a page of stamps is a collection of them, or a pattern."""

ENOUGH: Final = 6.0
"""`certainty` at which a stamp stands as it is read, and no other way up is tried."""

SAME_WORD: Final = 80.0
SAME_PIECE: Final = 90.0
"""Likeness (0-100) of a word, and of a torn piece of one, to a word of the stamp in the same place."""

PIECE_SURE: Final = 0.85
SHORT: Final = 3
SHORT_SURE: Final = 0.6
"""A word read as surely as that is no torn piece of a stamp's word; short ones are in many words."""

NEAR_MM: Final = 1.0
AROUND_MM: Final = 3.0

TALL: Final = 1.15
"""How many times as high as it is wide a stamp is that lies on its side."""


@dataclass(frozen=True, slots=True)
class ReadStamps:
    """`stamps` with their texts; `text` without their words; `blocks`: their words, a block for each stamp.

    A stamp of which nothing believable could be read has no text and no block, and takes no words away.
    """

    stamps: tuple[Stamp, ...]
    text: PageText
    blocks: tuple[Block, ...]


def read_stamps(
    stamps: Sequence[Stamp],
    pixels: NDArray[np.uint8],
    frame: PageFrame,
    text: PageText,
    read_block: ReadPiece,
) -> ReadStamps:
    """Each of `stamps` (upright, straightened page) read from `pixels`, of which `frame` says how they lie.

    pixels: RGB where the scan has colour, else gray. `text` is what the page was read as. `read_block` reads
    level lines that belong together. Raises what it raises.
    """
    read = [_read(stamp, pixels, frame, read_block) for stamp in stamps[:MAX_STAMPS]]
    named = tuple(_named(stamp, seen) for stamp, seen in zip(stamps, read, strict=False))
    left = text
    for stamp, seen in zip(stamps, read, strict=False):
        left = _without(left, stamp, seen)
    blocks = tuple(block for seen in read for block in _as_one(seen))
    return ReadStamps((*named, *stamps[MAX_STAMPS:]), left, blocks)


def _read(stamp: Stamp, pixels: NDArray[np.uint8], frame: PageFrame, read_block: ReadPiece) -> PageText:
    """What is believable of the stamp, the way up that reads best, in its places on the page."""
    best, most = PageText(), 0.0
    for quarter in _quarters(stamp):
        cut = stamp_cutout(pixels, frame, stamp, quarter)
        seen = believable(read_block(cut.image))
        sure = certainty(seen.words())
        if sure > most:
            best, most = placed(seen, cut.to_page), sure
        if sure >= ENOUGH:
            break
    return best


def _quarters(stamp: Stamp) -> tuple[int, ...]:
    """By how many degrees the stamp's lines may climb besides its angle, the likeliest first."""
    if stamp.box.height_mm > TALL * stamp.box.width_mm:
        return (90, 270, 0)
    return (0,) if stamp.shape is StampShape.RING else (0, 180)


def _named(stamp: Stamp, seen: PageText) -> Stamp:
    """`stamp` with its text; one with words on it is a stamp as surely as they were read."""
    words = tuple(seen.words())
    if not words:
        return stamp
    sure = seen.mean_confidence or 0.0
    lines = "\n".join(line.text for line in seen.lines())
    return replace(stamp, text=lines, confidence=round(max(stamp.confidence, sure), 2))


def _as_one(seen: PageText) -> tuple[Block, ...]:
    lines = tuple(seen.lines())
    return (Block.of(lines, "stamp"),) if lines else ()


def _without(text: PageText, stamp: Stamp, seen: PageText) -> PageText:
    """`text` without the words that the reading of the page made of the stamp's."""
    own = list(seen.words())
    if not own:
        return text
    blocks = []
    for block in text.blocks:
        lines = tuple(line for old in block.lines if (line := _line_without(old, stamp, own)) is not None)
        if lines:
            blocks.append(block if lines == block.lines else Block.of(lines))
    return PageText(tuple(blocks))


def _line_without(line: Line, stamp: Stamp, own: Sequence[Word]) -> Line | None:
    """A line that lies on the stamp goes with what reads badly; of any other only the stamp's own words."""
    inside = [covers(stamp, word.box) for word in line.words]
    dirt = [_is_dirt(word, stamp) for word in line.words]
    if not any(inside) and not any(dirt):
        return line
    whole = all(inside)
    kept = tuple(
        word
        for word, within, dirty in zip(line.words, inside, dirt, strict=True)
        if not dirty and not (within and (_is_of(word, own) or (whole and word.confidence < LIKELY)))
    )
    if len(kept) == len(line.words):
        return line
    return line.with_words(kept) if kept else None


def _is_dirt(word: Word, stamp: Stamp) -> bool:
    """What a stamp's frame and torn letters are read as: short, unsure, and where the stamp is."""
    if word.confidence >= LIKELY or len(_core(word.text)) > SHORT + 1:
        return False
    return stamp.box.grown(AROUND_MM).holds_middle_of(word.box)


def _is_of(word: Word, own: Sequence[Word]) -> bool:
    """Whether the word, or a torn piece of it, is one of the stamp's words, and lies where that lies."""
    core = _core(word.text)
    if not any(character.isalnum() for character in core):
        return True
    return any(_is_like(core, other, word) for other in own if _touch(word.box, other.box))


def _is_like(core: str, stamped: Word, word: Word) -> bool:
    """Pieces of a stamp's words read badly, because the stamp lies askew; sure words are the page's own,
    unless they are in capitals as the stamp's are."""
    other = _core(stamped.text)
    if fuzz.ratio(core, other) >= SAME_WORD:
        return True
    capitals = len(core) > SHORT and word.text.isupper() and stamped.text.isupper()
    if not capitals and word.confidence >= (PIECE_SURE if len(core) > SHORT else SHORT_SURE):
        return False
    return len(core) <= len(other) and fuzz.partial_ratio(core, other) >= SAME_PIECE


def _core(text: str) -> str:
    return text.strip(".,:;-–—_~|").casefold()


def _touch(one: Box, other: Box) -> bool:
    return min(one.x1, other.x1) + NEAR_MM >= max(one.x0, other.x0) and min(
        one.y1, other.y1
    ) + NEAR_MM >= max(one.y0, other.y0)
