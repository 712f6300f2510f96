"""Boxes for ticks and what is in them, and the lines of forms taken out without the letters."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dipro_scan.imaging.form_boxes import find_form_boxes, find_marks, outlines_of
from dipro_scan.imaging.form_lines import form_lines, without_outlines
from dipro_scan.model import PageFailed, ReadingImage
from dipro_scan.model.marks import MarkVerdict

Pixels = NDArray[np.uint8]
PX = 300 / 25.4


def with_box(page: Pixels, x_mm: float, y_mm: float, side_mm: float = 3.5, filling: str = "empty") -> Pixels:
    """`page` with a box for a tick whose top left corner lies at that place."""
    page = page.copy()
    left, top, right, bottom = (round(edge * PX) for edge in (x_mm, y_mm, x_mm + side_mm, y_mm + side_mm))
    cv2.rectangle(page, (left, top), (right, bottom), 40, 3)
    inner = round(0.7 * PX)
    low, high = (left + inner, top + inner), (right - inner, bottom - inner)
    if filling == "crossed":
        cv2.line(page, low, high, 50, 4, cv2.LINE_AA)
        cv2.line(page, (low[0], high[1]), (high[0], low[1]), 50, 4, cv2.LINE_AA)
    if filling == "ticked":
        foot = (left + (right - left) * 2 // 5, high[1])
        cv2.polylines(
            page, [np.array([(low[0], (top + bottom) // 2), foot, (high[0], low[1])])], False, 50, 4
        )
    if filling == "filled":
        page[top:bottom, left:right] = 45
    return page


def soft(page: Pixels) -> ReadingImage:
    blurred = cv2.GaussianBlur(page, (0, 0), 0.7).astype(np.float32) * 0.95
    rough = np.random.default_rng(0).normal(0, 3, page.shape)
    return ReadingImage((blurred + rough).clip(0, 255).astype(np.uint8), 300.0)


def blank(height_mm: float = 120, width_mm: float = 150) -> Pixels:
    return np.full((round(height_mm * PX), round(width_mm * PX)), 250, np.uint8)


@pytest.mark.parametrize("side_mm", [3.0, 3.5, 5.0, 7.0])
def test_each_filling_is_told(side_mm: float) -> None:
    page = blank()
    for number, filling in enumerate(MarkVerdict):
        page = with_box(page, 20, 20 + 15 * number, side_mm, filling.value)
    view = soft(page)
    found = find_form_boxes(view, form_lines(view))
    assert [box.mark.verdict for box in found] == list(MarkVerdict)
    for number, box in enumerate(found):
        assert box.mark.box.x0 == pytest.approx(20, abs=0.4)
        assert box.mark.box.y0 == pytest.approx(20 + 15 * number, abs=0.4)
        assert box.mark.box.width_mm == pytest.approx(side_mm, abs=0.6)
    shares = [box.mark.ink_share for box in found]
    assert shares[0] == 0
    assert 0.02 < shares[1] < 0.6
    assert shares[3] > 0.8


def test_a_speck_in_a_box_leaves_it_empty() -> None:
    page = with_box(blank(), 30, 30)
    page[round(31.5 * PX) : round(31.5 * PX) + 4, round(31.5 * PX) : round(31.5 * PX) + 4] = 60
    view = soft(page)
    (box,) = find_form_boxes(view, form_lines(view))
    assert box.mark.verdict is MarkVerdict.EMPTY


def test_a_pencil_tick_is_seen() -> None:
    page = with_box(blank(), 30, 30, 4.0)
    cv2.line(page, (round(31 * PX), round(32 * PX)), (round(33 * PX), round(31 * PX)), 190, 5)
    view = soft(page)
    (box,) = find_form_boxes(view, form_lines(view))
    assert box.mark.verdict is MarkVerdict.TICKED


def test_letters_tables_bullets_and_finder_patterns_are_no_boxes(typed_page: Callable[..., Pixels]) -> None:
    page = np.minimum(typed_page(4, size_pt=14), 250)
    for row in range(4):
        for column in range(6):
            left, top = 400 + 70 * column, 2600 + 70 * row
            cv2.rectangle(page, (left, top), (left + 70, top + 70), 30, 3)
    page[3000:3036, 400:436] = 20
    finder = np.full((49, 49), 20, np.uint8)
    finder[7:42, 7:42] = 250
    finder[14:35, 14:35] = 20
    page[3000:3049, 1000:1049] = finder
    view = soft(page)
    assert find_form_boxes(view, form_lines(view)) == ()


def test_outlines_of_ticked_boxes_go_and_the_tick_stays() -> None:
    page = with_box(blank(), 30, 30, 5.0, "crossed")
    view = soft(page)
    lines = form_lines(view)
    bare, _step = without_outlines(view, lines, outlines_of(find_form_boxes(view, lines), lines))
    left, right = round(30 * PX), round(35 * PX)
    assert bare.pixels[left - 3 : left + 4, left - 3 : right + 4].min() > 200
    middle = slice(left + 15, right - 14)
    cross = view.pixels[middle, middle] < 120
    assert cross.sum() > 100
    assert (bare.pixels[middle, middle][cross] < 130).all()


def test_a_page_without_forms_is_returned_as_it_is(typed_page: Callable[..., Pixels]) -> None:
    view = soft(typed_page(8))
    found = find_marks(view)
    bare, step = without_outlines(view, found.lines, found.outlines)
    assert bare is view
    assert step is None


def lettered(page: Pixels, words: str, x_mm: float, y_mm: float, size_mm: float) -> Pixels:
    """`page` with `words` in the middle of that place."""
    image = Image.fromarray(page)
    font = ImageFont.load_default(size=size_mm * PX)
    ImageDraw.Draw(image).text((x_mm * PX, y_mm * PX), words, font=font, fill=40, anchor="mm")
    return np.asarray(image)


def test_a_number_printed_in_a_box_is_no_tick() -> None:
    page = blank()
    for number in range(3):
        page = with_box(page, 20, 20 + 15 * number, 5.0)
        page = lettered(page, "147"[number], 22.5, 22.5 + 15 * number, 3.5)
    verdicts = [mark.verdict for mark in find_marks(soft(page)).marks]
    assert verdicts == [MarkVerdict.EMPTY] * 3


def test_cells_for_letters_and_fields_with_words_are_no_boxes_for_ticks() -> None:
    page = blank()
    for number in range(5):
        page = with_box(page, 20 + 6.2 * number, 20, 5.0)
        page = lettered(page, "38102"[number], 22.5 + 6.2 * number, 22.5, 3)
    page = lettered(with_box(page, 60, 60, 7.5), "a b c d", 63.75, 63.75, 2)
    assert find_marks(soft(page)).marks == ()


def test_a_field_that_is_wider_than_high_is_no_box() -> None:
    page = blank()
    cv2.rectangle(page, (300, 300), (388, 376), 40, 3)
    assert find_marks(soft(page)).marks == ()


def test_only_outlines_are_taken_out_and_the_page_is_the_same_elsewhere(
    typed_page: Callable[..., Pixels],
) -> None:
    page = np.minimum(typed_page(5), 250)
    bare_page = page
    for row in range(4):
        # Between words and over them: letters that touch or cross an outline have to stay.
        page = with_box(page, 18, 31 + 15 * row, 4.0, "crossed")
        page = with_box(page, 40 + 3 * row, 31 + 15.3 * row, 4.0)
    view = soft(page)
    found = find_marks(view)
    assert len(found.marks) >= 4
    taken, step = without_outlines(view, found.lines, found.outlines)
    assert step is not None
    assert step.name == "form_boxes_removed"
    assert not step.archive
    assert step.parameters["area_mm2"] > 10
    changed = taken.pixels != view.pixels
    near = np.zeros(page.shape, np.uint8)
    for mark in found.marks:
        left, top, right, bottom = (round(edge * PX) for edge in mark.box)
        cv2.rectangle(near, (left, top), (right, bottom), 1, 17)
    assert not changed[near == 0].any()
    letters = (soft(bare_page).pixels < 110) & (page < 110)
    assert (taken.pixels[letters] < 160).mean() > 0.97


@pytest.mark.parametrize("shape", [(0, 4), (4, 4, 4)])
def test_what_is_no_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(PageFailed):
        find_marks(ReadingImage(np.zeros(shape, np.uint8), 300.0))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 80), st.integers(1, 80), st.sampled_from([72.0, 150.0, 300.0, 600.0]), st.data())
def test_any_size_has_an_answer(height: int, width: int, dpi: float, data: st.DataObject) -> None:
    view = ReadingImage(data.draw(arrays(np.uint8, (height, width))), dpi)
    lines = form_lines(view)
    boxes = find_form_boxes(view, lines)
    bare, _step = without_outlines(view, lines, outlines_of(boxes, lines))
    assert bare.pixels.shape == (height, width)
    assert bare.pixels.dtype == np.uint8
