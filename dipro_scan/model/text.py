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
