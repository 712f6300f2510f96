"""Text on a page: Page > Block > Line > Word, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dipro_scan.model.geometry import Box


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was read (NFC). `confidence` is 0–1 as the engine says."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline. `baseline` runs from its left end (x0, y0) to its right end (x1, y1), mm."""

    words: tuple[Word, ...]
    box: Box
    baseline: tuple[float, float, float, float]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, an address, a table cell."""

    lines: tuple[Line, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class PageText:
    """Everything read on a page, in the order a person would read it."""

    blocks: tuple[Block, ...] = ()

    def lines(self) -> Iterator[Line]:
        for block in self.blocks:
            yield from block.lines

    def words(self) -> Iterator[Word]:
        for line in self.lines():
            yield from line.words

    def within(self, box: Box) -> PageText:
        """What of it stands within `box`: words whose middle does, in lines and blocks of their own."""
        blocks = []
        for block in self.blocks:
            lines = tuple(part for line in block.lines if (part := _within(line, box)) is not None)
            if lines:
                blocks.append(Block(lines, Box.around([line.box for line in lines])))
        return PageText(tuple(blocks))

    @property
    def text(self) -> str:
        """Plain text: a line per line, an empty line between blocks."""
        return "\n\n".join("\n".join(line.text for line in block.lines) for block in self.blocks)

    @property
    def mean_confidence(self) -> float | None:
        """Mean word confidence 0–1, weighted by length; None where nothing was read."""
        weights = [(len(word.text), word.confidence) for word in self.words()]
        total = sum(length for length, _ in weights)
        return sum(length * value for length, value in weights) / total if total else None


def _within(line: Line, box: Box) -> Line | None:
    words = tuple(word for word in line.words if _has_middle(box, word.box))
    if not words or words == line.words:
        return line if words else None
    x0, y0, x1, y1 = line.baseline
    around = Box.around([word.box for word in words])
    climb = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    if abs(climb) > 1:
        return Line(words, around, line.baseline)
    baseline = (around.x0, y0 + climb * (around.x0 - x0), around.x1, y0 + climb * (around.x1 - x0))
    return Line(words, around, baseline)


def _has_middle(box: Box, other: Box) -> bool:
    x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
