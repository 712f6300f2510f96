"""Where print stands together is told by its ink: a gutter parts two blocks, rows near each other are one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes

from dipro_scan.imaging.text_blocks import text_blocks
from dipro_scan.model import MM_PER_INCH, Box, ReadingImage

DPI = 200
PX = DPI / MM_PER_INCH
ROW_MM = 4.5


def paper() -> np.ndarray:
    return np.full((round(297 * PX), round(210 * PX)), 245, np.uint8)


def written(page: np.ndarray, x_mm: float, y_mm: float, rows: list[str]) -> None:
    """Rows of print from a place on, the first one's baseline at `y_mm`."""
    for number, row in enumerate(rows):
        place = (round(x_mm * PX), round((y_mm + number * ROW_MM) * PX))
        cv2.putText(page, row, place, cv2.FONT_HERSHEY_SIMPLEX, 0.75, 20, 2, cv2.LINE_AA)


def blocks_of(page: np.ndarray) -> list[tuple[Box, int]]:
    return [(block.box, block.letters) for block in text_blocks(ReadingImage(page, float(DPI)))]


def test_an_address_and_the_references_beside_it_are_two_blocks() -> None:
    page = paper()
    written(page, 25, 60, ["Stadt Musterstadt", "Rathausplatz 1", "12345 Musterstadt"])
    written(page, 125, 58, ["Zeichen 4711", "Datum 03.09.2026", "Telefon 1234", "Zimmer 12"])
    (references, letters), (address, _letters) = blocks_of(page)
    assert address.x1 < 100 < references.x0
    assert address.y1 - address.y0 == pytest.approx(2 * ROW_MM + 2.7, abs=1)
    assert 20 <= letters <= 45, "pieces of ink: some letters touch at that resolution"


def test_a_paragraph_is_one_block_and_the_next_one_another() -> None:
    page = paper()
    written(page, 25, 100, ["der Antrag vom dritten November", "wurde heute abgelehnt und", "ist erledigt"])
    written(page, 25, 130, ["Mit freundlichen Grüßen".replace("ü", "u").replace("ß", "s")])
    found = blocks_of(page)
    assert len(found) == 2
    assert found[0][0].y1 < 115 < found[1][0].y0


def test_frames_and_rules_join_nothing() -> None:
    page = paper()
    written(page, 30, 60, ["Name Muster"])
    written(page, 130, 90, ["Vorname Max"])
    cv2.rectangle(page, (round(20 * PX), round(50 * PX)), (round(190 * PX), round(100 * PX)), 0, 3)
    cv2.line(page, (round(20 * PX), round(75 * PX)), (round(190 * PX), round(75 * PX)), 0, 3)
    found = [box for box, _letters in blocks_of(page)]
    assert len(found) == 2
    assert all(box.width_mm < 60 for box in found)


def test_bare_paper_has_no_blocks() -> None:
    assert blocks_of(paper()) == []
    assert text_blocks(ReadingImage(np.full((2, 2), 255, np.uint8), 300.0)) == ()


@settings(max_examples=40, deadline=None)
@given(
    shapes.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))), st.sampled_from([72.0, 300.0])
)
def test_whatever_the_pixels_blocks_lie_on_the_page(pixels: np.ndarray, dpi: float) -> None:
    view = ReadingImage(pixels, dpi)
    height, width = pixels.shape
    page = view.box_mm(0, 0, width, height)
    for block in text_blocks(view):
        assert block.letters >= 0
        assert page.x0 <= block.box.x0 < block.box.x1 <= page.x1 + 3 * MM_PER_INCH / 100
        assert page.y0 <= block.box.y0 < block.box.y1 <= page.y1 + 3 * MM_PER_INCH / 100
