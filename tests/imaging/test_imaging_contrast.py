"""Pale print becomes dark; so does each part of print that is paler than the rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dipro_scan.imaging.contrast import evened_ink, ink_depth

Pixels = NDArray[np.uint8]


def paler(page: Pixels, depth: float | NDArray[np.float64]) -> Pixels:
    return np.rint(255 - (255 - page.astype(float)) * depth).astype(np.uint8)


@pytest.mark.parametrize("depth", [0.1, 0.3, 0.9])
def test_the_depth_of_ink_is_told(typed_page: Callable[..., Pixels], depth: float) -> None:
    told = ink_depth(paler(typed_page(1), depth))

    assert told == pytest.approx(depth * 235 / 255, abs=0.25 * depth)


def test_bare_paper_has_no_ink() -> None:
    paper = np.random.default_rng(1).integers(246, 256, (800, 800), dtype=np.uint8)

    assert ink_depth(paper) is None
    assert ink_depth(np.full((300, 300), 255, dtype=np.uint8)) is None


def test_ink_of_uneven_pressure_becomes_even(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(2)
    pressure = np.linspace(0.12, 0.5, page.shape[1])[None, :]

    evened = evened_ink(paler(page, pressure), 300)

    core = page < 60
    assert np.percentile(evened[core], 80) < 150
    assert ((evened < 140) != (page < 140)).mean() < 0.02


def test_grain_of_the_paper_is_not_made_print() -> None:
    paper = np.random.default_rng(2).integers(247, 256, (600, 600), dtype=np.uint8)

    assert evened_ink(paper, 300).min() > 128
