"""Layers: what they hold, that they show the page again, and a right answer for any image."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.fidelity import judge_fidelity
from dipro_scan.imaging.layers import page_layers
from dipro_scan.model import PageFailed
from dipro_scan.model.layers import PageLayers

Pixels = NDArray[np.uint8]
BLUE = (40, 60, 160)


def scanned(page: Pixels, seed: int = 0, noise: float = 3.0) -> Pixels:
    """The page as a scanner gives it: soft, a little noisy, its paper not quite white."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.7).astype(np.float32) * 0.94
    rough = np.random.default_rng(seed).normal(0, noise, page.shape)
    return np.asarray((soft + rough).clip(0, 255)).astype(np.uint8)


@pytest.fixture
def letter(typed_page: Callable[..., Pixels]) -> Pixels:
    return scanned(typed_page(1)[300:1500, 250:1550])


@pytest.fixture
def two_inks(letter: Pixels) -> Pixels:
    """The lower half of the letter is written in blue."""
    rgb = np.repeat(letter[:, :, None], 3, axis=2).astype(np.float32)
    half = letter.shape[0] // 2
    share = 1 - rgb[half:] / 240
    rgb[half:] = 240 * (1 - share) + np.array(BLUE) * share
    return rgb.clip(0, 255).astype(np.uint8)


def parts_are_whole(layers: PageLayers) -> bool:
    """Whether the inks part the mask: each of its pixels in one of them, no pixel in two."""
    masks = np.array([ink.mask for ink in layers.inks])
    return bool(np.array_equal(masks.sum(axis=0), layers.mask.astype(int)))


def test_the_mask_holds_the_ink_and_the_background_the_paper(letter: Pixels) -> None:
    layers = page_layers(letter, 300.0)
    assert layers.mask.shape == letter.shape
    assert layers.background.shape == (400, 434)
    assert (letter[layers.mask] < 200).all()
    assert not layers.mask[letter > 210].any()
    assert layers.mask[letter < 100].all()
    apart = abs(layers.background.astype(int) - 240) > 12
    assert apart.mean() < 0.001
    assert parts_are_whole(layers)


def test_composed_layers_show_the_page(letter: Pixels) -> None:
    shown = composed(page_layers(letter, 300.0))
    assert shown.shape == letter.shape
    assert shown.dtype == np.uint8
    verdict = judge_fidelity(letter, shown, 300.0)
    assert verdict.holds, verdict
    assert abs(float(shown.mean()) - float(letter.mean())) < 1.0


def test_two_inks_are_told_apart(two_inks: Pixels) -> None:
    layers = page_layers(two_inks, 300.0)
    assert layers.background.shape == (400, 434, 3)
    assert parts_are_whole(layers)
    blue = [ink for ink in layers.inks if ink.colour[2] - ink.colour[0] > 60]
    half = len(two_inks) // 2
    of_blue = sum(ink.mask for ink in blue)
    assert np.count_nonzero(of_blue[:half]) <= 0.01 * np.count_nonzero(layers.mask[:half])
    assert np.count_nonzero(of_blue[half:]) >= 0.97 * np.count_nonzero(layers.mask[half:])
    assert judge_fidelity(two_inks, composed(layers), 300.0).holds


def test_a_hairline_beside_bold_print_is_ink(letter: Pixels) -> None:
    page = np.full((600, 900), 240, np.uint8)
    page[200:260, 100:800] = 20
    page[275:276, 100:800] = 150
    layers = page_layers(page, 300.0)
    assert layers.mask[275, 105:795].all()
    assert layers.inks[0].mask.any()
    pale = [ink for ink in layers.inks if ink.mask[275, 105:795].mean() > 0.9]
    assert pale
    assert all(ink.colour[0] > 100 for ink in pale)


def test_a_pale_ground_and_a_photograph_stay_in_the_background() -> None:
    page = np.full((900, 1200), 245, np.uint8)
    page[100:300, 100:700] = 205
    ramp = np.linspace(30, 200, 400)
    page[400:800, 500:900] = np.add.outer(ramp, ramp) / 2
    layers = page_layers(page, 300.0)
    assert not layers.mask[110:290, 110:690].any()
    assert not layers.mask[480:720, 580:820].any()
    assert abs(composed(layers)[480:720, 580:820].astype(int) - page[480:720, 580:820]).max() <= 6


def test_a_bitonal_page_comes_back_pixel_for_pixel(typed_page: Callable[..., Pixels]) -> None:
    page = np.where(typed_page(2)[300:1301, 250:1252] < 128, 0, 255).astype(np.uint8)
    layers = page_layers(page, 300.0)
    assert np.array_equal(layers.mask, page == 0)
    assert np.array_equal(composed(layers), page)


def test_a_blank_page_has_no_ink() -> None:
    layers = page_layers(np.full((301, 200), 250, np.uint8), 150.0)
    assert not layers.mask.any()
    assert (composed(layers) == 250).all()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 70),
    st.integers(1, 70),
    st.sampled_from([(), (3,)]),
    st.sampled_from([72.0, 150.0, 300.0, 600.0]),
    st.data(),
)
def test_any_size_is_taken_apart_and_put_together(
    height: int, width: int, channels: tuple[int, ...], dpi: float, data: st.DataObject
) -> None:
    pixels = data.draw(arrays(np.uint8, (height, width, *channels)))
    layers = page_layers(pixels, dpi)
    shown = composed(layers)
    assert shown.shape == pixels.shape
    assert shown.dtype == np.uint8
    assert layers.background.shape[:2] == (-(-height // 3), -(-width // 3))
    assert parts_are_whole(layers)
    names = [each.name for each in judge_fidelity(pixels, shown, dpi).measurements]
    assert len(names) == len(set(names)) == 6


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([(), (1,), (3,), (4,)]),
    st.sampled_from([np.uint8, np.uint16, np.float32]),
)
def test_any_array_is_taken_apart_or_refused(
    height: int, width: int, channels: tuple[int, ...], kind: type[np.generic]
) -> None:
    pixels: NDArray[Any] = np.zeros((height, width, *channels), kind)
    is_image = kind is np.uint8 and height and width and channels in ((), (3,))
    if is_image:
        assert page_layers(pixels, 300.0).mask.shape == (height, width)
        assert judge_fidelity(pixels, pixels, 300.0).holds
        return
    with pytest.raises(PageFailed):
        page_layers(pixels, 300.0)
    with pytest.raises(PageFailed):
        judge_fidelity(pixels, pixels, 300.0)


def test_a_pale_fold_and_a_staples_shadow_are_shown_as_pale_as_they_are(letter: Pixels) -> None:
    page = letter.astype(np.float32)
    page[600:603] -= np.array([14, 26, 14])[:, None]
    rows = np.arange(900, 950)
    for row in rows:
        page[row, row - 700 : row - 690] -= np.linspace(120, 10, 10)
    scan = page.clip(0, 255).astype(np.uint8)
    shown = composed(page_layers(scan, 300.0))
    assert judge_fidelity(scan, shown, 300.0).holds
    assert abs(shown[598:605].mean() - scan[598:605].mean()) < 4


def test_the_scanners_lid_beside_the_paper_has_no_bright_rim(letter: Pixels) -> None:
    scan = letter.copy()
    for row in range(200):
        scan[row, -(200 - row) :] = 10
    shown = composed(page_layers(scan, 300.0))
    lid = np.zeros(scan.shape, np.uint8)
    lid[scan < 14] = 1
    deep = cv2.erode(lid, np.ones((9, 9), np.uint8)).astype(bool)
    assert deep.sum() > 1000
    assert shown[deep].max() < 90


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((0, 5), np.uint8),
        np.zeros((5, 5), np.uint16),
        np.zeros((5, 5, 4), np.uint8),
        np.zeros((5, 5, 1, 1), np.uint8),
        np.zeros(5, np.uint8),
    ],
)
def test_what_is_no_image_is_refused_in_one_sentence(pixels: NDArray[np.generic]) -> None:
    with pytest.raises(PageFailed) as refused:
        page_layers(pixels, 300.0)  # type: ignore[arg-type]
    assert re.fullmatch(r"[^.]+\.", str(refused.value))
