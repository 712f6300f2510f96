"""Is that a word of German or English? Half a million of them in a file that is read at once.

The file is a Bloom filter (Bloom, Space/time trade-offs in hash coding with allowable errors, 1970): it knows
every word that was put in, and takes 1 of 120 others for one of them. That is good enough to judge a line by,
and takes 0.6 MB where the words themselves would take 60. `.ci/known_words` makes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Final

FILE: Final = "known_words.bin"
HASHES: Final = 7
BITS_PER_WORD: Final = 10
"""With 7 hashes 0.8 % of other words are taken for known ones."""

MIN_COMPOUND: Final = 8
MIN_PART: Final = 4
"""German joins words freely; so many letters each part must have."""

LINKS: Final = ("", "s", "es", "n", "en", "er", "e")
"""What German puts between two joined words (Fugenelemente)."""


class KnownWords:
    """Words in lower case, as bits."""

    def __init__(self, bits: bytes) -> None:
        self._bits = bits

    def __contains__(self, word: str) -> bool:
        """Whether `word` (lower case, NFC) is known."""
        bits = self._bits
        return all(bits[place >> 3] >> (place & 7) & 1 for place in _places(word, len(bits) * 8))


def filter_of(words: Iterable[str]) -> bytes:
    """The bits that hold `words` (lower case, NFC)."""
    held = set(words)
    bits = bytearray((len(held) * BITS_PER_WORD + 7) // 8)
    for word in held:
        for place in _places(word, len(bits) * 8):
            bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


@lru_cache(maxsize=8192)
def is_known(word: str) -> bool:
    """Whether `word`, in whatever case, is German or English."""
    return word.lower() in _known_words()


@lru_cache(maxsize=8192)
def is_compound(word: str) -> bool:
    """Whether two known words, joined as German joins them, make `word`."""
    small = word.lower()
    if len(small) < MIN_COMPOUND:
        return False
    known = _known_words()
    return any(
        small[at:] in known and any(_first_part(small[:at], link) in known for link in LINKS)
        for at in range(MIN_PART, len(small) - MIN_PART + 1)
    )


def _first_part(part: str, link: str) -> str:
    """`part` without its link, empty (and so unknown) where too little would be left."""
    bare = part.removesuffix(link)
    return bare if part.endswith(link) and len(bare) >= MIN_PART else ""


def _places(word: str, bits: int) -> Iterator[int]:
    """Bit numbers by double hashing (Kirsch and Mitzenmacher, Less hashing, same performance, 2006)."""
    digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
    first, second = int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little") | 1
    return ((first + number * second) % bits for number in range(HASHES))


@cache
def _known_words() -> KnownWords:
    return KnownWords(resources.files(__package__).joinpath(FILE).read_bytes())
