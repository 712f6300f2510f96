"""Which way up a page is read, and who is asked: with an engine that tells what it was asked."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.batch.seeing import PageViews
from dipro_scan.batch.upright import UprightReader, UprightReading
from dipro_scan.imaging import straighten
from dipro_scan.model import (
    Box,
    EngineIdentity,
    OrientationEstimate,
    PageText,
    ReadingImage,
)
from dipro_scan.model.orientation_evidence import OrientationSource
from dipro_scan.settings import ImagingSettings, SeparationSettings

from ..pages_by_hand import words_in

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


def read(engine: Engine, view: ReadingImage) -> UprightReading:
    return reader(engine).read(PageViews(view, view))


def text(confidence: float, words: int = 30, *, level: bool = True, word: str = "Bescheid") -> PageText:
    baseline = (0.0, 5.0, 50.0, 5.0) if level else (5.0, 50.0, 5.0, 0.0)
    return words_in(Box(0, 0, 10, 5), [(word, confidence)] * words, baseline)


NONSENSE = text(0.3)


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
    found = read(engine, page(rotation))
    assert found.attempt.rotation == rotation
    assert (found.doubts, engine.asked, engine.left) == ((), 0, 0)
    assert found.confidence == pytest.approx(0.93)


@pytest.mark.parametrize("skew_degrees", [-9.0, 4.0])
def test_a_plain_letter_pays_for_one_reading_however_it_lies(skew_degrees: float) -> None:
    engine = Engine(text(0.9))
    found = read(engine, ReadingImage(straighten(page(0), skew_degrees).pixels, 150.0))
    assert (found.attempt.rotation, found.doubts, engine.asked, engine.left) == (0, (), 0, 0)


def test_a_page_that_reads_badly_is_asked_about_and_read_again_the_other_way_up() -> None:
    engine = Engine(NONSENSE, text(0.9), estimate=OrientationEstimate(180, 0.9))
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts, engine.asked) == (180, (), 1)


def test_of_bad_readings_the_best_one_is_taken_and_flagged() -> None:
    engine = Engine(text(0.7), text(0.65), NONSENSE, NONSENSE, estimate=OrientationEstimate(180, 0.9))
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts) == (0, ("orientation_unsure",))
    assert found.confidence <= 0.5


def test_what_the_engine_says_is_not_believed_where_nothing_reads() -> None:
    engine = Engine(NONSENSE, NONSENSE, NONSENSE, NONSENSE, estimate=OrientationEstimate(180, 0.95))
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts) == (180, ("orientation_unsure",))
    assert found.evidence is not None
    assert found.evidence.source is OrientationSource.ENGINE


def test_an_engine_that_agrees_with_the_edges_spares_a_fair_page_the_trial() -> None:
    mixed = PageText((*text(0.9, 12).blocks, *text(0.5, 12).blocks))
    engine = Engine(mixed, estimate=OrientationEstimate(0, 0.95))
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts, found.confidence, engine.left) == (0, (), 0.95, 0)


def test_an_engine_that_agrees_settles_nothing_that_reads_badly() -> None:
    engine = Engine(*[text(0.55)] * 4, estimate=OrientationEstimate(0, 0.95))
    assert read(engine, page(0)).doubts == ("orientation_unsure",)


def test_an_engine_that_knows_is_believed() -> None:
    engine = Engine(PageText(), estimate=OrientationEstimate(0, 1.0))
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts, engine.left) == (0, (), 0)


def test_words_on_lines_that_run_upwards_prove_nothing() -> None:
    engine = Engine(text(0.96, level=False), text(0.95), estimate=OrientationEstimate(90, 0.9))
    found = read(engine, page(0))
    assert (found.attempt.rotation, engine.asked) == (90, 1)


def test_figures_read_well_on_their_heads_and_prove_nothing() -> None:
    engine = Engine(text(0.96, word="6890"), NONSENSE, NONSENSE, NONSENSE)
    assert read(engine, page(0)).doubts == ("orientation_unsure",)


def test_few_words_are_held_against_the_other_way_up() -> None:
    engine = Engine(text(0.96, words=3), NONSENSE)
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts, engine.left) == (0, (), 0)
    assert found.evidence is not None
    assert found.evidence.best == 0
    assert found.evidence.source is OrientationSource.READING


def test_few_words_that_read_both_ways_are_flagged() -> None:
    engine = Engine(text(0.96, words=3), text(0.9, words=2), NONSENSE, NONSENSE)
    found = read(engine, page(0))
    assert (found.attempt.rotation, found.doubts) == (0, ("orientation_unsure",))


def test_few_words_against_the_engine_are_flagged() -> None:
    engine = Engine(
        text(0.96, words=3), PageText(), PageText(), PageText(), estimate=OrientationEstimate(180, 0.8)
    )
    assert read(engine, page(0)).doubts == ("orientation_unsure",)


def test_a_turn_that_nobody_confirms_is_flagged() -> None:
    engine = Engine(*[PageText()] * 4)
    found = read(engine, page(180))
    assert (found.attempt.rotation, found.doubts) == (180, ("orientation_unsure",))
    assert found.evidence is not None
    assert (found.evidence.source, found.evidence.best) == (OrientationSource.EDGES, 180)


def test_a_page_with_too_few_letters_is_read_as_the_engine_says_and_held_against_the_opposite() -> None:
    engine = Engine(text(0.95, words=2), PageText(), estimate=OrientationEstimate(180, 0.8))
    found = read(engine, ReadingImage(np.full((1754, 1240), 250, np.uint8), 150.0))
    assert (found.attempt.rotation, found.doubts, engine.asked) == (180, (), 1)


def test_a_page_with_nothing_on_it_stays_as_it_lies_and_is_flagged() -> None:
    engine = Engine(*[PageText()] * 4)
    found = read(engine, ReadingImage(np.full((1754, 1240), 250, np.uint8), 150.0))
    assert (found.attempt.rotation, found.doubts) == (0, ("orientation_unsure",))
    assert found.confidence == 0.0


def test_a_page_in_large_print_is_read_at_a_lower_resolution() -> None:
    found = read(Engine(text(0.93)), reduced_to_fine_print(1.0))
    assert found.attempt.views.reading.dpi == 200.0


def test_a_page_in_small_print_is_read_at_the_full_one() -> None:
    found = read(Engine(text(0.93)), reduced_to_fine_print(0.45))
    assert found.attempt.views.reading.dpi == 300.0


def reduced_to_fine_print(factor: float) -> ReadingImage:
    """A page at 300 dpi of letters `factor` times as tall as those of 10 points."""
    image = Image.new("L", (2480, 3508), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(42 * factor)
    for row in range(30):
        pen.text((200, 300 + 60 * row), " ".join(LINES), fill=0, font=font)
    return ReadingImage(np.asarray(image), 300.0)
