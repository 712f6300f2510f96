"""Which inks a page is printed and written in: a few colours, and which of them lies where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_INKS: Final = 8

SAME_INK_DELTA_E: Final = 13.0
"""Colours no farther apart than this (CIE 1976) are of one ink; ink on real paper varies by about that."""

FEW: Final = 0.0003
"""Share of all ink below which what is left over goes to the nearest ink, if there is one near."""

OTHER_INK_DELTA_E: Final = 22.0
"""What is farther than this from all inks stays in the background: a staple's shadow, the end of a fold."""

NEAR_PX: Final = (3, 3)
"""The neighbourhood that shares one ink: about a letter's width."""

GRAY_BITS: Final = 7
COLOUR_BITS: Final = 5
"""As many bits of each channel tell colours apart where they are counted; the rest is noise."""

NOT_SEEN: Final = 255

SEEN_LEVELS: Final = 8.0
SEEN_SHARE: Final = 0.3
"""Where the mean darkness of ink and its surroundings, given to the ink alone, is less than so many gray
levels or than this share of what the darkest pixel has, the mask holds the scanner's noise."""

FROM_MEAN: Final = 16.0
"""Gray levels by which an ink is shown darker or paler than its mean, so that its soft edges are in it."""

Colour = tuple[int, int, int]
Floats = NDArray[np.float32]
Gray = NDArray[np.uint8]
Pixels = NDArray[np.uint8]
Places = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class InkColours:
    """`palette`: RGB of each ink, at least one; `numbers`: uint8, which of them lies in each place.

    `NOT_SEEN` there says that the mask is wrong: all in all it is no darker there than the paper.
    """

    palette: tuple[Colour, ...]
    numbers: Gray


def ink_colours(cover: Gray, background: Pixels, page: Pixels, darkest: Gray) -> InkColours:
    """The inks of a reduced page.

    `cover`: how much of each pixel the mask says is ink, 0-255, shape (height, width); `page`: the
    page, gray or RGB; `background`: what lies under its ink; `darkest`: the brightness of the darkest pixel
    near by. Without ink the number is 0.
    """
    numbers = np.zeros(cover.shape, dtype=np.uint8)
    # Truth values are looked through many times faster than numbers.
    rows, columns = np.nonzero(cover > 0)
    if not len(rows):
        return InkColours(((0, 0, 0),), numbers)
    lost = np.asarray(cv2.subtract(background, page, dtype=cv2.CV_16S)).reshape(page.shape)
    colours, is_seen = _matching((rows, columns), cover, background, lost, darkest)
    own = np.full(len(rows), NOT_SEEN, dtype=np.uint8)
    if not is_seen.any():
        numbers[rows, columns] = own
        return InkColours(((0, 0, 0),), numbers)
    colours, weights = colours[is_seen], cover[rows, columns][is_seen]
    own[is_seen] = _sorted_out(colours, weights)
    numbers[rows, columns] = own
    is_inked = own != NOT_SEEN
    means = _means(colours[own[is_seen] != NOT_SEEN], own[is_inked], cover[rows, columns][is_inked])
    return InkColours(_palette(numbers, cover, background, lost, means), numbers)


def _matching(
    places: Places, cover: Gray, background: Pixels, lost: NDArray[np.int16], darkest: Gray
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The colours, shape (places, channels), that make the millimetre around each place as dark as it is.

    And whether that is darker than the paper, so that ink is seen there.

    What the pixels of the mask look like tells less: a hairline is nowhere as dark as its ink, and soft
    edges lie partly outside the mask. But no ink is darker than the darkest that is seen: a fold, of which
    only a few pixels are in the mask, must not become black there.
    """
    count = len(places[0])
    missing, area = (
        np.asarray(cv2.boxFilter(each, cv2.CV_32F, NEAR_PX, borderType=cv2.BORDER_REPLICATE)).reshape(
            each.shape
        )[places]
        for each in (lost, cover)
    )
    share = missing.reshape(count, -1) * (np.float32(255) / np.maximum(area, np.float32(1)))[:, None]
    under = background[places].reshape(count, -1).astype(np.float32)
    brightness, loss = under.mean(axis=1), share.mean(axis=1)
    seen = np.maximum(brightness - darkest[places], 0)
    is_seen = loss >= np.maximum(SEEN_LEVELS, SEEN_SHARE * seen)
    share *= np.minimum(1, seen / np.maximum(loss, 1))[:, None]
    under -= share
    return np.asarray(under.clip(0, 255)).astype(np.uint8), np.asarray(is_seen)


def _sorted_out(colours: NDArray[np.uint8], weights: NDArray[np.uint8]) -> Gray:
    """For each of `colours`, shape (n, channels), the number of its ink; each number is somewhere.

    It is `NOT_SEEN` for colours of no frequent ink.
    """
    bits = GRAY_BITS if colours.shape[1] == 1 else COLOUR_BITS
    keys = np.zeros(len(colours), dtype=np.int32)
    for channel in colours.T:
        keys = (keys << bits) | (channel >> (8 - bits))
    mass = np.bincount(keys, weights.astype(np.float64), minlength=1 << bits * colours.shape[1])
    found = np.flatnonzero(mass)
    cells = np.column_stack(
        [(found >> bits * place) & ((1 << bits) - 1) for place in reversed(range(colours.shape[1]))]
    )
    lab = _lab(((cells + 0.5) * (1 << (8 - bits))).astype(np.float32))
    numbers = np.zeros(len(mass), dtype=np.uint8)
    nearest = _nearest(lab, _leaders(lab, mass[found]))
    used = np.unique(nearest[nearest != NOT_SEEN])
    numbers[found] = np.where(nearest == NOT_SEEN, NOT_SEEN, np.searchsorted(used, nearest))
    return numbers[keys]


def _lab(rgb: Floats) -> Floats:
    """CIE L*a*b*, shape (n, 3), of RGB or gray values 0-255, shape (n, 3) or (n, 1)."""
    three = np.ascontiguousarray(np.broadcast_to(rgb, (len(rgb), 3)) / np.float32(255))
    return np.asarray(cv2.cvtColor(three[None], cv2.COLOR_RGB2LAB)[0], dtype=np.float32)


def _leaders(lab: Floats, mass: NDArray[Any]) -> Floats:
    """The colours that most of the ink is near to, the most frequent first."""
    left = mass.astype(np.float64)
    leaders: list[NDArray[np.float64]] = []
    while len(leaders) < MAX_INKS and left.sum() > (FEW * mass.sum() if leaders else -1.0):
        most = int(np.argmax(left))
        near = np.linalg.norm(lab - lab[most], axis=1) <= SAME_INK_DELTA_E
        leaders.append(np.average(lab[near], axis=0, weights=left[near] + 1e-9))
        left[near] = 0.0
    return np.asarray(leaders, dtype=np.float32)


def _nearest(lab: Floats, leaders: Floats) -> Gray:
    distances = ((lab[:, None, :] - leaders[None]) ** 2).sum(axis=2)
    nearest = np.argmin(distances, axis=1)
    return np.where(distances.min(axis=1) <= OTHER_INK_DELTA_E**2, nearest, NOT_SEEN).astype(np.uint8)


def _means(colours: Pixels, own: Gray, weights: Gray) -> NDArray[np.float64]:
    """The mean colour of each ink, shape (inks, channels)."""
    mass = np.bincount(own, weights).astype(np.float64)
    sums = [np.bincount(own, weights * channel.astype(np.float32)) for channel in colours.T]
    return np.asarray(np.column_stack(sums) / mass[:, None])


def _palette(
    numbers: Gray, cover: Gray, background: Pixels, lost: NDArray[np.int16], means: NDArray[np.float64]
) -> tuple[Colour, ...]:
    """For each ink the colour that makes it as dark, all in all, as it is with its soft edges on the page.

    It stays near to the ink's mean: of a soft shadow most lies outside the mask.
    """
    count = len(means)
    is_ink = cv2.bitwise_and(cover, np.where(numbers == NOT_SEEN, np.uint8(0), np.uint8(255)))
    inked = cv2.copyTo(numbers + np.uint8(1), is_ink)
    edged = np.asarray(cv2.dilate(inked, np.ones((3, 3), np.uint8))).reshape(cover.shape)
    edged = np.asarray(cv2.copyTo(inked, is_ink, edged)).reshape(cover.shape)
    places = np.flatnonzero(edged > 0)
    own = edged.ravel()[places] - np.uint8(1)
    area = is_ink.ravel()[places].astype(np.float32) / np.float32(255)
    mass = np.maximum(np.bincount(own, area, count), 1e-9)
    under = background.reshape(cover.size, -1)[places]
    dark = lost.reshape(cover.size, -1)[places]
    balanced = np.column_stack(
        [
            np.bincount(own, area * under[:, channel] - dark[:, channel], count) / mass
            for channel in range(under.shape[1])
        ]
    )
    near = balanced.clip(means - FROM_MEAN, means + FROM_MEAN)
    triples = np.rint(np.broadcast_to(near, (count, 3))).clip(0, 255).astype(int)
    return tuple((int(red), int(green), int(blue)) for red, green, blue in triples)
