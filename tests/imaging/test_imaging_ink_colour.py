"""A stamp across print goes; a stamp, a letterhead or figures on bare paper stay."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dipro_scan.imaging.ink_colour import crossing_ink, without_coloured_ink

Pixels = NDArray[np.uint8]
INKS = {"blue": (46, 66, 158), "red": (186, 42, 52), "violet": (110, 58, 150)}


def stamped(page: Pixels, ink: tuple[int, int, int], top: int) -> Pixels:
    """RGB with a stamp of three frames and crossing lines, from `top` down, as ink multiplies."""
    cover = np.zeros(page.shape, dtype=np.uint8)
    for inset in (0, 25, 50):
        cv2.rectangle(cover, (700 + inset, top + inset), (1400 - inset, top + 350 - inset), 220, 7)
    cv2.line(cover, (700, top + 350), (1400, top), 220, 9)
    share = cover[:, :, None].astype(np.float32) / 255
    tint = 1 - share * (1 - np.array(ink, dtype=np.float32) / 255)
    return np.rint(page[:, :, None] * tint).astype(np.uint8)


def gray_of(colour: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


@pytest.mark.parametrize("name", INKS)
def test_a_stamp_across_print_becomes_white(typed_page: Callable[..., Pixels], name: str) -> None:
    page = typed_page(1)
    colour = stamped(page, INKS[name], 700)
    places = crossing_ink(colour, 300)
    assert len(places) == 1

    cleaned = without_coloured_ink(gray_of(colour), colour, places)

    left, top, width, height = places[0].rectangle
    inside = np.s_[top : top + height, left : left + width]
    assert ((cleaned[inside] < 128) != (page[inside] < 128)).mean() < 0.01
    assert cleaned[inside][page[inside] == 255].min() > 200


def test_a_stamp_on_bare_paper_stays(typed_page: Callable[..., Pixels]) -> None:
    colour = stamped(typed_page(2, lines=8), INKS["blue"], 2000)

    assert crossing_ink(colour, 300) == ()


def test_print_in_colour_stays(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(3)
    colour = np.dstack([page, page, np.maximum(page, 180)])
    colour[1000:] = page[1000:, :, None]

    assert crossing_ink(colour, 300) == ()


def test_tinted_paper_and_colour_fringes_are_no_ink(typed_page: Callable[..., Pixels]) -> None:
    page = typed_page(4)
    colour = np.dstack([page, page, np.roll(page, 1, axis=1)])
    tinted = np.rint(colour * np.array([1.0, 0.9, 0.7])).astype(np.uint8)

    assert crossing_ink(tinted, 300) == ()
