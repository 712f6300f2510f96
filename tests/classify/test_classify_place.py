"""The place that a person chose in review."""

from __future__ import annotations

import datetime as dt

import pytest

from dipro_scan.classify import place_for
from dipro_scan.model import Place
from dipro_scan.settings import Configuration

DATE = dt.date(2025, 8, 1)
AKTEN = {"63.10-0007/2025": "Musterweg 5"}


@pytest.mark.parametrize(
    ("class_id", "aktenzeichen", "place"),
    [
        ("rechnung", None, Place("20.20", "20.20-0001/2025", "Eingangsrechnungen 2025", "Rechnungen")),
        (
            "rechnung",
            "20.20-1/2025",
            Place("20.20", "20.20-0001/2025", "Eingangsrechnungen 2025", "Rechnungen"),
        ),
        ("rechnung", "63.10-7/25", Place("63.10", "63.10-0007/2025", "Musterweg 5", "Rechnungen")),
        ("bauantrag", " 63 10 - 7/2025 ", Place("63.10", "63.10-0007/2025", "Musterweg 5", "Bauantrag")),
        ("bauantrag", "63.10-8/2025", Place("63.10", "63.10-0008/2025", "Baugenehmigungen", "Bauantrag")),
        ("bauantrag", None, None),
        ("bauantrag", "99.10-8/2025", None),
        ("bauantrag", "63.10", None),
        ("bauantrag", "siehe 63.10-8/2025", None),
        ("bauantrag", "", None),
    ],
)
def test_the_place_a_person_chose(
    configuration: Configuration, class_id: str, aktenzeichen: str | None, place: Place | None
) -> None:
    document_class = configuration.document_class(class_id)
    assert document_class is not None
    assert place_for(document_class, configuration.aktenplan, aktenzeichen, DATE, AKTEN.get) == place


def test_a_collective_akte_that_exists_keeps_its_title(configuration: Configuration) -> None:
    document_class = configuration.document_class("rechnung")
    assert document_class is not None
    known = {"20.20-0001/2025": "Rechnungen aller Ämter"}
    for aktenzeichen in (None, "20.20-0001/2025"):
        place = place_for(document_class, configuration.aktenplan, aktenzeichen, DATE, known.get)
        assert place is not None
        assert place.akte_title == "Rechnungen aller Ämter"
