"""Which words of a reading are right as printed, whatever order they were read in.

Words are those between white space, hyphens folded to one sign, nothing else forgiven. Reading and truth are
aligned word by word (rapidfuzz, Levenshtein on words). What is left over of both is aligned again (longest
common subsequence), as long as runs of words are found there: text that was read out of order. Such a run
must hold MOVED_CHARACTERS; a lone short word that merely occurs somewhere else on the page proves nothing.
Where a stretch differs from the truth in nothing but its spaces, its words are right too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import LCSseq, Levenshtein

MOVED_CHARACTERS: Final = 5
"""Letters and digits that a run of words must hold to be known again out of order."""

MOST_JOINED: Final = 4
"""So many words at most make up a stretch that differs in its spaces alone."""

_HYPHENS: Final = re.compile("[\u00ad\u2010\u2011\ufffe\u0002]")


@dataclass(frozen=True, slots=True)
class Alignment:
    """`right`: of each word read, whether it is printed so. `printed`: how many words the truth has."""

    right: tuple[bool, ...]
    printed: int

    @property
    def precision(self) -> float | None:
        """The share of words read that are right."""
        return sum(self.right) / len(self.right) if self.right else None


def printed_word(text: str) -> str:
    """A word as it is compared."""
    return _HYPHENS.sub("-", unicodedata.normalize("NFC", text))


def aligned(read: Sequence[str], truth: str) -> Alignment:
    """`read`: the words in the order in which they were read; `truth`: the page's printed text."""
    words = [printed_word(word) for word in read]
    printed = printed_word(truth).split()
    found, places = _in_order(words, printed)
    while moved := _moved(words, printed, _left(words, found), _left(printed, places)):
        found |= {number for number, _place in moved}
        places |= {place for _number, place in moved}
    return Alignment(tuple(number in found for number in range(len(words))), len(printed))


def _left(words: Sequence[str], found: set[int]) -> list[int]:
    return [number for number in range(len(words)) if number not in found]


def _in_order(words: Sequence[str], printed: Sequence[str]) -> tuple[set[int], set[int]]:
    """Words that stand in the truth, and where, in the order of the truth."""
    found: set[int] = set()
    places: set[int] = set()
    read_from = printed_from = 0
    for block in Levenshtein.editops(words, printed).as_matching_blocks():
        between = range(read_from, block.a), range(printed_from, block.b)
        same = range(block.a, block.a + block.size), range(block.b, block.b + block.size)
        for numbers, where in (*_spaced_otherwise(words, printed, *between), same):
            found.update(numbers)
            places.update(where)
        read_from, printed_from = block.a + block.size, block.b + block.size
    return found, places


def _moved(
    words: Sequence[str], printed: Sequence[str], left_read: Sequence[int], left_printed: Sequence[int]
) -> list[tuple[int, int]]:
    """Pairs of a word read and its place in the truth, in runs that hold enough letters and digits."""
    ours = [words[number] for number in left_read]
    theirs = [printed[place] for place in left_printed]
    # Of the longest common subsequence, because runs that changed places cost Levenshtein no more replaced.
    pairs: list[tuple[int, int]] = []
    for block in LCSseq.editops(ours, theirs).as_matching_blocks():
        same = left_read[block.a : block.a + block.size]
        if sum(_weight(words[number]) for number in same) >= MOVED_CHARACTERS:
            pairs += zip(same, left_printed[block.b : block.b + block.size], strict=True)
    return pairs


def _spaced_otherwise(
    words: Sequence[str], printed: Sequence[str], numbers: Sequence[int], places: Sequence[int]
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """Runs of at most MOST_JOINED words between two that match, which differ in their spaces alone."""
    first = 0
    for start in range(len(numbers)):
        for end in range(start + 1, min(start + MOST_JOINED, len(numbers)) + 1):
            joined = "".join(words[number] for number in numbers[start:end])
            place = _place_of(joined, printed, places, first)
            if place is not None:
                first = place[1]
                yield numbers[start:end], places[place[0] : place[1]]
                break


def _place_of(
    joined: str, printed: Sequence[str], places: Sequence[int], first: int
) -> tuple[int, int] | None:
    for start in range(first, len(places)):
        for end in range(start + 1, min(start + MOST_JOINED, len(places)) + 1):
            if "".join(printed[place] for place in places[start:end]) == joined:
                return start, end
    return None


def _weight(word: str) -> int:
    return sum(character.isalnum() for character in word)
