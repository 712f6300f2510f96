"""Whether words read where nobody knows that there are any can be believed: drawings read as rubbish.

The engine's confidence alone does not tell, for bars and dots often read as sure letters. Words that people
write also have a shape: mostly letters and figures, capitals at the beginning or throughout, vowels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dipro_scan.model import Block, Line, PageText, Word

SURE: Final = 0.75
LIKELY: Final = 0.55
"""Confidence of a word that is kept beside words that are sure."""

SURE_SHARE: Final = 0.5
MIN_SURE_CHARACTERS: Final = 5
"""So many letters and figures, and such a share of all, must be in sure words where text is believed."""

VERY_SURE: Final = 0.85
MOST_SURE: Final = 0.9
"""Confidence of single words, of four characters and more and of fewer, that are believed by themselves."""

FEW_WORDS: Final = 3
LONGEST_NUMBER: Final = 12
WORD_SHARE: Final = 0.6
"""So much of a word is letters and figures."""

FIGURES_SURE: Final = 0.75
"""So many of the figures in a column must be sure."""

_VOWELS: Final = frozenset("aeiouyäöüAEIOUYÄÖÜ")
_MIXED: Final = re.compile(r"[^\W\d_]\d+[^\W\d_]")
_NUMBER: Final = re.compile(r"[-–—]?\d+(?:[.,:/-]\d+)*[.,:%€–—-]*")


def believable(text: PageText) -> PageText:
    """What of `text` can be believed; nothing where too little of it is sure."""
    text = _as_blocks(text, [line for line in text.lines() if not _is_lone_letter(line)])
    words = tuple(text.words())
    if len(words) <= FEW_WORDS and all(_is_beyond_doubt(word) for word in words):
        return text
    lines = [line for line in map(_likely, text.lines()) if line is not None]
    sure = sum(_characters(word.text) for line in lines for word in line.words if word.confidence >= SURE)
    if sure < max(MIN_SURE_CHARACTERS, SURE_SHARE * sum(_characters(word.text) for word in words)):
        return PageText()
    return _as_blocks(text, lines)


def believable_number(text: PageText) -> PageText:
    """`text` where it is one short number, as pages and cells have it (`7`, `1 / 2`); else nothing."""
    words = tuple(text.words())
    whole = "".join(word.text for word in words)
    sure = bool(words) and all(
        word.confidence >= (MOST_SURE if _characters(word.text) else 0.5) for word in words
    )
    return text if sure and len(whole) <= LONGEST_NUMBER and _NUMBER.fullmatch(whole) else PageText()


def believable_figures(text: PageText) -> PageText:
    """The lines of `text` that are one number each, where nothing else was read: a column of a table."""
    lines = tuple(text.lines())
    words = tuple(text.words())
    if len(lines) < 2 or not all(_NUMBER.fullmatch(word.text) for word in words):
        return PageText()
    sure = tuple(line for line in lines if len(line.words) == 1 and line.words[0].confidence >= SURE)
    return _as_blocks(text, list(sure)) if len(sure) >= FIGURES_SURE * len(lines) else PageText()


def certainty(words: Iterable[Word]) -> float:
    """How much was read, and how surely: letters and figures, each 0 at a confidence of 0.5 and 1 at 1.0."""
    return sum(_characters(word.text) * max(0.0, 2 * word.confidence - 1) for word in words)


def looks_written(text: str) -> bool:
    """Whether people write such words."""
    count = _characters(text)
    if count == 0 or count < WORD_SHARE * len(text):
        return False
    if any(character.isdigit() for character in text):
        return not _MIXED.search(text) or text.isupper()
    letters = "".join(character for character in text if character.isalpha())
    capitals = sum(1 for letter in letters if letter.isupper())
    if letters[0].islower() and capitals and letters != "mbH":
        return False
    # Abbreviations alone do without vowels: GmbH, VwVfG, StPO.
    return len(letters) < 4 or capitals >= 2 or not _VOWELS.isdisjoint(letters)


def _is_beyond_doubt(word: Word) -> bool:
    need = MOST_SURE if _characters(word.text) < 4 else VERY_SURE
    return word.confidence >= need and looks_written(word.text)


def _likely(line: Line) -> Line | None:
    words = tuple(word for word in line.words if word.confidence >= LIKELY and looks_written(word.text))
    if not words:
        return None
    return line.with_words(words)


def _is_lone_letter(line: Line) -> bool:
    """A small letter alone on its line: the corner of a frame."""
    return len(line.words) == 1 and len(line.words[0].text) == 1 and line.words[0].text.islower()


def _as_blocks(text: PageText, lines: list[Line]) -> PageText:
    kept = {line.baseline: line for line in lines}
    blocks = []
    for block in text.blocks:
        own = tuple(kept[line.baseline] for line in block.lines if line.baseline in kept)
        if own:
            blocks.append(Block.of(own))
    return PageText(tuple(blocks))


def _characters(text: str) -> int:
    return sum(1 for character in text if character.isalnum())
