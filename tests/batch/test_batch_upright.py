"""Which way up a page is read, and who is asked: with an engine that tells what it was asked."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.batch.upright import UprightReader
from dipro_scan.model import (
    Block,
    Box,
    EngineIdentity,
    Line,
    OrientationEstimate,
    PageText,
    ReadingImage,
    Word,
)
from dipro_scan.settings import ImagingSettings, SeparationSettings

LINES = (
    "Sehr geehrte Damen und Herren, hiermit",
    "bestätigt die Stadt den Eingang Ihres",
    "Antrags vom Mai.",
)


def page(rotation: int, rows: int = 20) -> ReadingImage:
    """A page of text that must be turned clockwise by `rotation` to stand upright."""
    image = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(image)
    for row in range(rows):
        pen.text((120, 150 + 70 * row), LINES[row % 3], fill=0, font=ImageFont.load_default(34))
    return ReadingImage(np.ascontiguousarray(np.rot90(np.asarray(image), k=rotation // 90)), 150.0)


def text(confidence: float, words: int = 30, *, level: bool = True) -> PageText:
    box = Box(0, 0, 10, 5)
    baseline = (0.0, 5.0, 50.0, 5.0) if level else (5.0, 50.0, 5.0, 0.0)
    line = Line(tuple(Word("Wort", box, confidence) for _ in range(words)), box, baseline)
    return PageText((Block((line,), box),))


class Engine:
    """Reads `texts` one after the other, and says `estimate` when asked how the page lies."""

    identity = EngineIdentity("fake", "1")

    def __init__(self, *texts: PageText, estimate: OrientationEstimate | None = None) -> None:
        self._texts = list(texts)
        self._estimate = estimate
        self.asked = 0

    def detect_orientation(self, _image: ReadingImage) -> OrientationEstimate | None:
        self.asked += 1
        return self._estimate

    def read(self, _image: ReadingImage) -> PageText:
        return self._texts.pop(0)

    @property
    def left(self) -> int:
        return len(self._texts)


def reader(engine: Engine) -> UprightReader:
    return UprightReader((engine,), ImagingSettings(), SeparationSettings(), 200.0)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_what_the_edges_propose_and_reads_well_is_not_asked_about(rotation: int) -> None:
    engine = Engine(text(0.93))
    found = reader(engine).read(page(rotation))
    assert found.attempt.rotation == rotation
    assert (found.doubts, engine.asked, engine.left) == ((), 0, 0)
    assert found.confidence == pytest.approx(0.93)


def test_a_page_that_reads_badly_is_asked_about_and_read_again_the_other_way_up() -> None:
    engine = Engine(text(0.4), text(0.9), estimate=OrientationEstimate(180, 0.9))
    found = reader(engine).read(page(0))
    assert (found.attempt.rotation, found.doubts, engine.asked) == (180, (), 1)


def test_of_two_bad_readings_the_better_one_is_taken_and_flagged() -> None:
    engine = Engine(text(0.6), text(0.5), estimate=OrientationEstimate(180, 0.9))
    found = reader(engine).read(page(0))
    assert (found.attempt.rotation, found.doubts) == (0, ("orientation_unsure",))
    assert found.confidence <= 0.6


def test_an_engine_that_agrees_with_the_edges_settles_a_page_that_reads_badly() -> None:
    engine = Engine(text(0.4), estimate=OrientationEstimate(0, 0.95))
    found = reader(engine).read(page(0))
    assert (found.attempt.rotation, found.doubts, found.confidence) == (0, (), 0.95)


def test_words_on_lines_that_run_upwards_prove_nothing() -> None:
    engine = Engine(text(0.96, level=False), text(0.95), estimate=OrientationEstimate(90, 0.9))
    found = reader(engine).read(page(0))
    assert (found.attempt.rotation, engine.asked) == (90, 1)


def test_few_words_prove_nothing() -> None:
    engine = Engine(text(0.96, words=3), estimate=OrientationEstimate(0, 0.2))
    found = reader(engine).read(page(0))
    assert (found.doubts, engine.asked) == (("orientation_unsure",), 1)


def test_a_turn_that_nobody_confirms_is_flagged() -> None:
    engine = Engine(text(0.4), estimate=None)
    found = reader(engine).read(page(180))
    assert (found.attempt.rotation, found.doubts) == (180, ("orientation_unsure",))


def test_a_page_with_too_few_letters_is_turned_as_the_engine_says() -> None:
    engine = Engine(text(0.9, words=1), estimate=OrientationEstimate(180, 0.8))
    found = reader(engine).read(ReadingImage(np.full((1754, 1240), 250, np.uint8), 150.0))
    assert (found.attempt.rotation, found.doubts, engine.asked) == (180, (), 1)


def test_a_page_in_large_print_is_read_at_a_lower_resolution() -> None:
    found = reader(Engine(text(0.93))).read(reduced_to_fine_print(1.0))
    assert found.attempt.image.dpi == 200.0


def test_a_page_in_small_print_is_read_at_the_full_one() -> None:
    found = reader(Engine(text(0.93))).read(reduced_to_fine_print(0.45))
    assert found.attempt.image.dpi == 300.0


def reduced_to_fine_print(factor: float) -> ReadingImage:
    """A page at 300 dpi of letters `factor` times as tall as those of 10 points."""
    image = Image.new("L", (2480, 3508), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(42 * factor)
    for row in range(30):
        pen.text((200, 300 + 60 * row), " ".join(LINES), fill=0, font=font)
    return ReadingImage(np.asarray(image), 300.0)
