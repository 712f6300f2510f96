"""The second reader: really run on German print; its letters and words; and what is missing is said."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import ttf_opensans
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.model import EnvironmentLacking, LineEngine, PageText, ReadingImage, SettingsError
from dipro_scan.ocr import rapid_models
from dipro_scan.ocr.line_cut_outs import cut_out
from dipro_scan.ocr.probe import ToolProbe
from dipro_scan.ocr.rapid import RapidEngine
from dipro_scan.ocr.rapid_layout import LineBox, across, blocks_of, inked_rows, wide_gaps
from dipro_scan.ocr.rapid_letters import Alphabet, Letter, is_latin, with_spaces, words_of
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.ocr.text_layout import SeenLine
from dipro_scan.settings import ReadingSettings

Sheet = Callable[..., ReadingImage]
Load = Callable[..., ReadingImage]


def settings(**options: object) -> ReadingSettings:
    return ReadingSettings(engine="rapidocr", options=options)


@pytest.fixture(scope="session")
def rapid() -> RapidEngine:
    if importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None:
        told = pytest.fail if os.environ.get("CI") else pytest.skip
        told("the second reader is not installed")
    return RapidEngine(settings())


def threads() -> int:
    """Those of this process, of C libraries too; 0 where the system does not tell."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 0


def printed(line: str) -> ReadingImage:
    """A line of 11 points at 300 dpi in a font that has every German letter."""
    sheet = Image.new("L", (1800, 120), 255)
    font = ImageFont.truetype(ttf_opensans.opensans().path, 11 / 72 * 300)
    ImageDraw.Draw(sheet).text((40, 30), line, font=font, fill=0)
    return ReadingImage(np.array(sheet), 300.0)


@pytest.mark.parametrize(
    "line",
    [
        "Gebührenbescheid über Straßenreinigung",
        "Äußern Sie sich nach § 28 VwVfG bis 31.12.",
        "Öffentliche Übergabe: 1.234,56 € fällig",
        "IBAN DE02 1203 0000 0000 2020 51",
    ],
)
def test_it_reads_a_german_line(rapid: RapidEngine, line: str) -> None:
    text = rapid.read_line(printed(line))
    assert text.text == line
    assert all(word.confidence > 0.7 for word in text.words())


def test_words_stand_where_tesseract_sees_them(
    rapid: RapidEngine, tesseract: TesseractEngine, typed_sheet: Sheet
) -> None:
    sheet = typed_sheet("Anlage zum Bescheid\nvom 3. Januar", dpi=300)
    ours, theirs = list(rapid.read(sheet).lines()), list(tesseract.read(sheet).lines())
    assert [line.text for line in ours] == [line.text for line in theirs]
    for line, other in zip(ours, theirs, strict=True):
        assert line.baseline == pytest.approx(other.baseline, abs=0.6)
        for word, same in zip(line.words, other.words, strict=True):
            assert word.box == pytest.approx(same.box, abs=0.6)


def test_a_line_cut_out_of_a_page_reads_as_on_the_page_and_in_its_place(
    rapid: RapidEngine, typed_sheet: Sheet
) -> None:
    sheet = typed_sheet("Stadt Musterstadt\nDer Bürgermeister", dpi=300)
    for line in rapid.read(sheet).lines():
        again = rapid.read_line(cut_out(sheet, line.box), ("deu", "xyz"))
        (alone,) = again.lines()
        assert alone.text == line.text
        assert alone.box == pytest.approx(line.box, abs=0.4)


def test_lines_come_from_the_top_down_and_from_left_to_right(rapid: RapidEngine, typed_sheet: Sheet) -> None:
    left, right = typed_sheet("Erstens\nDrittens"), typed_sheet("Zweitens\nViertens")
    both = ReadingImage(np.hstack([left.pixels, right.pixels]), left.dpi)
    assert [line.text for line in rapid.read(both).lines()] == ["Erstens", "Zweitens", "Drittens", "Viertens"]


@pytest.mark.parametrize(("quarters", "up"), [(1, True), (3, False)])
def test_a_line_up_or_down_the_page_is_read_in_its_place(
    rapid: RapidEngine, typed_sheet: Sheet, quarters: int, up: bool
) -> None:
    sheet = typed_sheet("Kassenzeichen 5.8958.24777", height_mm=25)
    turned = ReadingImage(np.rot90(sheet.pixels, quarters).copy(), sheet.dpi, (5.0, 0.0))
    (line,) = rapid.read(turned).lines()
    assert line.text == "Kassenzeichen 5.8958.24777"
    assert (line.baseline[1] > line.baseline[3]) is up
    ink = np.argwhere(turned.pixels < 128) * 25.4 / sheet.dpi
    (y0, x0), (y1, x1) = ink.min(axis=0), ink.max(axis=0)
    assert line.box == pytest.approx((x0 + 5.0, y0, x1 + 5.0, y1), abs=0.8)


def test_the_same_pixels_read_the_same_in_any_engine_and_order(
    rapid: RapidEngine, typed_sheet: Sheet
) -> None:
    first, second = typed_sheet("Bescheid\nvom Montag"), typed_sheet("Rechnung Nummer 17")
    alone = RapidEngine(settings()).read(first)
    rapid.read(second)
    assert rapid.read(first) == alone == rapid.read(first)


def test_a_real_page_reads_well(
    rapid: RapidEngine, real_page: Load, truth: Callable[[str], str], error_rate: Callable[[str, str], float]
) -> None:
    assert error_rate(rapid.read(real_page("tess_phototest")).text, truth("tess_phototest")) < 0.05


def test_nothing_is_read_where_nothing_is(rapid: RapidEngine) -> None:
    for shape in [(400, 300), (5, 5), (1, 1), (40, 900)]:
        for gray in (0, 130, 255):
            image = ReadingImage(np.full(shape, gray, np.uint8), 200.0)
            assert rapid.read(image) == rapid.read_line(image) == PageText()
    assert rapid.detect_orientation(ReadingImage(np.full((400, 300), 255, np.uint8))) is None


def test_it_says_who_read_with_which_networks(rapid: RapidEngine) -> None:
    identity = rapid.identity
    assert identity.name == "rapidocr" and "onnxruntime" in identity.version and not identity.for_tests
    assert set(identity.models) == {"PP-OCRv6_det_small", "PP-OCRv6_rec_small"}
    assert all(len(value) == 64 for value in identity.models.values())
    assert isinstance(rapid, LineEngine)


def test_it_opens_no_connection_and_starts_no_threads(
    rapid: RapidEngine, typed_sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any, **_names: Any) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    before = threads()
    engine = RapidEngine(settings())
    assert engine.read(typed_sheet("Antrag")).text == "Antrag"
    assert threads() == before


def test_a_network_that_is_missing_is_named_with_its_remedy(rapid: RapidEngine, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacking, match=r"PP-OCRv6_det_small\.onnx.*pip install"):
        RapidEngine(settings(models=str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_is_damaged_is_named(rapid: RapidEngine, tmp_path: Path, typed_sheet: Sheet) -> None:
    for path in rapid_models.require_models().values():
        shutil.copy(path, tmp_path)
    (tmp_path / "PP-OCRv6_rec_small.onnx").write_bytes(b"not a network")
    engine = RapidEngine(settings(models=str(tmp_path)))
    assert engine.identity.models != rapid.identity.models
    with pytest.raises(EnvironmentLacking, match=r"PP-OCRv6_rec_small\.onnx"):
        engine.read_line(typed_sheet("x"))


def test_without_the_packages_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rapidocr", "onnxruntime"):
        monkeypatch.setattr(rapid_models, f"probe_{name}", lambda name=name: ToolProbe(name, None, None))
    with pytest.raises(EnvironmentLacking, match="second-reader"):
        RapidEngine(settings())


@pytest.mark.parametrize("options", [{"modles": "x"}, {"least_confidence": 2}])
def test_wrong_options_are_named(options: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=rf"reading\.options: .*{next(iter(options))}"):
        RapidEngine(settings(**options))


def test_letters_of_other_scripts_are_never_named() -> None:
    assert all(map(is_latin, "aZ09 äöüÄÖÜß§€éŁ°²½–„“"))
    assert not any(map(is_latin, ["中", "あ", "Я", "Ａ", "♥", "ab", "", "\n"]))
    answer = np.zeros((2, 5), np.float32)  # none, a, 中, b, space
    answer[0, 2], answer[0, 1], answer[1, 3] = 0.9, 0.1, 0.8
    letters = Alphabet(["a", "中", "b"]).letters(answer, 1.0)
    assert [(letter.text, letter.start, letter.end) for letter in letters] == [
        ("a", 0.0, 0.5),
        ("b", 0.5, 1.0),
    ]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60))
def test_words_are_the_letters_between_spaces_in_order(steps: list[int]) -> None:
    answer = np.full((len(steps), 4), 0.01, np.float32)  # none, a, b, space
    answer[np.arange(len(steps)), steps] = 0.9
    letters = Alphabet(["a", "b"]).letters(answer, 1.0)
    words = words_of(letters)
    assert [word.text for word in words] == "".join(letter.text for letter in letters).split()
    ends = [edge for word in words for edge in (word.start, word.end)]
    assert ends == sorted(ends) and all(0.0 <= edge <= 1.0 for edge in ends)
    assert all(0.0 < word.confidence <= 1.0 for word in words)


def test_a_wide_gap_parts_words_once() -> None:
    letters = [Letter("a", 0.0, 0.1, 1.0), Letter("b", 0.6, 0.7, 1.0), Letter("c", 0.7, 0.8, 1.0)]
    parted = with_spaces(letters, [(0.1, 0.3), (0.35, 0.6), (0.9, 1.0)])
    assert "".join(letter.text for letter in parted) == "a bc"
    assert with_spaces(parted, [(0.1, 0.6)]) == parted


@pytest.mark.parametrize(
    ("read", "words"),
    [
        ("Platz 1·12345", ["Platz", "1", "·", "12345"]),
        ("Amt· Haus", ["Amt", "·", "Haus"]),
        ("Amt ·Haus•", ["Amt", "·", "Haus", "•"]),
        ("Bürger·innen", ["Bürger·innen"]),
        ("·", ["·"]),
    ],
)
def test_a_dot_parts_items_but_not_a_word(read: str, words: list[str]) -> None:
    step = 1 / len(read)
    letters = [Letter(text, step * at, step * (at + 1), 0.9) for at, text in enumerate(read)]
    found = words_of(with_spaces(letters, []))
    assert [word.text for word in found] == words
    assert all(word.start < word.end for word in found)


def test_gaps_and_rows_follow_the_ink() -> None:
    piece = np.full((40, 200), 250, np.uint8)
    piece[10:30, 20:60] = 10
    piece[10:30, 100:140] = 10
    assert wide_gaps(piece) == [(0.3, 0.5)]
    assert inked_rows(piece) == (8, 32)
    assert inked_rows(np.full((40, 200), 250, np.uint8)) is None and wide_gaps(piece[:5]) == []


def test_blocks_part_at_wide_gaps_and_beside_one_another() -> None:
    boxes = [LineBox(0, 0, 90, 10), LineBox(0, 14, 80, 24), LineBox(0, 60, 90, 70), LineBox(100, 61, 190, 71)]
    lines = [(box, SeenLine(())) for box in boxes]
    assert [len(block) for block in blocks_of(lines[::-1])] == [2, 1, 1]


@given(st.sampled_from([1, 3]), st.integers(1, 30), st.integers(1, 30), st.data())
def test_a_turned_piece_maps_back_to_its_place(quarters: int, height: int, width: int, data: Any) -> None:
    row, column = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    pixels = np.zeros((height, width))
    pixels[row, column] = 1
    turned = np.rot90(pixels, quarters)
    (y, x), *_none = np.argwhere(turned)
    matrix = across(quarters, turned.shape[0], turned.shape[1], (3.0, 4.0))
    assert matrix @ (x + 0.5, y + 0.5, 1.0) == pytest.approx((3.0 + column + 0.5, 4.0 + row + 0.5))
