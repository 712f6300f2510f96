"""What real pages have, through the whole page floor: each trial page is hard in one way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dipro_scan.batch.page import PageSettings, read_page
from dipro_scan.model import PageInput, PageReading
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

from .hard_papers import coarse, dotted, faxed, gray, saved, typeset

SETTINGS = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())


def floor(page: PageInput) -> PageReading:
    return read_page(page, SETTINGS).reading


def text_of(reading: PageReading) -> str:
    return " ".join(reading.text.text.split())


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    text = text_of(floor(saved(gray(typeset("two_columns")), tmp_path / "page.png")))
    parts = ("Linke Spalte beginnt hier.", "Linke Spalte endet hier.", "Rechte Spalte beginnt hier.")
    places = [text.find(part) for part in (*parts, "Rechte Spalte endet hier.")]
    assert -1 not in places and places == sorted(places)


def test_every_cell_of_a_ruled_table_is_read(tmp_path: Path) -> None:
    words = text_of(floor(saved(gray(typeset("ruled_table")), tmp_path / "page.png"))).split()
    for cell in ("Einzelpreis", "Mauerwerk", "Dachstuhl", "8.430,50", "615,20", "2.339,40", "44.086,69"):
        assert cell in words
    assert words.count("12.780,00") == words.count("9.999,99") == 2


def test_light_print_on_a_black_header_is_read(tmp_path: Path) -> None:
    reading = floor(saved(gray(typeset("inverted_header")), tmp_path / "page.png"))
    assert "Gewerbeanmeldung nach der Gewerbeordnung" in text_of(reading)
    assert "turn_inverted_blocks" in {step.name for step in reading.steps}


def test_print_of_six_points_is_read(tmp_path: Path) -> None:
    text = text_of(floor(saved(gray(typeset("six_points")), tmp_path / "page.png")))
    assert (
        text.count("es sei denn, der Lieferer hätte ihrer Geltung ausdrücklich schriftlich zugestimmt") == 8
    )


def test_type_of_a_typewriter_is_read(tmp_path: Path) -> None:
    text = text_of(floor(saved(gray(typeset("typewriter")), tmp_path / "page.png")))
    assert "Beschwerde über nächtlichen Lärm" in text
    assert "Trotz wiederholter Bitten hat sich daran nichts geändert." in text


def test_two_languages_signs_and_numbers_are_read_on_one_page(tmp_path: Path) -> None:
    text = text_of(floor(saved(gray(typeset("two_languages")), tmp_path / "page.png")))
    for part in (
        "wird in zwei Sprachen ausgestellt und enthält keine Berichtigungen.",
        "The present certificate is issued in two languages and contains no corrections whatsoever.",
        "IBAN DE89 3704 0044 0532 0130 00",
        "9 Abs. 2 BauGB und",
        "1.234,56 €",
        "Straße, Maß, Größe, äußerst, Ärger, Öl, Übung.",
    ):
        assert part in text


def _at_150_dpi(folder: Path) -> PageInput:
    return saved(coarse(gray(typeset("letter")), 150), folder / "page.png", 150)


def _fax(folder: Path) -> PageInput:
    return faxed(typeset("letter"), folder / "fax.tif")


@pytest.mark.parametrize("scan", [_at_150_dpi, _fax])
def test_coarse_scans_are_read(tmp_path: Path, scan: Callable[[Path], PageInput]) -> None:
    text = text_of(floor(scan(tmp_path)))
    for part in ("wir bestätigen den Eingang Ihres Antrages", "gegen den Widerspruch eingelegt werden kann."):
        assert part in text


def test_figures_set_by_needles_are_read(tmp_path: Path) -> None:
    lines = ["Farbband schwarz    24,90", "Summe              153,40", "Zahlbar innerhalb 14 Tagen."]
    text = text_of(floor(saved(dotted(lines * 3), tmp_path / "page.png")))
    assert "Summe" in text and "Tagen" in text


def test_a_page_of_drawings_has_no_text(tmp_path: Path) -> None:
    reading = floor(saved(gray(typeset("no_text")), tmp_path / "page.png"))
    assert [word.text for word in reading.text.words() if word.confidence > 0.5] == []
    assert not reading.codes and np.isfinite(reading.seconds)
