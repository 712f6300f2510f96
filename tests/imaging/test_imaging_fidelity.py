"""The guard: lets faithful pages pass, and catches every fault that is put into one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_faults import FAULTS
from numpy.typing import NDArray

from dipro_scan.imaging import fidelity
from dipro_scan.imaging.composing import composed
from dipro_scan.imaging.fidelity import judge_fidelity
from dipro_scan.imaging.layers import page_layers
from dipro_scan.settings.fidelity_settings import FidelitySettings

Pixels = NDArray[np.uint8]

CAUGHT_BY = {
    "dot removed": {fidelity.INK_LOST},
    "letter removed": {fidelity.INK_LOST, fidelity.TONE},
    "speck invented": {fidelity.INK_INVENTED},
    "stroke dropped": {fidelity.INK_LOST},
    "ink recoloured": {fidelity.COLOUR, fidelity.INK_DEPTH},
    "ground tinted": {fidelity.COLOUR},
}


def scan_of(page: Pixels, colour: bool, seed: int) -> Pixels:
    soft = cv2.GaussianBlur(page, (0, 0), 0.7).astype(np.float32) * 0.94
    rough = np.random.default_rng(seed).normal(0, 2.5, page.shape)
    gray = (soft + rough).clip(0, 255).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2) if colour else gray


@pytest.fixture(scope="module", params=["gray", "colour"])
def pair(request: pytest.FixtureRequest, typed_page: Callable[..., Pixels]) -> tuple[Pixels, Pixels]:
    """A scan, and what its layers show."""
    scan = scan_of(typed_page(5)[300:1400, 250:1551], request.param == "colour", 5)
    return scan, composed(page_layers(scan, 300.0))


def test_a_faithful_page_passes_and_its_values_are_told(pair: tuple[Pixels, Pixels]) -> None:
    verdict = judge_fidelity(*pair, 300.0)
    assert verdict.holds
    assert verdict.faults == ()
    assert {each.unit for each in verdict.measurements} == {"mm", "share", "delta_e", "ssim"}
    assert all(each.threshold is not None and each.verdict == "ok" for each in verdict.measurements)


@pytest.mark.parametrize("kind", FAULTS)
def test_every_injected_fault_is_caught(pair: tuple[Pixels, Pixels], kind: str) -> None:
    for seed in range(12):
        scan, shown = FAULTS[kind](*pair, 300.0, np.random.default_rng(seed))
        faults = set(judge_fidelity(scan, shown, 300.0).faults)
        assert faults & CAUGHT_BY[kind], (kind, seed, faults)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(20, 160),
    st.integers(20, 260),
    st.integers(4, 9),
    st.integers(4, 9),
    st.sampled_from([200.0, 300.0, 400.0, 600.0]),
)
def test_a_dot_of_three_tenths_is_seen_wherever_the_pixels_fall(
    x: int, y: int, wide: int, high: int, dpi: float
) -> None:
    scan = np.full((round(300 * dpi / 300), round(200 * dpi / 300)), 235, np.uint8)
    left, top = round(x * dpi / 300), round(y * dpi / 300)
    wide, high = (max(round(size * dpi / 300), int(np.ceil(0.3 / 25.4 * dpi))) for size in (wide, high))
    lost = scan.copy()
    lost[top : top + high, left : left + wide] = 60
    assert fidelity.INK_LOST in judge_fidelity(lost, scan, dpi).faults
    assert fidelity.INK_INVENTED in judge_fidelity(scan, lost, dpi).faults


def test_a_speck_below_the_limit_is_let_pass() -> None:
    scan = np.full((400, 400), 235, np.uint8)
    shown = scan.copy()
    shown[200, 200] = 200
    assert judge_fidelity(scan, shown, 300.0).holds


def test_a_gray_image_of_a_coloured_page_is_refused() -> None:
    scan = np.full((400, 400, 3), 240, np.uint8)
    scan[100:200, 100:300] = (190, 60, 70)
    gray = np.asarray(cv2.cvtColor(scan, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    assert judge_fidelity(scan, gray, 300.0).faults == (fidelity.COLOUR,)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([(), (3,)]),
    st.sampled_from([(), (3,)]),
    st.sampled_from([72.0, 300.0, 600.0]),
    st.integers(0, 255),
    st.integers(0, 255),
)
def test_even_images_of_any_size_hold_where_they_are_alike(
    height: int,
    width: int,
    channels: tuple[int, ...],
    other_channels: tuple[int, ...],
    dpi: float,
    level: int,
    other: int,
) -> None:
    scan = np.full((height, width, *channels), level, np.uint8)
    assert judge_fidelity(scan, np.full((height, width, *other_channels), level, np.uint8), dpi).holds
    if abs(level - other) > 80:
        shown = np.full((height, width, *other_channels), other, np.uint8)
        assert not judge_fidelity(scan, shown, dpi).holds


@pytest.mark.parametrize("noise", [4.0, 8.0, 11.0])
def test_the_scanners_noise_is_no_fault(typed_page: Callable[..., Pixels], noise: float) -> None:
    page = cv2.GaussianBlur(typed_page(9)[300:1100, 250:1350], (0, 0), 0.8).astype(np.float32) * 0.9
    rough = np.random.default_rng(4).normal(0, noise, page.shape)
    _done, coded = cv2.imencode(".jpg", (page + rough).clip(0, 255), [cv2.IMWRITE_JPEG_QUALITY, 85])
    scan = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    verdict = judge_fidelity(scan, composed(page_layers(scan, 300.0)), 300.0)
    assert verdict.holds, verdict


def test_limits_are_settings(pair: tuple[Pixels, Pixels]) -> None:
    strict = judge_fidelity(*pair, 300.0, FidelitySettings(max_delta_e=0.1, min_similarity=1.0))
    assert set(strict.faults) == {fidelity.COLOUR, fidelity.SIMILARITY}


def test_images_of_two_sizes_are_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        judge_fidelity(np.zeros((5, 5), np.uint8), np.zeros((5, 6), np.uint8), 300.0)


@pytest.mark.parametrize(("inset_mm", "width_px"), [(0.7, 3), (1.0, 4), (1.0, 8), (2.5, 3)])
@pytest.mark.parametrize("side", range(4))
def test_a_line_along_the_edge_of_the_scan_is_not_lost_unseen(
    inset_mm: float, width_px: int, side: int
) -> None:
    blank = np.full((900, 700), 236, np.uint8)
    turned = np.rot90(blank, side).copy()
    inset = round(inset_mm / 25.4 * 300)
    turned[100:-100, inset : inset + width_px] = 40
    scan = np.ascontiguousarray(np.rot90(turned, -side))
    assert not judge_fidelity(scan, blank, 300.0).holds
    assert not judge_fidelity(blank, scan, 300.0).holds


def test_a_soft_edge_of_the_paper_may_be_softer() -> None:
    scan = np.full((900, 700), 236, np.uint8)
    scan[:, 8:11] = 150
    shown = cv2.blur(scan, (5, 5)).reshape(scan.shape).astype(np.uint8)
    assert judge_fidelity(scan, shown, 300.0).holds


def test_what_lies_on_the_lid_is_not_compared_and_what_lies_on_the_paper_is() -> None:
    scan = np.full((900, 700), 236, np.uint8)
    beyond = np.zeros((300, 234), np.bool_)
    beyond[:, 150:] = True
    shown = scan.copy()
    shown[200:260, 500:560] = 20
    assert not judge_fidelity(scan, shown, 300.0).holds
    assert judge_fidelity(scan, shown, 300.0, beyond=beyond).holds
    shown[200:260, 300:360] = 20
    assert not judge_fidelity(scan, shown, 300.0, beyond=beyond).holds
