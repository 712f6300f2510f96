"""Two readings of one line become one: what both read stays, and of the rest the surer words are taken.

Nothing that was read is lost: words that only the first reading has stay. Words that only the second one has
are added where nothing was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

from dipro_scan.model import Box, Word
from dipro_scan.ocr.line_judgement import Judge, weighed_mean, word_scores

NOT_SURER: Final = "not_surer"
SAME: Final = "same_text"
SURER: Final = "surer"
NUMBER: Final = "number_not_surer"
SHORTER: Final = "shorter"
FOUND: Final = "more_words"

LEAST_KEPT: Final = 0.75
"""A reading of the same place with less than that share of its letters and figures is cut short."""

ADDED_SCORE: Final = 0.9
ADDED_CHARACTERS: Final = 3
"""Words where none were read must be as sure as that, and hold so many letters and figures."""

MOST_OVERLAP: Final = 0.3
"""And share no more than that of their width with words that were read."""

CODE_CHARACTERS: Final = 6

LEAST_OVERLAP: Final = 0.6
"""Words that share so much of the narrower one's width lie in the same place."""


@dataclass(frozen=True, slots=True)
class Margins:
    """By how much (0-1) the score of new words must be better and how good it must be at `least`; by how much
    the engine must be surer of a new number."""

    score: float
    number: float
    least: float


@dataclass(frozen=True, slots=True)
class Combined:
    """The words of a line, and why: `surer`, `more_words`; or as they were: `not_surer`, `same_text`,
    `number_not_surer`, `shorter`. Of several reasons the weightiest stands."""

    words: tuple[Word, ...]
    why: str
    changed: bool


@dataclass(frozen=True, slots=True)
class _Scored:
    words: tuple[Word, ...]
    scores: tuple[float, ...]

    def part(self, start: int, end: int) -> _Scored:
        return _Scored(self.words[start:end], self.scores[start:end])

    @property
    def score(self) -> float:
        return weighed_mean(self.scores, self.words)

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


def combined(
    before: Sequence[Word], again: Sequence[Word], margins: Margins, judge: Judge = word_scores
) -> Combined:
    """The surer words of two readings of one line, from left to right."""
    old, new = (_Scored(tuple(words), judge(words)) for words in (before, again))
    words: list[Word] = []
    reasons: set[str] = set()
    for old_part, new_part in _parts(old, new):
        reason = _reason(old_part, new_part, old.words, margins)
        reasons.add(reason)
        words += new_part.words if reason in (SURER, FOUND) else old_part.words
    why = next((each for each in (SURER, FOUND, NUMBER, SHORTER, NOT_SURER) if each in reasons), SAME)
    return Combined(tuple(words), why, why in (SURER, FOUND))


def _parts(old: _Scored, new: _Scored) -> Iterator[tuple[_Scored, _Scored]]:
    """Stretches of both readings that stand for each other: between words that both read alike."""
    texts = [word.text for word in old.words], [word.text for word in new.words]
    read_from = again_from = 0
    for block in Levenshtein.editops(*texts).as_matching_blocks():
        yield from _paired(old.part(read_from, block.a), new.part(again_from, block.b))
        read_from, again_from = block.a + block.size, block.b + block.size
        yield old.part(block.a, read_from), new.part(block.b, again_from)


def _paired(old: _Scored, new: _Scored) -> Iterator[tuple[_Scored, _Scored]]:
    """Word by word where each lies where its counterpart does; else both as they are."""
    count = len(old.words)
    lie_alike = count == len(new.words) and all(
        _overlap(first.box, second.box) >= LEAST_OVERLAP
        for first, second in zip(old.words, new.words, strict=True)
    )
    if not lie_alike:
        yield old, new
        return
    for at in range(count):
        yield old.part(at, at + 1), new.part(at, at + 1)


def _reason(old: _Scored, new: _Scored, read: Sequence[Word], margins: Margins) -> str:
    # Words that are joined now are no better, and a number that is parted now is worse.
    if old.text == new.text and (len(new.words) <= len(old.words) or _fixed(old)):
        return SAME
    if not old.words:
        return FOUND if _can_be_added(new, read) else NOT_SURER
    if _characters(new.text) < LEAST_KEPT * _characters(old.text):
        return SHORTER
    if new.score < max(old.score + margins.score, margins.least):
        return NOT_SURER
    if _fixed(old) != _fixed(new) and not _number_is_surer(old, new, margins.number):
        return NUMBER
    return SURER


def _can_be_added(new: _Scored, read: Sequence[Word]) -> bool:
    if new.score < ADDED_SCORE or _characters(new.text) < ADDED_CHARACTERS:
        return False
    return all(_overlap(word.box, other.box) <= MOST_OVERLAP for word in new.words for other in read)


def _number_is_surer(old: _Scored, new: _Scored, margin: float) -> bool:
    before = [word.confidence for word in old.words if _is_fixed(word.text)]
    after = [word.confidence for word in new.words if _is_fixed(word.text)]
    # Where only one of both read a number or code, all of its words must be as sure.
    before = before or [max(word.confidence for word in old.words)]
    after = after or [min(word.confidence for word in new.words)]
    return min(after) >= max(before) + margin


def _overlap(box: Box, other: Box) -> float:
    width = min(box.width_mm, other.width_mm)
    return box.shared_width_mm(other) / width if width > 0 else 0.0


def _characters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _fixed(part: _Scored) -> str:
    """What no dictionary tells anything about: figures, and codes in capitals such as a BIC."""
    return "".join(
        character
        for word in part.words
        if _is_fixed(word.text)
        for character in word.text
        if character.isdigit() or _is_code(word.text)
    )


def _is_fixed(text: str) -> bool:
    return any(character.isdigit() for character in text) or _is_code(text)


def _is_code(text: str) -> bool:
    """Capitals and figures that no word begins with: `MUSTDEHAXXX`, `KR-AB`; plain words in capitals too."""
    core = text.strip(".,;:()/-")
    return len(core) >= CODE_CHARACTERS and core.isupper() and core.isalnum()
