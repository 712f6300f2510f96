"""A page's fingerprint, as records, cases and the ledger keep it, and whether two of them show one paper.

The thresholds were set on pages of a sample program, each typeset paper scanned twice by different machines
(gray, colour and bitonal, 200 and 300 dpi); `tests/benchmarks/rescans.py` measures on others.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dipro_scan import classify
from dipro_scan.ledger import PagePrint
from dipro_scan.model import Document, PageReading, PageText

FARTHEST: Final = 0.3
"""Two scans of one paper differ in at most so many of the hash's bits (measured: 0.17, but 0.5 where large
dark areas are scanned in black and white; of pages with nothing in common 98 in 100 by 0.28 and more)."""

VERY_NEAR: Final = 0.12
"""As far may pages differ of which next to nothing, or nothing well, could be read: their look must tell."""

LEAST_WORDS: Final = 12
"""With fewer words and numbers that are sure, a page counts as one with little text."""

MANY_WORDS: Final = 60
"""With so many sure words and numbers on both, the words alone tell, whatever the pages look like."""

POORLY_READ: Final = 0.35
"""From this share of doubtful words on a page counts as read poorly."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What reading may get wrong.

    `missing_words`: the share of the sure words that the other scan may lack. What may stand on one page and
    not on the other (`classify.strangeness`), in all and as a share of what stands there: `little` on the
    one, and on the other no more than `most`, for a stamp put on since.
    """

    missing_words: float
    little: tuple[float, float]
    most: tuple[float, float]


WELL: Final = Allowance(0.1, (1.5, 0.02), (4.0, 0.05))
"""Measured: 5 % of the words missing, 1.5 and 2.5 strange; letters of one form 11 % and 9 at least."""

POORLY: Final = Allowance(0.2, (3.0, 0.06), (6.0, 0.12))
ODD_NUMBERS: Final = (1.0, 0.05)

_BITS: Final = 255
_BANDS: Final = 16
_BITS_A_BAND: Final = 15


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How a page looks, and what stands on it. `reading` is the key of the reading in the cache, if known."""

    image_hash: str | None
    wording: classify.Wording
    reading: str | None = None

    @property
    def has_little_text(self) -> bool:
        return self.wording.sure_count < LEAST_WORDS


def fingerprint_of(reading: PageReading) -> Fingerprint | None:
    """The fingerprint of a page; None for one that looks like any other: blank, unreadable, a few words."""
    if reading.failed is not None:
        return None
    found = Fingerprint(reading.image_hash, classify.wording(classify.page_words(reading.text)))
    return None if found.image_hash is None and found.has_little_text else found


def fingerprint_json(fingerprint: Fingerprint) -> dict[str, Any]:
    """As it stands in metadata: words and numbers as 32-bit hashes, the sure ones before the doubtful."""
    words = fingerprint.wording
    return {
        "image": fingerprint.image_hash,
        "words": [_packed(words.sure_words), _packed(words.doubtful_words)],
        "numbers": [_packed(words.sure_numbers), _packed(words.doubtful_numbers)],
    }


def fingerprint_from_json(data: Mapping[str, Any]) -> Fingerprint:
    """Raises KeyError, TypeError or ValueError for what is none."""
    (sure_words, doubtful_words), (sure_numbers, doubtful_numbers) = data["words"], data["numbers"]
    wording = classify.Wording(*map(_unpacked, (sure_words, doubtful_words, sure_numbers, doubtful_numbers)))
    image_hash = data["image"]
    if image_hash is not None:
        int(image_hash, 16)
    return Fingerprint(image_hash, wording, data.get("reading"))


def prints_of(document: Document) -> list[PagePrint]:
    """What the ledger keeps of a document's pages."""
    found = []
    for position, page in enumerate(document.pages, start=1):
        fingerprint = fingerprint_of(page.reading)
        if fingerprint is not None:
            data = {**fingerprint_json(fingerprint), "reading": page.stream.stem}
            found.append(PagePrint(position, data, keys_of(fingerprint)))
    return found


def prints_in(pages: Sequence[Mapping[str, Any]]) -> list[PagePrint]:
    """The same from the metadata's `pages`; those written before there were fingerprints have none."""
    found = []
    for position, page in enumerate(pages, start=1):
        if page.get("fingerprint"):
            data = {**page["fingerprint"], "reading": page.get("reading_key")}
            found.append(PagePrint(position, data, keys_of(fingerprint_from_json(data))))
    return found


def keys_of(fingerprint: Fingerprint) -> tuple[int, ...]:
    """Under which keys a page is found: by what stands on it; one with little text by its look."""
    keys = classify.wording_keys(fingerprint.wording)
    if fingerprint.has_little_text and fingerprint.image_hash is not None:
        bits = int(fingerprint.image_hash, 16) >> 1
        keys = [*(_band(bits, number) for number in range(_BANDS)), *keys]
    return tuple(keys)


def show_one_paper(
    one: Fingerprint, other: Fingerprint, texts: Callable[[], tuple[PageText, PageText] | None]
) -> bool:
    """Whether two pages are probably scans of the same paper.

    `texts` gives what was read on both, in the same order, None where that is not kept any more; it is asked
    only of pages that are very like each other.
    """
    distance = image_distance(one, other)
    poorly = max(one.wording.doubtful_share, other.wording.doubtful_share) > POORLY_READ
    little_text = one.has_little_text or other.has_little_text
    if (little_text or poorly) and (distance is None or distance > VERY_NEAR):
        return False
    many_words = min(one.wording.sure_count, other.wording.sure_count) >= MANY_WORDS
    far = distance is not None and distance > FARTHEST
    if far and not many_words:
        return False
    allowed = POORLY if poorly else WELL
    missing_words, _missing_numbers = classify.missing_share(one.wording, other.wording)
    odd = classify.odd_numbers(one.wording, other.wording)
    numbers = min(len(one.wording.sure_numbers), len(other.wording.sure_numbers))
    if missing_words > allowed.missing_words or min(odd) > _limit(ODD_NUMBERS, numbers):
        return False
    read = texts()
    if read is None:
        return not far and sum(odd) <= ODD_NUMBERS[0]
    first, second = map(classify.page_words, read)
    if classify.contradictions(first, second):
        return False
    strange = sorted((classify.strangeness(first, second), classify.strangeness(second, first)))
    words = min(first.count, second.count)
    return strange[0] <= _limit(allowed.little, words) and strange[1] <= _limit(allowed.most, words)


def _limit(allowed: tuple[float, float], count: int) -> float:
    """So much in all, or such a share of `count` where that is more: a long page has more to be misread."""
    return max(allowed[0], allowed[1] * count)


def image_distance(one: Fingerprint, other: Fingerprint) -> float | None:
    """The share of the image hash's bits that differ; None where a page has none."""
    if one.image_hash is None or other.image_hash is None:
        return None
    return (int(one.image_hash, 16) ^ int(other.image_hash, 16)).bit_count() / _BITS


def _band(bits: int, number: int) -> int:
    part = bits >> number * _BITS_A_BAND & (1 << _BITS_A_BAND) - 1
    digest = hashlib.blake2b(f"image {number} {part}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")


def _packed(hashes: Iterable[int]) -> str:
    values = sorted(hashes)
    return base64.b64encode(struct.pack(f">{len(values)}I", *values)).decode("ascii")


def _unpacked(text: str) -> frozenset[int]:
    data = base64.b64decode(text, validate=True)
    if len(data) % 4:
        raise ValueError("hashes of four bytes each were expected")
    return frozenset(struct.unpack(f">{len(data) // 4}I", data))
