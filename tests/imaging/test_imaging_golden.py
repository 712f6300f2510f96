"""What restoration makes of a page looks as it did when a person last looked at it.

The tolerances let another build of OpenCV or FreeType round differently, and no more than that.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from .golden_pictures import FOLDER, PICTURES, golden, picture

MAX_MEAN = 1.2
"""Gray levels."""

MAX_BLURRED = 16.0
"""Gray levels, after edges were blurred by more than rounding could shift them."""

BLUR_PX = 1.5
MAX_BYTES = 60_000
ADVICE = "look at it, and if it is right: python tests/imaging/golden_pictures.py"


def differences(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """The mean difference, and the largest one after blurring."""
    apart = np.abs(one.astype(np.float64) - other)
    blurred = [cv2.GaussianBlur(each.astype(np.float64), (0, 0), BLUR_PX) for each in (one, other)]
    return float(apart.mean()), float(np.abs(blurred[0] - blurred[1]).max())


def is_like(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    mean, blurred = differences(one, other)
    return mean <= MAX_MEAN and blurred <= MAX_BLURRED


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_as_it_was(name: str) -> None:
    seen, expected = picture(name), golden(name)
    assert seen.shape == expected.shape, f"{name} has another size; {ADVICE}"
    assert is_like(seen, expected), f"{name} differs by {differences(seen, expected)}; {ADVICE}"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_is_worse_would_be_noticed(name: str) -> None:
    expected = golden(name)
    height, width = expected.shape[:2]
    shifted = np.roll(expected, 1, axis=0)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0.4, 1.0)
    askew = cv2.warpAffine(expected, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    darker = cv2.convertScaleAbs(expected, alpha=0.97)
    without_a_word = expected.copy()
    dark = np.argwhere(expected.reshape(height, width, -1).min(axis=2) < 100)
    row, column = dark[len(dark) // 2]
    without_a_word[max(0, row - 5) : row + 5, max(0, column - 10) : column + 10] = expected.max()
    for worse in (shifted, askew, darker, without_a_word):
        assert not is_like(np.asarray(worse, np.uint8), expected)


def test_the_pictures_are_small_and_all_are_held_against_something() -> None:
    files = sorted(FOLDER.glob("*.png"))
    assert [file.stem for file in files] == sorted(PICTURES)
    assert all(file.stat().st_size < MAX_BYTES for file in files)
