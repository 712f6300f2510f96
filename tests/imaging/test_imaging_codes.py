"""Barcodes and patch codes: found wherever they lie, and no separator where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from worn_sheets import KINDS, Wear, scanned

from dipro_scan.imaging import find_codes, find_patch_codes, upright_view
from dipro_scan.imaging.patch import PATCHES
from dipro_scan.model import CodeMeaning, ReadingImage, Resolution
from dipro_scan.settings import SeparationSettings, StickerPattern, StickerSettings

Pixels = NDArray[np.uint8]
DEFAULT = SeparationSettings()
ORDERS = {kind: order for order, kind in PATCHES.items()}


def patch_sheet(
    kind: str, dpi: int, *, top_mm: float = 15.0, length_mm: float = 120.0, size: float = 1.0
) -> Pixels:
    """An A4 separator sheet with its bars near the upper edge, the leading one."""
    mm = dpi / 25.4
    sheet = np.full((round(297 * mm), round(210 * mm)), 255, np.uint8)
    left, y = (210 - length_mm) / 2, top_mm
    for letter in ORDERS[kind]:
        width = (5.08 if letter == "W" else 2.03) * size
        sheet[round(y * mm) : round((y + width) * mm), round(left * mm) : round((left + length_mm) * mm)] = 0
        y += width + 2.03 * size
    image = Image.fromarray(sheet)
    font = ImageFont.load_default(size=40 / 72 * dpi)
    ImageDraw.Draw(image).text((60 * mm, 120 * mm), "TRENNBLATT", font=font, fill=0)
    return np.array(image)


def fax_like(pixels: Pixels, noise: float, seed: int = 0) -> Pixels:
    gray = pixels * 0.8 + 30 + np.random.default_rng(seed).normal(0, noise, pixels.shape)
    return ((gray > 130) * 255).astype(np.uint8)


def kinds(pixels: Pixels, dpi: int) -> list[str]:
    return [patch.kind for patch in find_patch_codes(upright_view(pixels, 1, Resolution(dpi, dpi), 300))]


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [-3.0, 0.0, 3.0])
def test_patch_t_is_read_whichever_way_the_sheet_went_in(
    climbing: Callable[[Pixels, float], Pixels], dpi: int, rotation: int, skew: float
) -> None:
    sheet = np.rot90(climbing(patch_sheet("T", dpi), skew), -rotation // 90).copy()
    assert kinds(sheet, dpi) == ["T"]
    assert kinds(fax_like(sheet, 20), dpi) == ["T"]


@pytest.mark.parametrize("rotation", [0, 180])
@pytest.mark.parametrize("kind", sorted(ORDERS))
def test_each_code_is_told_from_the_others_also_upside_down(kind: str, rotation: int) -> None:
    sheet = np.rot90(patch_sheet(kind, 200), -rotation // 90).copy()
    assert kinds(sheet, 200) == [kind]


@pytest.mark.parametrize("size", [0.9, 0.94, 1.06])
def test_a_sheet_that_was_printed_to_fit_is_read(size: float) -> None:
    assert kinds(patch_sheet("T", 300, size=size), 300) == ["T"]


def test_the_box_lies_where_the_bars_lie() -> None:
    (patch,) = find_patch_codes(ReadingImage(patch_sheet("T", 300), 300.0))
    assert patch.box.y0 == pytest.approx(15.0, abs=0.4)
    assert patch.box.y1 == pytest.approx(15.0 + 20.3, abs=0.4)
    assert 42.0 <= patch.box.x0 <= 51.0 and 159.0 <= patch.box.x1 <= 168.0  # whole strips of 6 mm


def test_bars_that_are_too_short_or_too_far_from_the_edge_or_not_four_are_no_code() -> None:
    assert kinds(patch_sheet("T", 200, length_mm=35), 200) == []
    assert kinds(patch_sheet("T", 200, top_mm=130), 200) == []
    five = patch_sheet("T", 200)
    mm = 200 / 25.4
    five[round(37.4 * mm) : round(39.4 * mm), round(45 * mm) : round(165 * mm)] = 0
    assert kinds(five, 200) == []


def test_patch_t_parts_documents_where_the_pipeline_says_so() -> None:
    page = ReadingImage(patch_sheet("T", 200), 200.0)
    (code,) = find_codes(page, DEFAULT)
    assert (code.type, code.text, code.meaning) == ("PatchT", "T", CodeMeaning.SEPARATOR)
    (ignored,) = find_codes(page, SeparationSettings(patch_codes=()))
    assert (ignored.type, ignored.meaning) == ("PatchT", CodeMeaning.NONE)


def test_other_patch_codes_are_named_and_part_nothing() -> None:
    (code,) = find_codes(ReadingImage(patch_sheet("2", 200), 200.0), DEFAULT)
    assert (code.type, code.text, code.meaning) == ("Patch2", "2", CodeMeaning.NONE)


def stamped(page: Pixels, kind: str, text: str, side_px: int, at: tuple[int, int]) -> Pixels:
    """`page` with a code of about `side_px` pixels drawn at (x, y)."""
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=True))
    factor = max(1, round(side_px / drawn.shape[1]))
    drawn = cv2.resize(drawn, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    result = page.copy()
    x, y = at
    result[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    return result


def test_a_qr_code_with_the_separator_text_parts_documents(typed_page: Callable[..., Pixels]) -> None:
    page = stamped(typed_page(1), "QRCode", "DIPRO-SCAN-SEPARATOR", 300, (1500, 2600))
    (code,) = find_codes(ReadingImage(page, 300.0), DEFAULT)
    assert (code.type, code.text, code.meaning) == (
        "QRCode", "DIPRO-SCAN-SEPARATOR", CodeMeaning.SEPARATOR,
    )  # fmt: skip
    assert code.box is not None
    assert 1500 / 300 * 25.4 <= code.box.x0 < code.box.x1 <= 1860 / 300 * 25.4
    (other,) = find_codes(ReadingImage(page, 300.0), SeparationSettings(separator_text="NEXT"))
    assert other.meaning is CodeMeaning.NONE


@pytest.mark.parametrize(
    ("kind", "text"), [("QRCode", "DIPRO-SCAN-SEPARATOR 2"), ("Code128", "DIPRO-SCAN-SEPARATOR")]
)
def test_any_other_code_means_nothing(kind: str, text: str, typed_page: Callable[..., Pixels]) -> None:
    page = stamped(typed_page(2, lines=10), kind, text, 700, (600, 2000))
    (code,) = find_codes(ReadingImage(page, 300.0), DEFAULT)
    assert (code.type, code.text, code.meaning) == (kind, text, CodeMeaning.NONE)


@pytest.mark.parametrize(("kind", "side_px"), [("Code128", 0), ("QRCode", 66)])
def test_a_code_too_small_for_the_reduced_image_is_found_in_the_full_one(
    typed_page: Callable[..., Pixels], kind: str, side_px: int
) -> None:
    """With modules of one pixel and of two: 0.08 and 0.17 mm."""
    page = stamped(typed_page(3, lines=10), kind, "KLEIN-4711", side_px, (1400, 2600))
    codes = find_codes(ReadingImage(page, 300.0), DEFAULT)
    assert [(code.type, code.text) for code in codes] == [(kind, "KLEIN-4711")]


@pytest.mark.parametrize("shape", [(1, 1), (2, 700), (700, 2), (40, 40)])
def test_any_size_is_searched(shape: tuple[int, int]) -> None:
    for level in (0, 255):
        assert find_codes(ReadingImage(np.full(shape, level, np.uint8), 300.0), DEFAULT) == ()


EVERY_KIND = SeparationSettings(
    separator_codes=("QRCode", "DataMatrix", "Code128", "Code39", "PDF417"),
    patch_codes=("1", "2", "3", "4", "6", "T"),
    patch_text=True,
)


@pytest.mark.parametrize("folder", ["ocr", "skew", "barcode", "noisy", "pdf", "blank"])
def test_no_real_page_is_taken_for_a_separator(
    scans: Path, pages_of: Callable[..., Iterator[ReadingImage]], folder: str
) -> None:
    """Whatever a pipeline parts at."""
    found = {}
    for path in sorted((scans / folder).iterdir()):
        for number, page in enumerate(pages_of(path, 200), 1):
            codes = find_codes(page, EVERY_KIND)
            assert not [code for code in codes if code.meaning is not CodeMeaning.NONE], path.name
            assert not [code for code in codes if code.type.startswith("Patch")], path.name
            if codes:
                found[path.name, number] = [(code.type, code.text[:3]) for code in codes]
    if folder == "barcode":
        assert found["docling_qr_bill_example.jpg", 1] == [("QRCode", "SPC")]
        assert found["s2p_qrbill.pdf", 1] == [("QRCode", "SPC")]
        assert found["s2p_qrcode.pdf", 1][0][0] == "QRCode"


def printed_code(kind: str, text: str, dpi: int, module_mm: float, height_mm: float | None = None) -> Pixels:
    """A code at the size that offices print it."""
    drawn = np.array(
        zxingcpp.write_barcode_to_image(
            zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)),
            scale=1,
            add_quiet_zones=False,
        )
    )
    side = module_mm / 25.4 * dpi
    height = height_mm / 25.4 * dpi if height_mm else drawn.shape[0] * side
    size = (round(drawn.shape[1] * side), round(height))
    return np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


@pytest.mark.parametrize("wear", KINDS)
@pytest.mark.parametrize(
    ("kind", "text", "module_mm", "height_mm"),
    [
        ("QRCode", "63.10-0007/2025", 0.8, None),
        ("DataMatrix", "63.10-0007/2025", 0.8, None),
        ("Code128", "63.10-0007/2025", 0.6, 15.0),
        ("Code39", "ARCHIV-4711", 0.6, 18.0),
        ("PDF417", "63.10-0007/2025", 0.5, None),
    ],
)
def test_every_kind_of_code_is_found_worn_and_turned(
    typed_page: Callable[..., Pixels],
    kind: str,
    text: str,
    module_mm: float,
    height_mm: float | None,
    wear: str,
) -> None:
    for number, (rotation, skew) in enumerate([(0, 5.0), (90, -3.0), (180, -5.0), (270, 1.0)]):
        dpi = 300 if "fax" in wear else (150, 200, 300, 150)[number]
        page = typed_page(number, lines=12, dpi=dpi).copy()
        code = printed_code(kind, text, dpi, module_mm, height_mm)
        x, y = round(40 / 25.4 * dpi), round(190 / 25.4 * dpi)
        page[y : y + code.shape[0], x : x + code.shape[1]] = code
        worn = scanned(page, Wear(wear, dpi, rotation, skew, 0.0, seed=number))
        view = upright_view(worn.pixels, 1, Resolution(worn.x_dpi, worn.y_dpi), 300)
        assert [(code.type, code.text) for code in find_codes(view, DEFAULT)] == [(kind, text)]


def test_a_small_code_is_found_beside_a_large_one(typed_page: Callable[..., Pixels]) -> None:
    page = stamped(typed_page(3, lines=10), "QRCode", "GROSS", 400, (300, 2600))
    page = stamped(page, "DataMatrix", "KLEIN-4711-0815", 0, (1600, 2700))  # a pixel per module
    page = np.where(page < 128, np.uint8(0), np.uint8(255))
    texts = [code.text for code in find_codes(ReadingImage(page, 300.0), DEFAULT)]
    assert "GROSS" in texts and texts.count("GROSS") == 1


def test_a_code_is_found_on_a_page_that_is_dense_all_over() -> None:
    """A screened picture fills the page: no part is left out, though not all is searched at full size."""
    chance = np.random.default_rng(8)
    screen = (chance.random((585, 414)) < 0.5).astype(np.uint8) * 255
    page = cv2.resize(screen, (2484, 3510), interpolation=cv2.INTER_NEAREST)
    code = printed_code("QRCode", "63.10-0007/2025", 300, 0.45)
    y, x = 1500, 1100
    page[y - 60 : y + code.shape[0] + 60, x - 60 : x + code.shape[1] + 60] = 255
    page[y : y + code.shape[0], x : x + code.shape[1]] = code
    texts = [found.text for found in find_codes(ReadingImage(page, 300.0), DEFAULT)]
    assert texts == ["63.10-0007/2025"]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("DS1|D|K7Q2M9XDAB|63.10-0007/2025||12||00000000", CodeMeaning.COVER),  # whole or not
        ("DS2|D|anything", CodeMeaning.COVER),
        ("DS1|X|K7Q2M9XDAB", CodeMeaning.NONE),
        ("see DS1|D|", CodeMeaning.NONE),
    ],
)
def test_a_cover_sheet_of_ours_is_known_by_its_beginning(text: str, meaning: CodeMeaning) -> None:
    blank = np.full((3508, 2480), 255, np.uint8)
    (code,) = find_codes(ReadingImage(stamped(blank, "QRCode", text, 500, (800, 800)), 300.0), DEFAULT)
    assert (code.text, code.meaning) == (text, meaning)
    (other,) = find_codes(ReadingImage(stamped(blank, "DataMatrix", text, 500, (800, 800)), 300.0), DEFAULT)
    assert other.meaning is CodeMeaning.NONE


def test_patch_codes_that_the_pipeline_names_part_documents() -> None:
    settings = SeparationSettings(patch_codes=("2", "3"))
    for kind in "123456T".replace("5", ""):
        (code,) = find_codes(ReadingImage(patch_sheet(kind, 150), 150.0), settings)
        expected = CodeMeaning.SEPARATOR if kind in "23" else CodeMeaning.NONE
        assert (code.type, code.meaning) == (f"Patch{kind}", expected)


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix", "Code128", "Code39", "PDF417"])
def test_each_kind_of_code_parts_documents_where_the_pipeline_names_it(kind: str) -> None:
    blank = np.full((3508, 2480), 255, np.uint8)
    page = ReadingImage(stamped(blank, kind, "DIPRO-SCAN-SEPARATOR", 900, (500, 800)), 300.0)
    (code,) = find_codes(page, SeparationSettings(separator_codes=(kind,)))
    assert (code.type, code.meaning) == (kind, CodeMeaning.SEPARATOR)
    (other,) = find_codes(page, SeparationSettings(separator_codes=()))
    assert other.meaning is CodeMeaning.NONE


def test_the_name_of_a_patch_code_in_a_barcode_parts_where_the_pipeline_says_so() -> None:
    blank = np.full((3508, 2480), 255, np.uint8)
    page = ReadingImage(stamped(blank, "Code39", "PATCHT", 900, (500, 800)), 300.0)
    found = [
        find_codes(page, settings)[0].meaning
        for settings in (
            SeparationSettings(patch_text=True),
            SeparationSettings(patch_text=True, patch_codes=("2",)),
            DEFAULT,
        )
    ]
    assert found == [CodeMeaning.SEPARATOR, CodeMeaning.NONE, CodeMeaning.NONE]


@pytest.mark.parametrize("kind", ["Code128", "QRCode", "DataMatrix"])
def test_a_sticker_is_known_by_the_patterns_of_the_pipeline(kind: str) -> None:
    blank = np.full((3508, 2480), 255, np.uint8)
    page = ReadingImage(stamped(blank, kind, "63.10-0007/2025", 700, (500, 200)), 300.0)
    settings = SeparationSettings(stickers=StickerSettings(patterns=(StickerPattern(),)))
    (code,) = find_codes(page, settings)
    assert (code.text, code.meaning) == ("63.10-0007/2025", CodeMeaning.AKTENZEICHEN)
    (other,) = find_codes(page, DEFAULT)
    assert other.meaning is CodeMeaning.NONE
