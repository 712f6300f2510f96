"""Uneven light taken off: the golden picture is the page as it was before the light fell on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.flatten import flattened, full_levels, with_sharp_edges
from dipro_scan.imaging.ground import find_ground

Pixels = NDArray[np.uint8]


def flat(page: Pixels) -> Pixels:
    height, width = page.shape
    return flattened(page, full_levels(find_ground(page, 300), (height, width)))


def test_a_page_in_falling_light_becomes_the_page_in_even_light(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(3)
    light = np.linspace(1.0, 0.35, page.shape[1], dtype=np.float32)[None, :]

    restored = flat((page * light).astype(np.uint8))

    difference = np.abs(restored.astype(int) - page.astype(int))
    assert difference.mean() < 2.0
    assert np.percentile(difference, 99.5) <= 12


def test_print_on_a_dark_field_becomes_print_on_white(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(4)
    dark = page.copy()
    dark[700:1500, 300:2100] = (page[700:1500, 300:2100] * 0.4).astype(np.uint8)

    restored = flat(dark)

    inner = np.s_[720:1480, 320:2080]
    assert np.abs(restored[inner].astype(int) - page[inner].astype(int)).mean() < 2.0


def test_black_edges_stay_dark_instead_of_becoming_specks() -> None:
    page = np.full((1200, 1200), 240, dtype=np.uint8)
    page[:, :300] = np.random.default_rng(1).integers(5, 20, (1200, 300), dtype=np.uint8)

    assert flat(page)[:, 20:280].max() < 128


def test_the_edge_of_a_field_leaves_no_line_across_the_print(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(5)
    dark = page.copy()
    # At 802 and 303 the edges lie within squares of four pixels, not between them.
    dark[802:1401, 303:2102] = (page[802:1401, 303:2102] * 0.4).astype(np.uint8)
    ground = find_ground(dark, 300)
    ramps = full_levels(ground, dark.shape)

    blurred, sharp = flattened(dark, ramps), flattened(dark, with_sharp_edges(ramps, ground, dark, 300))

    edge = np.s_[794:812, 320:2080]
    assert np.mean(np.abs(blurred[edge].astype(int) - page[edge]) > 60) > 0.05
    assert np.mean(np.abs(sharp[edge].astype(int) - page[edge]) > 60) < 0.005


def test_soft_light_has_no_edges_to_sharpen(typed_page: Callable[..., Pixels]) -> None:
    page = (typed_page(6) * np.linspace(1.0, 0.4, 2480)[None, :]).astype(np.uint8)
    ground = find_ground(page, 300)
    levels = full_levels(ground, page.shape)

    assert with_sharp_edges(levels, ground, page, 300) is levels


def test_levels_of_a_part_are_those_of_the_page(typed_page: Callable[..., Pixels]) -> None:
    page = (typed_page(7) * np.linspace(1.0, 0.4, 2480)[None, :]).astype(np.uint8)
    ground = find_ground(page, 300)

    part = full_levels(ground, (48, 2480), 400)

    assert np.abs(part.astype(int) - full_levels(ground, page.shape)[400:448]).max() <= 1
