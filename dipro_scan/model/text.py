"""Text on a page: Page > Block > Line > Word, in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from dipro_scan.model.geometry import Box

BlockKind = Literal["print", "stamp", "handwriting"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was read (NFC). `confidence` is 0–1: as the engine says while a page is being read; in a
    `PageReading` calibrated, the share of such words that are right."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline. `baseline` runs from where it begins (x0, y0) to where it ends (x1, y1), mm:
    as one reads, so up or down the page where a line stands at a right angle to the others."""

    words: tuple[Word, ...]
    box: Box
    baseline: tuple[float, float, float, float]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def is_level(self) -> bool:
        """Whether it runs across the page, and not up or down it."""
        x0, y0, x1, y1 = self.baseline
        return abs(x1 - x0) >= abs(y1 - y0)

    @property
    def mean_confidence(self) -> float:
        """Mean confidence 0–1 of its words (at least one), weighted by length."""
        characters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) * word.confidence for word in self.words) / characters

    def with_words(self, words: tuple[Word, ...]) -> Line:
        """The same line, on the same baseline, of other words (at least one) of its place."""
        return Line(words, Box.around([word.box for word in words]), self.baseline)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, an address, a table cell; or what a stamp says, or a hand."""

    lines: tuple[Line, ...]
    box: Box
    kind: BlockKind = "print"

    @staticmethod
    def of(lines: Iterable[Line], kind: BlockKind = "print") -> Block:
        """The lines (at least one) and the box around them."""
        own = tuple(lines)
        return Block(own, Box.around([line.box for line in own]), kind)


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
                blocks.append(Block.of(lines, block.kind))
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


@dataclass(frozen=True, slots=True)
class Rereading:
    """A line that was read again by itself, and whether the new reading won.

    `box` is the line's place, mm. `treatment` says how it was read again (stable id: `alone`,
    `local_contrast`, `all_languages`, `second_reader`, …) and `engine` by whom. `before` and `after` are the
    scores (0-1) that were compared, `why` is the stable id of the reason that decided.
    """

    box: Box
    treatment: str
    engine: str
    taken: bool
    before: float
    after: float
    why: str


@dataclass(frozen=True, slots=True)
class TextConfidence:
    """How sure the reading of a page is: each value is the expected share of right words, 0-1.

    `quantiles` are (share of words, confidence below which so many lie), weighted by length. `worst_region`
    is the box of the neighbouring lines that are least sure, mm, and `worst` their confidence.
    """

    mean: float
    quantiles: tuple[tuple[float, float], ...]
    worst: float
    worst_region: Box | None


def _within(line: Line, box: Box) -> Line | None:
    words = tuple(word for word in line.words if box.holds_middle_of(word.box))
    if not words or words == line.words:
        return line if words else None
    x0, y0, x1, y1 = line.baseline
    around = Box.around([word.box for word in words])
    climb = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    if abs(climb) > 1:
        return Line(words, around, line.baseline)
    baseline = (around.x0, y0 + climb * (around.x0 - x0), around.x1, y0 + climb * (around.x1 - x0))
    return Line(words, around, baseline)
