"""The same paper looks the same: moved, turned a little, lighter, darker, finer, with a dark edge."""

from __future__ import annotations

import random
from functools import cache

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dipro_scan.imaging import image_hash, straighten
from dipro_scan.model import ReadingImage

DPI = 100.0
WIDTH, HEIGHT = 827, 1169
NEAR, FAR = 0.12, 0.25
FARTHEST = 0.3
"""What two scans of one sheet may differ by: see `batch.fingerprints`."""


@cache
def letter(seed: int) -> NDArray[np.uint8]:
    """A4 at 100 dpi with a head, an address and paragraphs of its own."""
    chance = random.Random(seed)
    pixels = np.full((HEIGHT, WIDTH), 245, np.uint8)
    y = chance.randint(60, 160)
    while y < HEIGHT - 120:
        left, lines = chance.choice((80, 80, 80, 300, 450)), chance.randint(1, 7)
        right = chance.randint(left + 100, WIDTH - 90)
        for _ in range(lines):
            x = left
            while x < right:
                word = chance.randint(10, 60)
                pixels[y : y + 9, x : min(x + word, right)] = 40
                x += word + 9
            y += 19
        y += chance.randint(20, 120)
    return pixels


def distance(one: str | None, other: str | None) -> float:
    assert one is not None and other is not None
    return (int(one, 16) ^ int(other, 16)).bit_count() / 255


def hashed(pixels: NDArray[np.uint8], dpi: float = DPI) -> str | None:
    return image_hash(ReadingImage(pixels, dpi))


def moved(pixels: NDArray[np.uint8], right: float, down: float) -> NDArray[np.uint8]:
    matrix = np.array([[1, 0, right], [0, 1, down]], dtype=np.float64)
    return np.asarray(cv2.warpAffine(pixels, matrix, (WIDTH, HEIGHT), borderValue=245), np.uint8)


def test_different_papers_look_different() -> None:
    hashes = [hashed(letter(seed)) for seed in range(30)]
    assert all(found is not None and len(found) == 64 for found in hashes)
    pairs = [distance(one, other) for i, one in enumerate(hashes) for other in hashes[:i]]
    assert min(pairs) > FAR


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 5),
    shift=st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
    contrast=st.floats(0.6, 1.0),
    brightness=st.integers(-10, 10),
    noise=st.integers(0, 12),
)
def test_a_small_shift_and_another_light_change_little(
    seed: int, shift: tuple[float, float], contrast: float, brightness: int, noise: int
) -> None:
    grain = np.random.default_rng(seed).normal(0, noise, (HEIGHT, WIDTH)) if noise else 0
    again = np.clip(moved(letter(seed), *shift) * contrast + brightness + grain, 0, 255).astype(np.uint8)
    # Well within what two scans of one sheet may differ by: noise on pale print moves more bits than a shift.
    assert round(255 * distance(hashed(letter(seed)), hashed(again))) <= round(255 * 2 / 3 * FARTHEST)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 5), degrees=st.floats(-3, 3))
def test_straightened_it_looks_the_same(seed: int, degrees: float) -> None:
    matrix = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), degrees, 1.0)
    askew = np.asarray(cv2.warpAffine(letter(seed), matrix, (WIDTH, HEIGHT), borderValue=245), np.uint8)
    straight = straighten(ReadingImage(askew, DPI), degrees)
    assert distance(hashed(letter(seed)), image_hash(straight)) <= NEAR


def test_a_dark_edge_and_another_resolution_do_not_count() -> None:
    for seed in range(4):
        edged = letter(seed).copy()
        edged[:, -25:] = 10
        edged[:20] = 10
        assert distance(hashed(letter(seed)), hashed(edged)) <= NEAR
        finer = cv2.resize(letter(seed), (2 * WIDTH, 2 * HEIGHT), interpolation=cv2.INTER_CUBIC)
        assert distance(hashed(letter(seed)), hashed(np.asarray(finer, np.uint8), 2 * DPI)) <= NEAR


def test_a_page_with_next_to_nothing_on_it_has_no_look() -> None:
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    assert hashed(page) is None
    page[300:308, 300:350] = 20
    assert hashed(page) is None
    assert hashed(np.zeros((9, 9), np.uint8)) is None
