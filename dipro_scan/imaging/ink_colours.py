"""Which inks a page is printed and written in: a few colours, and which of them lies where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_INKS: Final = 8

SAME_INK_DELTA_E: Final = 13.0
"""Colours no farther apart than this (CIE 1976) are of one ink; ink on real paper varies by about that."""

FEW: Final = 0.0003
"""Share of all ink below which what is left over goes to the nearest ink, whatever its colour."""

NEAR_PX: Final = (5, 5)
"""The neighbourhood that shares one ink: about a letter's width."""

_CELL: Final = 6.0
_LAB_ORIGIN: Final = np.array([0.0, 128.0, 128.0], dtype=np.float32)
_CELLS: Final = 44
"""Colours are counted in cubes of L*a*b* with edges of 6; a* and b* lie between -128 and 128."""

Colour = tuple[int, int, int]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class InkColours:
    """`palette`: RGB of each ink, at least one; `numbers`: uint8, which of them lies in each place."""

    palette: tuple[Colour, ...]
    numbers: NDArray[np.uint8]


def ink_colours(
    cover: NDArray[np.uint8], background: NDArray[np.uint8], lost: Floats, darkest: NDArray[np.uint8]
) -> InkColours:
    """The inks of a reduced page.

    `cover`: how much of each pixel the mask says is ink, 0-255, shape (height, width); `background`: what
    lies under it, gray or RGB; `lost`: by how much the page is darker than that. `darkest`: the
    brightness of the darkest pixel near by. Without ink the number is 0.
    """
    numbers = np.zeros(cover.shape, dtype=np.uint8)
    rows, columns = np.nonzero(cover)
    if not len(rows):
        return InkColours(((0, 0, 0),), numbers)
    lab = _lab(_matching((rows, columns), cover, background, lost, darkest))
    nearest = _nearest(lab, _leaders(lab, cover[rows, columns].astype(np.float32)))
    used = np.flatnonzero(np.bincount(nearest))
    numbers[rows, columns] = np.searchsorted(used, nearest)
    return InkColours(_palette(numbers, cover, background, lost, len(used)), numbers)


def _matching(
    places: tuple[NDArray[np.intp], NDArray[np.intp]],
    cover: NDArray[np.uint8],
    background: NDArray[np.uint8],
    lost: Floats,
    darkest: NDArray[np.uint8],
) -> Floats:
    """The colours, shape (places, channels), that make the millimetre around each place as dark as it is.

    What the pixels of the mask look like tells less: a hairline is nowhere as dark as its ink, and soft
    edges lie partly outside the mask. But no ink is darker than the darkest that is seen: a fold, of which
    only a few pixels are in the mask, must not become black there.
    """
    count = len(places[0])
    missing = cv2.blur(lost, NEAR_PX, borderType=cv2.BORDER_REPLICATE)[places].reshape(count, -1)
    area = cv2.blur(cover, NEAR_PX, borderType=cv2.BORDER_REPLICATE)[places].astype(np.float32) / 255
    share = missing / np.maximum(area, np.float32(1 / 255))[:, None]
    under = background[places].reshape(count, -1).astype(np.float32)
    seen = np.maximum(under.mean(axis=1) - darkest[places], 0)
    share *= np.minimum(1, seen / np.maximum(share.mean(axis=1), 1))[:, None]
    return np.asarray(under - share, dtype=np.float32)


def _lab(rgb: Floats) -> Floats:
    """CIE L*a*b*, shape (n, 3), of RGB or gray values 0-255, shape (n, 3) or (n, 1)."""
    three = np.ascontiguousarray(np.broadcast_to(rgb, (len(rgb), 3)).clip(0, 255) / np.float32(255))
    return np.asarray(cv2.cvtColor(three[None], cv2.COLOR_RGB2LAB)[0], dtype=np.float32)


def _leaders(lab: Floats, weights: Floats) -> Floats:
    """The colours that most of the ink is near to, the most frequent first."""
    cells = ((lab + _LAB_ORIGIN) / np.float32(_CELL)).astype(np.int32)
    keys = (cells[:, 0] * _CELLS + cells[:, 1]) * _CELLS + cells[:, 2]
    counts = np.bincount(keys, weights)
    found = np.flatnonzero(counts)
    mass = counts[found]
    sums = np.column_stack([np.bincount(keys, weights * lab[:, axis])[found] for axis in range(3)])
    centres = sums / np.maximum(mass, 1e-9)[:, None]
    left = mass.copy()
    leaders: list[NDArray[np.float64]] = []
    while len(leaders) < MAX_INKS and left.sum() > (FEW * mass.sum() if leaders else -1.0):
        leader = centres[np.argmax(left)]
        near = np.linalg.norm(centres - leader, axis=1) <= SAME_INK_DELTA_E
        near[np.argmax(left)] = True
        leaders.append(np.average(centres[near], axis=0, weights=left[near] + 1e-9))
        left[near] = 0.0
    return np.asarray(leaders, dtype=np.float32)


def _nearest(lab: Floats, leaders: Floats) -> NDArray[np.uint8]:
    nearest = np.zeros(len(lab), dtype=np.uint8)
    least = np.full(len(lab), np.inf, dtype=np.float32)
    for number, leader in enumerate(leaders):
        distance = ((lab - leader) ** 2).sum(axis=1)
        closer = distance < least
        nearest[closer] = number
        least[closer] = distance[closer]
    return nearest


def _palette(
    numbers: NDArray[np.uint8],
    cover: NDArray[np.uint8],
    background: NDArray[np.uint8],
    lost: Floats,
    count: int,
) -> tuple[Colour, ...]:
    """For each ink the colour that makes it as dark, all in all, as it is with its soft edges on the page."""
    inked = cv2.copyTo(numbers + np.uint8(1), np.asarray(cover > 0).view(np.uint8))
    edged = cv2.dilate(inked, np.ones((3, 3), np.uint8))
    cv2.copyTo(inked, np.asarray(cover > 0).view(np.uint8), edged)
    places = np.flatnonzero(edged)
    own = edged.ravel()[places] - 1
    area = cover.ravel()[places].astype(np.float64) / 255
    mass = np.maximum(np.bincount(own, area, count), 1e-9)
    under = background.reshape(cover.size, -1)[places]
    dark = lost.reshape(cover.size, -1)[places]
    means = [
        (np.bincount(own, area * under[:, channel], count) - np.bincount(own, dark[:, channel], count)) / mass
        for channel in range(under.shape[1])
    ]
    triples = np.rint(np.column_stack(means if len(means) == 3 else means * 3)).clip(0, 255).astype(int)
    return tuple((int(red), int(green), int(blue)) for red, green, blue in triples)
