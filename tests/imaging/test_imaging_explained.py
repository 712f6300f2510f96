"""Pictures that explain a page: what is drawn where, whatever the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray

from dipro_scan.imaging import (
    find_faults,
    find_paper,
    judge_blank,
    letter_edges,
    paper_contrast,
    small_page,
    straighten,
    turn_quarter,
)
from dipro_scan.imaging.explained import (
    BLUE,
    DPI,
    GREEN,
    ORANGE,
    PINK,
    RED,
    SKY,
    VIOLET,
    Canvas,
    Colour,
    LegendEntry,
    captioned,
    write_picture,
)
from dipro_scan.imaging.explained_ink import InkKind, ink_by_kind, ink_picture
from dipro_scan.imaging.explained_lines import lines_picture
from dipro_scan.imaging.explained_paper import draw_streaks, paper_picture, scan_picture
from dipro_scan.imaging.explained_reading import archive_picture, reading_picture
from dipro_scan.imaging.marked import draw_boxes
from dipro_scan.model import (
    Box,
    Mark,
    MarkVerdict,
    Measurement,
    PageGeometry,
    PageReading,
    PageText,
    ProcessingStep,
    ReadingImage,
    Stamp,
    StampShape,
    Unwritable,
)
from dipro_scan.model.text import Block, Line, Word
from dipro_scan.settings import BlankSettings, BorderSettings

from ..pages_by_hand import page_reading

pytestmark = pytest.mark.usefixtures("english")

Pixels = NDArray[np.uint8]
MM = 150 / 25.4


def reading_of(width_mm: float = 210, height_mm: float = 297, **facts: object) -> PageReading:
    reading = page_reading(
        content_sha256="a" * 64, geometry=PageGeometry(width_mm, height_mm), rotation_confidence=0.9
    )
    return replace(reading, **facts)  # type: ignore[arg-type]


def blank_page(width_mm: float = 210, height_mm: float = 297, level: int = 240) -> ReadingImage:
    noise = np.random.default_rng(3).normal(0, 1, (round(height_mm * MM), round(width_mm * MM)))
    return ReadingImage(np.clip(level + noise, 0, 255).astype(np.uint8), 150.0)


def places(picture: Pixels, colour: Colour) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of a colour below the strip with the legend."""
    page = picture[strip_of(picture) :]
    rows, columns = np.nonzero((np.abs(page.astype(int) - colour) <= 8).all(axis=2))
    return rows, columns


def strip_of(picture: Pixels) -> int:
    """The height of the caption: the page begins with the outline that is drawn around it."""
    rows = (picture == 120).all(axis=2).mean(axis=1)
    return int(np.argmax(rows > 0.5))


def test_a_caption_stands_above_the_page_and_leaves_it_as_it_is() -> None:
    canvas = Canvas(np.full((400, 900, 3), 200, np.uint8), DPI)
    picture = captioned(canvas, "Überschrift", ["Straße " * 60], [LegendEntry(RED, "rot")] * 40)
    top = strip_of(picture) + 1
    assert (picture[top : top + 400, 12:912] == 200).all()
    assert (picture[:top] == RED).all(axis=2).sum() > 40 * 150
    assert picture.shape[1] == 924
    assert (picture[:top, :8] == 255).all() and (picture[:top, -8:] == 255).all()


@given(
    height=some.integers(1, 60),
    width=some.integers(1, 60),
    rotation=some.sampled_from((0, 90, 180, 270)),
    skew=some.sampled_from((0.0, -7.0, 3.0)),
)
@settings(max_examples=25, deadline=None)
def test_pages_of_any_size_are_drawn(height: int, width: int, rotation: int, skew: float) -> None:
    view = ReadingImage(np.random.default_rng(height).integers(0, 256, (height, width), np.uint8), 150.0)
    turned = turn_quarter(view, rotation)
    size = [side / 150 * 25.4 for side in turned.pixels.shape[::-1]]
    geometry = PageGeometry(size[0], size[1], rotation=rotation, skew_degrees=skew)
    crop = Box(size[0] * 0.4, size[1] * 0.4, size[0] * 0.6, size[1] * 0.6)
    reading = reading_of(geometry=replace(geometry, crop_mm=crop))
    small = small_page(turned)
    frame = find_paper(small, BorderSettings())
    canvas = Canvas.of(turned)
    drawn = [
        scan_picture(Canvas.of(view), reading),
        paper_picture(canvas, frame, turned.dpi, find_faults(small, frame, BorderSettings()), reading),
        lines_picture(Canvas.of(turned), letter_edges(turned), reading),
        ink_picture(paper_contrast(view), BlankSettings(), reading),
        reading_picture(Canvas.of(turned).straightened(skew), reading),
        archive_picture(Canvas.of(turned).straightened(skew), reading),
    ]
    assert all(picture.dtype == np.uint8 and picture.shape[2] == 3 for picture in drawn)
    assert all(picture.shape[1] >= 640 for picture in drawn)


@pytest.mark.parametrize(("rotation", "side"), [(0, "top"), (90, "left"), (180, "bottom"), (270, "right")])
def test_the_arrow_points_to_what_becomes_the_top(rotation: int, side: str) -> None:
    view = blank_page(120, 120)
    before = Canvas.of(view).pixels.astype(int)
    reading = reading_of(120, 120, geometry=PageGeometry(120, 120, rotation=rotation))
    canvas = Canvas.of(view)
    scan_picture(canvas, reading)
    # Turned as the page is, the head of the arrow lies in the upper half.
    changed = np.abs(canvas.pixels.astype(int) - before).sum(axis=2) > 60
    rows, columns = np.nonzero(np.rot90(changed, -rotation // 90))
    assert rows.size, side
    widths = np.bincount(rows, minlength=len(changed)).astype(float)
    assert np.argmax(widths) < len(changed) / 2
    assert np.mean(columns) == pytest.approx(len(changed) / 2, abs=3)


def test_an_unsure_way_up_is_shown_in_another_colour() -> None:
    sure = scan_picture(Canvas.of(blank_page()), reading_of())
    unsure = scan_picture(Canvas.of(blank_page()), reading_of(doubts=("orientation_unsure",)))
    for picture, colour in ((sure, GREEN), (unsure, ORANGE)):
        assert (picture[: strip_of(picture)] == colour).all(axis=2).sum() > 150


def paper_on_lid() -> tuple[ReadingImage, Box]:
    pixels = np.full((round(320 * MM), round(230 * MM)), 12, np.uint8)
    box = Box(10, 8, 220, 305)
    left, top, right, bottom = (round(edge * MM) for edge in box)
    pixels[top:bottom, left:right] = 238
    for row in (116.5, 196.5):
        cv2.circle(pixels, (round(22 * MM), round(row * MM)), round(3 * MM), 12, -1)
    return ReadingImage(pixels, 150.0), box


def test_paper_edges_holes_and_crop_are_drawn_where_they_are() -> None:
    view, box = paper_on_lid()
    small = small_page(view)
    frame = find_paper(small, BorderSettings())
    faults = find_faults(small, frame, BorderSettings())
    assert len(faults) == 2 and frame.size_name == "A4"
    reading = reading_of(230, 320, geometry=PageGeometry(230, 320, crop_mm=box))
    picture = paper_picture(Canvas.of(view), frame, view.dpi, faults, reading)
    scale, around = DPI / 25.4, 6.0

    def within(colour: Colour) -> Box:
        rows, columns = places(picture, colour)
        left, right = (columns.min() - 12) / scale - around, (columns.max() - 12) / scale - around
        return Box(left, rows.min() / scale - around, right, rows.max() / scale - around)

    assert within(VIOLET) == pytest.approx(Box(18.5, 113, 25.5, 200), abs=1.5)
    assert within(BLUE) == pytest.approx(box, abs=1.5)
    lid_rows, _columns = places(picture, (12 * 15 // 100 + 73, 12 * 15 // 100 + 153, 12 * 15 // 100 + 198))
    assert len(lid_rows) > 5000
    assert (picture[: strip_of(picture)] == SKY).all(axis=2).any()


def test_streaks_and_cut_writing_are_marked() -> None:
    view = blank_page(100, 140)
    canvas = Canvas.of(view)
    draw_streaks(canvas, (40.0,))
    _rows, columns = np.nonzero((canvas.pixels == PINK).all(axis=2))
    assert {round(column / DPI * 25.4) for column in columns} == {39, 41}
    frame = find_paper(small_page(view), BorderSettings())
    cut = reading_of(100, 140, doubts=("ink_cut_off_right",))
    picture = paper_picture(canvas, frame, view.dpi, (), cut)
    assert (picture[: strip_of(picture)] == RED).all(axis=2).any()
    plain = paper_picture(Canvas.of(view), frame, view.dpi, (), reading_of(100, 140))
    assert not (plain[: strip_of(plain)] == RED).all(axis=2).any()


def test_lines_are_drawn_under_the_letters_at_the_angle_measured(
    typed_page: Callable[..., Pixels], climbing: Callable[[Pixels, float], Pixels]
) -> None:
    page = ReadingImage(climbing(typed_page(5, lines=12), 3.0), 300.0)
    measured = Measurement("skew", 3.0, "degrees", 15.0, "ok")
    canvas = Canvas.of(page)
    picture = lines_picture(canvas, letter_edges(page), reading_of(measurements=(measured,)))
    assert (picture[: strip_of(picture)] == RED).all(axis=2).any()
    mask = (np.abs(canvas.pixels.astype(int) - RED) <= 60).all(axis=2).view(np.uint8)
    found = cv2.HoughLinesP(mask, 1, np.radians(0.1), 120, minLineLength=200, maxLineGap=60)
    assert found is not None
    angles = [np.degrees(np.arctan2(y0 - y1, x1 - x0)) for x0, y0, x1, y1 in found.reshape(-1, 4)]
    assert np.median(angles) == pytest.approx(3.0, abs=0.3)


def test_no_line_is_drawn_where_the_skew_is_in_doubt(typed_page: Callable[..., Pixels]) -> None:
    page = ReadingImage(typed_page(5, lines=12), 300.0)
    picture = lines_picture(Canvas.of(page), letter_edges(page), reading_of(doubts=("skew_unsure",)))
    assert not (picture == RED).all(axis=2).any()


def test_every_dark_place_is_taken_for_one_thing_and_the_writing_is_that_of_the_verdict() -> None:
    pixels = blank_page().pixels.copy()
    for row in (108.5, 188.5):
        cv2.circle(pixels, (round(12 * MM), round(row * MM)), round(3 * MM), 20, -1)
    cv2.putText(pixels, "17", (round(100 * MM), round(280 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 3)
    cv2.putText(pixels, "seen", (round(60 * MM), round(80 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 205, 5)
    pixels[round(220 * MM), round(150 * MM)] = 60
    view = ReadingImage(pixels, 150.0)
    contrast = paper_contrast(view)
    kinds = ink_by_kind(contrast)
    assert np.sum([mask.astype(int) for mask in kinds.values()], axis=0).max() == 1

    def lies(kind: InkKind) -> tuple[float, float]:
        rows, columns = np.nonzero(kinds[kind])
        return float(columns.mean() / MM), float(rows.mean() / MM)

    assert lies(InkKind.WRITING) == pytest.approx((103, 278), abs=4)
    assert lies(InkKind.PALE) == pytest.approx((72, 77), abs=8)
    assert lies(InkKind.HOLE) == pytest.approx((12, 148.5), abs=1)
    judged = judge_blank(view, BlankSettings())
    reading = reading_of(blank=judged.verdict, measurements=judged.measurements)
    picture = ink_picture(contrast, BlankSettings(), reading)
    legend = picture[: strip_of(picture)]
    assert all((legend == colour).all(axis=2).any() for colour in (RED, ORANGE, VIOLET))


def test_the_picture_of_the_ink_is_upright() -> None:
    pixels = blank_page(120, 160).pixels.copy()
    cv2.putText(pixels, "17", (round(20 * MM), round(30 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 30, 6)
    view = ReadingImage(pixels, 150.0)
    geometry = PageGeometry(120, 160, rotation=180)
    measured = judge_blank(view, BlankSettings()).measurements
    picture = ink_picture(
        paper_contrast(view), BlankSettings(), reading_of(geometry=geometry, measurements=measured)
    )
    rows, columns = places(picture, RED)
    assert rows.mean() / MM > 100 and columns.mean() / MM > 80


def words_of(*confidences: float) -> PageText:
    words = tuple(
        Word(f"w{index}", Box(20 + 20 * index, 50, 35 + 20 * index, 56), confidence)
        for index, confidence in enumerate(confidences)
    )
    return PageText((Block((Line(words, Box(20, 50, 120, 56), (20, 56, 120, 56)),), Box(20, 50, 120, 56)),))


def test_words_stamps_and_boxes_are_framed_by_what_they_are() -> None:
    reading = reading_of(
        text=words_of(0.95, 0.7, 0.2),
        stamps=(Stamp(Box(120, 80, 160, 100), (0, 0, 160), StampShape.FRAME, 5.0),),
        marks=(Mark(Box(20, 120, 24, 124), 0.3, MarkVerdict.CROSSED),),
    )
    picture = reading_picture(Canvas.of(blank_page()), reading)
    scale = DPI / 25.4
    for colour, left in ((GREEN, 20), (ORANGE, 40), (RED, 60), (PINK, 120), (VIOLET, 20)):
        _rows, columns = places(picture, colour)
        assert (columns.min() - 12) / scale == pytest.approx(left, abs=0.8), colour


def test_the_archive_picture_is_cut_to_what_is_shown() -> None:
    view, box = paper_on_lid()
    geometry = PageGeometry(230, 320, crop_mm=box)
    steps = (ProcessingStep("crop", archive=True),)
    picture = archive_picture(Canvas.of(view), reading_of(geometry=geometry, steps=steps))
    top = strip_of(picture) + 1
    page = picture[top:-12, 12:-12]
    assert page.shape[1] / DPI * 25.4 == pytest.approx(210, abs=0.5)
    assert page.shape[0] / DPI * 25.4 == pytest.approx(297, abs=0.7)
    assert page[3:-3, 3:-3].min(axis=2)[:, : round(5 * DPI / 25.4)].min() > 200


def test_places_stay_over_their_ink_when_a_canvas_is_turned_straightened_and_cut() -> None:
    view = blank_page(100, 150)
    spot = view.pixels.copy()
    cv2.circle(spot, (round(30 * MM), round(40 * MM)), 6, 0, -1)
    turned = turn_quarter(ReadingImage(spot, 150.0), 90)
    straight = straighten(turned, 4.0)
    rows, columns = np.nonzero(straight.pixels < 60)
    wanted = straight.box_mm(columns.mean(), rows.mean(), columns.mean(), rows.mean())
    canvas = Canvas.of(ReadingImage(spot, 150.0)).turned(90).straightened(4.0)
    shown = canvas.cut(Box(80, 10, 140, 60))
    shown.frame(Box(wanted.x0 - 3, wanted.y0 - 3, wanted.x0 + 3, wanted.y0 + 3), RED)
    frame_rows, frame_columns = np.nonzero((shown.pixels == RED).all(axis=2))
    rows, columns = np.nonzero(shown.pixels.max(axis=2) < 60)
    assert frame_columns.mean() == pytest.approx(columns.mean(), abs=1.5)
    assert frame_rows.mean() == pytest.approx(rows.mean(), abs=1.5)


def test_the_picture_that_was_read_has_its_own_size_and_frames(tmp_path: Path) -> None:
    view = blank_page(60, 40)
    draw_boxes(view, [Box(10, 10, 20, 15)], [Box(30, 20, 40, 30)], tmp_path / "a.png")
    drawn = cv2.cvtColor(cv2.imread(str(tmp_path / "a.png")), cv2.COLOR_BGR2RGB)
    assert drawn.shape[:2] == view.pixels.shape
    assert tuple(drawn[round(10 * MM), round(15 * MM)]) == (0, 110, 200)
    assert tuple(drawn[round(20 * MM), round(35 * MM)]) == (220, 0, 0)


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="missing"):
        write_picture(np.zeros((2, 2, 3), np.uint8), tmp_path / "missing" / "a.png")
