"""Values read from letters, with their checks, places and confidences."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipro_scan.classify import EXTRACTED_FIELDS, extract_fields
from dipro_scan.classify.dates import dates_in
from dipro_scan.classify.text import text_lines
from dipro_scan.model import Field, PageReading
from dipro_scan.settings import Configuration

Typed = Callable[..., PageReading]
Read = Callable[..., Field | None]


@pytest.fixture
def read(typed: Typed, configuration: Configuration) -> Read:
    """One field of a document of pages typed by hand."""

    def read_field(name: str, *pages: str, **how: object) -> Field | None:
        readings = [typed(text, **how) for text in pages]
        return extract_fields(readings, [name], configuration.aktenplan).get(name)

    return read_field


EXPECTED = {
    "rechnung": {
        "absender": "Bürobedarf Beispiel GmbH",
        "betrag": "297.50",
        "dokumentdatum": "2025-03-03",
        "iban": "DE89370400440532013000",
        "rechnungsnummer": "RE-2025/0815",
    },
    "mahnung": {
        "absender": "Stadtwerke Nachbarort AG",
        "betrag": "124.00",
        "betreff": "2. Mahnung zu unserer Rechnung 4711-25",
        "dokumentdatum": "2025-04-14",
    },
    "geburtsurkunde": {"aktenzeichen": "34.10-0123/2025", "dokumentdatum": "2025-02-10"},
    "bauantrag": {"aktenzeichen": "63.10-0007/2025", "dokumentdatum": "2025-03-04"},
    "hundesteuerbescheid": {
        "absender": "Stadt Musterstadt",
        "betrag": "96.00",
        "betreff": "Hundesteuerbescheid für das Jahr 2025",
        "dokumentdatum": "2025-01-15",
    },
    "bussgeldbescheid": {
        "aktenzeichen": "32.30-0815/2025",
        "betrag": "98.50",
        "dokumentdatum": "2025-05-20",
    },
    "widerspruch": {
        "absender": "Erika Mustermann",
        "aktenzeichen": "30.10-0042/2025",
        "dokumentdatum": "2025-06-12",
    },
    "allgemeines_schreiben": {
        "absender": "Max Mustermann",
        "betreff": "Anregung zur Bank am Stadtweiher",
        "dokumentdatum": "2025-07-01",
    },
}


@pytest.mark.parametrize("class_id", sorted(EXPECTED))
def test_fields_of_whole_letters(
    letters: dict[str, PageReading], configuration: Configuration, class_id: str
) -> None:
    fields = extract_fields([letters[class_id]], EXTRACTED_FIELDS, configuration.aktenplan)
    assert {name: fields[name].value for name in EXPECTED[class_id]} == EXPECTED[class_id]
    for field in fields.values():
        assert field.page == 1
        assert field.box is not None
        assert 0 < field.confidence <= 0.95


def test_only_what_is_wanted_is_read(letters: dict[str, PageReading], configuration: Configuration) -> None:
    fields = extract_fields([letters["rechnung"]], ["iban", "flurstueck"], configuration.aktenplan)
    assert list(fields) == ["iban"]
    assert extract_fields([], EXTRACTED_FIELDS, configuration.aktenplan) == {}


def test_what_the_shipped_classes_require_can_be_read(configuration: Configuration) -> None:
    for item in configuration.classes:
        assert set(item.required_fields) <= EXTRACTED_FIELDS


# Dates


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3.4.25", ["2025-04-03"]),
        ("03. 04. 2025", ["2025-04-03"]),
        ("2025-04-03", ["2025-04-03"]),
        ("3. April 2025", ["2025-04-03"]),
        ("12. MRZ. 2025", ["2025-03-12"]),
        ("12. Maerz 2025 und 1. Sept. 24", ["2025-03-12", "2024-09-01"]),
        # Misread, and all the same to a pattern that heeds no case.
        ("3. Maı 2025 und 4. MAİ 2025", ["2025-05-03", "2025-05-04"]),
        ("3. ſeptember 2025 und 4. Junı 2025", ["2025-09-03", "2025-06-04"]),
        ("29.02.2024", ["2024-02-29"]),
        ("29.02.2025", []),
        ("31.04.2025", []),
        ("3.13.2025", []),
        ("1.1.70", ["1970-01-01"]),
        ("25.07:2026", ["2026-07-25"]),
        ("25,07.2026", ["2026-07-25"]),
        ("25:07:26", []),
        ("12,03,1", []),
        ("63.10-0007/2025", []),
        ("192.168.10.25", []),
        ("12.03.2025,5", []),
        ("12. Mai 10 Uhr", []),
        ("DIN 5008-12-03-20251", []),
    ],
)
def test_dates(typed: Typed, text: str, days: list[str]) -> None:
    (line,) = text_lines([typed(text)])
    assert [date.day.isoformat() for date in dates_in(line)] == days


@given(st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)))
def test_every_day_is_read_in_every_form(typed: Typed, day: dt.date) -> None:
    months = ["Januar", "Februar", "März", "April", "Mai", "Juni"]
    months += ["Juli", "August", "September", "Oktober", "November", "Dezember"]
    forms = [
        f"{day:%d.%m.%Y}",
        f"{day:%d.%m.%y}",
        f"{day.day}.{day.month}.{day.year}",
        day.isoformat(),
        f"{day.day}. {months[day.month - 1]} {day.year}",
    ]
    for form in forms:
        (line,) = text_lines([typed(f"am {form} geschehen")])
        assert [date.day for date in dates_in(line)] == [day], form


@given(st.text("0123456789. -/JanMrziıİſK", max_size=30))
def test_no_text_makes_a_wrong_day(typed: Typed, text: str) -> None:
    for line in text_lines([typed("x " + text)]):
        for date in dates_in(line):
            assert line.text[date.start : date.end].strip()
            assert 1800 <= date.day.year <= 2199


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Datum: 03.04.2025", "2025-04-03"),
        (
            "Ihr Zeichen      Unser Zeichen      Datum\nAB               CD                 03.04.2025",
            "2025-04-03",
        ),
        ("Datum | 03.04.2025", "2025-04-03"),
        ("Musterstadt, den 3. April 2025", "2025-04-03"),
        ("Bad Musterstadt den 03.04.2025", "2025-04-03"),
        ("03.04.2025", "2025-04-03"),
        ("Erika, geb. 01.02.1980\nMusterstadt, 03.04.2025", "2025-04-03"),
        ("Geburtsdatum: 01.02.1980", None),
        ("Ihr Schreiben vom 03.04.2025 haben wir erhalten", None),
        ("EINGEGANGEN\n03.04.2025", None),
        ("\n" * 40 + "03.04.2025", None),
    ],
)
def test_document_date(read: Read, text: str, value: str | None) -> None:
    field = read("dokumentdatum", text)
    assert (field.value if field else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("EINGEGANGEN 03.04.2025", "2025-04-03"),
        ("Stadt Musterstadt\nEingang\n3. APR. 2025", "2025-04-03"),
        ("Posteingang: 03.04.25   Anl.: 2", "2025-04-03"),
        ("Eing. 03.04.2025", "2025-04-03"),
        ("Wir bestätigen Ihnen den Eingang Ihrer Zahlung am 03.04.2025", None),
        ("Eingangsrechnung 03.04.2025", None),
        ("Eingang" + "\n" * 10 + "03.04.2025", None),
        ("03.04.2025", None),
    ],
)
def test_receipt_date(read: Read, text: str, value: str | None) -> None:
    field = read("eingangsdatum", text)
    assert (field.value if field else None) == value


# IBAN


def _vectors(test_data: Path, kind: str) -> list[tuple[str, bool]]:
    with (test_data / "check-digit-vectors.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == kind]
    return [(row["value"], row["valid"] == "1") for row in rows]


def test_iban_vectors(test_data: Path, read: Read) -> None:
    vectors = _vectors(test_data, "iban")
    assert vectors
    for value, valid in vectors:
        field = read("iban", f"IBAN: {value}")
        assert field is not None
        assert field.value == value.replace(" ", "")
        assert field.check == ("passed" if valid else "failed")


@pytest.mark.parametrize(
    ("text", "value", "check"),
    [
        ("DE89 3704 0044 0532 0130 00 BIC COBADEFF", "DE89370400440532013000", "passed"),
        ("Konto DE89370400440532013000, danke", "DE89370400440532013000", "passed"),
        ("IBAN DE89 37O4 0O44 O532 0I3O 0O", "DE89370400440532013000", "passed"),
        ("IBAN DE8937040044053201300S", "DE8937040044053201300S", "failed"),
        ("IBAN: DE89 3704 0044 0532 0130", "DE893704004405320130", "failed"),
        ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432", "passed"),
        ("AT611904300234573201", "AT611904300234573201", "passed"),
        ("DE89 3704 0044 0532 0130 01 oder DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "passed"),
    ],
)
def test_iban(read: Read, text: str, value: str, check: str) -> None:
    field = read("iban", text)
    assert field is not None
    assert (field.value, field.check) == (value, check)


@pytest.mark.parametrize(
    "text",
    ["USt-IdNr. DE136695976 Steuernummer 123/4567/8901", "XX89 3704 0044 0532 0130 00", "DE 12", "IBAN:"],
)
def test_no_iban(read: Read, text: str) -> None:
    assert read("iban", text) is None


def test_a_mended_iban_keeps_what_was_read_and_its_confidence(read: Read) -> None:
    field = read("iban", "x\n  IBAN DE89 37O4 0044 0532 0130 00", confidences={"37O4": 0.5})
    assert field is not None
    assert field.raw == "DE89 37O4 0044 0532 0130 00"
    assert field.confidence == 0.5
    assert field.box is not None
    assert field.box.x0 == pytest.approx(25 + 7 * 2)
    assert field.box.y0 == pytest.approx(15)


@given(bank=st.integers(10000000, 99999999), account=st.integers(0, 9999999999), data=st.data())
def test_no_single_misread_digit_passes(typed: Typed, configuration: Configuration, bank: int, account: int,
                                        data: st.DataObject) -> None:  # fmt: skip
    bban = f"{bank}{account:010d}"
    iban = f"DE{98 - int(bban + '131400') % 97:02d}{bban}"
    at = data.draw(st.integers(4, 21))
    wrong = data.draw(st.sampled_from("0123456789".replace(iban[at], "")))
    for text, check in ((iban, "passed"), (iban[:at] + wrong + iban[at + 1 :], "failed")):
        fields = extract_fields([typed(f"IBAN: {text}")], ["iban"], configuration.aktenplan)
        assert (fields["iban"].value, fields["iban"].check) == (text, check)


# Amounts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Gesamtbetrag 1.234,50 €", "1234.50"),
        ("Gesamtbetrag netto 100,00\nMwSt 19,00\nGesamtbetrag brutto 119,00", "119.00"),
        ("Gesamtbetrag 500,00 €\nbereits gezahlt 450,00 €\nnoch zu zahlen 50,00 €", "50.00"),
        ("Rechnungsbetrag | 1 234,50", "1234.50"),
        ("Artikel     Menge     Gesamtbetrag\nPapier      10        297,50", "297.50"),
        ("wir zahlten EUR 12,30 und 1.000,00 EUR sowie 5,00 €", "1000.00"),
        ("Gesamtbetrag inkl. 19,00 % MwSt 119,00", "119.00"),
        ("am 12.03.2025 um 10,5 kg", None),
        ("Zinssatz 5,25 % p. a.", None),
        ("12,50 Meter", None),
    ],
)
def test_amounts(read: Read, text: str, value: str | None) -> None:
    field = read("betrag", text)
    assert (field.value if field else None) == value


def test_an_unlabelled_amount_is_trusted_less(read: Read) -> None:
    labelled, anywhere = read("betrag", "zu zahlen 5,00 €"), read("betrag", "kostet 5,00 €")
    assert labelled is not None
    assert anywhere is not None
    assert anywhere.confidence < labelled.confidence


# Aktenzeichen


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ihr Zeichen: 63.10-0007/2025", "63.10-0007/2025"),
        ("Az.: 63 10 - 7/25", "63.10-0007/2025"),
        ("Aktenzeichen 63.10–0007/2025/001", "63.10-0007/2025"),
        ("FB/Geschäftszeichen: 63.10-12345/2025", "63.10-12345/2025"),
        ("Ihr Zeichen              Datum\n63.10-0007/2025          04.03.2025", "63.10-0007/2025"),
        ("Ihr Zeichen | 63.10-0007/2025", "63.10-0007/2025"),
        ("in der Sache 63.10-0007/2025 teile ich mit", "63.10-0007/2025"),
        ("in der Sache 99.10-0007/2025 teile ich mit", None),
        ("am 01.05.2025 um 10.20-11/30 Uhr", None),
        ("Az.: 765 Js 432/10", "765JS432/10"),
        ("Unser Zeichen: AB-4711", "AB-4711"),
        ("Ihr Zeichen: 12.03.2025", None),
        ("in der Sache 63.l0-O007/2025", None),
        ("Az. 99.10-1/2025 und 63.10-0007/2025", "63.10-0007/2025"),
        ("Unser Zeichen: X-1\nIhr Zeichen: 63.10-0007/2025", "63.10-0007/2025"),
    ],
)
def test_aktenzeichen(read: Read, text: str, value: str | None) -> None:
    field = read("aktenzeichen", text)
    assert (field.value if field else None) == value


def test_a_mended_aktenzeichen_is_never_sure(read: Read) -> None:
    field = read("aktenzeichen", "Ihr Zeichen: 63.1O-OOO7/2025")
    assert field is not None
    assert (field.value, field.raw, field.confidence) == ("63.10-0007/2025", "63.1O-OOO7/2025", 0.5)


def test_two_different_aktenzeichen_share_their_confidence(read: Read) -> None:
    both = read("aktenzeichen", "Az.: 63.10-0007/2025\nAz.: 63.10-0008/2025", confidence=0.9)
    same = read("aktenzeichen", "Az.: 63.10-0007/2025\nAz.: 63.10-7/25", confidence=0.9)
    assert both is not None
    assert same is not None
    assert both.confidence == pytest.approx(0.45)
    assert same.confidence == pytest.approx(0.9)


@given(st.text("0123456789.-/ AzJs:", max_size=40))
def test_no_text_breaks_the_aktenzeichen(typed: Typed, configuration: Configuration, text: str) -> None:
    fields = extract_fields([typed("Az. " + text)], ["aktenzeichen"], configuration.aktenplan)
    for field in fields.values():
        assert field.value
        assert " " not in field.value


# Sender, subject, number of an invoice


def test_the_return_line_goes_before_the_letterhead(read: Read) -> None:
    text = (
        "Logo Gruppe\n"
        + "\n" * 7
        + "Muster AG, Weg 1, 54321 Beispiel\n\nStadt Musterstadt\n12345 Musterstadt"
    )
    field = read("absender", text, confidence=1.0)
    assert field is not None
    assert (field.value, field.confidence) == ("Muster AG", 0.9)
    head = read("absender", text.replace(", ", " "), confidence=1.0)
    assert head is not None
    assert (head.value, head.confidence) == ("Logo Gruppe", 0.6)


def test_no_sender_where_the_head_is_empty(read: Read) -> None:
    assert read("absender", "\n" * 20 + "Text") is None
    assert read("absender", "4711\n12345 Musterstadt") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Betreff: Laterne defekt\n\nSehr geehrte Damen und Herren,", "Laterne defekt"),
        ("Datum: 01.02.2025\n\nLaterne defekt\n\nGuten Tag,", "Laterne defekt"),
        ("x\n\n\n# Laterne\n# defekt\n\nSehr geehrte Frau Muster,", "Laterne defekt"),
        ("12345 Musterstadt\n\nSehr geehrte Damen und Herren,", None),
        ("Laterne defekt", None),
    ],
)
def test_subject(read: Read, text: str, value: str | None) -> None:
    field = read("betreff", text)
    assert (field.value if field else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Rechnungs-Nr.: RE-2025/0815", "RE-2025/0815"),
        ("Rechnungsnummer 4711", "4711"),
        ("Rechnung Nr. 2025-17 vom 01.02.2025", "2025-17"),
        ("Rechnungsnummer: RE 2025-17.", "RE2025-17"),
        ("Rechnungs-Nr. | A12345", "A12345"),
        ("Kunde     Rechnungs-Nr.     Seite\n4711      2025-17           1", "2025-17"),
        ("Rechnung 2025-17", "2025-17"),
        ("Rechnung 01.02.2025", None),
        ("Rechnung vom 01.02.2025", None),
        ("Ihre Rechnung haben wir 17 Mal bezahlt", None),
    ],
)
def test_invoice_number(read: Read, text: str, value: str | None) -> None:
    field = read("rechnungsnummer", text)
    assert (field.value if field else None) == value
