"""A document's text as classification looks at it: folded words, lines with places, the title zone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from dipro_scan.model import Box, Line, PageReading, Word

TITLE_ZONE = 0.42
"""Share of the first page's height in which titles stand. DIN 5008 form B lets the subject begin at
98.5 to 123 mm of 297 mm, which is below the upper third."""

LARGE_LINE = 1.25
"""A line this many times as high as the page's median line is set larger."""

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_TOKEN = re.compile(r"[a-z0-9]+|§")
_INNER_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)")
_HYPHENS = "-\u00ad\u2010\u2011\u00ac"


def fold(text: str) -> list[str]:
    """The words of `text` in lower case, umlauts written out, accents and punctuation dropped.

    `Rechnungs-Nr.` is `["rechnungsnr"]`, since a part of a compound is no word (`Rechnung` is another
    thing); `§ 64 BauO` is `["§", "64", "bauo"]`.
    """
    lower = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return _TOKEN.findall(_INNER_HYPHEN.sub("", plain))


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a line: its text as read, the lowest confidence of its words (0-1), its place."""

    raw: str
    confidence: float
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a document. `page` counts from 1; `page_height_mm` is that of its page."""

    page: int
    page_height_mm: float
    line: Line
    text: str

    @property
    def box(self) -> Box:
        return self.line.box

    def words_between(self, start: int, end: int) -> list[Word]:
        """The words that lie, wholly or in part, in `text[start:end]`."""
        words, offset = [], 0
        for word in self.line.words:
            if offset < end and offset + len(word.text) > start:
                words.append(word)
            offset += len(word.text) + 1
        return words

    def offset_of(self, index: int) -> int:
        """Where the word with this index begins in `text`."""
        return sum(len(word.text) + 1 for word in self.line.words[:index])

    def found(self, start: int, end: int) -> Found:
        """`text[start:end]` with what its words tell. The piece must hold at least one word."""
        words = self.words_between(start, end)
        return Found(
            raw=self.text[start:end].strip(),
            confidence=min(word.confidence for word in words),
            page=self.page,
            box=Box.around([word.box for word in words]),
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word of a page; `line` is the index of the line on which it begins."""

    text: str
    line: int


class PageWords:
    """The folded words of one page, in reading order, and which of its lines can be titles.

    `number` counts from 1 within the document. Words divided at a line's end are joined.
    """

    def __init__(self, number: int, reading: PageReading) -> None:
        self.number = number
        self.lines: Sequence[Line] = [line for line in reading.text.lines() if line.words]
        self.tokens = _joined_tokens(self.lines)
        self._height_mm = reading.geometry.height_mm
        self._windows: dict[int, list[str]] = {}

    def windows(self, size: int) -> list[str]:
        """Every run of `size` neighbouring words, joined by blanks; the index is the first word's."""
        if size not in self._windows:
            texts = [token.text for token in self.tokens]
            count = max(0, len(texts) - size + 1)
            self._windows[size] = [" ".join(texts[start : start + size]) for start in range(count)]
        return self._windows[size]

    def is_title(self, start: int, end: int) -> bool:
        """Whether the words `start` to `end` (excluded) stand as a title.

        They lie on one line of the first page's title zone, and the line is set larger, or they make up
        at least half of it, or it stands free and they begin it (as a subject line does).
        """
        lines = {token.line for token in self.tokens[start:end]}
        if self.number != 1 or len(lines) != 1:
            return False
        index = lines.pop()
        box = self.lines[index].box
        if (box.y0 + box.y1) / 2 > TITLE_ZONE * self._height_mm:
            return False
        whole = [position for position, token in enumerate(self.tokens) if token.line == index]
        letters = sum(len(token.text) for token in self.tokens[start:end])
        fills = 2 * letters >= sum(len(self.tokens[position].text) for position in whole)
        begins = start - whole[0] <= 1
        return fills or box.height_mm >= LARGE_LINE * self._line_height or (begins and self._free(index))

    @cached_property
    def _line_height(self) -> float:
        return median(line.box.height_mm for line in self.lines)

    def _free(self, index: int) -> bool:
        """Whether no other line stands within a line's height above or below."""
        box = self.lines[index].box
        gap = box.height_mm
        return not any(
            other.box.y1 > box.y0 - gap
            and other.box.y0 < box.y1 + gap
            and other.box.x1 > box.x0
            and other.box.x0 < box.x1
            for position, other in enumerate(self.lines)
            if position != index
        )


def text_lines(pages: Sequence[PageReading]) -> list[TextLine]:
    """All lines of a document that hold words, in reading order."""
    return [
        TextLine(number, page.geometry.height_mm, line, line.text)
        for number, page in enumerate(pages, start=1)
        for line in page.text.lines()
        if line.words
    ]


def _joined_tokens(lines: Sequence[Line]) -> list[Token]:
    tokens: list[Token] = []
    divided: str | None = None
    for index, line in enumerate(lines):
        words = [word.text for word in line.words]
        if divided is not None:
            if words[0][:1].islower():
                tokens += [Token(text, index - 1) for text in fold(divided.rstrip(_HYPHENS) + words[0])]
                words = words[1:]
            else:
                tokens += [Token(text, index - 1) for text in fold(divided)]
            divided = None
        if words and len(words[-1]) > 2 and words[-1][-1] in _HYPHENS:
            divided = words.pop()
        tokens += [Token(text, index) for word in words for text in fold(word)]
    if divided is not None:
        tokens += [Token(text, len(lines) - 1) for text in fold(divided)]
    return tokens
