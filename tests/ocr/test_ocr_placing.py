"""What is read on a turned piece stands in its place on the page, in the direction in which one reads."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dipro_scan.model import Block, Box, Line, PageText, Word
from dipro_scan.ocr.placing import placed


def one_line() -> PageText:
    words = (Word("Aktenzeichen", Box(1, 2, 11, 5), 0.9), Word("63.10", Box(13, 2, 18, 5), 0.8))
    box = Box(1, 2, 18, 5)
    return PageText((Block((Line(words, box, (1, 4.5, 18, 4.5)),), box),))


def turn(degrees_clockwise: float, x: float, y: float) -> np.ndarray:
    angle = math.radians(degrees_clockwise)
    return np.array([[math.cos(angle), -math.sin(angle), x], [math.sin(angle), math.cos(angle), y]])


def test_a_line_that_runs_up_the_page_reads_upwards() -> None:
    (line,) = placed(one_line(), turn(-90, 10, 100)).lines()
    assert line.baseline == pytest.approx((14.5, 99, 14.5, 82))
    assert line.box == pytest.approx(Box(12, 82, 15, 99))
    assert [word.text for word in line.words] == ["Aktenzeichen", "63.10"]
    assert line.words[1].box == pytest.approx(Box(12, 82, 15, 87))


def test_a_line_that_runs_down_the_page_reads_downwards() -> None:
    (line,) = placed(one_line(), turn(90, 10, 100)).lines()
    assert line.baseline == pytest.approx((5.5, 101, 5.5, 118))


def test_a_line_on_a_slope_has_the_box_around_it_as_it_lies() -> None:
    (line,) = placed(one_line(), turn(-6, 0, 50)).lines()
    x0, y0, x1, y1 = line.baseline
    assert math.degrees(math.atan2(y0 - y1, x1 - x0)) == pytest.approx(6)
    assert line.box.height_mm > 3 + 1.5


def test_moving_alone_changes_no_size_and_no_confidence() -> None:
    moved = placed(one_line(), turn(0, 7, 8))
    assert [word.confidence for word in moved.words()] == [0.9, 0.8]
    assert moved.blocks[0].box == pytest.approx(Box(8, 10, 25, 13))
