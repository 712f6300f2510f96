"""A page's smaller image: made where it is asked for, kept where it saves and the guard finds no fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from dipro_scan.batch.compacting import Compacted, compacted
from dipro_scan.batch.page import PageSettings, read_page, stored_images
from dipro_scan.batch.seeing import look_at
from dipro_scan.intake import pages
from dipro_scan.model import Colour, CompactImage, ImageFilter, ImageStream, Page, PageInput
from dipro_scan.settings import (
    ImageSettings,
    ImagingSettings,
    IntakeSettings,
    ReadingSettings,
    SeparationSettings,
)
from dipro_scan.settings.fidelity_settings import FidelitySettings

from .hard_papers import DPI, Pixels, gray, saved, typeset

AUTO = ImageSettings()
GUARD = {"fidelity_ink_lost", "fidelity_ink_invented", "fidelity_tone", "fidelity_ink_depth"}
GUARD |= {"fidelity_colour", "fidelity_similarity"}


def opened(page_input: PageInput) -> Page:
    return pages.open_page(page_input, IntakeSettings())


def made(page: Page, settings: ImageSettings = AUTO) -> Compacted | None:
    imaging = ImagingSettings()
    return compacted(page, look_at(page, DPI, imaging).paper, settings, imaging.border)


@pytest.fixture(scope="module")
def letter() -> Pixels:
    return typeset("two_columns")


@pytest.fixture(scope="module")
def scan(letter: Pixels, tmp_path_factory: pytest.TempPathFactory) -> PageInput:
    return saved(noisy(letter), tmp_path_factory.mktemp("scan") / "scan.jpg", quality=85)


def noisy(image: Pixels, sigma: float = 3.0) -> Pixels:
    noise = np.random.default_rng(7).normal(0, sigma, image.shape)
    return np.clip(image * 0.93 + noise, 0, 255).astype(np.uint8)


def test_a_letter_takes_a_tenth_and_the_guard_finds_nothing(scan: PageInput) -> None:
    found = made(opened(scan))
    assert found is not None and isinstance(found.image, CompactImage)
    assert found.told.is_there and found.told.kind == "compact"
    assert found.told.after == found.image.size_bytes < 0.2 * found.told.before
    assert {each.name for each in found.measurements} == GUARD
    assert {each.verdict for each in found.measurements} == {"ok"}


def test_nothing_is_tried_where_nothing_is_asked_for(scan: PageInput) -> None:
    page = opened(scan)
    assert made(page, ImageSettings(mode="original")) is None
    assert made(replace(page, colour=Colour.BITONAL)) is None


def test_what_the_guard_refuses_is_not_kept_and_told(scan: PageInput) -> None:
    strict = ImageSettings(fidelity=FidelitySettings(min_similarity=1.0))
    found = made(opened(scan), strict)
    assert found is not None and found.image is None
    assert found.told.faults == ("fidelity_similarity",) and not found.told.is_there


def test_what_saves_too_little_is_not_kept(scan: PageInput) -> None:
    found = made(opened(scan), ImageSettings(least_saving=1.0))
    assert found is not None and found.image is None
    assert found.told.faults == () and not found.told.saves


def test_a_photograph_keeps_its_own_image(tmp_path: Path) -> None:
    rough = np.random.default_rng(3).integers(0, 255, (60, 42, 3)).astype(np.uint8)
    photo = cv2.resize(rough, (1240, 1754), interpolation=cv2.INTER_CUBIC)
    photo = noisy(np.asarray(photo, dtype=np.uint8), 12.0)
    found = made(opened(saved(photo, tmp_path / "photo.jpg", quality=60)))
    assert found is not None and found.image is None


def test_black_and_white_keeps_every_stroke_or_is_not_made(letter: Pixels, tmp_path: Path) -> None:
    bitonal = ImageSettings(mode="bitonal")
    found = made(opened(saved(noisy(gray(letter)), tmp_path / "gray.jpg", quality=85)), bitonal)
    assert found is not None and isinstance(found.image, ImageStream)
    assert found.image.filter is ImageFilter.CCITT and found.told.kind == "bitonal"
    assert {each.name for each in found.measurements} == {"fidelity_ink_lost", "fidelity_ink_invented"}
    pale = noisy(gray(letter))
    cv2.rectangle(pale, (300, 1700), (900, 1990), 205, 6)
    lost = made(opened(saved(pale, tmp_path / "pale.jpg", quality=85)), bitonal)
    assert lost is not None
    # What is paler than ink may be lost, but never unsaid.
    ink = [each for each in lost.measurements if each.name == "fidelity_ink_lost"]
    assert (lost.image is None) == (ink[0].verdict == "notable")


def test_writing_that_runs_off_the_scan_is_kept_sharp(letter: Pixels, tmp_path: Path) -> None:
    cut = noisy(gray(letter))[:, : letter.shape[1] * 3 // 4]
    found = made(opened(saved(np.ascontiguousarray(cut), tmp_path / "cut.jpg", quality=85)))
    assert found is not None and isinstance(found.image, CompactImage)


def test_the_paper_s_edge_on_the_lid_is_no_fault(letter: Pixels, tmp_path: Path) -> None:
    height, width = letter.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0.4, 0.985)
    lid = cv2.warpAffine(gray(letter), turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=18)
    found = made(opened(saved(noisy(np.asarray(lid, dtype=np.uint8), 8.0), tmp_path / "lid.jpg", quality=85)))
    assert found is not None and isinstance(found.image, CompactImage), found


def test_it_is_made_the_same_again_when_the_cache_has_dropped_it(scan: PageInput) -> None:
    settings = PageSettings(
        IntakeSettings(), ImagingSettings(), ReadingSettings(), SeparationSettings(), ImageSettings()
    )
    result = read_page(scan, settings)
    assert result.smaller is not None and result.reading.smaller is not None
    assert result.reading.smaller.is_there
    assert {each.name for each in result.reading.measurements} >= GUARD
    assert stored_images(scan, settings) == (result.stream, result.smaller)
    as_scanned = replace(settings, images=ImageSettings(mode="original"))
    assert stored_images(scan, as_scanned) == (result.stream, None)
