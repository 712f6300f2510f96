"""A reader's text without what it read of handwriting and stamps.

The truth of a generated page has its print; signatures, entries by hand and stamps are told apart
(`written`). Who reads them well has more than the truth, and would count as worse than who leaves them out.
So pages are compared a second time without them, for every reader alike: a word that is no printed one and
resembles one that stands there by hand or in a stamp is left out, as often as it stands there.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz
from word_truth import aligned, printed_word

RESEMBLES: Final = 60.0
"""Least similarity (rapidfuzz `ratio`, 0-100): “Christeph” is a reading of “Christoph”, “nl” of nothing."""

_WORD: Final = re.compile(r"\S+")


def without_written(text: str, printed: str, written: str) -> str:
    """`text` as it was read, less the words of `written` that are none of `printed`; lines stay lines."""
    words = list(_WORD.finditer(text))
    right = aligned([word.group() for word in words], printed).right
    left = [printed_word(word) for word in written.split()]
    gone = []
    for word, is_printed in zip(words, right, strict=True):
        if not is_printed and (like := _most_like(printed_word(word.group()), left)) is not None:
            left.remove(like)
            gone.append(word.span())
    for start, end in reversed(gone):
        text = text[:start] + text[end:]
    return text


def _most_like(word: str, others: list[str]) -> str | None:
    if not others:
        return None
    likeness, other = max((fuzz.ratio(word, other), other) for other in others)
    return other if likeness >= RESEMBLES else None
