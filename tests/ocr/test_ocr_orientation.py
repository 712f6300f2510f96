"""Which way up: right on real pages in all four turns, and never sure where the evidence disagrees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dipro_scan.model import OrientationEstimate, ReadingImage
from dipro_scan.ocr.orientation import Detection, weighed_orientation
from dipro_scan.ocr.tesseract import TesseractEngine
from dipro_scan.ocr.text_axis import DECIDED, text_axis
from dipro_scan.settings import ImagingSettings

Load = Callable[..., ReadingImage]
Turn = Callable[[ReadingImage, int], ReadingImage]
ENOUGH = ImagingSettings().min_rotation_confidence


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "name", ["unlv_8506_001", "tess_eurotext", "tess_phototest", "omp_typewriter", "batch_omp_epson"]
)
def test_real_pages_in_all_four_turns(
    tesseract: TesseractEngine, real_page: Load, turned_page: Turn, name: str, turn: int
) -> None:
    estimate = tesseract.detect_orientation(turned_page(real_page(name), turn))
    assert estimate is not None
    assert estimate.rotation == (360 - turn) % 360
    assert ENOUGH <= estimate.confidence <= 1.0


@pytest.mark.parametrize(
    ("name", "page", "rotation"),
    [
        ("tess_phototest-rotated-180", 1, 180),
        ("tess_phototest-rotated-L", 1, 90),
        ("tess_phototest-rotated-R", 1, 270),
        ("docling_ocr_test_rotated_90", 1, 90),
        ("omp_cardinal", 1, 0),
        ("omp_cardinal", 2, 270),
        ("omp_cardinal", 3, 180),
        ("omp_cardinal", 4, 90),
    ],
)
def test_pages_that_were_scanned_the_wrong_way_up(
    tesseract: TesseractEngine, real_page: Load, name: str, page: int, rotation: int
) -> None:
    estimate = tesseract.detect_orientation(real_page(name, page))
    assert estimate is not None
    assert estimate.rotation == rotation and estimate.confidence >= ENOUGH


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("name", ["batch_omp_graph_ocred", "batch_omp_lichtenstein"])
def test_a_chart_and_a_photograph_are_never_turned_wrongly_without_doubt(
    tesseract: TesseractEngine, real_page: Load, turned_page: Turn, name: str, turn: int
) -> None:
    estimate = tesseract.detect_orientation(turned_page(real_page(name), turn))
    right = (360 - turn) % 360
    assert estimate is None or estimate.rotation == right or estimate.confidence < ENOUGH


def test_an_empty_page_cannot_be_told(tesseract: TesseractEngine) -> None:
    assert tesseract.detect_orientation(ReadingImage(np.full((900, 700), 255, np.uint8), 300.0)) is None


@pytest.mark.parametrize("name", ["unlv_8594_001", "tess_phototest", "omp_typewriter"])
def test_the_axis_of_the_lines(real_page: Load, turned_page: Turn, name: str) -> None:
    page = real_page(name)
    level, upright = text_axis(page), text_axis(turned_page(page, 90))
    assert level is not None and level > DECIDED
    assert upright is not None and upright < -DECIDED


def test_a_few_letters_have_no_axis(typed_sheet: Callable[..., ReadingImage]) -> None:
    assert text_axis(typed_sheet("Seite 2")) is None


class Detections:
    """Answers like a detector, one after the other, and remembers the shapes it was shown."""

    def __init__(self, *answers: Detection | None) -> None:
        self._answers = iter(answers)
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, image: ReadingImage) -> Detection | None:
        self.shapes.append(image.pixels.shape)
        return next(self._answers)


@pytest.fixture(scope="module")
def level_page(real_page: Load) -> ReadingImage:
    return real_page("tess_phototest")


@pytest.fixture(scope="module")
def lying_page(real_page: Load) -> ReadingImage:
    return real_page("tess_phototest-rotated-L")


def test_a_quarter_turn_that_the_lines_deny_is_not_believed(level_page: ReadingImage) -> None:
    estimate = weighed_orientation(level_page, Detections(Detection(90, 30.0)))
    assert estimate == OrientationEstimate(0, 0.1)


def test_upright_lines_are_looked_at_again_when_the_detection_missed_them(lying_page: ReadingImage) -> None:
    height, width = lying_page.pixels.shape
    detections = Detections(Detection(0, 30.0), Detection(180, 12.0))
    estimate = weighed_orientation(lying_page, detections)
    assert estimate == OrientationEstimate(270, pytest.approx(0.75))
    assert detections.shapes == [(height, width), (width, height)]
    assert weighed_orientation(lying_page, Detections(None, None)) is None
    assert weighed_orientation(lying_page, Detections(None, Detection(0, 12.0))) == OrientationEstimate(
        90, 0.75
    )
    assert weighed_orientation(
        lying_page, Detections(Detection(180, 9.0), Detection(90, 9.0))
    ) == OrientationEstimate(0, 0.1)


def test_a_doubtful_turn_is_looked_at_on_the_turned_page(level_page: ReadingImage) -> None:
    agreed = weighed_orientation(level_page, Detections(Detection(180, 2.0), Detection(0, 2.0)))
    assert agreed == OrientationEstimate(180, 0.5)
    denied = weighed_orientation(level_page, Detections(Detection(180, 3.0), Detection(180, 4.0)))
    assert denied == OrientationEstimate(0, 0.8)
    assert weighed_orientation(
        level_page, Detections(Detection(180, 2.0), Detection(270, 9.0))
    ) == OrientationEstimate(0, 0.1)


def test_confidence_grows_with_that_of_the_detection(level_page: ReadingImage) -> None:
    for rotation in (0, 180):
        values = [
            estimate.confidence
            for confidence in (0.0, 6.0, 15.0, 40.0)
            if (estimate := weighed_orientation(
                level_page, Detections(Detection(rotation, confidence), Detection(0, 0.0))
            ))
        ]  # fmt: skip
        assert values == sorted(values) and len(set(values)) == 4
        assert values[0] == 0.0 and values[-1] < 1.0
