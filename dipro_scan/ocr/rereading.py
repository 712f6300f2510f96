"""Lines that were read in doubt are read again by themselves, in other ways, and the surer words are taken.

Only what is doubtful is read again: the words in doubt with a neighbour on either side. Ways are tried in
the order given, the cheapest first, until nothing is doubtful any more. Every attempt is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dipro_scan.model import (
    Block,
    Box,
    Line,
    LineEngine,
    PageFailed,
    PageText,
    ReadingImage,
    Rereading,
    Word,
)
from dipro_scan.ocr.line_combining import Margins, combined
from dipro_scan.ocr.line_judgement import Judge, is_like_paragraph, judge_for, weighed_mean, word_scores
from dipro_scan.ocr.rereading_budget import Budget
from dipro_scan.settings.rereading_settings import RereadingSettings

FAILED: Final = "failed"
EMPTY: Final = "nothing_read"

LOCAL_CONTRAST: Final = "local_contrast"
SECOND_READER: Final = "second_reader"
SECOND_READER_COST: Final = 4.0

MIN_CHARACTERS: Final = 2
"""A single letter or mark, often a tick or dirt, is not worth reading a line again for; a lost § is."""

NEIGHBOURS: Final = 1
"""So many words on either side are read again with those in doubt, because readers need surroundings."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """One way to read a line again.

    `name` is a stable id. `cut` gives what stands in a box of the page (mm), level and framed, as `cut_out`
    does; its places are those of the page. `languages`: None for all the reader's own. `prepare` betters a
    cut-out and keeps its places. `cost` is what a millimetre of line costs, in times of what the first reader
    needs.
    """

    name: str
    reader: LineEngine
    cut: Callable[[Box], ReadingImage]
    languages: tuple[str, ...] | None = None
    prepare: Callable[[ReadingImage], ReadingImage] | None = None
    cost: float = 1.0


def usual_treatments(
    reader: LineEngine,
    cut: Callable[[Box], ReadingImage],
    local_contrast: Callable[[ReadingImage], ReadingImage],
    second_reader: LineEngine | None = None,
) -> tuple[Treatment, ...]:
    """What has paid, in the order of its price.

    Black and white by local contrast, in all languages: of 175 doubtful lines on 84 generated pages that
    bettered 37 and spoiled 5. The line merely read by itself betters fewer, and more ways after the first
    hardly any (`tests/benchmarks/rereading.py`).
    """
    by_contrast = Treatment(LOCAL_CONTRAST, reader, cut, prepare=local_contrast)
    if second_reader is None:
        return (by_contrast,)
    return by_contrast, Treatment(SECOND_READER, second_reader, cut, cost=SECOND_READER_COST)


Mend = Callable[[PageText, ReadingImage], PageText]
"""Betters what was read by the image that was read."""


def reread(
    text: PageText,
    treatments: Sequence[Treatment],
    settings: RereadingSettings,
    mend: Mend | None = None,
) -> tuple[PageText, tuple[Rereading, ...]]:
    """`text` with better words where there are any, and every attempt in reading order.

    `mend` is done to each second reading, as it was to the first. The same page and settings give the same
    result on any machine, whatever the time it takes.
    """
    if not settings.enabled or not treatments:
        return text, ()
    lines = list(text.lines())
    judge = judge_for(text)
    by_kind = ((block.kind, line) for block in text.blocks for line in block.lines)
    judged = [
        _NOT_JUDGED if kind == "handwriting" else _judged(line, settings, judge) for kind, line in by_kind
    ]
    again = _LineReader(treatments, settings, mend, judge, Budget.of(lines, settings))
    results: dict[int, tuple[Line, list[Rereading]]] = {}
    for number in _by_worth(judged):
        if not again.budget.has_line():
            break
        results[number] = again.read(lines[number])
    if not results:
        return text, ()
    attempts = tuple(each for number in sorted(results) for each in results[number][1])
    return _with_lines(text, {number: line for number, (line, _told) in results.items()}), attempts


@dataclass(frozen=True, slots=True)
class _Judged:
    """A line's score, and how many of its words are doubtful."""

    score: float
    doubtful: int


_NOT_JUDGED: Final = _Judged(1.0, 0)
"""Lines that are not read again: engines read lines that are level, and print."""


@dataclass(frozen=True, slots=True)
class _LineReader:
    treatments: Sequence[Treatment]
    settings: RereadingSettings
    mend: Mend | None
    judge: Judge
    budget: Budget

    def read(self, line: Line) -> tuple[Line, list[Rereading]]:
        """The line as it reads best, and what was tried."""
        told: list[Rereading] = []
        for treatment in self.treatments:
            span = doubtful_span(line.words, self.settings.doubtful_below, self.judge)
            if span is None or not self.budget.has_attempt():
                break
            line, attempt = self._attempt(line, span, treatment)
            told.append(attempt)
        return line, told

    def _attempt(self, line: Line, span: tuple[int, int], treatment: Treatment) -> tuple[Line, Rereading]:
        start, end = span
        before = line.words[start:end]
        box = Box.around([word.box for word in before])._replace(y0=line.box.y0, y1=line.box.y1)
        self.budget.spend(box.width_mm * treatment.cost)
        old = weighed_mean(self.judge(before), before)
        why, words, new = FAILED, before, 0.0
        try:
            seen = self._words(box, treatment)
        except (PageFailed, RuntimeError):
            seen = None
        if seen is not None and not seen:
            why = EMPTY
        elif seen:
            settings = self.settings
            margins = Margins(settings.margin, settings.number_margin, settings.least_score)
            result = combined(before, seen, margins, self.judge)
            why, words = result.why, result.words
            shown = words if result.changed else seen
            new = weighed_mean(self.judge(shown), shown)
        taken = words != before
        told = Rereading(
            box=box,
            treatment=treatment.name,
            engine=treatment.reader.identity.name,
            taken=taken,
            before=round(old, 4),
            after=round(new, 4),
            why=why,
        )
        return line.with_words((*line.words[:start], *words, *line.words[end:])) if taken else line, told

    def _words(self, box: Box, treatment: Treatment) -> tuple[Word, ...]:
        image = treatment.cut(box)
        if image.pixels.size == 0:
            return ()
        if treatment.prepare is not None:
            image = treatment.prepare(image)
        seen = treatment.reader.read_line(image, treatment.languages)
        if self.mend is not None:
            seen = self.mend(seen, image)
        return tuple(sorted(seen.words(), key=lambda word: (word.box.x0, word.box.x1)))


def doubtful_span(words: Sequence[Word], below: float, judge: Judge = word_scores) -> tuple[int, int] | None:
    """From which word up to which (not included) a line is to be read again; None where it need not be."""
    doubtful = _doubtful(words, below, judge)
    if not doubtful:
        return None
    return max(0, doubtful[0] - NEIGHBOURS), min(len(words), doubtful[-1] + 1 + NEIGHBOURS)


def _doubtful(words: Sequence[Word], below: float, judge: Judge) -> list[int]:
    scores = judge(words)
    following = (*(word.text for word in words[1:]), "")
    return [
        number
        for number, (word, after) in enumerate(zip(words, following, strict=False))
        if scores[number] < below and _is_worth_reading(word.text, after)
    ]


def _is_worth_reading(word: str, after: str) -> bool:
    return sum(map(str.isalnum, word)) >= MIN_CHARACTERS or is_like_paragraph(word, after)


def _judged(line: Line, settings: RereadingSettings, judge: Judge) -> _Judged:
    if not line.is_level:
        return _NOT_JUDGED
    doubtful = _doubtful(line.words, settings.doubtful_below, judge)
    return _Judged(weighed_mean(judge(line.words), line.words), len(doubtful))


def _by_worth(judged: Sequence[_Judged]) -> list[int]:
    """Doubtful lines, those that are read best first: what is nearly right can be put right."""
    doubtful = [number for number, each in enumerate(judged) if each.doubtful]
    return sorted(doubtful, key=lambda number: (-judged[number].score, number))


def _with_lines(text: PageText, changed: dict[int, Line]) -> PageText:
    blocks = []
    number = 0
    for block in text.blocks:
        own = tuple(changed.get(number + at, line) for at, line in enumerate(block.lines))
        number += len(own)
        same = own == block.lines
        blocks.append(block if same else Block.of(own, block.kind))
    return PageText(tuple(blocks))
