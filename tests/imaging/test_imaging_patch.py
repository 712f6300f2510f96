"""Patch codes: read as bars, whichever way round, worn as they come, and never where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from worn_sheets import KINDS, Wear, scanned, skewed

from dipro_scan.imaging import find_patch_codes, upright_view
from dipro_scan.model import NARROW_BAR_MM, PATCH_BARS, WIDE_BAR_MM, ReadingImage, Resolution

Pixels = NDArray[np.uint8]
LEFT, RIGHT, TOP = 25.0, 185.0, 14.0
HEIGHT_MM = 20.32
CODE = (LEFT, TOP, RIGHT, TOP + HEIGHT_MM)


def barred(
    bars: str, dpi: int, *, top: float = TOP, left: float = LEFT, right: float = RIGHT, ink: int = 0
) -> Pixels:
    """An A4 sheet with bars from `top` downwards: W wide, N narrow."""
    mm = dpi / 25.4
    sheet = np.full((round(297 * mm), round(210 * mm)), 255, np.uint8)
    for bar in bars:
        width = WIDE_BAR_MM if bar == "W" else NARROW_BAR_MM
        sheet[round(top * mm) : round((top + width) * mm), round(left * mm) : round(right * mm)] = ink
        top += width + NARROW_BAR_MM
    return sheet


def kinds(pixels: Pixels, x_dpi: float, y_dpi: float) -> list[str]:
    view = upright_view(pixels, 1, Resolution(x_dpi, y_dpi), 300)
    return [patch.kind for patch in find_patch_codes(view)]


@pytest.mark.parametrize("wear", KINDS)
@pytest.mark.parametrize("kind", sorted(PATCH_BARS))
def test_every_code_is_read_worn_and_whichever_way_the_sheet_went_in(kind: str, wear: str) -> None:
    number = sorted(PATCH_BARS).index(kind)
    for rotation in (0, 90, 180, 270):
        dpi = (150, 200, 300)[(number + rotation // 90) % 3] if "fax" not in wear else 300
        skew = 5.0 if (number + rotation // 90) % 2 else -5.0
        worn = scanned(
            barred(PATCH_BARS[kind], dpi), Wear(wear, dpi, rotation, skew, 0.1, seed=number), [CODE]
        )
        assert kinds(worn.pixels, worn.x_dpi, worn.y_dpi) == [kind], (rotation, dpi, skew)


@pytest.mark.parametrize("dpi", [400, 600])
def test_fine_scans_are_read_too(dpi: int) -> None:
    worn = scanned(barred("NWNW", dpi), Wear("bitonal", dpi, 180, 4.0, 0.1, seed=5), [CODE])
    assert kinds(worn.pixels, dpi, dpi) == ["T"]


def test_bars_far_from_both_edges_are_read_from_the_top_of_the_page() -> None:
    small = barred("NWNW", 150)[: round(48 * 150 / 25.4)]
    assert kinds(small, 150, 150) == ["T"]
    assert kinds(np.ascontiguousarray(np.rot90(small, 2)), 150, 150) == ["3"]


@pytest.mark.parametrize(("kind", "usual"), [("T", "T"), ("3", "T"), ("1", "1"), ("6", "1")])
@pytest.mark.parametrize("rotation", [0, 2])
def test_the_same_bars_at_both_ends_are_the_usual_code(kind: str, usual: str, rotation: int) -> None:
    both = np.minimum(barred(PATCH_BARS[kind], 150), barred(PATCH_BARS[kind], 150, top=262.0))
    assert kinds(np.ascontiguousarray(np.rot90(both, rotation)), 150, 150) == [usual, usual]


def test_bars_blotted_out_in_the_middle_are_one_code() -> None:
    sheet = barred("NWWN", 200)
    sheet[round(10 * 7.87) : round(38 * 7.87), round(90 * 7.87) : round(118 * 7.87)] = 40
    view = ReadingImage(sheet, 200.0)
    (patch,) = find_patch_codes(view)
    assert patch.kind == "4"
    assert patch.box.x1 - patch.box.x0 > 140


@given(bars=st.text("WN", min_size=1, max_size=6).filter(lambda bars: bars not in PATCH_BARS.values()))
def test_other_bars_are_no_code(bars: str) -> None:
    assert kinds(barred(bars, 75), 75, 75) == []


@pytest.mark.parametrize("ink", [165, 200])
def test_gray_stripes_are_no_code(ink: int) -> None:
    assert kinds(barred("NWNW", 150, ink=ink), 150, 150) == []


def ruled_music(dpi: int) -> Pixels:
    """Twelve staves with notes: heads, stems, beams."""
    mm = dpi / 25.4
    chance = np.random.default_rng(3)
    page = np.full((round(297 * mm), round(210 * mm)), 255, np.uint8)
    for stave in range(12):
        top = 15 + stave * 23
        for line in range(5):
            y = round((top + line * 1.9) * mm)
            page[y : y + max(1, round(0.3 * mm)), round(15 * mm) : round(195 * mm)] = 0
        for note in range(30):
            x, y = round((20 + note * 5.8) * mm), round((top + chance.uniform(-2, 8)) * mm)
            page[y : y + round(1.7 * mm), x : x + round(2.2 * mm)] = 0
            page[max(0, y - round(6 * mm)) : y, x : x + max(1, round(0.3 * mm))] = 0
            if note % 4:
                page[max(0, y - round(6 * mm)) : max(0, y - round(5 * mm)), x : x + round(5.8 * mm)] = 0
    return page


def table(dpi: int) -> Pixels:
    """A form of rows with heavy rules and black head rows with white type, of many heights."""
    mm = dpi / 25.4
    chance = np.random.default_rng(4)
    page = np.full((round(297 * mm), round(210 * mm)), 255, np.uint8)
    y = 10.0
    while y < 280:
        height, heavy = chance.uniform(0.3, 6.5), chance.random() < 0.6
        page[round(y * mm) : round((y + height) * mm), round(18 * mm) : round(192 * mm)] = 0 if heavy else 170
        y += height + float(chance.choice([2.0, 2.0, 3.0, 5.0, 8.0]))
    for x in range(18, 192, 29):
        page[:, round(x * mm) : round((x + 6) * mm)] = 255
    return page


def photograph(dpi: int) -> Pixels:
    """A picture with horizontal structure: sky, blinds, water."""
    chance = np.random.default_rng(5)
    height, width = round(11.7 * dpi), round(8.27 * dpi)
    rows = np.cumsum(chance.normal(0, 12, height))
    waves = 60 * np.sin(np.arange(height) / dpi * 25.4 / 0.9)
    picture = 128 + rows[:, None] - rows.mean() + waves[:, None] + chance.normal(0, 25, (height, width))
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("make", [ruled_music, table, photograph])
@pytest.mark.parametrize("quarter", [0, 1])
@pytest.mark.parametrize("skew", [0.0, 2.0])
def test_no_code_is_seen_on(make: Callable[[int], Pixels], quarter: int, skew: float) -> None:
    page = np.ascontiguousarray(np.rot90(skewed(make(150), skew), quarter))
    assert kinds(page, 150, 150) == []
    assert kinds(((page > 128) * 255).astype(np.uint8), 150, 150) == []


@pytest.mark.parametrize("folder", ["ocr", "skew", "barcode", "noisy", "pdf", "blank"])
def test_no_real_page_shows_one_any_way_round(
    scans: Path, pages_of: Callable[..., Iterator[ReadingImage]], folder: str
) -> None:
    seen = 0
    for path in sorted((scans / folder).iterdir()):
        if path.suffix.lower() not in (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"):
            continue
        for page in pages_of(path, 150):
            for quarter in (0, 1):
                turned = ReadingImage(np.ascontiguousarray(np.rot90(page.pixels, quarter)), page.dpi)
                assert find_patch_codes(turned) == (), path.name
            seen += 1
    assert seen
