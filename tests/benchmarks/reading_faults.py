"""What kind of faults a reading has, and how many umlauts, ß, §, € and digits of the truth it has right.

Words are aligned first. A word of the truth that lacks its partner there, and stands in the reading elsewhere
letter by letter, is displaced: it was read right. What is left is aligned by characters, place by place:
whole words, and at least RUN characters, that the other side lacks are missing or extra; all else is misread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Final

from error_rates import folded
from rapidfuzz.distance import Levenshtein

KINDS: Final = {"umlauts": "äöüÄÖÜ", "ß": "ß", "§": "§", "€": "€", "digits": "0123456789"}
"""Characters that are counted apart."""

RUN: Final = 4
"""Characters in a row without a partner that are no slip but text left out or made up."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Counts of characters of one page or of many; they add up.

    `displaced` are those of words read right in another place. `order` is what displacing alone cost: the
    character errors of the page without those that are left when every displaced word is taken away.
    """

    displaced: int = 0
    order: int = 0
    misread: int = 0
    missing: int = 0
    extra: int = 0


@dataclass(frozen=True, slots=True)
class ReadRight:
    """How many characters of a kind are in the truth, and how many of these were read as such."""

    in_truth: int = 0
    read_right: int = 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """The faults of a reading, its characters by kind, and what was read for what (truth, reading)."""

    faults: Faults
    kinds: dict[str, ReadRight]
    mistaken: Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words of the truth and of the reading between two words that both have."""

    true_words: tuple[str, ...]
    read_words: tuple[str, ...]


def inspected(truth: str, read: str, character_errors: int | None = None) -> Inspection:
    """`character_errors`: those of the page, for `Faults.order`; None where its order is not compared."""
    true_words, read_words = folded(truth).split(), folded(read).split()
    stretches, displaced = _without_displaced(list(_stretches(true_words, read_words)))
    wrong: Counter[str] = Counter()
    mistaken: Counter[tuple[str, str]] = Counter()
    found = Faults(displaced=displaced)
    for stretch in stretches:
        true_text, read_text = " ".join(stretch.true_words), " ".join(stretch.read_words)
        alone = not true_text or not read_text
        for true_run, read_run in _differences(true_text, read_text):
            wrong.update(true_run)
            part = _sorted(len(true_run), len(read_run), 1 if alone else RUN)
            found = total_faults([found, part])
            if part.misread:
                mistaken[true_run, read_run] += 1
    order = max(0, (character_errors or 0) - found.misread - found.missing - found.extra)
    return Inspection(
        replace(found, order=order),
        {kind: _read_right(true_words, characters, wrong) for kind, characters in KINDS.items()},
        mistaken,
    )


def _stretches(true_words: list[str], read_words: list[str]) -> Iterator[_Stretch]:
    """Where the readings differ; neighbouring insertions, deletions and substitutions are one stretch."""
    true_at = read_at = 0
    for block in Levenshtein.editops(true_words, read_words).as_matching_blocks():
        stretch = _Stretch(tuple(true_words[true_at : block.a]), tuple(read_words[read_at : block.b]))
        if stretch.true_words or stretch.read_words:
            yield stretch
        true_at, read_at = block.a + block.size, block.b + block.size


def _without_displaced(stretches: list[_Stretch]) -> tuple[list[_Stretch], int]:
    """The stretches without the words that both sides have somewhere, and the characters of those."""
    theirs = Counter(word for stretch in stretches for word in stretch.read_words)
    both = Counter(word for stretch in stretches for word in stretch.true_words) & theirs
    of_truth, of_reading = Counter(both), Counter(both)
    left = [
        _Stretch(
            tuple(_left_over(stretch.true_words, of_truth)),
            tuple(_left_over(stretch.read_words, of_reading)),
        )
        for stretch in stretches
    ]
    return left, sum(len(word) * times for word, times in both.items())


def _left_over(words: Iterable[str], taken: Counter[str]) -> Iterator[str]:
    for word in words:
        if taken[word]:
            taken[word] -= 1
        else:
            yield word


def _differences(true_text: str, read_text: str) -> Iterator[tuple[str, str]]:
    """Pairs of what stands in the one and the other, between characters that agree."""
    true_at = read_at = 0
    for block in Levenshtein.editops(true_text, read_text).as_matching_blocks():
        if block.a > true_at or block.b > read_at:
            yield true_text[true_at : block.a], read_text[read_at : block.b]
        true_at, read_at = block.a + block.size, block.b + block.size


def _sorted(true_length: int, read_length: int, run: int) -> Faults:
    """One difference: characters beyond the other side's are missing or extra if they are at least `run`."""
    surplus = true_length - read_length
    if surplus >= run:
        return Faults(misread=read_length, missing=surplus)
    if -surplus >= run:
        return Faults(misread=true_length, extra=-surplus)
    return Faults(misread=max(true_length, read_length))


def _read_right(true_words: Iterable[str], characters: str, wrong: Counter[str]) -> ReadRight:
    letters = Counter("".join(true_words))
    in_truth = sum(letters[character] for character in characters)
    return ReadRight(in_truth, in_truth - sum(wrong[character] for character in characters))


def total_faults(parts: Iterable[Faults]) -> Faults:
    listed = list(parts)
    return Faults(*(sum(getattr(part, field.name) for part in listed) for field in fields(Faults)))


def total_kinds(parts: Iterable[dict[str, ReadRight]]) -> dict[str, ReadRight]:
    listed = list(parts)
    return {
        kind: ReadRight(
            sum(part[kind].in_truth for part in listed), sum(part[kind].read_right for part in listed)
        )
        for kind in KINDS
    }
