"""How sharp the edges of a scan are, and how many dots per inch of detail it really holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.levels import Gray
from dipro_scan.model import MM_PER_INCH, ReadingImage

TILE: Final = 192
MAX_TILES: Final = 10
REBLUR_PX: Final = 1.5
MIN_STEP: Final = (8.0, 0.5)
"""Gray levels a pixel by which the light must change at an edge that counts: at least so many, and such a
share of the steepest edge near it (blurred once more)."""

MIN_EDGES: Final = 100
SHARPEST: Final = 35
"""Percentile of the edges' widths: strokes side by side, and slanting ends, look wider than they are."""

RISE: Final = 2.563
"""From a tenth to nine tenths of a step that a normal distribution of deviation 1 blurs."""

RESPONSE: Final = 0.2
"""The response at the limit of resolution. ISO 16067-1 takes a tenth, of a single edge; in the spectrum of a
page the mirror images that enlarging leaves above the old limit reach that, but not a fifth."""

FULL_BAND: Final = (0.04, 0.12)
"""Cycles a pixel between which every scan of 300 dpi shows its edges nearly in full."""

SMOOTHED: Final = 9
"""Frequencies that are averaged: those of single letters stand out less."""

MAX_REPEAT: Final = 6
MIN_CHANGE: Final = 0.04
"""Share of the changes between neighbours below which one column only repeats the other."""


@dataclass(frozen=True, slots=True)
class Detail:
    """`edge_width_mm`: from a tenth to nine tenths of a step; `dpi`: of detail, never above the view's."""

    edge_width_mm: float
    dpi: float


def page_detail(view: ReadingImage, middle: Gray) -> Detail | None:
    """The detail of `view`, or None where too few edges tell. `middle`: the same page at lower resolution.

    The blur of each edge follows from how much weaker its gradient becomes when the page is blurred once
    more (Zhuo and Sim 2011, "Defocus map estimation from a single image"). The effective resolution is
    twice the frequency from which less than a fifth of the response is left (after ISO 16067-1, there of a
    slanting edge, here in the spectrum of all edges, which falls with the frequency where they are ideal).
    Noise counts as detail: it reaches up to the resolution of the sensor, and enlarging does not bring it
    back. Enlarged without smoothing, edges stay sharp; such an image betrays itself by columns or rows that
    repeat their neighbours.
    """
    tiles = _busiest_tiles(view.pixels, middle)
    blurs = np.concatenate([_edge_blurs(tile) for tile in tiles]) if tiles else np.empty(0, np.float32)
    if blurs.size < MIN_EDGES:
        return None
    sigma_mm = float(np.percentile(blurs, SHARPEST)) * MM_PER_INCH / view.dpi
    share = min(2 * _limit_frequency(tiles, axis) * _told_apart(tiles, axis) for axis in (0, 1))
    return Detail(round(RISE * sigma_mm, 4), round(min(view.dpi, view.dpi * share), 1))


def _limit_frequency(tiles: list[Gray], axis: int) -> float:
    """Cycles a pixel (at most 0.5) along `axis` from which the edges' response lies below a fifth."""
    power = np.zeros(TILE // 2)
    window = np.hanning(TILE - 1).astype(np.float32)
    for tile in tiles:
        if tile.shape != (TILE, TILE):
            continue
        across = tile.astype(np.float32) if axis else tile.T.astype(np.float32)
        steps = np.ascontiguousarray((across[:, 1:] - across[:, :-1]) * window)
        packed = cv2.dft(np.pad(steps, ((0, 0), (0, 1))), flags=cv2.DFT_ROWS)
        square = np.square(packed[:, 1:-1]).sum(axis=0, dtype=np.float64)
        power[1:] += square.reshape(-1, 2).sum(axis=1)
    frequency = np.arange(TILE // 2) / TILE
    # A difference of neighbours weighs frequencies a little less than a derivative does.
    response = np.sqrt(power) / np.sinc(frequency)
    smooth = np.convolve(response, np.ones(SMOOTHED) / SMOOTHED, mode="same")
    full = smooth[(frequency >= FULL_BAND[0]) & (frequency <= FULL_BAND[1])].mean()
    if not full:
        return 0.5
    below = (smooth < RESPONSE * full) & (frequency > FULL_BAND[1])
    below[-(SMOOTHED // 2) :] = False
    return float(frequency[np.argmax(below)]) if below.any() else 0.5


def _busiest_tiles(gray: Gray, middle: Gray) -> list[Gray]:
    height, width = gray.shape
    rows, columns = max(1, height // TILE), max(1, width // TILE)
    changes = cv2.absdiff(middle[:, 1:], middle[:, :-1]) if middle.shape[1] > 1 else middle
    # Whole factors in both directions are what makes this fast.
    high, wide = (
        max(1, round(TILE * lower / full)) for lower, full in zip(middle.shape, gray.shape, strict=True)
    )
    energy = cv2.resize(
        changes[: rows * high, : columns * wide], (columns, rows), interpolation=cv2.INTER_AREA
    )
    order = np.argsort(energy.ravel())[::-1][:MAX_TILES]
    return [
        gray[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]
        for row, column in (divmod(int(place), columns) for place in order)
    ]


def _edge_blurs(tile: Gray) -> NDArray[np.float32]:
    """Standard deviation (pixels) of the blur at each edge of `tile` that is strong and a local maximum."""
    if min(tile.shape) < 16:
        return np.empty(0, np.float32)
    found = []
    for across in (tile, np.ascontiguousarray(tile.T)):
        once = across.astype(np.float32)
        again = cv2.GaussianBlur(once, (0, 0), REBLUR_PX)
        gradient = np.abs(once[:, 2:] - once[:, :-2]) / 2
        weaker = np.abs(again[:, 2:] - again[:, :-2]) / 2
        middle = gradient[1:-1, 1:-1]
        least = max(MIN_STEP[0], MIN_STEP[1] * float(weaker.max()))
        # Along the edge it must go on, else it is a corner or noise.
        edge = (
            (middle >= least)
            & (middle >= gradient[1:-1, 2:])
            & (middle > gradient[1:-1, :-2])
            & (np.minimum(gradient[:-2, 1:-1], gradient[2:, 1:-1]) > 0.8 * middle)
        )
        ratio = middle[edge] / np.maximum(weaker[1:-1, 1:-1][edge], 1e-3)
        sharp = ratio > 1.02
        found.append(REBLUR_PX / np.sqrt(np.square(ratio[sharp]) - 1))
    return np.concatenate(found).astype(np.float32)


def _told_apart(tiles: list[Gray], axis: int) -> float:
    """The share of columns (axis 1) or rows that are no mere copies of their neighbours."""
    least = 1.0
    changes = []
    for tile in tiles:
        across = tile if axis else tile.T
        changes.append(cv2.absdiff(across[:, 1:], across[:, :-1]).sum(axis=0, dtype=np.float64))
    length = min(change.size for change in changes)
    total = np.sum([change[:length] for change in changes], axis=0)
    for period in range(2, MAX_REPEAT + 1):
        if TILE % period or length < 8 * period:
            continue
        parts = np.array([total[first::period].mean() for first in range(period)])
        least = min(least, float(np.mean(parts > MIN_CHANGE * parts.max()))) if parts.max() > 0 else least
    return least
