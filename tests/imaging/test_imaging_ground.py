"""The ground under the print."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.ground import find_ground

Pixels = NDArray[np.uint8]


def test_print_is_no_ground(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(1)
    ground = find_ground(page, 300)

    assert ground.levels.min() >= 250
    assert ground.dark_share == 0.0


def test_a_field_keeps_its_edges_and_its_print_does_not_count(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(2)
    page = page.copy()
    page[600:1400, 400:2000] = (page[600:1400, 400:2000] * 0.5).astype(np.uint8)
    ground = find_ground(page, 300)

    field = ground.levels[152:348, 102:498]
    assert np.ptp(field) <= 2
    assert abs(int(field.mean()) - 127) <= 2
    assert (ground.levels[:148] >= 250).all()
    assert 0.1 < ground.dark_share < 0.25


def test_black_places_and_the_edge_of_the_page_do_not_count_as_dark_ground() -> None:
    page = np.full((3508, 2480), 240, dtype=np.uint8)
    page[:, :40] = 120
    page[1000:1100, 100:200] = 10

    assert find_ground(page, 300).dark_share < 0.001


def test_the_reduced_page_has_whole_steps() -> None:
    page = np.zeros((3508, 2481), dtype=np.uint8)

    fine, coarse = find_ground(page, 300), find_ground(page, 60)

    assert (fine.page.shape, fine.levels.shape, fine.step) == ((877, 621), (877, 621), 4)
    assert (coarse.page.shape, coarse.step) == ((3508, 2481), 1)
