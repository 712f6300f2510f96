"""Where a code could lie: at every code, faint and small ones too, and hardly anywhere else."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from dipro_scan.imaging.code_places import Extent, code_places, halved, quartered
from dipro_scan.model import ReadingImage

Pixels = NDArray[np.uint8]
DPI = 300.0


def code_of(kind: str, text: str, width: int, height: int) -> Pixels:
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def places_on(pixels: Pixels) -> list[Extent]:
    return code_places(halved(ReadingImage(pixels, DPI)), 2.0)


def share_of(places: list[Extent], pixels: Pixels) -> float:
    mask = np.zeros(pixels.shape, bool)
    for left, top, right, bottom in places:
        mask[round(top) : round(bottom), round(left) : round(right)] = True
    return float(mask.mean())


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [("QRCode", 118, 118), ("DataMatrix", 60, 60), ("Code128", 420, 71), ("PDF417", 413, 142)],
)
@pytest.mark.parametrize("ink", [20, 150])
def test_a_code_lies_in_one_place_with_its_quiet_zone_and_little_else_is_one(
    typed_page: Callable[..., Pixels], kind: str, width: int, height: int, ink: int
) -> None:
    """QR code of 10 mm, DataMatrix of 5 mm, stickers of 6 and 12 mm; black ones and pale ones."""
    page = typed_page(5, lines=25).copy()
    page[2900 : 2900 + height, 900 : 900 + width] = np.maximum(
        code_of(kind, "AB-4711", width, height), np.uint8(ink)
    )
    places = places_on(page)
    around = [
        place
        for place in places
        if place.left <= 890 and place.right >= 910 + width and place.top <= 2890
        if place.bottom >= 2910 + height
    ]
    assert len(around) == 1
    assert share_of(places, page) < 0.06


def test_print_black_bars_frames_and_plain_paper_are_no_places(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(6, lines=30).copy()
    page[:, :90] = 0
    cv2.rectangle(page, (200, 2600), (2300, 3300), 0, 6)
    page[3350:3400, 300:2200] = 30
    assert share_of(places_on(page), page) < 0.03
    assert places_on(np.full((3508, 2480), 240, np.uint8)) == []


def test_likely_places_come_first(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(7, lines=30, size_pt=9).copy()
    page[2900:3018, 900:1018] = code_of("QRCode", "AB-4711", 118, 118)
    first = places_on(page)[0]
    assert first.left < 900 and first.right > 1018 and first.top < 2900 and first.bottom > 3018


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 3), (2481, 3509)])
def test_any_size_is_halved_and_looked_at(shape: tuple[int, int]) -> None:
    for dpi in (72.0, 150.0, 300.0, 301.7, 600.0):
        view = ReadingImage(np.full(shape, 200, np.uint8), dpi, (-1.0, 2.0))
        half = halved(view)
        assert half.dpi <= 158 and half.origin_mm == view.origin_mm
        gray, quarter_dpi = quartered(half)
        assert gray.size and quarter_dpi <= half.dpi
        assert code_places(half, view.dpi / half.dpi) == []


def test_an_extent_covers_what_lies_in_it_and_a_little_more() -> None:
    code = Extent(100, 100, 200, 200)
    assert code.covers(Extent(95, 110, 204, 190), 6)
    assert not code.covers(Extent(95, 110, 210, 190), 6)
    assert code.overlaps(Extent(199, 199, 300, 300)) and not code.overlaps(Extent(200, 0, 300, 300))
