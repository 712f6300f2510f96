"""Thin lines across the paper that are no writing: folds, and the paper's own edge on a crooked scan."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.paper_contrast import Mask, PaperContrast

BORDER_MM: Final = 15.0
"""So far in from the edge of the scan the paper's own edge may lie."""

LINE_SLANT_DEGREES: Final = 4.0
LINE_STEP_DEGREES: Final = 0.1
LINE_CELL_MM: Final = 3.0
FOLD_SHARE: Final = 0.3
"""Share of the paper's width over which a fold shows as a thin line, if in pieces from side to side."""

FIFTHS: Final = 4
"""Of the five fifths of the width, how many show a piece of a fold."""

EDGE_LINE_SHARE: Final = 0.25
"""The same for the paper's own edge, which leaves a crooked scan half way."""

FOLD_MM: Final = 1.4
"""Half the height of the strip that a fold takes: its line, its wandering and the toner cracked off."""

THIN_MM: Final = 0.9
"""A fold's line is thin wherever it shows; letters are taller."""

MAX_LINES: Final = 6


def folds_and_edges(ink: Mask, contrast: PaperContrast) -> Mask:
    """Thin, nearly level or upright lines over most of the paper (folds), or along its edges."""
    found = np.zeros(ink.shape, dtype=bool)
    for across, marked in ((ink, found), (ink.T, found.T)):
        _mark_lines(np.ascontiguousarray(across), marked, contrast)
    return found


def _mark_lines(ink: Mask, marked: Mask, contrast: PaperContrast) -> None:
    cell = contrast.pixels(LINE_CELL_MM)
    height, width = ink.shape
    cells = width // cell
    if cells < 8 or height < 8:
        return
    thick = cv2.dilate(ink.view(np.uint8), np.ones((3, 1), np.uint8))
    pooled = thick[:, : cells * cell].reshape(height, cells, cell).max(axis=2).astype(np.int16)
    reach = contrast.pixels(FOLD_MM)
    border = contrast.pixels(BORDER_MM)
    steps = round(LINE_SLANT_DEGREES / LINE_STEP_DEGREES)
    slopes = np.tan(np.radians(np.arange(-steps, steps + 1) * LINE_STEP_DEGREES))
    middles = (np.arange(cells) + 0.5) * cell - width / 2
    shifts = np.rint(slopes[:, None] * middles[None, :]).astype(np.intp)
    wanted = np.full(height, FOLD_SHARE * cells)
    wanted[:border] = wanted[-border:] = EDGE_LINE_SHARE * cells
    for _line in range(MAX_LINES):
        if np.count_nonzero(pooled.any(axis=0)) < EDGE_LINE_SHARE * cells:
            return
        profiles = _profiles(pooled, shifts)
        slope, row = np.unravel_index(int(np.argmax(profiles - wanted[None, :])), profiles.shape)
        if profiles[slope, row] < wanted[row]:
            return
        places = np.rint(row + slopes[slope] * (np.arange(width) - width / 2)).astype(np.intp)
        cell_rows = row + shifts[slope]
        shown = pooled[np.clip(cell_rows, 0, height - 1), np.arange(cells)]
        fifths = sum(bool(part.any()) for part in np.array_split(shown, 5))
        crosses = fifths >= FIFTHS or wanted[row] < FOLD_SHARE * cells
        for offset in range(-reach, reach + 1):
            pooled[np.clip(cell_rows + offset, 0, height - 1), np.arange(cells)] = 0
        if crosses and _is_thin(ink, places, contrast):
            for offset in range(-reach, reach + 1):
                marked[np.clip(places + offset, 0, height - 1), np.arange(width)] = True


def _is_thin(ink: Mask, places: NDArray[np.intp], contrast: PaperContrast) -> bool:
    """Whether the ink about the line is mostly no higher than a line, where there is any."""
    reach = contrast.pixels(2.0)
    offsets = np.arange(-reach, reach + 1)
    columns = np.arange(ink.shape[1])
    strip = ink[np.clip(places[None, :] + offsets[:, None], 0, ink.shape[0] - 1), columns[None, :]]
    shown = strip.any(axis=0)
    highest = np.argmax(strip, axis=0)
    lowest = len(offsets) - 1 - np.argmax(strip[::-1], axis=0)
    extents = (lowest - highest + 1)[shown] * contrast.mm
    return extents.size > 0 and float(np.percentile(extents, 60)) <= THIN_MM


def _profiles(pooled: NDArray[np.int16], shifts: NDArray[np.intp]) -> NDArray[np.int16]:
    """For each slope and row, over how many cells the line of that slope through it shows."""
    height, _cells = pooled.shape
    span = int(np.abs(shifts).max())
    padded = np.ascontiguousarray(np.pad(pooled, ((span, span), (0, 0))).T)
    profiles = np.zeros((len(shifts), height), dtype=np.int16)
    filled = np.flatnonzero(padded.any(axis=1))
    for index, shift in enumerate(shifts):
        for cell in filled:
            start = span + int(shift[cell])
            profiles[index] += padded[cell, start : start + height]
    return profiles
