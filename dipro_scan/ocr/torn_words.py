"""Headlines with wide spaces, of which a reading took every letter for a word."""

from __future__ import annotations

from typing import Final

from dipro_scan.model import Block, PageText, Word
from dipro_scan.ocr.believable import looks_written
from dipro_scan.ocr.inserting import with_other_words

WHOLE_SURE: Final = 0.85
WHOLE_LETTERS: Final = 6
"""Words of that reading, so sure and so long, take the place of their own letters read apart."""

TORN_PIECES: Final = 3
PIECE_LETTERS: Final = 3
PIECE_SURE: Final = 0.7
WITHIN: Final = 0.6
"""So many pieces, single letters or so few and none as sure as that, such a share of each within the word."""


def without_torn(text: PageText, again: PageText) -> PageText:
    """`text` without the torn letters of words that `again` has whole: headlines with wide spaces."""
    whole = [
        word
        for word in again.words()
        if word.confidence >= WHOLE_SURE and len(word.text) >= WHOLE_LETTERS and looks_written(word.text)
    ]
    gone: set[Word] = set()
    for word in whole:
        within = [old for old in text.words() if old.box.share_within(word.box) >= WITHIN]
        if len(within) >= TORN_PIECES and all(_is_torn_piece(old) for old in within):
            gone.update(within)
    if not gone:
        return text
    blocks = []
    for block in text.blocks:
        lines = []
        for line in block.lines:
            words = tuple(word for word in line.words if word not in gone)
            if words:
                lines.append(line if len(words) == len(line.words) else with_other_words(line, words))
        if lines:
            blocks.append(Block.of(lines))
    return PageText(tuple(blocks))


def _is_torn_piece(word: Word) -> bool:
    characters = sum(map(str.isalnum, word.text))
    return characters <= 1 or (characters <= PIECE_LETTERS and word.confidence < PIECE_SURE)
