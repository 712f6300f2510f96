"""Empty margins are not read; nothing that is printed is cut, and places stay where they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.model import ReadingImage
from dipro_scan.ocr.inked_part import inked_part


def sheet(dpi: float = 200.0) -> ReadingImage:
    return ReadingImage(np.full((2339, 1654), 245, np.uint8), dpi, (-0.5, 1.25))


def test_a_page_without_ink_has_nothing_to_read() -> None:
    noise = np.random.default_rng(3).normal(240, 3, (2339, 1654)).clip(0, 255).astype(np.uint8)
    assert inked_part(sheet()) is None
    assert inked_part(ReadingImage(noise, 200.0)) is None


def test_margins_go_and_places_stay() -> None:
    page = sheet()
    page.pixels[600:640, 300:900] = 20
    part = inked_part(page)
    assert part is not None and part.pixels.size < 0.3 * page.pixels.size
    rows, columns = np.nonzero(part.pixels == 20)
    before = page.box_mm(300, 600, 900, 640)
    after = part.box_mm(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert tuple(after) == pytest.approx(tuple(before), abs=0.01)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1640), st.integers(0, 2330), st.sampled_from([150.0, 200.0, 300.0]))
def test_a_dot_of_a_millimetre_is_never_cut(x: int, y: int, dpi: float) -> None:
    page = sheet(dpi)
    side = round(dpi / 25.4)
    page.pixels[y : y + side, x : x + side] = 40
    part = inked_part(page)
    assert part is not None
    assert np.count_nonzero(part.pixels == 40) == np.count_nonzero(page.pixels == 40)


def test_tiny_images_come_back_whole() -> None:
    tiny = ReadingImage(np.full((12, 12), 255, np.uint8), 300.0)
    assert inked_part(tiny) is tiny
