"""What `inspect` tells of a page: its measurements as a table, what was found, doubts; the same as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dipro_scan.batch.inspection import InspectedFile, Inspection
from dipro_scan.model import (
    BlankVerdict,
    Box,
    FaultKind,
    Mark,
    MarkVerdict,
    Measurement,
    PageGeometry,
    PageReading,
    PageRef,
    PaperFault,
    ReadPage,
    Stamp,
    StampShape,
)
from dipro_scan.report import inspection_json, inspection_text
from dipro_scan.report.findings import doubt_sentences
from dipro_scan.report.measurements import measurement_table
from dipro_scan.translation import set_language

from ..pages_by_hand import page_reading

pytestmark = pytest.mark.usefixtures("english")

SHARP = Measurement("sharpness", 0.1234, "mm", 0.28, "ok")
CONTRAST = Measurement("contrast", 41.0, "gray levels", 70.0, "notable")
STREAKS = Measurement("vertical_streaks", 2.0, "count", 0.0, "notable")
SHARE = Measurement("ink_share", 0.0004, "1", 0.0005, "notable")
COLOUR = Measurement("colour_share", 0.02, "1", 0.0005, "ok")
SKEW = Measurement("skew", -1.4321, "degrees", 15.0, "ok")
PAPER = (Measurement("paper_width", 210.4, "mm"), Measurement("paper_height", 296.6, "mm"))
GEOMETRY = PageGeometry(230.0, 320.0, crop_mm=Box(10.0, 8.004, 220.4, 304.6))
READING = page_reading(
    content_sha256="a" * 64,
    geometry=GEOMETRY,
    rotation_confidence=0.9,
    blank=BlankVerdict.DOUBTFUL,
    measurements=(SHARP, CONTRAST, STREAKS, SHARE, COLOUR, SKEW, *PAPER),
    doubts=("orientation_unsure", "blank_doubtful", "ink_cut_off_left", "of_tomorrow"),
    blank_doubt="ink_in_margin",
    faults=(
        PaperFault(FaultKind.HOLE, Box(5, 100, 11, 106)),
        PaperFault(FaultKind.HOLE, Box(5, 180, 11, 186)),
        PaperFault(FaultKind.STAPLE, Box(10, 10, 20, 20)),
    ),
    stamps=(Stamp(Box(100, 20, 150, 50), (20, 30, 160), StampShape.RING, 0.0, confidence=0.8),),
    marks=(
        Mark(Box(20, 200, 24, 204), 0.0, MarkVerdict.EMPTY),
        Mark(Box(20, 210, 24, 214), 0.31, MarkVerdict.CROSSED),
    ),
)


def inspected(reading: PageReading, name: str = "a.tif") -> Inspection:
    page = ReadPage(PageRef("b" * 64, name, 1), reading, Path("x"))
    return Inspection((InspectedFile(name, (page,)),), ())


def cells(line: str) -> list[str]:
    return [cell for cell in line.split("  ") if cell.strip()]


def row(measurement: Measurement) -> list[str]:
    return [cell.strip() for cell in cells(measurement_table((measurement,))[1])]


def test_each_measurement_has_value_unit_threshold_and_verdict() -> None:
    assert row(SHARP)[1:] == ["0.12", "mm", "≤ 0.28", "ok"]
    assert row(CONTRAST)[1:] == ["41.0", "gray levels", "≥ 70.0", "noticed"]
    assert row(STREAKS)[1:] == ["2", "≤ 0", "noticed"]
    assert row(SHARE)[1:] == ["0.04", "%", "≥ 0.05", "noticed"]
    assert row(SKEW)[1:] == ["-1.43", "°", "± 15.00", "ok"]
    assert row(COLOUR)[1:] == ["2.00", "%", "0.05", "ok"]
    assert row(PAPER[0])[1:] == ["210.4", "mm", "–", "–"]


def test_the_columns_of_the_table_line_up() -> None:
    table = measurement_table(READING.measurements)
    assert len(table) == 1 + len(READING.measurements)
    place = table[0].rindex("verdict")
    assert all(line[place - 1] == " " and line[place] != " " for line in table)
    assert measurement_table(()) == []


def test_decimals_are_german_in_german() -> None:
    set_language("de")
    table = "\n".join(measurement_table(READING.measurements))
    assert "0,12" in table and "0.12" not in table


def test_an_unknown_measurement_is_shown_by_its_name() -> None:
    assert row(Measurement("moon_phase", 0.5, "moons", 1.0, "ok")) == [
        "moon_phase", "0.50", "moons", "≤ 1.00", "ok",
    ]  # fmt: skip


def test_paper_crop_and_finds_are_told() -> None:
    text = inspection_text(inspected(READING))
    assert "Paper: 210.4 × 296.6 mm (A4)" in text
    assert "Border left out: top 8.0 mm, right 9.6 mm, bottom 15.4 mm, left 10.0 mm" in text
    assert "2 punch holes, 1 staple, 1 stamp (round stamp), 1 box empty, 1 box crossed" in text
    bare = replace(READING, geometry=PageGeometry(210, 297), faults=(), stamps=(), marks=(), measurements=())
    text = inspection_text(inspected(bare))
    assert not any(word in text for word in ("Paper:", "Border", "Found:", "measurement"))


def test_doubts_are_sentences_below_the_table() -> None:
    lines = doubt_sentences(READING)
    assert [line.endswith(".") for line in lines] == [True, True, True, False]
    assert "upright" in lines[0] and "margin" in lines[1] and "left" in lines[2]
    assert lines[3] == "of_tomorrow"
    shown = inspection_text(inspected(READING)).splitlines()
    table = next(index for index, line in enumerate(shown) if "threshold" in line)
    assert all(index > table for index, line in enumerate(shown) if line.startswith("  – "))


def test_a_spread_is_told() -> None:
    halves = (Box(0, 0, 148.5, 210), Box(148.5, 0, 297, 210))
    reading = replace(READING, parts=halves)
    assert "two pages" in inspection_text(inspected(reading))
    (page,) = inspection_json(inspected(reading))["files"][0]["pages"]
    assert page["parts_mm"] == [[0, 0, 148.5, 210], [148.5, 0, 297, 210]]


NUMBERS = some.floats(-1e6, 1e6, allow_nan=False)


@given(
    some.lists(
        some.builds(
            Measurement,
            name=some.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=80),
            value=NUMBERS,
            unit=some.sampled_from(("mm", "1", "count", "degrees", "gray levels", "dpi", "mm²")),
            threshold=some.none() | NUMBERS,
            verdict=some.sampled_from(("ok", "notable", "none")),
        ),
        max_size=5,
    )
)
def test_no_line_is_wider_than_a_hundred_columns(measurements: list[Measurement]) -> None:
    reading = replace(READING, measurements=tuple(measurements), failed="the reason " * 30)
    assert max(map(len, inspection_text(inspected(reading)).splitlines())) <= 100


def test_the_name_of_a_file_stays_whole() -> None:
    name = "Ordner  mit   Lücken/" + "sehr langer Name " * 8 + ".tif"
    assert inspection_text(inspected(READING, name)).startswith(f"{name} 1:")


def test_json_holds_all_of_it_and_the_plain_values_too() -> None:
    (page,) = json.loads(json.dumps(inspection_json(inspected(READING))))["files"][0]["pages"]
    assert page["measurements"]["contrast"] == 41.0
    assert page["measurement_details"]["contrast"] == {
        "value": 41.0,
        "unit": "gray levels",
        "threshold": 70.0,
        "verdict": "notable",
    }
    assert page["measurement_details"]["paper_width"]["threshold"] is None
    assert page["crop_mm"] == [10.0, 8.0, 220.4, 304.6]
    assert page["parts_mm"] == []
    assert page["blank_doubt"] == "ink_in_margin"
    assert page["paper"] == {"width_mm": 210.4, "height_mm": 296.6, "size": "A4"}
    assert [fault["kind"] for fault in page["faults"]] == ["hole", "hole", "staple"]
    assert page["stamps"][0]["shape"] == "ring" and page["stamps"][0]["box_mm"] == [100, 20, 150, 50]
    assert [mark["verdict"] for mark in page["marks"]] == ["empty", "crossed"]


def test_json_says_null_where_nothing_is_cut_and_no_paper_was_measured() -> None:
    bare = replace(READING, geometry=PageGeometry(210, 297), measurements=(), blank_doubt=None)
    (page,) = inspection_json(inspected(bare))["files"][0]["pages"]
    assert (page["crop_mm"], page["paper"], page["blank_doubt"]) == (None, None, None)
    assert page["measurement_details"] == {}
