"""Printed sheets: marks of the right size, text for people, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from numpy.typing import NDArray

from dipro_scan.model import PATCH_BARS, CoverSheet
from dipro_scan.pdf.sheet_marks import MAX_QR_SIDE_MM, MIN_MODULE_MM, QrCode
from dipro_scan.pdf.sheets import PrintedCover, cover_sheets, separator_sheets
from dipro_scan.translation import current_language, set_language

PAYLOAD = "DS1|D|K7Q2M9XDAB|63.10-0007/2025|baugenehmigung|12|sehr hoch|40773256"
COVER = PrintedCover(
    CoverSheet("K7Q2M9XDAB", "63.10-0007/2025", "baugenehmigung", 12, "sehr hoch"),
    PAYLOAD,
    "Neubau Müller & Söhne, Łódź 漢",
    "Baugenehmigung",
)
DPI = 254  # ten pixels a millimetre
Pixels = NDArray[np.uint8]


@contextmanager
def spoken(language: str) -> Iterator[None]:
    before = current_language()
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


def pages(pdf: bytes) -> list[tuple[Pixels, str]]:
    """Each page in gray at ten pixels a millimetre, and its text."""
    document = pypdfium2.PdfDocument(pdf)
    result = []
    for page in document:
        drawn = page.render(scale=DPI / 72, grayscale=True).to_numpy()
        result.append((drawn.reshape(drawn.shape[:2]).copy(), page.get_textpage().get_text_range()))
    document.close()
    return result


def runs(line: Pixels) -> list[tuple[bool, int]]:
    """Dark and light stretches of a line, without the paper before and after."""
    dark = line < 128
    edges = [0, *(np.flatnonzero(dark[1:] != dark[:-1]) + 1), len(line)]
    found = [(bool(dark[a]), int(b - a)) for a, b in pairwise(edges)]
    return found[1:-1]


@pytest.mark.parametrize("kind", sorted(PATCH_BARS))
def test_bars_are_as_wide_as_the_code_says_and_clear_of_all_else(kind: str) -> None:
    (front, text), _back = pages(separator_sheets(1, kind))
    assert f"PATCH{kind}" in text
    middle = runs(front[: round(DPI / 25.4 * 60), 300])
    expected = []
    for bar in PATCH_BARS[kind]:
        expected += [(True, 51 if bar == "W" else 20), (False, 20)]
    assert [dark for dark, _ in middle] == [dark for dark, _ in expected[:-1]]
    assert [width for _, width in middle] == pytest.approx([width for _, width in expected[:-1]], abs=1)
    first = int(np.flatnonzero(front.min(axis=1) < 128)[0])
    assert first >= 64  # a quarter of an inch from the edge
    below = first + sum(width for _, width in middle)
    assert front[below + 2 : below + 60].min() > 250


@pytest.mark.parametrize("kind", sorted(PATCH_BARS))
def test_the_bars_of_a_sheet_are_the_same_upside_down(kind: str) -> None:
    (front, _text), _back = pages(separator_sheets(1, kind))
    upper, lower = front[:360], np.rot90(front, 2)[:360]
    assert np.mean(np.abs(upper.astype(int) - lower)) < 4.0


def test_front_and_back_are_the_same_and_sheets_are_counted() -> None:
    sides = pages(separator_sheets(3, "T", "DIPRO-SCAN-SEPARATOR"))
    assert len(sides) == 6
    assert all(np.array_equal(sides[0][0], side) for side, _text in sides)
    covers = pages(cover_sheets([COVER, COVER]))
    assert len(covers) == 4
    assert np.array_equal(covers[0][0], covers[1][0])


def test_every_corner_carries_the_code_and_people_can_read_the_sheet() -> None:
    with spoken("de"):
        (front, text), _back = pages(cover_sheets([COVER]))
    found = zxingcpp.read_barcodes(front, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in found] == [PAYLOAD] * 4
    assert "Neubau Müller & Söhne, Łódz ?" in text  # ź is not in the face, 漢 is like nothing in it
    for word in ("63.10-0007/2025", "Baugenehmigung", "12", "sehr hoch", "K7Q2M9XDAB"):
        assert word in text
    assert "NICHT ABLEGEN" in text


def test_sheets_speak_the_language_that_is_set() -> None:
    with spoken("de"):
        assert "TRENNBLATT – NICHT ABLEGEN" in pages(separator_sheets(1))[0][1]
    with spoken("en"):
        assert "SEPARATOR SHEET – DO NOT FILE" in pages(separator_sheets(1))[0][1]


def test_a_sheet_without_a_text_has_no_qr_code() -> None:
    front, _text = pages(separator_sheets(1, "3"))[0]
    assert zxingcpp.read_barcodes(front) == []


def test_the_same_sheets_are_the_same_bytes() -> None:
    assert cover_sheets([COVER]) == cover_sheets([COVER])
    assert separator_sheets(2, "T", "X") == separator_sheets(2, "T", "X")


def test_paper_is_a4_fonts_are_embedded_and_nothing_is_scaled() -> None:
    with pikepdf.open(io.BytesIO(cover_sheets([COVER]))) as pdf:
        assert [round(float(edge) / 72 * 25.4) for edge in pdf.pages[0].mediabox] == [0, 0, 210, 297]
        assert str(pdf.Root.ViewerPreferences.PrintScaling) == "/None"
        fonts = [item for item in pdf.objects if _is_descriptor(item)]
        assert fonts and all("/FontFile2" in font for font in fonts)


def _is_descriptor(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.FontDescriptor


@pytest.mark.parametrize("length", [1, 20, 60, 120, 200])
def test_modules_are_never_smaller_than_a_millimetre(length: int) -> None:
    code = QrCode("x" * length)
    assert code.module_mm >= MIN_MODULE_MM
    assert code.side_mm / code.module_mm >= 41  # finder marks are a small part of it
    assert code.side_mm <= MAX_QR_SIDE_MM


def test_a_text_too_long_for_a_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        QrCode("x" * 2000)


def test_long_titles_stay_on_the_sheet_and_off_the_marks() -> None:
    long = PrintedCover(COVER.cover, PAYLOAD, "Sehr langer Titel " * 40, "Klasse mit langem Namen " * 6)
    front, _text = pages(cover_sheets([long]))[0]
    found = zxingcpp.read_barcodes(front, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in found] == [PAYLOAD] * 4
    assert front[:, :60].min() > 250 and front[:, -60:].min() > 250


def test_an_unknown_patch_code_is_no_sheet() -> None:
    with pytest.raises(KeyError):
        separator_sheets(1, "5")
