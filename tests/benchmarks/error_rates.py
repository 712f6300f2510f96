"""How far a reading is from the truth: character error, word error, and order-free word F1.

Distances are rapidfuzz's Levenshtein, on characters and on words. Both texts are folded in the same way
first: NFC; white space runs become one space; and all hyphen signs become one, with the white space behind
them dropped. The last is because text extractors mark the hyphen at a line's end differently (U+002D, soft
hyphen, U+2010, and PDFium's U+FFFE or U+0002) and join the two halves or do not. Nothing else is forgiven:
letter case, quotation marks and dashes count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

_HYPHENS: Final = re.compile("(?<=\\w)[-\u00ad\u2010\u2011\ufffe\u0002]\\s*(?=\\w)")
_STRAY_MARKS: Final = re.compile("[\u00ad\ufffe\u0002]")


def folded(text: str) -> str:
    """The text as it is compared; see the module."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join(_STRAY_MARKS.sub("-", _HYPHENS.sub("-", composed)).split())


@dataclass(frozen=True, slots=True)
class Errors:
    """Counts of one page or of many; they add up. Without `characters`, only the order-free counts hold.

    `characters` and `words` are those of the truth, `read_words` those of the reading, `found_words` those
    of both, as bags: each word as often as in the one that has it less often.
    """

    characters: int = 0
    character_errors: int = 0
    ordered_words: int = 0
    word_errors: int = 0
    words: int = 0
    read_words: int = 0
    found_words: int = 0

    @property
    def character_error_rate(self) -> float | None:
        """Insertions, deletions and substitutions per character of truth; may exceed 1."""
        return self.character_errors / self.characters if self.characters else None

    @property
    def word_error_rate(self) -> float | None:
        return self.word_errors / self.ordered_words if self.ordered_words else None

    @property
    def word_f1(self) -> float | None:
        """Harmonic mean of precision and recall of the bags of words."""
        return 2 * self.found_words / (self.words + self.read_words) if self.words else None


def errors(truth: str, read: str, *, order_free: bool = False) -> Errors:
    """The counts of one page. `order_free`: the order of the truth is debatable, so it is not compared."""
    true_text, read_text = folded(truth), folded(read)
    true_words, read_words = true_text.split(), read_text.split()
    found = (Counter(true_words) & Counter(read_words)).total()
    bags = {"words": len(true_words), "read_words": len(read_words), "found_words": found}
    if order_free:
        return Errors(**bags)
    return Errors(
        characters=len(true_text),
        character_errors=Levenshtein.distance(true_text, read_text),
        ordered_words=len(true_words),
        word_errors=Levenshtein.distance(true_words, read_words),
        **bags,
    )


def total(parts: Iterable[Errors]) -> Errors:
    """The sum: rates of it weigh every page by its length."""
    counts = dict.fromkeys(Errors.__slots__, 0)
    for part in parts:
        for name in counts:
            counts[name] += getattr(part, name)
    return Errors(**counts)
