"""Light print on dark blocks is turned; photographs, rules and boxes are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.ground import find_ground
from dipro_scan.imaging.inverted import inverted_blocks, with_blocks_turned

Pixels = NDArray[np.uint8]


def mask_of(page: Pixels) -> Pixels | None:
    return inverted_blocks(find_ground(page, 300), 75)


def test_a_block_of_light_print_is_turned_back(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(1).copy()
    page[580:630] = page[1095:1145] = 255
    block = np.s_[606:1119, 200:2300]
    inverted = page.copy()
    inverted[block] = 255 - page[block]
    mask = mask_of(inverted)
    assert mask is not None

    turned = with_blocks_turned(inverted, mask, 4)

    inner = np.s_[618:1107, 212:2288]
    assert (np.abs(turned[inner].astype(int) - page[inner].astype(int)) > 40).mean() < 0.002
    outside = np.ones(page.shape, dtype=bool)
    outside[596:1129, 190:2310] = False
    assert (turned[outside] == page[outside]).all()
    assert (turned[640:1080, 193:207] == 255).mean() > 0.9


def test_ordinary_print_rules_and_black_bars_are_left(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(2, size_pt=40, lines=12)
    page = page.copy()
    page[3000:3030, 200:2200] = 0
    page[3200:3400, 200:2200] = 0

    assert mask_of(page) is None


def test_a_photograph_is_left() -> None:
    page = np.full((3508, 2480), 255, dtype=np.uint8)
    page[800:1800, 500:1900] = np.random.default_rng(4).integers(0, 256, (250, 350)).repeat(4, 0).repeat(4, 1)

    assert mask_of(page) is None


def test_a_shadow_is_left(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(5)
    light = np.linspace(1, 0.2, page.shape[1])[None, :]

    assert mask_of((page * light).astype(np.uint8)) is None


def test_dark_print_on_a_dark_field_is_left(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(6).astype(np.float64)
    page[620:1110, 200:2300] *= 0.4
    page[700:760, 1000:1300] = 255

    assert mask_of(page.astype(np.uint8)) is None
