"""Stamps on whole pages, read by themselves with real Tesseract."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from dipro_scan.batch.page import PageSettings, read_page
from dipro_scan.batch.seeing import look_at, upright_stamps
from dipro_scan.batch.stamp_reading import ReadStamps, read_stamps
from dipro_scan.imaging.cut_outs import PageFrame
from dipro_scan.intake import pages
from dipro_scan.model import Box, Line, PageText, ReadingImage, Stamp, StampShape, Word
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.settings import ImagingSettings, IntakeSettings, ReadingSettings, SeparationSettings

from ..pages_by_hand import line_of, text_of
from .hard_papers import BLUE, DPI, RED, Pixels, gray, saved, stamped, typeset


@pytest.fixture(scope="module")
def blocks() -> TesseractEngine:
    """Reads images as one block of lines."""
    return TesseractEngine(ReadingSettings(options={"page_segmentation_mode": 6}))


@pytest.fixture(scope="module")
def letter() -> Pixels:
    return typeset("letter")


@pytest.fixture(scope="module")
def receipt() -> Pixels:
    return typeset("receipt_stamp")


def read(image: Pixels, folder: Path, engine: TesseractEngine) -> tuple[ReadStamps, PageText]:
    """The stamps that the page floor finds, and what the page was read as before."""
    settings = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())
    reading = read_page(saved(image, folder / "page.png"), settings).reading
    bare = tuple(Stamp(each.box, each.ink, each.shape, each.angle_degrees) for each in reading.stamps)
    place = reading.geometry
    frame = PageFrame(image.shape[1], image.shape[0], DPI, place.rotation, place.skew_degrees)
    return read_stamps(bare, image, frame, reading.text, engine.read), reading.text


def read_alone(image: Pixels, folder: Path, engine: TesseractEngine) -> ReadStamps:
    """The stamps of a page that lies upright, and of which no other word is known."""
    page = pages.open_page(saved(image, folder / "page.png"), IntakeSettings())
    sight = look_at(page, DPI, ImagingSettings())
    found = upright_stamps(sight, sight.scan, 0, 0.0)
    return read_stamps(found, image, PageFrame(image.shape[1], image.shape[0], DPI), PageText(), engine.read)


def line_with(read: ReadStamps, word: str) -> Line:
    return next(line for block in read.blocks for line in block.lines if word in line.text)


@pytest.mark.parametrize(
    ("place", "degrees", "ink"),
    [((90, 70), 4.0, BLUE), ((120, 200), -7.0, RED)],
    ids=["over print", "on bare paper"],
)
def test_a_stamp_of_receipt_comes_out_and_the_letter_stays_whole(
    letter: Pixels,
    receipt: Pixels,
    tmp_path: Path,
    blocks: TesseractEngine,
    place: tuple[float, float],
    degrees: float,
    ink: tuple[int, int, int],
) -> None:
    seen, _before = read(stamped(letter, receipt, place, degrees, ink), tmp_path, blocks)
    (stamp,) = seen.stamps
    assert stamp.text.splitlines()[:3] == ["Stadt Musterhausen", "EINGEGANGEN", "12. Mrz. 2026"]
    assert stamp.confidence > 0.8
    x0, y0, x1, y1 = line_with(seen, "EINGEGANGEN").baseline
    assert math.degrees(math.atan2(y0 - y1, x1 - x0)) == pytest.approx(degrees, abs=1.0)
    assert stamp.box.y0 < y0 < stamp.box.y1
    left = seen.text.text
    assert "EINGEGANGEN" not in left and "GEGANGEN" not in left and "Mrz." not in left
    for words in ("Ihres Antrages vom dritten November", "gegen den Widerspruch eingelegt werden kann"):
        assert words in left


def test_a_coloured_stamp_beside_print_is_out_of_the_image_that_the_page_is_read_from(
    letter: Pixels, receipt: Pixels, tmp_path: Path
) -> None:
    settings = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())
    image = stamped(letter, receipt, (120, 200), -7.0, RED)
    reading = read_page(saved(image, tmp_path / "page.png"), settings).reading
    assert "remove_coloured_ink" in [step.name for step in reading.steps]
    (stamp,) = reading.stamps
    assert "EINGEGANGEN" in (stamp.text or "")
    holding = [block.kind for block in reading.text.blocks if "EINGEGANGEN" in str(block)]
    assert holding == ["stamp"]
    page = page_text_of(letter, tmp_path)
    assert [line.text for line in page.lines()] == [
        line.text for block in reading.text.blocks if block.kind == "print" for line in block.lines
    ]


def page_text_of(image: Pixels, folder: Path) -> PageText:
    settings = PageSettings(IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings())
    return read_page(saved(image, folder / "bare.png"), settings).reading.text


@pytest.mark.parametrize(("degrees", "shown"), [(86.0, (0, -1)), (-92.0, (0, 1))], ids=["up", "down"])
def test_a_stamp_that_lies_on_its_side_is_read_in_its_own_direction(
    letter: Pixels,
    receipt: Pixels,
    tmp_path: Path,
    blocks: TesseractEngine,
    degrees: float,
    shown: tuple[int, int],
) -> None:
    seen = read_alone(stamped(letter, receipt, (120, 190), degrees, BLUE), tmp_path, blocks)
    (stamp,) = seen.stamps
    assert "EINGEGANGEN\n12. Mrz. 2026" in stamp.text
    x0, y0, x1, y1 = line_with(seen, "EINGEGANGEN").baseline
    assert (round((x1 - x0) / 60), np.sign(y1 - y0)) == shown


@pytest.mark.parametrize("degrees", [-7.0, 5.0])
@pytest.mark.parametrize(
    ("design", "lines"),
    [
        ("oval_stamp", ["Amt Musterhausen", "POSTEINGANG", "03.02.2026"]),
        ("round_seal", ["Stadtkasse", "BEZAHLT", "03.02.2026"]),
        ("words_stamp", ["BEZAHLT", "am 14.04.2026"]),
    ],
)
def test_stamps_with_a_ring_or_without_any_frame_are_read_as_they_lie(
    letter: Pixels, tmp_path: Path, blocks: TesseractEngine, design: str, lines: list[str], degrees: float
) -> None:
    seen = read_alone(stamped(letter, typeset(design), (110, 200), degrees, RED), tmp_path, blocks)
    (stamp,) = seen.stamps
    assert stamp.text.splitlines() == lines
    x0, y0, x1, y1 = line_with(seen, lines[-1]).baseline
    assert math.degrees(math.atan2(y0 - y1, x1 - x0)) == pytest.approx(degrees, abs=2.0)


def test_a_stamp_on_its_head_is_read(
    letter: Pixels, receipt: Pixels, tmp_path: Path, blocks: TesseractEngine
) -> None:
    seen = read_alone(stamped(letter, receipt, (120, 200), 176.0, RED), tmp_path, blocks)
    assert "EINGEGANGEN" in seen.stamps[0].text
    x0, _y0, x1, _y1 = line_with(seen, "EINGEGANGEN").baseline
    assert x1 < x0


def test_a_stamp_in_gray_is_read_and_its_words_are_not_doubled(
    letter: Pixels, receipt: Pixels, tmp_path: Path, blocks: TesseractEngine
) -> None:
    page = gray(stamped(letter, receipt, (120, 210), -5.0, (60, 60, 60)))
    seen, before = read(page, tmp_path, blocks)
    assert "EINGEGANGEN\n12. Mrz. 2026" in seen.stamps[0].text
    assert "EINGEGANGEN" in before.text, "the page reader read it too"
    assert "EINGEGANGEN" not in seen.text.text
    assert "Bärbel Sommer" in seen.text.text


def test_of_a_drawing_taken_for_a_stamp_nothing_is_read_and_no_word_goes(blocks: TesseractEngine) -> None:
    chance = np.random.default_rng(3)
    pixels = np.full((1200, 1200, 3), 250, dtype=np.uint8)
    for x, y in chance.integers(320, 680, (60, 2)):
        pixels[y : y + 9, x : x + 60] = BLUE
    box = Box(25, 25, 60, 60)
    text = text_of(line_of([Word("Grundstück", Box(30, 30, 50, 34), 0.9)]))
    stamp = Stamp(box, BLUE, StampShape.RING, 0.0, confidence=0.6)
    seen = read_stamps((stamp,), pixels, PageFrame(1200, 1200, 300), text, blocks.read)
    assert seen == ReadStamps((stamp,), text, ())


def canned(*words: Word) -> ReadStamps:
    """A level stamp at (20, 20) to (70, 50) mm that reads EINGANG at (30, 30), and the page's `words`."""
    stamp = Stamp(Box(20, 20, 70, 50), BLUE, StampShape.FRAME, 0.0)

    def answer(_image: ReadingImage) -> PageText:
        return text_of(line_of([Word("EINGANG", Box(11, 11, 41, 17), 0.96)]))

    pixels = np.full((400, 400, 3), 250, dtype=np.uint8)
    return read_stamps((stamp,), pixels, PageFrame(400, 400, 100), text_of(line_of(words)), answer)


def left(*words: Word) -> list[str]:
    return [word.text for word in canned(*words).text.words()]


def test_torn_pieces_of_a_stamps_word_go_where_they_lie_on_it() -> None:
    assert left(Word("GANG", Box(42, 30, 60, 36), 0.9)) == []
    assert left(Word("EINGANG", Box(30, 30, 60, 36), 0.9)) == []
    assert left(Word("EINGANG", Box(120, 30, 150, 36), 0.9)) == ["EINGANG"]
    assert left(Word("Eingelegt", Box(30, 30, 60, 36), 0.9)) == ["Eingelegt"]


def test_a_line_that_goes_on_beyond_the_stamp_keeps_its_doubtful_words() -> None:
    beyond = Word("Straße", Box(80, 40, 100, 44), 0.9)
    doubtful = Word("Nachbam", Box(40, 40, 60, 44), 0.4)
    assert left(doubtful) == []
    assert left(doubtful, beyond) == ["Nachbam", "Straße"]


def test_stamps_beyond_the_first_few_stay_unread() -> None:
    stamps = tuple(Stamp(Box(20, 20 + y, 70, 50 + y), BLUE, StampShape.FRAME, 0.0) for y in range(9))
    asked = []

    def answer(image: ReadingImage) -> PageText:
        asked.append(image)
        return text_of(line_of([Word("EINGANG", Box(11, 11, 41, 17), 0.96)]))

    pixels = np.full((400, 400, 3), 250, dtype=np.uint8)
    seen = read_stamps(stamps, pixels, PageFrame(400, 400, 100), PageText(), answer)
    assert len(seen.stamps) == 9 and len(asked) == 6
    assert [bool(each.text) for each in seen.stamps] == [True] * 6 + [False] * 3
