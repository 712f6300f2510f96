"""Which documents count as paper that was scanned before, and which never do."""

from __future__ import annotations

import hashlib
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from dipro_scan.batch.cache import ReadingCache
from dipro_scan.batch.filing import pages_json
from dipro_scan.batch.fingerprints import prints_in, prints_of
from dipro_scan.batch.likeness import RescanFinder, rescan_suspected
from dipro_scan.batch.station import Station
from dipro_scan.batch.workspace import Workspace
from dipro_scan.ledger import DocumentEntry, DocumentState, Ledger
from dipro_scan.model import (
    READING_SCHEMA,
    Box,
    ColourSpace,
    Document,
    ImageFilter,
    ImageStream,
    PageRef,
    ReadPage,
)
from dipro_scan.separate import document_id
from dipro_scan.settings import DuplicateSettings

from ..pages_by_hand import page_reading, words_in

LETTER = """Stadtwerke Musterstadt Kundenzentrum Rechnung Nummer {number} vom {date} Lieferstelle
{street} {house} Sehr geehrte Frau {name}
wir berechnen Ihnen für die Lieferung von Strom und Wasser den Betrag {amount} Euro
Bitte überweisen Sie auf das Konto DE02120300000000202051 bis spätestens 30.11.2026
Vielen Dank Ihre Stadtwerke"""
MEIER = {"number": "2026-004711", "date": "02.11.2026", "street": "Lindenallee", "house": "17",
         "name": "Meierhofer", "amount": "118,40"}  # fmt: skip
SCHULZ = MEIER | {"number": "2026-008123", "street": "Bahnhofstraße", "house": "4", "name": "Schulzendorf"}


STREAM = ImageStream(ImageFilter.FLATE, 1, 1, ColourSpace.GRAY, 8, zlib.compress(b"\0"))


@dataclass(frozen=True, slots=True)
class Stand:
    """What a finder needs of a station."""

    ledger: Ledger
    workspace: Workspace


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield Stand(ledger, Workspace(tmp_path, tmp_path))
    ledger.close()


def finder(stand: Stand, **options: Any) -> RescanFinder:
    return RescanFinder(cast("Station", stand), DuplicateSettings(**options))


def look(seed: int, flipped: int = 0) -> str:
    """An image hash of its own for each seed, with some bits changed."""
    chance = random.Random(seed)
    value = chance.getrandbits(255)
    for bit in random.Random(f"{seed}-{flipped}").sample(range(255), flipped):
        value ^= 1 << bit
    return f"{value << 1:064x}"


def page(text: str, image_hash: str | None, source: str, number: int = 1) -> ReadPage:
    return page_of_words([(word, 0.96) for word in text.split()], image_hash, source, number)


def page_of_words(
    words: Sequence[tuple[str, float]], image_hash: str | None, source: str, number: int = 1
) -> ReadPage:
    """A page with these words and confidences."""
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    reading = page_reading(
        content_sha256=hashlib.sha256(f"{source} {number}".encode()).hexdigest(),
        text=words_in(Box(0, 0, 1, 1), words),
        image_hash=image_hash,
    )
    return ReadPage(PageRef(sha256, source, number), reading, Path(f"{sha256[:20]}{number}.stream"))


def document(*pages: ReadPage) -> Document:
    return Document(document_id(pages), pages)


def enter(stand: Stand, made: Document, *, cached: bool = True) -> Document:
    refs = tuple(item.ref for item in made.pages)
    entry = DocumentEntry(made.id, DocumentState.REVIEW, "b", refs, None, 0.0, None, None, None, ())
    stand.ledger.hold_document(entry, prints_of(made))
    if cached:
        cache = ReadingCache(stand.workspace.cache)
        for item in made.pages:
            cache.put(item.stream.stem, item.reading, STREAM)
    return made


def letter(source: str, flipped: int = 0, **facts: str) -> Document:
    return document(page(LETTER.format(**(MEIER | facts)), look(1, flipped), source))


def test_the_same_letter_scanned_again_is_found_and_told(stand: Stand) -> None:
    first = enter(stand, letter("first.pdf"))
    again = letter("again.pdf", flipped=30)
    rescan = finder(stand).find(again)
    assert rescan is not None
    assert (rescan.known.id, rescan.pages) == (first.id, (1,))
    reason = rescan_suspected(rescan)
    assert reason.code == "rescan_suspected"
    assert first.id[:12] in reason.text
    filed = replace(rescan.known, aktenzeichen="20.10-0001/2026")
    assert "20.10-0001/2026" in rescan_suspected(replace(rescan, known=filed)).text
    assert finder(stand, rescans="ignore").find(again) is None


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(
    "other",
    [
        SCHULZ,
        MEIER | {"number": "2026-005822", "date": "02.12.2026", "amount": "97,15"},
        MEIER | {"number": "2026-009913", "house": "31", "name": "Schulzendorf"},
    ],
    ids=["neighbour", "next month", "same street"],
)
def test_another_letter_of_the_same_form_is_none(stand: Stand, other: dict[str, str], cached: bool) -> None:
    enter(stand, letter("first.pdf"), cached=cached)
    assert finder(stand).find(letter("other.pdf", flipped=20, **other)) is None


def test_a_serial_letter_that_differs_in_the_person_alone_is_none(stand: Stand) -> None:
    enter(stand, letter("first.pdf"))
    person = {"name": "Schulzendorf", "street": "Bahnhofstraße"}
    assert finder(stand).find(letter("other.pdf", flipped=12, **person)) is None


def test_a_digit_misread_is_the_same_letter_another_number_is_the_next_of_its_series(stand: Stand) -> None:
    enter(stand, letter("first.pdf"))
    other = "2026-004717"
    words = LETTER.format(**{**MEIER, "number": other}).split()
    misread = [(word, 0.7 if other in word else 0.95) for word in words]
    assert finder(stand).find(document(page_of_words(misread, look(1, 12), "again.pdf"))) is not None
    assert finder(stand).find(letter("series.pdf", number=other)) is None
    following = {"number": "2026-004712", "date": "02.12.2026", "amount": "118,45", "house": "19"}
    assert finder(stand).find(letter("next.pdf", **following)) is None


def test_a_stamp_put_on_since_does_not_make_it_another_letter(stand: Stand) -> None:
    enter(stand, letter("first.pdf"))
    stamped = f"{LETTER.format(**MEIER)} Eingegangen 05.11.2026"
    assert finder(stand).find(document(page(stamped, look(1, 25), "again.pdf"))) is not None


def test_the_same_words_that_look_otherwise_are_none(stand: Stand) -> None:
    enter(stand, letter("first.pdf"))
    assert finder(stand).find(document(page(LETTER.format(**MEIER), look(2), "other.pdf"))) is None


def test_a_poor_reading_is_allowed_more_where_the_look_is_the_same(stand: Stand) -> None:
    misread = LETTER.format(**MEIER).replace("Lindenallee", "Iinbcnoltoo").replace("Betrag", "8ehna9")
    misread = misread.replace("Vielen Dank", "Vlotom Bonk").replace("Kundenzentrum", "Kvmbomxomtnun")
    words = LETTER.format(**MEIER).split()
    first = [(word, 0.95 if place % 2 else 0.6) for place, word in enumerate(words)]
    poor = [(word, 0.95 if place % 2 else 0.6) for place, word in enumerate(misread.split())]
    enter(stand, document(page_of_words(first, look(1), "first.pdf")))
    assert finder(stand).find(document(page_of_words(poor, look(1, 12), "again.pdf"))) is not None
    assert finder(stand).find(document(page_of_words(poor, look(1, 50), "again.pdf"))) is None


def test_of_many_words_the_words_alone_tell(stand: Stand) -> None:
    """A coloured advertisement in black and white looks like another page."""
    words = " ".join(f"Wort{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(90))
    enter(stand, document(page(words, look(1), "first.pdf")))
    assert finder(stand).find(document(page(words, look(2), "again.tif"))) is not None


def test_a_page_with_little_text_must_look_very_much_the_same(stand: Stand) -> None:
    enter(stand, document(page("Lageplan", look(5), "plan.tif")))
    again = document(page("Lageplan", look(5, 12), "again.tif"))
    assert finder(stand).find(again) is not None
    assert finder(stand).find(document(page("Lageplan", look(5, 45), "other.tif"))) is None
    assert finder(stand).find(document(page("Lageplan", look(6), "third.tif"))) is None
    assert finder(stand).find(document(page("Lageplan", None, "fourth.tif"))) is None


def pages_of(source: str, *looks: int, start: int = 1) -> Sequence[ReadPage]:
    """Pages with a text and a look of their own each."""
    return [
        page(LETTER.format(**(MEIER | {"number": f"{7919 * number:09d}"})), look(number, 9), source, place)
        for place, number in enumerate(looks, start=start)
    ]


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5)),
        ((1, 2, 9, 4, 5), (1, 2, 4, 5)),
        ((1, 9, 8, 4, 5), None),
        ((3,), (3,)),
        ((8, 1, 2, 3, 4, 5, 9), (1, 2, 3, 4, 5)),
        ((5, 4, 3, 2, 1), None),
        ((2, 1), None),
    ],
)
def test_most_pages_of_the_shorter_one_must_follow_each_other(
    stand: Stand, pages: tuple[int, ...], found: tuple[int, ...] | None
) -> None:
    enter(stand, document(*pages_of("first.pdf", 1, 2, 3, 4, 5)))
    rescan = finder(stand).find(document(*pages_of("again.pdf", *pages)))
    assert (rescan.pages if rescan else None) == found


def test_pages_of_the_same_source_page_are_no_second_scan(stand: Stand) -> None:
    """A document cut otherwise (settings changed, a person parted it) holds the very same pages."""
    whole = pages_of("stack.pdf", 1, 2, 3)
    enter(stand, document(*whole))
    assert finder(stand).find(document(*whole[:2])) is None
    assert finder(stand).find(document(*whole)) is None
    assert finder(stand).find(document(*pages_of("stack.pdf", 1, 2, start=7))) is not None


def test_what_was_rejected_is_forgotten(stand: Stand) -> None:
    first = enter(stand, letter("first.pdf"))
    stand.ledger.reject_document(first.id)
    assert finder(stand).find(letter("again.pdf", flipped=9)) is None


def test_blank_and_failed_pages_tell_nothing(stand: Stand) -> None:
    failed = page(LETTER.format(**MEIER), look(1), "bad.pdf")
    failed = replace(failed, reading=replace(failed.reading, failed="timeout"))
    enter(stand, document(failed))
    assert prints_of(document(failed, page("", None, "blank.pdf"))) == []
    assert finder(stand).find(letter("again.pdf")) is None


def test_metadata_carries_what_the_ledger_needs(stand: Stand) -> None:
    made = letter("first.pdf")
    told = json.loads(json.dumps([entry for item in made.pages for entry in pages_json(item)]))
    (from_metadata,), (from_reading,) = prints_in(told), prints_of(made)
    assert from_metadata == from_reading
    assert from_metadata.keys == from_reading.keys
    old = [{name: value for name, value in item.items() if name != "fingerprint"} for item in told]
    assert prints_in(old) == []


def test_readings_of_the_first_schema_are_not_taken_for_todays(stand: Stand) -> None:
    """They lack the look of the page: the page is read again."""
    cache, made = ReadingCache(stand.workspace.cache), letter("first.pdf")
    cache.put("ab12", made.pages[0].reading, STREAM)
    path = cache.reading_path("ab12")
    data = json.loads(zlib.decompress(path.read_bytes()))
    assert data["schema"] == READING_SCHEMA == 5
    del data["image_hash"]
    path.write_bytes(zlib.compress(json.dumps(data | {"schema": 1}).encode()))
    assert cache.reading("ab12") is None
