"""Two readings of one page, and readings of two letters of one form."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.classify import (
    contradictions,
    missing_share,
    odd_numbers,
    page_words,
    strangeness,
    wording,
    wording_keys,
)
from dipro_scan.classify.wording import NUMBERS_KEPT, WORDS_KEPT
from dipro_scan.model import Box, PageText

from ..pages_by_hand import words_in

FORM = (
    "Stadt Musterstadt Fachbereich Finanzen Bescheid über die Hundesteuer für das Kalenderjahr {year} "
    "Sehr geehrte Frau {name} die Steuer für Ihren Hund wird festgesetzt auf {amount} Euro "
    "Kassenzeichen {number} zahlbar bis 15.05.{year} auf das Konto DE02120300000000202051"
)
MEIER = FORM.format(year=2026, name="Meierhofer", amount="96,00", number="5.0100.004711.8")
SCHULZ = FORM.format(year=2026, name="Schulzendorf", amount="96,00", number="5.0100.008123.4")


def text(words: str | Sequence[tuple[str, float]]) -> PageText:
    told = [(word, 0.96) for word in words.split()] if isinstance(words, str) else words
    return words_in(Box(0, 0, 1, 1), told)


def strange(one: PageText, other: PageText) -> tuple[float, float]:
    first, second = page_words(one), page_words(other)
    return strangeness(first, second), strangeness(second, first)


def test_another_person_and_number_are_strange_on_both_letters() -> None:
    assert strange(text(MEIER), text(SCHULZ)) == (2, 2)
    assert odd_numbers(wording(page_words(text(MEIER))), wording(page_words(text(SCHULZ)))) == (1, 1)


def test_what_was_misread_split_or_joined_is_not_strange() -> None:
    again = MEIER.replace("Meierhofer", "Meierhofor").replace("Sehr geehrte", "Sehrgeehrte")
    again = again.replace("Kassenzeichen", "Kassen zeichen").replace("Finanzen", "FINANZEN,")
    assert strange(text(MEIER), text(again)) == (0, 0)
    assert strange(text(MEIER), text(f"{MEIER} Eingegangen 12.03.2026"))[0] == 0


def test_a_number_one_digit_off_may_be_misread_and_may_be_the_next_one() -> None:
    assert strange(text("Rechnung 20261234"), text("Rechnung 20261235")) == (0.5, 0.5)
    assert strange(text("Rechnung 20261234"), text("Rechnung 20267777")) == (1, 1)
    assert strange(text("Haus 12"), text("Haus 13")) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("Rechnung RE-2026-0001", "Rechnung RE-2026-0002", 1),
        ("Rechnung 4711008 Kunde 900100", "Rechnung 4711009 Kunde 900200", 2),
        ("Rechnung RE-2026-0001", "Rechnung RE-2026-0001 Eingang 12.11.2026 Nr. 1234567", 0),
        ("Rechnung RE-2026-0001", "Rechnung", 0),
        ("geboren 06.06.1962 in 47798 Krefeld", "geboren 06.06.1963 in 47793 Krefeld", 0),
        ("vom 2026-11-03", "vom 2026-11-08", 0),
        ("Konto 123456", "Konto 1234567", 0),
    ],
)
def test_two_identifiers_contradict_each_other_and_dates_may_be_misread(
    one: str, other: str, count: int
) -> None:
    first, second = page_words(text(one)), page_words(text(other))
    assert contradictions(first, second) == contradictions(second, first) == count


def test_what_is_read_doubtfully_contradicts_nothing() -> None:
    sure, fair, doubtful = (page_words(text([(f"4711{n}8", c)])) for n, c in ((1, 0.93), (2, 0.86), (3, 0.6)))
    assert contradictions(sure, fair) == 1
    assert contradictions(sure, doubtful) == 0
    assert contradictions(fair, page_words(text([("471148", 0.88)]))) == 0


def test_what_is_read_doubtfully_counts_half() -> None:
    by_hand = text([("Name", 0.96), ("Kowalczyk", 0.4), ("4711", 0.5)])
    assert strange(by_hand, text("Name Obermüller 9238")) == (1, 2)


def test_shares_of_what_the_other_lacks() -> None:
    one, other = wording(page_words(text(MEIER))), wording(page_words(text(SCHULZ)))
    words, numbers = missing_share(one, other)
    assert 0 < words < 0.1
    assert 0 < numbers < 0.5
    assert missing_share(one, one) == (0, 0)
    assert missing_share(wording(page_words(PageText())), one)[0] == 1
    assert missing_share(wording(page_words(PageText())), wording(page_words(PageText()))) == (0, 0)


def test_a_long_page_keeps_a_bounded_sketch_of_itself() -> None:
    words = " ".join(f"wort{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(650))
    numbers = " ".join(str(1000 + n) for n in range(300))
    page = page_words(text(f"{words} {numbers}"))
    kept = wording(page)
    assert (len(kept.sure_words), len(kept.sure_numbers)) == (WORDS_KEPT, NUMBERS_KEPT)
    fewer = wording(page_words(text(" ".join(words.split()[::2]))))
    missing, _numbers = missing_share(kept, fewer)
    assert 0.2 < missing < 0.5, "half of one of both"


@given(st.lists(st.sampled_from([*MEIER.split(), *SCHULZ.split()]), max_size=60))
def test_order_does_not_matter_and_keys_are_stable(words: list[str]) -> None:
    shuffled = sorted(words)
    one, other = wording(page_words(text(" ".join(words)))), wording(page_words(text(" ".join(shuffled))))
    assert one == other
    assert wording_keys(one) == wording_keys(other)
    assert len(set(wording_keys(one))) == len(wording_keys(one))
