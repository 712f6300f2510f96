"""The pictures that explain a page, for `inspect --debug`: drawn and written by a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dipro_scan import imaging
from dipro_scan.batch.page import PageSettings
from dipro_scan.batch.seeing import Sight, look_at, look_at_paper
from dipro_scan.imaging.explained import Canvas, write_picture
from dipro_scan.imaging.explained_ink import ink_picture
from dipro_scan.imaging.explained_lines import lines_picture
from dipro_scan.imaging.explained_paper import draw_streaks, paper_picture, scan_picture
from dipro_scan.imaging.explained_reading import archive_picture, reading_picture
from dipro_scan.intake import pages
from dipro_scan.model import PageInput, PageReading

Picture = NDArray[np.uint8]


def draw_pictures(page_input: PageInput, settings: PageSettings, reading: PageReading, target: Path) -> None:
    """Writes the picture that was read to `target`, and beside it one for each step that led to it.

    They are named after `target`, in the order of the steps: `_1-scan`, `_2-paper`, `_3-lines`, `_4-ink`,
    `_5-reading`, `_6-archive`. All are PNG. Raises PageFailed where the page cannot be opened, Unwritable
    where a picture cannot be written.
    """
    page = pages.open_page(page_input, settings.intake)
    sight = look_at(page, settings.reading.dpi, settings.imaging, known_blank=page_input.hints.blank)
    turned = imaging.turn_quarter(sight.views.reading, reading.geometry.rotation)
    straight = imaging.straighten(turned, reading.geometry.skew_degrees)
    boxes = [word.box for word in reading.text.words()]
    imaging.draw_boxes(straight, boxes, [code.box for code in reading.codes if code.box], target)
    for step, picture in _explanations(sight, settings, reading):
        write_picture(picture, target.with_name(f"{target.stem}_{step}{target.suffix}"))


def _explanations(
    sight: Sight, settings: PageSettings, reading: PageReading
) -> Iterator[tuple[str, Picture]]:
    """The name of each step and its picture, one at a time."""
    scan, read = sight.scan, sight.views.reading
    rotation, skew = reading.geometry.rotation, reading.geometry.skew_degrees
    yield "1-scan", scan_picture(Canvas.of(scan, sight.colours), reading)
    yield "2-paper", _paper(sight, settings, reading)
    turned = imaging.turn_quarter(read, rotation)
    yield "3-lines", lines_picture(Canvas.of(turned), imaging.letter_edges(turned), reading)
    contrast = imaging.paper_contrast(scan)
    yield "4-ink", ink_picture(contrast, settings.imaging.blank, reading)
    yield "5-reading", reading_picture(Canvas.of(turned).straightened(skew), reading)
    archived = Canvas.of(scan, sight.colours).turned(rotation).straightened(skew)
    yield "6-archive", archive_picture(archived, reading)


def _paper(sight: Sight, settings: PageSettings, reading: PageReading) -> Picture:
    scan, rotation = sight.scan, reading.geometry.rotation
    canvas = Canvas.of(scan, sight.colours)
    streaks = imaging.find_streaks(sight.paper.small, settings.imaging.border)
    draw_streaks(canvas, streaks.columns_mm)
    turned = imaging.turn_quarter(scan, rotation)
    paper = look_at_paper(turned, settings.imaging.border) if rotation else sight.paper
    return paper_picture(canvas.turned(rotation), paper.frame, turned.dpi, paper.faults, reading)
