"""How sure the text of a page is: its mean, its low quantiles, and the neighbourhood that is least sure.

A mean hides a strip that nobody can read on a page that is otherwise fine. The least sure neighbourhood shows
it: lines that follow each other, at least REGION_LINES of them with at least REGION_CHARACTERS. What is
smaller than that never makes a region of its own, so that a signature or a smudge read as a few letters
counts only as far as it weighs among the lines around it; what stands in a stamp is left out of regions
altogether.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dipro_scan.model import Box, Line, PageText, TextConfidence, Word

QUANTILES: Final = (0.05, 0.1, 0.25, 0.5)
REGION_LINES: Final = 3
REGION_CHARACTERS: Final = 80
"""About one full line of a letter, four of a narrow column; a stamp or a signature has fewer."""

FAR_MM: Final = 20.0
"""Lines further apart than this are no neighbours."""

DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class _Strip:
    """What of one line counts for regions: its place, its characters, and their summed confidence."""

    box: Box
    characters: int
    sure: float


def text_confidence(text: PageText) -> TextConfidence | None:
    """How sure `text` is, by its words' confidences, weighted by their length; None where nothing was read.

    What stamps say does not count. A page with too little text for a region is one region.
    """
    text = PageText(tuple(block for block in text.blocks if block.kind != "stamp"))
    mean = text.mean_confidence
    if mean is None:
        return None
    worst, region = min(_regions(text), default=(mean, None), key=lambda found: found[0])
    return TextConfidence(round(mean, DIGITS), _quantiles(list(text.words())), round(worst, DIGITS), region)


def _quantiles(words: Sequence[Word]) -> tuple[tuple[float, float], ...]:
    ordered = sorted((word.confidence, len(word.text)) for word in words)
    total = sum(length for _confidence, length in ordered)
    found = []
    for share in QUANTILES:
        below = 0
        for confidence, length in ordered:
            below += length
            if below >= share * total:
                found.append((share, round(confidence, DIGITS)))
                break
    return tuple(found)


def _regions(text: PageText) -> Iterator[tuple[float, Box]]:
    """Mean confidence and place of every neighbourhood, one from each line on in reading order."""
    strips = [_strip(line) for line in text.lines() if line.words]
    for first in range(len(strips)):
        characters, sure = 0, 0.0
        for last in range(first, len(strips)):
            if last > first and _gap_mm(strips[last - 1].box, strips[last].box) > FAR_MM:
                break
            characters += strips[last].characters
            sure += strips[last].sure
            if last - first + 1 >= REGION_LINES and characters >= REGION_CHARACTERS:
                yield sure / characters, Box.around([strip.box for strip in strips[first : last + 1]])
                break


def _strip(line: Line) -> _Strip:
    characters = sum(len(word.text) for word in line.words)
    sure = sum(len(word.text) * word.confidence for word in line.words)
    return _Strip(Box.around([word.box for word in line.words]), characters, sure)


def _gap_mm(one: Box, other: Box) -> float:
    across = max(one.x0 - other.x1, other.x0 - one.x1, 0.0)
    down = max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
    return max(across, down)
