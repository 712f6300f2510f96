"""Tesseract in the process: right words in right places, the same ones every time."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipro_scan.model import (
    EnvironmentLacking,
    PageFailed,
    PageText,
    ReadingImage,
    SettingsError,
)
from dipro_scan.ocr.languages import first_languages, language_data_folder
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ReadingSettings

Load = Callable[..., ReadingImage]
Truth = Callable[[str], str]
Rate = Callable[[str, str], float]
Sheet = Callable[..., ReadingImage]


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("tess_phototest", 0.004),
        ("tess_eurotext", 0.05),
        ("docling_ocr_test", 0.01),
        ("unlv_8594_001", 0.03),
        ("unlv_8505_001", 0.03),
        ("ocrd_bebel_frau_1879_0146", 0.015),
    ],
)
def test_real_pages_are_read(
    tesseract: TesseractEngine, real_page: Load, truth: Truth, error_rate: Rate, name: str, bound: float
) -> None:
    text = tesseract.read(real_page(name))
    assert error_rate(text.text, truth(name)) <= bound
    assert text.mean_confidence is not None and 0.85 <= text.mean_confidence <= 1.0


def test_umlauts_are_read(tesseract: TesseractEngine, real_page: Load, truth: Truth) -> None:
    read = tesseract.read(real_page("ocrd_bebel_frau_1879_0146")).text
    expected = truth("ocrd_bebel_frau_1879_0146")
    for letter in "äöü":
        assert expected.count(letter) > 5
        assert read.count(letter) == pytest.approx(expected.count(letter), rel=0.1)


def test_words_lie_where_they_are_printed(tesseract: TesseractEngine, typed_sheet: Sheet) -> None:
    sheet = typed_sheet("Aktenzeichen 63.10\nKrefeld")
    shifted = ReadingImage(sheet.pixels, sheet.dpi, (-3.0, -5.0))

    (block,) = tesseract.read(sheet).blocks
    first, second = block.lines
    word = first.words[0]
    ink = np.argwhere(sheet.pixels[: round(17 / 25.4 * 200), : round(36 / 25.4 * 200)] < 128)
    top, left = ink.min(axis=0) / 200 * 25.4

    assert (word.text, second.text) == ("Aktenzeichen", "Krefeld")
    assert word.box.x0 == pytest.approx(left, abs=0.4) and word.box.y0 == pytest.approx(top, abs=0.4)
    assert block.box.x0 <= word.box.x0 and block.box.y1 >= second.box.y1
    x0, y0, x1, y1 = first.baseline
    assert x0 < x1 and word.box.y0 < y0 <= word.box.y1 + 0.3 and abs(y1 - y0) < 0.5
    moved = tesseract.read(shifted).blocks[0].lines[0]
    assert moved.box == pytest.approx(
        [first.box.x0 - 3, first.box.y0 - 5, first.box.x1 - 3, first.box.y1 - 5]
    )
    assert moved.baseline == pytest.approx((x0 - 3, y0 - 5, x1 - 3, y1 - 5))


def test_words_of_a_line_run_from_left_to_right_and_lines_downwards(
    tesseract: TesseractEngine, real_page: Load
) -> None:
    text = tesseract.read(real_page("tess_phototest"))
    for line in text.lines():
        starts = [word.box.x0 for word in line.words]
        assert starts == sorted(starts)
    tops = [line.box.y0 for block in text.blocks for line in block.lines]
    assert tops == sorted(tops) and len(tops) == 8


def test_a_page_reads_the_same_whatever_was_read_before_it(
    tesseract: TesseractEngine, real_page: Load
) -> None:
    page, other = real_page("tess_eurotext"), real_page("tess_phototest")
    first = tesseract.read(page)
    tesseract.read(other)
    assert tesseract.read(page) == first
    assert TesseractEngine(ReadingSettings()).read(page) == first


def test_columns_and_pictures_are_read_too(tesseract: TesseractEngine, real_page: Load) -> None:
    text = tesseract.read(real_page("tess_8071_093_3B"))
    assert len(text.blocks) >= 3 and len(list(text.words())) > 400


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 900), (900, 1), (3, 3), (9, 400), (10, 10), (11, 300), (40, 12)]
)
@pytest.mark.parametrize("level", [0, 255])
def test_tiny_images_have_no_text(tesseract: TesseractEngine, shape: tuple[int, int], level: int) -> None:
    image = ReadingImage(np.full(shape, level, np.uint8), 300.0)
    assert tesseract.read(image) == PageText()
    assert tesseract.detect_orientation(image) is None


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 80), st.integers(1, 80), st.integers(0, 3))
def test_any_size_gives_text_within_the_image(width: int, height: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).choice(np.array([0, 255], np.uint8), (height, width))
    image = ReadingImage(pixels, 100.0)
    for word in shared_engine().read(image).words():
        assert 0 <= word.box.x0 <= word.box.x1 <= width * 0.254 + 1e-6
        assert 0 <= word.box.y0 <= word.box.y1 <= height * 0.254 + 1e-6
        assert word.text and 0.0 <= word.confidence <= 1.0


@cache
def shared_engine() -> TesseractEngine:
    return TesseractEngine(ReadingSettings())


@pytest.mark.parametrize("dpi", [1.0, 30.0, 5000.0])
def test_odd_resolutions_still_give_text_and_true_places(
    tesseract: TesseractEngine, typed_sheet: Sheet, dpi: float
) -> None:
    sheet = typed_sheet("Rechnung 2026")
    text = tesseract.read(ReadingImage(sheet.pixels, dpi))
    assert text.text == "Rechnung 2026"
    true_place = tesseract.read(sheet).blocks[0].box
    assert text.blocks[0].box.x0 * dpi == pytest.approx(true_place.x0 * 200, rel=0.1)


def test_noise_alone_gives_no_confident_text(tesseract: TesseractEngine) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (400, 400), dtype=np.uint8)
    text = tesseract.read(ReadingImage(noise, 300.0))
    assert (text.mean_confidence or 0.0) < 0.6


def test_a_page_beyond_what_tesseract_can_count_is_refused(tesseract: TesseractEngine) -> None:
    with pytest.raises(PageFailed, match="too long"):
        tesseract.read(ReadingImage(np.full((12, 33_000), 255, np.uint8), 300.0))


def test_it_says_who_read_with_which_data(tesseract: TesseractEngine) -> None:
    identity = tesseract.identity
    assert identity.name == "tesseract" and identity.version.startswith("5.") and not identity.for_tests
    assert set(identity.models) == {"deu", "eng", "osd"}
    assert all(len(value) == 64 for value in identity.models.values())


def test_one_thread_is_all_it_takes() -> None:
    assert os.environ["OMP_THREAD_LIMIT"] == "1"


def test_a_mode_and_variables_can_be_chosen(typed_sheet: Sheet) -> None:
    digits = TesseractEngine(
        ReadingSettings(
            options={"page_segmentation_mode": 6, "variables": {"tessedit_char_whitelist": "0123456789"}}
        )
    )
    read = digits.read(typed_sheet("4711 ABC 0815")).text
    assert "4711" in read and "0815" in read and not any(character.isalpha() for character in read)


def test_a_variable_that_tesseract_does_not_have_is_named(typed_sheet: Sheet) -> None:
    engine = TesseractEngine(ReadingSettings(options={"variables": {"no_such_parameter": "1"}}))
    with pytest.raises(SettingsError, match="no_such_parameter"):
        engine.read(typed_sheet("x"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"psm": 6}, "no setting “psm”.*page_segmentation_mode"),
        ({"page_segmentation_mode": 99}, "page_segmentation_mode.*99.*13"),
        ({"variables": "x"}, "variables"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        TesseractEngine(ReadingSettings(options=options))


def test_data_that_are_no_data_are_told(tmp_path: Path, typed_sheet: Sheet) -> None:
    (tmp_path / "deu.traineddata").write_bytes(b"nothing that Tesseract knows")
    engine = TesseractEngine(ReadingSettings(languages=("deu",), options={"language_data": str(tmp_path)}))
    with pytest.raises(EnvironmentLacking, match=r"deu.*install them again"):
        engine.read(typed_sheet("x"))


def test_without_orientation_data_it_does_not_guess(tmp_path: Path, real_page: Load) -> None:
    source = language_data_folder(["eng"]) / "eng.traineddata"
    (tmp_path / "eng.traineddata").symlink_to(source)
    engine = TesseractEngine(ReadingSettings(languages=("eng",), options={"language_data": str(tmp_path)}))
    assert engine.detect_orientation(real_page("tess_phototest-rotated-180")) is None
    assert set(engine.identity.models) == {"eng"}


def test_pages_are_read_in_german_alone_and_doubtful_lines_in_all_languages() -> None:
    assert first_languages(("deu", "eng")) == ("deu",)
    assert first_languages(("deu", "fra", "eng")) == ("deu", "fra")
    assert first_languages(("eng", "deu")) == ("eng", "deu")
    assert first_languages(("eng",)) == ("eng",)
    assert first_languages(()) == ()
