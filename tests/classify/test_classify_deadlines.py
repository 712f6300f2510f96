"""Deadlines stand at the head of the day's work; those that the city sets for others do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest

from dipro_scan.classify import extract_fields, find_deadlines
from dipro_scan.model import Deadline, PageReading
from dipro_scan.settings import Configuration

Typed = Callable[..., PageReading]
Find = Callable[..., Sequence[Deadline]]

RECEIVED = dt.date(2026, 11, 23)
LETTER = """
    Kanzlei Recht & Partner
    Kanzlei Recht & Partner · Hauptstr. 9 · 54321 Beispielstadt



    Stadt Musterstadt
    Rathausplatz 1
    12345 Musterstadt
                                         Datum: 19.11.2026


    In Sachen Mustermann

    Sehr geehrte Damen und Herren,
    {sentence}
    Mit freundlichen Grüßen
    """


@pytest.fixture
def find(typed: Typed, configuration: Configuration) -> Find:
    """A sentence in a lawyer's letter of 19 November 2026, received on the 23rd → its deadlines."""

    def find_in(
        sentence: str, class_id: str | None = "allgemeines_schreiben", letter: str = LETTER
    ) -> Sequence[Deadline]:
        pages = [typed(letter.replace("{sentence}", sentence))]
        fields = extract_fields(pages, {"dokumentdatum", "eingangsdatum"}, configuration.aktenplan)
        return find_deadlines(pages, class_id, fields, configuration, RECEIVED)

    return find_in


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Wir erwarten Ihre Antwort bis zum 15.12.2026.", "2026-12-15"),
        ("Bitte nehmen Sie bis 15. Dezember 2026 Stellung.", "2026-12-15"),
        ("Zahlen Sie bitte spätestens am Freitag, den 11.12.2026.", "2026-12-11"),
        ("Wir setzen Ihnen eine Frist bis zum 07.12.2026.", "2026-12-07"),
        ("Bitte antworten Sie bis zum 4.1.", "2027-01-04"),
        ("Frist: 01.12.2026", "2026-12-01"),
        ("Letzte Zahlungsfrist ist der 30.11.2026.", "2026-11-30"),
        ("Wir erwarten Ihre Antwort bis zum\n    15.12.2026.", "2026-12-15"),
        ("Wir bitten Sie, den Betrag bis zum 20.11.2026 zu überweisen.", "2026-11-20"),
    ],
)
def test_days_that_are_named(find: Find, sentence: str, day: str) -> None:
    (found,) = find(sentence)
    assert (found.kind, found.basis) == ("date", "stated")
    assert found.day == dt.date.fromisoformat(day)
    assert found.page == 1
    assert found.box is not None
    assert found.text.split()[-1] in sentence


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Die Berufung ist innerhalb eines Monats nach Zustellung einzulegen.", "2026-12-23"),
        ("Äußern Sie sich bitte binnen zwei Wochen.", "2026-12-07"),
        ("Äußern Sie sich bitte bınnen zweı Wochen.", "2026-12-07"),
        ("Äußern Sie sich bitte binnen DREİ WOCHEN.", "2026-12-14"),
        ("Äußern Sie sich bitte binnen ſechs Wochen.", "2027-01-04"),
        ("Wir fordern Sie auf, innerhalb von 10 Tagen ab Zugang dieses Schreibens zu zahlen.", "2026-12-03"),
        ("Wir setzen Ihnen eine Frist von drei Wochen.", "2026-12-14"),
        ("Bitte teilen Sie uns das binnen Monatsfrist mit.", "2026-12-23"),
        (
            "Gegen den Beschluss steht die Beschwerde binnen einer Frist von zwei\n    Wochen zu.",
            "2026-12-07",
        ),
    ],
)
def test_spans_run_from_the_receipt(find: Find, sentence: str, day: str) -> None:
    (found,) = find(sentence, "gerichtsentscheidung")
    assert (found.kind, found.basis) == ("period", "receipt")
    assert found.day == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Vollmacht ist gültig bis zum 31.12.2026.",
        "Der Markt findet vom 01.12.2026 bis zum 23.12.2026 statt.",
        "Die Gefahr darf nicht bis zum Abschluss des Verfahrens bestehen.",
        "Die Geldbuße ist zwei Wochen nach Rechtskraft zu zahlen.",
        "Ich war innerhalb geschlossener Ortschaften unterwegs.",
        "Ihr Schreiben vom 12.11.2026 haben wir erhalten.",
        "Wir bitten um Auskunft, was bis zum 31.12.2019 geschah.",
        "Der Vertrag endet mit einer Kündigungsfrist von drei Monaten zum Quartalsende.",
        "Bitte beachten Sie die Bindung bis zum 31.12.2035.",
    ],
)
def test_what_is_no_deadline(find: Find, sentence: str) -> None:
    assert find(sentence) == ()


def test_the_most_urgent_comes_first_and_each_but_once(find: Find) -> None:
    found = find(
        "Zahlen Sie bis zum 15.12.2026, antworten Sie bis zum 01.12.2026, zahlen Sie bis zum 15.12.2026."
    )
    assert [item.day for item in found] == [dt.date(2026, 12, 1), dt.date(2026, 12, 15)]


def test_a_remedy_is_urgent_by_itself_and_its_quotations_set_no_deadline(find: Find) -> None:
    sentence = "gegen Ihren Bescheid lege ich innerhalb eines Monats nach Bekanntgabe Widerspruch ein."
    (found,) = find(sentence, "widerspruch")
    assert (found.kind, found.day, found.basis) == ("remedy", None, "class")
    assert "Widerspruch" in found.text
    asked = find(sentence + "\n    Ich erwarte Ihre Antwort bis zum 15.12.2026.", "widerspruch")
    assert [item.kind for item in asked] == ["date", "remedy"]


def test_invoices_and_contracts_are_not_asked_but_what_nobody_knows_is(find: Find) -> None:
    sentence = "Bitte zahlen Sie bis zum 15.12.2026."
    assert find(sentence, "rechnung") == ()
    assert find(sentence, "vertrag") == ()
    assert len(find(sentence, None)) == 1


@pytest.mark.parametrize("class_id", ["anhoerung", "bussgeldbescheid", "ordnungsverfuegung", None])
@pytest.mark.parametrize("by", ["return line", "letterhead"])
def test_what_the_city_itself_wrote_sets_it_no_deadline(find: Find, class_id: str | None, by: str) -> None:
    ours = LETTER.replace("Stadt Musterstadt\n    Rathausplatz 1\n    12345 Musterstadt", "Herrn Muster")
    if by == "return line":
        ours = ours.replace("Kanzlei Recht & Partner ·", "Stadt Musterstadt ·")
    else:
        ours = ours.replace("Kanzlei Recht & Partner\n", "Der Bürgermeister der Stadt Musterstadt\n")
    sentence = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage erhoben werden."
    assert find(sentence, class_id, ours) == ()
    assert len(find(sentence, class_id)) == 1


def test_another_body_of_the_same_town_is_not_the_city(find: Find) -> None:
    court = LETTER.replace("Kanzlei Recht & Partner", "Amtsgericht Musterstadt")
    sentence = "Die Beschwerde ist binnen zwei Wochen nach Zustellung einzulegen."
    assert len(find(sentence, "gerichtsentscheidung", court)) == 1
