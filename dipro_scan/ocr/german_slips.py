"""Slips a reader makes in German words, and the word that was meant: only where the word itself proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from dipro_scan.ocr.known_words import is_compound, is_known

LETTER_FORMS: Final = {
    "ſ": ("s", "long_s"),
    "ﬀ": ("ff", "ligature"),
    "ﬁ": ("fi", "ligature"),
    "ﬂ": ("fl", "ligature"),
    "ﬃ": ("ffi", "ligature"),
    "ﬄ": ("ffl", "ligature"),
    "ﬅ": ("st", "ligature"),
    "ﬆ": ("st", "ligature"),
}

FORMS_OF_ADDRESS: Final = frozenset({"lhr", "lhre", "lhrem", "lhren", "lhrer", "lhres", "lhnen"})
"""`Ihr` and `Ihnen`, begun with a small L: no German word begins with `lh`."""

DOTTED: Final = {"a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü"}

MIN_UNDOTTED: Final = 5
"""Shorter words are too often words of another language, or short forms."""

MIN_UNDOTTED_NOUN: Final = 8
"""A word with a capital may be a name, and names are not in any list."""

MOST_DOTS: Final = 2

MIN_JOINED: Final = 10
"""So long a word must be for two joined words to prove it."""

ENDINGS: Final = ("e", "en", "er", "es", "em", "n", "s", "t")

_WORD = re.compile(r"^([^\w]*)([^\W\d_]+(?:-[^\W\d_]+)*)([^\w]*)$")
_CAPITAL_B = re.compile(r"(?<=[a-zäöü])B(?=[a-zäöü]|$)")


@lru_cache(maxsize=8192)
def mended_word(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` as it was meant, and the ids of the rules that say so (none: it is as it was).

    Never a word with a digit, an address of the network, or a word in capitals.
    """
    found = _WORD.match(text)
    if found is None or _is_code(found[2]):
        return text, ()
    before, word, after = found.groups()
    word, rules = _plain_letters(word)
    parts = []
    for part in word.split("-"):
        mended, rule = _mended(part)
        parts.append(mended)
        if rule:
            rules.append(rule)
    return before + "-".join(parts) + after, tuple(dict.fromkeys(rules))


def _is_code(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _plain_letters(word: str) -> tuple[str, list[str]]:
    rules = [rule for form, (_, rule) in LETTER_FORMS.items() if form in word]
    return "".join(LETTER_FORMS.get(letter, (letter, ""))[0] for letter in word), rules


def _mended(word: str) -> tuple[str, str]:
    if word in FORMS_OF_ADDRESS:
        return "I" + word[1:], "capital_i"
    if _CAPITAL_B.search(word):
        meant = _CAPITAL_B.sub("ß", word)
        return (meant, "sharp_s") if _is_proved(meant) else (word, "")
    if is_known(word) or _is_code(word):
        return word, ""
    if "ı" in word:
        # Yıldız is a name.
        meant = word.replace("ı", "i")
        return (meant, "dotless_i") if _is_proved(meant) else (word, "")
    if "ii" in word:
        meant = word.replace("ii", "ü")
        if _is_proved(meant) and not is_compound(word):
            return meant, "ii_for_u"
    elif word.isascii():
        return _with_dots(word)
    return word, ""


def _is_proved(word: str) -> bool:
    return is_known(word) or (len(word) >= MIN_JOINED and is_compound(word))


def _with_dots(word: str) -> tuple[str, str]:
    """The one known word that `word` is with dots, where another form of that word is known too."""
    least = MIN_UNDOTTED if word.islower() else MIN_UNDOTTED_NOUN
    if len(word) < least or not word[1:].islower() or is_compound(word):
        return word, ""
    known = [candidate for candidate in _dotted(word) if is_known(candidate)]
    if len(known) == 1 and _has_other_form(known[0]):
        return known[0], "umlaut_dots"
    return word, ""


def _dotted(word: str) -> Iterator[str]:
    places = [at for at, letter in enumerate(word) if letter in DOTTED]
    for count in range(1, MOST_DOTS + 1):
        for chosen in combinations(places, count):
            yield "".join(DOTTED[c] if at in chosen else c for at, c in enumerate(word))


def _has_other_form(word: str) -> bool:
    """The list takes 1 of 120 strings for a word by mistake; hardly ever two forms of the same one."""
    longer = (word + ending for ending in ENDINGS)
    shorter = (word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending))
    return any(is_known(form) for form in (*longer, *shorter))
