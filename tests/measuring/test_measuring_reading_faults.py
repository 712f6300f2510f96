"""Kinds of faults of a reading, and characters counted apart."""

from __future__ import annotations

from error_rates import errors, folded
from hypothesis import given
from hypothesis import strategies as st
from reading_faults import Faults, Inspection, ReadRight, inspected, total_faults, total_kinds


def _inspected(truth: str, read: str) -> Inspection:
    return inspected(truth, read, errors(truth, read).character_errors)


def test_umlauts_and_signs_are_counted_apart() -> None:
    found = _inspected(
        "Bürgermeister § 5, Straße: 12,50 € über", "Burgermeister $ 5, Strasse: 12,50 € über"
    ).kinds
    assert found["umlauts"] == ReadRight(2, 1)
    assert found["ß"] == ReadRight(1, 0)
    assert found["§"] == ReadRight(1, 0)
    assert found["€"] == ReadRight(1, 1)
    assert found["digits"] == ReadRight(5, 5)


def test_a_digit_read_as_another_is_not_right_though_both_are_there() -> None:
    assert _inspected("IBAN 1234 5678", "IBAN 1243 5678").kinds["digits"] == ReadRight(8, 7)


def test_decomposed_umlauts_are_umlauts() -> None:
    assert _inspected("Mu\u0308ller", "Müller").kinds["umlauts"] == ReadRight(1, 1)


def test_letters_of_words_in_another_place_were_read_right() -> None:
    found = _inspected("Für Müller\nAm Äußeren Ring 5", "Am Äußeren Ring 5\nFür Müller")
    assert found.kinds["umlauts"] == ReadRight(3, 3)
    assert found.kinds["digits"] == ReadRight(1, 1)
    assert found.faults.displaced > 0
    assert found.faults.order > 0
    assert (found.faults.misread, found.faults.missing, found.faults.extra) == (0, 0, 0)


def test_a_line_left_out_is_missing_text() -> None:
    faults = _inspected("erste Zeile zweite Zeile dritte", "erste Zeile dritte").faults
    assert faults == Faults(missing=len("zweite Zeile"), order=1)  # the space between, that no word has


def test_text_that_is_not_there_is_extra() -> None:
    assert _inspected("eins zwei", "eins lalala zwei").faults.extra == len("lalala")


def test_single_letters_are_misread_and_told() -> None:
    found = _inspected("Rathaus", "Rathans")
    assert found.faults == Faults(misread=1)
    assert found.mistaken == {("u", "n"): 1}


def test_a_dropped_letter_is_no_missing_text() -> None:
    assert _inspected("Rathaus", "Rathus").faults == Faults(misread=1)


def test_a_long_run_beside_a_slip_is_both() -> None:
    faults = _inspected("Aktenzeichen", "Aqn").faults
    assert faults.missing > 0
    assert faults.extra == 0


def test_where_the_order_is_debatable_it_has_no_cost() -> None:
    truth, read = "eins zwei drei", "drei zwei eins"
    counts = errors(truth, read, order_free=True)
    assert inspected(truth, read, counts.character_errors).faults.order == 0


def test_parts_add_up() -> None:
    parts = [_inspected("Tür 1", "Tur 1"), _inspected("Öl 22", "Öl 2")]
    kinds = total_kinds(part.kinds for part in parts)
    assert kinds["umlauts"] == ReadRight(2, 1)
    assert kinds["digits"] == ReadRight(3, 2)
    assert total_faults(part.faults for part in parts).misread == 2


_WORDS = st.lists(st.text("abäß§€12", min_size=1, max_size=5), max_size=12).map(" ".join)


@given(_WORDS)
def test_a_perfect_reading_has_no_faults(text: str) -> None:
    found = _inspected(text, text)
    assert found.faults == Faults()
    assert all(part.read_right == part.in_truth for part in found.kinds.values())


@given(_WORDS, _WORDS)
def test_counts_are_bounded(truth: str, read: str) -> None:
    found = _inspected(truth, read)
    assert all(0 <= part.read_right <= part.in_truth for part in found.kinds.values())
    assert found.kinds["umlauts"].in_truth == folded(truth).count("ä")
    assert found.faults.missing + found.faults.displaced <= len(folded(truth))
    assert found.faults.extra + found.faults.displaced <= len(folded(read))


@given(st.permutations(["für", "§", "12", "Straße", "Haus", "Ämter"]))
def test_words_in_any_order_are_all_read_right(words: list[str]) -> None:
    found = _inspected("für § 12 Straße Haus Ämter", " ".join(words))
    assert all(part.read_right == part.in_truth for part in found.kinds.values())
    assert (found.faults.misread, found.faults.missing, found.faults.extra) == (0, 0, 0)
