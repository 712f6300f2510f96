"""Patch codes: four bars across the sheet that a scanner, or we, know a separator by.

The bars lie parallel to the leading edge, within 3.75 inch (95 mm) of it: two wide ones of 0.20 inch, two
narrow ones of 0.08 inch, parted by 0.08 inch, at least 0.25 inch clear of other print. The order from the
leading edge inwards is the code.

Turned by 180° a T reads as a 3 and a 1 as a 6 (2 and 4 are the same from both sides). So bars are always
read from the edge that they lie next to, as a scanner does, whichever way round the sheet went in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.code_places import halved, quartered
from dipro_scan.imaging.levels import paper_level
from dipro_scan.model import MM_PER_INCH, PATCH_BARS, Box, ReadingImage

PATCHES: Final = {bars: kind for kind, bars in PATCH_BARS.items()}

USUAL: Final = {"3": "T", "6": "1"}
"""Of two codes that are each other's picture upside down, the one that sheets usually carry."""

STRIP_MM: Final = 6.0
"""Narrow enough that bars tilted by a few degrees stay bars within a strip."""

MIN_LENGTH_MM: Final = 50.0
MAX_EDGE_MM: Final = 95.0
MIN_NEARER_MM: Final = 15.0
"""Bars that lie less than this nearer to one edge than to the other are read from the top of the page."""

QUIET_MM: Final = 4.0
UNIT_MM: Final = (1.4, 2.8)
"""Width of a space; 2.0 as printed, other where the sheet was scaled."""

NARROW: Final = (0.55, 1.5)
WIDE: Final = (1.8, 3.3)
"""Widths of bars in units (wide to narrow is 2.5 as printed)."""

MAX_TILT_DEGREES: Final = 6.0
MAX_GAP_STRIPS: Final = 8
"""Bars may be lost under blots that wide (48 mm) and go on behind it."""

MIN_SHARE: Final = 0.5
"""Of the strips between the first and the last, so many at least show the bars."""

INK_SHARE: Final = 0.6
"""Darker than this share of the paper's gray is ink."""

SOLID_SHARE: Final = 0.75
"""Least ink of bars over their length less most ink of the spaces: print is solid, lines of text are not."""

_Extent = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PatchCode:
    """`kind` is 1, 2, 3, 4, 6 or T; `box` in mm on the page."""

    kind: str
    box: Box


class _Bars(NamedTuple):
    """Four bars in one strip: their order (W and N, from the top), their place in pixels, how solid."""

    strip: int
    order: str
    top: int
    bottom: int
    solid: float


@dataclass(frozen=True, slots=True)
class _Chain:
    """The same bars in neighbouring strips, some of which may be blotted out."""

    strips: list[_Bars] = field(default_factory=list)

    def is_continued_by(self, bars: _Bars, drift: float) -> bool:
        last = self.strips[-1]
        reach = drift * (bars.strip - last.strip) + 1
        return (
            last.order == bars.order
            and abs(last.top - bars.top) <= reach
            and abs(last.bottom - bars.bottom) <= reach
        )

    def is_code(self, least: int) -> bool:
        span = self.strips[-1].strip - self.strips[0].strip + 1
        solid = float(np.median([bars.solid for bars in self.strips]))
        return len(self.strips) >= max(least, MIN_SHARE * span) and solid >= SOLID_SHARE


def find_patch_codes(view: ReadingImage) -> tuple[PatchCode, ...]:
    """Every patch code on the page, whichever way the sheet went in; tilted by up to 5°.

    Where a sheet shows both codes of a pair that are each other's picture upside down (the same bars
    printed the same way round at both ends), all of them are the usual one: T, not 3; 1, not 6.
    """
    gray, dpi = quartered(halved(view))
    ink: NDArray[np.bool_] = gray < INK_SHARE * paper_level(gray)
    level = list(_read(ink, dpi))
    upright = [(kind, _swapped(box)) for kind, box in _read(np.ascontiguousarray(ink.T), dpi)]
    scale = view.dpi / dpi
    return _settled(
        [PatchCode(kind, view.box_mm(*(place * scale for place in box))) for kind, box in level + upright]
    )


def _settled(patches: list[PatchCode]) -> tuple[PatchCode, ...]:
    kinds = {patch.kind for patch in patches}
    doubtful = {kind: usual for kind, usual in USUAL.items() if {kind, usual} <= kinds}
    return tuple(replace(patch, kind=doubtful.get(patch.kind, patch.kind)) for patch in patches)


def _read(ink: NDArray[np.bool_], dpi: float) -> Iterator[tuple[str, _Extent]]:
    """Codes whose bars lie level in `ink`, with left, top, right and bottom in pixels."""
    for chain in _chains(ink, dpi):
        kind = _kind(chain, ink.shape[0], dpi)
        if kind is not None:
            yield kind, _extent(chain, dpi)


def _swapped(box: _Extent) -> _Extent:
    return box[1], box[0], box[3], box[2]


def _kind(chain: _Chain, extent: int, dpi: float) -> str | None:
    """The code, read from the edge next to it; None where it lies too far from either."""
    before = float(np.mean([bars.top for bars in chain.strips])) / dpi * MM_PER_INCH
    after = (extent - float(np.mean([bars.bottom for bars in chain.strips]))) / dpi * MM_PER_INCH
    if min(before, after) > MAX_EDGE_MM:
        return None
    order = chain.strips[0].order
    return PATCHES[order if before < after + MIN_NEARER_MM else order[::-1]]


def _chains(ink: NDArray[np.bool_], dpi: float) -> Iterator[_Chain]:
    """Bars that go on over at least 50 mm, less the strips at their ends that they fill in part."""
    strip = _strip(dpi)
    drift = strip * math.tan(math.radians(MAX_TILT_DEGREES))
    least = math.floor(MIN_LENGTH_MM / STRIP_MM) - 1
    open_chains: list[_Chain] = []
    for bars in _bars_by_strip(ink, dpi):
        waiting = []
        for chain in open_chains:
            if bars.strip - chain.strips[-1].strip <= MAX_GAP_STRIPS:
                waiting.append(chain)
            elif chain.is_code(least):
                yield chain
        open_chains = waiting
        earlier = next((chain for chain in open_chains if chain.is_continued_by(bars, drift)), None)
        if earlier is None:
            open_chains.append(_Chain([bars]))
        else:
            earlier.strips.append(bars)
    yield from (chain for chain in open_chains if chain.is_code(least))


def _bars_by_strip(ink: NDArray[np.bool_], dpi: float) -> Iterator[_Bars]:
    """Groups of exactly four bars in one strip, each group clear of everything else in it."""
    profiles = _profiles(ink, _strip(dpi))
    dark = np.zeros((profiles.shape[0], profiles.shape[1] + 2), np.int8)
    dark[:, 1:-1] = profiles > 0.5
    changes = np.diff(dark, axis=1)
    strips, starts = np.nonzero(changes == 1)
    ends = np.nonzero(changes == -1)[1]
    quiet = QUIET_MM / MM_PER_INCH * dpi
    parted = (strips[1:] != strips[:-1]) | (starts[1:] - ends[:-1] >= quiet)
    bounds = np.concatenate([[0], np.flatnonzero(parted) + 1, [len(starts)]])
    for first in bounds[:-1][np.diff(bounds) == 4]:
        group = slice(first, first + 4)
        order = _order(starts[group], ends[group], dpi)
        if order is not None:
            strip = int(strips[first])
            solid = _solidity(profiles[strip], starts[group], ends[group])
            yield _Bars(strip, order, int(starts[first]), int(ends[first + 3]), solid)


def _profiles(ink: NDArray[np.bool_], strip: int) -> NDArray[np.float32]:
    """The share of ink over the width of each strip: shape (strips, height), 0 to 1."""
    count = ink.shape[1] // strip
    if count == 0:
        return np.zeros((0, ink.shape[0]), np.float32)
    whole = ink.view(np.uint8)[:, : count * strip]
    sums = cv2.boxFilter(whole, cv2.CV_32F, (strip, 1), anchor=(0, 0), normalize=False)
    return np.ascontiguousarray(sums[:, ::strip].T, dtype=np.float32) / np.float32(strip)


def _order(starts: NDArray[np.intp], ends: NDArray[np.intp], dpi: float) -> str | None:
    spaces = starts[1:] - ends[:-1]
    # Ink that spreads makes bars wider by as much as it makes spaces narrower, so the unit is taken
    # from all narrow things together: the three spaces and the two narrower bars.
    widths = ends - starts
    unit = float((spaces.sum() + np.sort(widths)[:2].sum()) / 5)
    if not UNIT_MM[0] <= unit / dpi * MM_PER_INCH <= UNIT_MM[1]:
        return None
    if not all(NARROW[0] <= space / unit <= NARROW[1] for space in spaces):
        return None
    order = "".join(_letter(width / unit) for width in widths)
    return order if order in PATCHES else None


def _letter(units: float) -> str:
    if NARROW[0] <= units <= NARROW[1]:
        return "N"
    return "W" if WIDE[0] <= units <= WIDE[1] else "-"


def _solidity(profile: NDArray[np.floating], starts: NDArray[np.intp], ends: NDArray[np.intp]) -> float:
    """Ink in the middle of the weakest bar less that in the middle of the darkest space: 0 to 1."""
    bars = profile[(starts + ends - 1) // 2].min()
    spaces = profile[(ends[:-1] + starts[1:] - 1) // 2].max()
    return float(bars - spaces)


def _extent(chain: _Chain, dpi: float) -> _Extent:
    strip = _strip(dpi)
    return (
        chain.strips[0].strip * strip,
        min(bars.top for bars in chain.strips),
        (chain.strips[-1].strip + 1) * strip,
        max(bars.bottom for bars in chain.strips),
    )


def _strip(dpi: float) -> int:
    return max(1, round(STRIP_MM / MM_PER_INCH * dpi))
