"""Which pages are treated, and that the others come back as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes
from numpy.typing import NDArray

from dipro_scan import ocr
from dipro_scan.imaging.reading_image import treated_for_reading
from dipro_scan.model import PageFailed, ReadingImage, Stamp, StampShape
from dipro_scan.settings import ReadingSettings
from dipro_scan.settings.reading_image_settings import ReadingImageSettings

Pixels = NDArray[np.uint8]
SETTINGS = ReadingImageSettings()


def names(pixels: Pixels, **facts: Any) -> list[str]:
    return [step.name for step in treated_for_reading(ReadingImage(pixels), SETTINGS, **facts).steps]


def pale(page: Pixels) -> Pixels:
    return np.rint(240 - (255 - page.astype(float)) * 0.15).astype(np.uint8)


def dirty(page: Pixels) -> Pixels:
    copy = page.copy()
    copy[np.random.default_rng(1).random(page.shape) < 0.02] = 10
    return copy


def shaded(page: Pixels) -> Pixels:
    return (page * np.linspace(1, 0.4, page.shape[1])[None, :]).astype(np.uint8)


@pytest.mark.parametrize("size_pt", [8, 11, 24])
def test_a_clean_page_comes_back_as_it_is(typed_page: Callable[..., Pixels], size_pt: float) -> None:
    page = typed_page(1, size_pt=size_pt)
    before = page.copy()
    view = ReadingImage(page, 300.0, (-1.0, -2.0))

    treated = treated_for_reading(view, SETTINGS, np.dstack([page] * 3))

    assert treated.image is view
    assert treated.steps == ()
    assert (page == before).all()


def test_a_coloured_stamp_on_bare_paper_is_taken_away_and_print_beside_it_stays(
    typed_page: Callable[..., Pixels],
) -> None:
    page = typed_page(2, lines=8)
    colour = np.dstack([page] * 3)
    colour[2000:2010, 700:1400] = colour[2290:2300, 700:1400] = (60, 80, 170)
    colour[2000:2300, 700:710] = colour[2000:2300, 1390:1400] = (60, 80, 170)
    colour[2100:2140, 800:1000] = 0
    gray = np.rint(colour @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    view = ReadingImage(gray, 300.0)
    stamp = Stamp(view.box_mm(700, 2000, 1400, 2300), (60, 80, 170), StampShape.FRAME, 0.0, 0.9)

    treated = treated_for_reading(view, SETTINGS, colour, stamps=(stamp,))

    assert [step.name for step in treated.steps] == ["remove_coloured_ink"]
    expected = page.copy()
    expected[2100:2140, 800:1000] = 0
    assert np.abs(treated.image.pixels.astype(int) - expected).max() <= 12
    assert treated_for_reading(view, SETTINGS, colour).image is view


def test_blank_paper_comes_back_as_it_is() -> None:
    paper = np.random.default_rng(2).normal(240, 2, (3508, 2480)).astype(np.uint8)

    assert names(paper) == []


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (shaded, ["even_ground"]),
        (pale, ["strengthen_ink"]),
        (dirty, ["smooth"]),
        (lambda page: shaded(dirty(page)), ["even_ground", "smooth"]),
    ],
)
def test_each_flaw_has_its_treatment(
    typed_page: Callable[..., Pixels], damage: Callable[[Pixels], Pixels], expected: list[str]
) -> None:
    view = ReadingImage(damage(typed_page(3)), 300.0, (-1.0, -2.0))
    before = view.pixels.copy()

    treated = treated_for_reading(view, SETTINGS)

    assert [step.name for step in treated.steps] == expected
    assert not any(step.archive for step in treated.steps)
    assert treated.image.pixels.shape == view.pixels.shape
    assert (treated.image.dpi, treated.image.origin_mm) == (view.dpi, view.origin_mm)
    assert (view.pixels == before).all()


def test_of_black_and_white_scans_only_specks_go(typed_page: Callable[..., Pixels]) -> None:
    page = np.where(typed_page(4) < 128, 0, 255).astype(np.uint8)
    framed = page.copy()
    framed[100:900, 200:2000] = 0
    specked = np.where(np.random.default_rng(5).random(page.shape) < 0.02, 0, page).astype(np.uint8)

    assert names(page, bitonal=True) == []
    assert names(framed, bitonal=True) == []
    assert names(specked, bitonal=True) == ["smooth"]


def test_broken_letters_of_black_and_white_scans_are_joined(typed_page: Callable[..., Pixels]) -> None:
    page = np.where(typed_page(7) < 128, 0, 255).astype(np.uint8)
    broken = page.copy()
    broken[::9] = broken[:, ::9] = broken[1::9] = broken[:, 1::9] = 255

    assert names(page, bitonal=True) == []
    assert names(broken, bitonal=True) == ["join_strokes"]


def test_switched_off_nothing_is_treated(typed_page: Callable[..., Pixels]) -> None:
    view = ReadingImage(shaded(typed_page(5)))

    assert treated_for_reading(view, ReadingImageSettings(enabled=False)).image is view


def test_tesseract_reads_what_it_could_not_read(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(6, lines=6)[300:800]
    engine = ocr.create_engines(ReadingSettings(languages=("deu",)))[0]
    truth = engine.read(ReadingImage(page)).text.split()
    assert len(truth) > 25
    field = np.where(np.isin(np.arange(500), np.arange(180, 300)), 0.5, 1.0)[:, None]
    damaged = ReadingImage((pale(page) * field).astype(np.uint8))

    raw = engine.read(damaged).text.split()
    treated = engine.read(treated_for_reading(damaged, SETTINGS).image).text.split()

    assert sum(word in raw for word in truth) < 0.5 * len(truth)
    assert sum(word in treated for word in truth) > 0.95 * len(truth)


SIZES = shapes.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=90)
KINDS = st.sampled_from([np.uint8, np.uint8, np.uint8, np.bool_, np.int16, np.float32])


@settings(max_examples=60, deadline=None)
@given(
    pixels=KINDS.flatmap(lambda kind: shapes.arrays(kind, SIZES)),
    dpi=st.floats(20, 1200),
    bitonal=st.booleans(),
    coloured=st.booleans(),
)
def test_any_array_is_treated_or_refused(pixels: Any, dpi: float, bitonal: bool, coloured: bool) -> None:
    view = ReadingImage(pixels, dpi)
    colour = np.dstack([pixels] * 3) if coloured and pixels.ndim == 2 else None
    try:
        treated = treated_for_reading(view, SETTINGS, colour, bitonal=bitonal)
    except PageFailed:
        assert pixels.ndim != 2 or pixels.dtype != np.uint8 or not pixels.size
        return
    assert treated.image.pixels.shape == pixels.shape
    assert treated.image.pixels.dtype == np.uint8


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(64, 700),
    width=st.integers(64, 700),
    spread=st.sampled_from([2, 20, 120, 255]),
    dpi=st.floats(40, 700),
)
def test_noise_of_any_size_is_treated(seed: int, height: int, width: int, spread: int, dpi: float) -> None:
    chance = np.random.default_rng(seed)
    colour = chance.integers(256 - spread, 256, (height, width, 3), dtype=np.uint8)
    view = ReadingImage(colour[:, :, 1].copy(), dpi)

    treated = treated_for_reading(view, SETTINGS, colour)

    assert treated.image.pixels.shape == (height, width)
    assert bool(treated.steps) == (treated.image is not view)


def test_colours_of_another_size_are_refused() -> None:
    view = ReadingImage(np.full((80, 80), 255, dtype=np.uint8))

    with pytest.raises(PageFailed):
        treated_for_reading(view, SETTINGS, np.zeros((80, 81, 3), dtype=np.uint8))
