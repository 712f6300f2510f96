"""Pages made by hand: typewritten lines → PageReading with words and boxes in millimetres."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from dipro_scan.model import (
    BlankVerdict,
    Block,
    Box,
    Colour,
    Document,
    EngineIdentity,
    Line,
    PageGeometry,
    PageReading,
    PageRef,
    PageText,
    ReadPage,
    Resolution,
    Word,
)
from dipro_scan.settings import Configuration, load_configuration

PITCH_MM = 5.0
CHARACTER_MM = 2.0
LEFT_MM = 25.0

Typewriter = Callable[..., PageReading]


def _line(text: str, top_mm: float, confidences: Mapping[str, float], confidence: float) -> Line:
    height = 3.5
    if text.startswith("# "):
        text, height = text[2:], 7.0
    words = []
    for match in re.finditer(r"\S+", text):
        left = LEFT_MM + match.start() * CHARACTER_MM
        box = Box(left, top_mm, left + len(match.group()) * CHARACTER_MM, top_mm + height)
        words.append(Word(match.group(), box, confidences.get(match.group(), confidence)))
    box = Box.around([word.box for word in words])
    return Line(tuple(words), box, (box.x0, box.y1, box.x1, box.y1))


@pytest.fixture(scope="session")
def typed() -> Typewriter:
    """Types a page: every line of `text` 5 mm below the one before, from 10 mm on.

    `# ` before a line types it twice as high; ` | ` starts a new line of its own in the same row.
    """

    def type_page(
        text: str,
        *,
        confidence: float = 0.95,
        confidences: Mapping[str, float] | None = None,
        **changes: object,
    ) -> PageReading:
        blocks = []
        for index, row in enumerate(dedent(text).removeprefix("\n").splitlines()):
            column = 0
            for part in row.split(" | "):
                if part.strip():
                    line = _line(
                        part if part.startswith("# ") else " " * column + part,
                        10.0 + index * PITCH_MM,
                        confidences or {},
                        confidence,
                    )
                    blocks.append(Block((line,), line.box))
                column += len(part) + 3
        values: dict[str, object] = {
            "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "geometry": PageGeometry(210.0, 297.0),
            "resolution": Resolution(300, 300),
            "resolution_origin": "file",
            "colour": Colour.GRAY,
            "rotation_confidence": 0.9,
            "blank": BlankVerdict.NOT_BLANK,
            "text": PageText(tuple(blocks)),
            "engine": EngineIdentity("hand", "1"),
        }
        return PageReading(**{**values, **changes})  # type: ignore[arg-type]

    return type_page


@pytest.fixture(scope="session")
def document_of() -> Callable[..., Document]:
    """Binds readings together as a document."""

    def bind(*readings: PageReading) -> Document:
        pages = tuple(
            ReadPage(PageRef("0" * 64, "stapel.pdf", number), reading, Path("stream"))
            for number, reading in enumerate(readings, start=1)
        )
        return Document("0" * 32, pages)

    return bind


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    return load_configuration("posteingang")


LETTERS = {
    "rechnung": """
        Bürobedarf Beispiel GmbH



        Bürobedarf Beispiel GmbH · Industriestr. 5 · 54321 Beispielstadt

        Stadt Musterstadt
        Rathausplatz 1
        12345 Musterstadt

                                             Rechnungsdatum: 03.03.2025
                                             Bestellnummer: B-2025-17


        # Rechnung
        Rechnungs-Nr.: RE-2025/0815

        Sehr geehrte Damen und Herren,
        für unsere Lieferung erlauben wir uns zu berechnen:
        10 Kartons Kopierpapier   250,00 €
        Nettobetrag               250,00 €
        zzgl. MwSt 19 %            47,50 €
        Gesamtbetrag              297,50 €
        Zahlungsziel: 30 Tage netto. Bitte überweisen Sie auf das Konto
        IBAN: DE89 3704 0044 0532 0130 00
        Mit freundlichen Grüßen
        """,
    "mahnung": """
        Stadtwerke Nachbarort AG

        Stadtwerke Nachbarort AG • Am Werk 1 • 54329 Nachbarort

        Stadt Musterstadt
        Rathausplatz 1
        12345 Musterstadt

                                             Datum: 14. April 2025


        2. Mahnung zu unserer Rechnung 4711-25

        Sehr geehrte Damen und Herren,
        leider konnten wir zu der unten genannten Forderung noch keinen
        Zahlungseingang feststellen. Sie befinden sich in Verzug.
        Offene Forderung          119,00 €
        Mahngebühren                5,00 €
        zu zahlen                 124,00 €
        Sollten Sie bereits gezahlt haben, ist dieses Schreiben gegenstandslos.
        Mit freundlichen Grüßen
        """,
    "geburtsurkunde": """
        Standesamt Musterstadt




        # Geburtsurkunde

        Registernummer:           G 123/2025
        Aktenzeichen:             34.10-0123/2025
        Familienname des Kindes   Mustermann
        Vornamen                  Lina Sophie
        Tag der Geburt            03.02.2025
        Ort der Geburt            Musterstadt
        Mutter                    Erika Mustermann, Geburtsname Gabler
        Vater                     Max Mustermann

        Musterstadt, den 10.02.2025
        Die Standesbeamtin
        """,
    "bauantrag": """
        Architekturbüro Plan und Recht
        Musterweg 5
        12345 Musterstadt



        Stadt Musterstadt, Untere Bauaufsichtsbehörde
        Rathausplatz 1
        12345 Musterstadt
                                             Ihr Zeichen: 63.10-0007/2025
                                             Datum: 04.03.2025


        Bauantrag im vereinfachten Verfahren nach § 64 BauO NRW

        Bauherrschaft:      Erika Mustermann
        Entwurfsverfasser:  Dipl.-Ing. Karl Plan
        Baugrundstück:      Gemarkung Musterstadt, Flur 12, Flurstück 345
        Vorhaben:           Neubau eines Einfamilienhauses mit Garage
        Anlagen: Lageplan, Baubeschreibung, Berechnung des Bruttorauminhalts,
        Stellplatznachweis, Statistischer Erhebungsbogen
        """,
    "hundesteuerbescheid": """
        # Stadt Musterstadt
        Fachbereich Finanzen

        Stadt Musterstadt · Rathausplatz 1 · 12345 Musterstadt

        Frau Erika Mustermann
        Musterweg 5
        12345 Musterstadt
                                             Kassenzeichen: 03 1234567890
                                             Datum: 15.01.2025


        Hundesteuerbescheid für das Jahr 2025

        Sehr geehrte Frau Mustermann,
        auf Grund der Hundesteuersatzung wird für Ihren Hund
        Rasse: Dackel   Chip-Nr.: 276097200123456   Hundemarke: 815
        die Hundesteuer festgesetzt. Jahresbetrag: 96,00 €
        Rechtsbehelfsbelehrung
        Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe
        Widerspruch erhoben werden.
        """,
    "bussgeldbescheid": """
        # Stadt Musterstadt
        Bußgeldstelle

        Stadt Musterstadt · Rathausplatz 1 · 12345 Musterstadt

        Herrn Max Mustermann
        Musterweg 5
        12345 Musterstadt
                                             Aktenzeichen: 32.30-0815/2025
                                             Datum: 20.05.2025


        Bußgeldbescheid

        Sehr geehrter Herr Mustermann,
        Ihnen wird folgende Ordnungswidrigkeit zur Last gelegt:
        Tatzeit: 02.05.2025, 14:05 Uhr   Tatort: Musterstadt, Ringstraße
        amtliches Kennzeichen: MU-ST 123
        Wegen dieser Ordnungswidrigkeit wird gegen Sie eine Geldbuße festgesetzt.
        Geldbuße 70,00 €   Gebühr 25,00 €   Gesamtbetrag 98,50 €
        Rechtsbehelfsbelehrung: Einspruch innerhalb von zwei Wochen
        """,
    "widerspruch": """
        Erika Mustermann
        Musterweg 5
        12345 Musterstadt



        Stadt Musterstadt
        Rechtsamt
        Rathausplatz 1
        12345 Musterstadt

                                             Musterstadt, den 12.06.2025


        Widerspruch gegen Ihren Bescheid vom 20.05.2025, Az.: 30.10-0042/2025

        Sehr geehrte Damen und Herren,
        gegen Ihren Bescheid lege ich hiermit Widerspruch ein. Der Bescheid ist
        aufzuheben. Die Begründung folgt. Fristwahrend übersende ich dies vorab.
        Mit freundlichen Grüßen
        """,
    "allgemeines_schreiben": """
        Max Mustermann
        Musterweg 5
        12345 Musterstadt



        Stadt Musterstadt
        Rathausplatz 1
        12345 Musterstadt

                                             Musterstadt, 01.07.2025


        Anregung zur Bank am Stadtweiher

        Sehr geehrte Damen und Herren,
        ich möchte mich mit einer Anfrage an Sie wenden: Könnte am Weiher eine
        Bank stehen? Mein Anliegen teilen viele Nachbarn. Ich bitte um Prüfung
        und wäre für eine Rückmeldung dankbar.
        Mit freundlichen Grüßen
        """,
}


@pytest.fixture(scope="session")
def letters(typed: Typewriter) -> dict[str, PageReading]:
    """A letter of each shipped class, by class id."""
    return {class_id: typed(text) for class_id, text in LETTERS.items()}
