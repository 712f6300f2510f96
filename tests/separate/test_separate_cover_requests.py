"""Cover sheets that someone asks for: checked against plan and classes, wrong lines named."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipro_scan.model import SettingsError, UsageProblem
from dipro_scan.separate.cover_requests import (
    CoverRequest,
    RequestProblem,
    checked_request,
    requests_for_node,
    requests_from_table,
)
from dipro_scan.settings import Configuration, load_configuration


@pytest.fixture(scope="module")
def city() -> Configuration:
    return load_configuration("bauakten")


def in_plan(text: str) -> str | None:
    known = {"63.10-7/25": "63.10-0007/2025", "20.20-0001/2026": "20.20-0001/2026"}
    return known.get(text, text if text in known.values() else None)


def test_values_become_a_request(city: Configuration) -> None:
    values = {
        "aktenzeichen": "63.10-7/25",
        "klasse": "baugenehmigung",
        "seiten": "12",
        "schutzbedarf": "Sehr  hoch",
        "titel": "Neubau",
    }
    assert checked_request(values, city, in_plan) == CoverRequest(
        "63.10-0007/2025", "baugenehmigung", 12, "sehr hoch", "Neubau", "Baugenehmigung"
    )


def test_the_schutzbedarf_of_a_class_is_the_highest_of_its_three(city: Configuration) -> None:
    document_class = city.classes[0]
    need = document_class.schutzbedarf.model_copy(update={"vertraulichkeit": "hoch"})
    changed = city.model_copy(
        update={"classes": (document_class.model_copy(update={"schutzbedarf": need}), *city.classes[1:])}
    )
    assert checked_request({"klasse": document_class.id}, changed, in_plan).schutzbedarf == "hoch"
    assert checked_request({"aktenzeichen": "63.10-7/25"}, changed, in_plan).schutzbedarf is None


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "needs an Aktenzeichen"),
        ({"titel": "nur ein Titel"}, "needs an Aktenzeichen"),
        ({"aktenzeichen": "99-1/25"}, "“99-1/25” is no Aktenzeichen"),
        ({"klasse": "gibtsnicht"}, "no document class “gibtsnicht”"),
        ({"aktenzeichen": "63.10-7/25", "seiten": "0"}, "“0” is no number of pages"),
        ({"aktenzeichen": "63.10-7/25", "seiten": "zwölf"}, "“zwölf” is no number"),
        ({"aktenzeichen": "63.10-7/25", "seiten": "٣"}, "“٣” is no number"),
        ({"aktenzeichen": "63.10-7/25", "schutzbedarf": "enorm"}, "normal, hoch, sehr hoch"),
        ({"aktenzeichen": "20.20-0001/2026", "klasse": "baugenehmigung"}, "does not lie under 63.10"),
    ],
)
def test_what_no_sheet_can_carry_is_refused(
    values: dict[str, str], complaint: str, city: Configuration
) -> None:
    with pytest.raises(RequestProblem, match=complaint):
        checked_request(values, city, in_plan)


def test_a_table_gives_a_request_a_row(city: Configuration, tmp_path: Path) -> None:
    table = tmp_path / "blaetter.csv"
    table.write_text(
        "Aktenzeichen;Klasse;Seiten;Schutzbedarf;Titel\n63.10-7/25;;3;hoch;Müller; \n\n;baugenehmigung;;;\n",
        encoding="cp1252",
    )
    requests, problems = requests_from_table(table, city, in_plan)
    assert problems == []
    assert [(r.aktenzeichen, r.class_id, r.pages, r.title) for r in requests] == [
        ("63.10-0007/2025", None, 3, "Müller"),
        (None, "baugenehmigung", None, None),
    ]


def test_every_wrong_line_is_named(city: Configuration, tmp_path: Path) -> None:
    table = tmp_path / "blaetter.csv"
    table.write_text("aktenzeichen,seiten\n63.10-7/25,1\n99-1/25,1\n63.10-7/25,viele\n", encoding="utf-8")
    requests, problems = requests_from_table(table, city, in_plan)
    assert len(requests) == 1
    assert ["line 3" in str(problems[0]), "line 4" in str(problems[1])] == [True, True]


@pytest.mark.parametrize("header", ["seiten,titel", "aktenzeichen,farbe"])
def test_a_table_without_our_columns_is_refused(header: str, city: Configuration, tmp_path: Path) -> None:
    table = tmp_path / "blaetter.csv"
    table.write_text(f"{header}\n1,2\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="aktenzeichen, klasse"):
        requests_from_table(table, city, in_plan)


def test_a_number_of_the_plan_gives_a_sheet_for_each_class_there(city: Configuration) -> None:
    under = {item.id for item in city.classes if item.filing.kennzeichen.startswith("63")}
    requests = requests_for_node("63", city)
    assert {request.class_id for request in requests} == under
    assert under
    assert all(request.title and request.title.startswith("63") for request in requests)
    with pytest.raises(UsageProblem, match="no number 99"):
        requests_for_node("99", city)
    with pytest.raises(UsageProblem, match="No document class"):
        requests_for_node("21.10", city)
