"""The guard of compact images: compares the page that layers show with the scan they were made from.

It knows nothing of how the layers were made, so that it can also judge them after they were encoded and
decoded again: two images of one size go in, and a measured value for each thing that could be wrong comes
out. Ink is looked for with another operator than the one that made the mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.layers import gray_of
from dipro_scan.model import MM_PER_INCH, Measurement
from dipro_scan.settings.fidelity_settings import FidelitySettings

Pixels = NDArray[np.uint8]
Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]

INK_LOST: Final = "fidelity_ink_lost"
INK_INVENTED: Final = "fidelity_ink_invented"
TONE: Final = "fidelity_tone"
COLOUR: Final = "fidelity_colour"
SIMILARITY: Final = "fidelity_similarity"

LOOKED_AT_DPI: Final = 150.0
"""A dot of 0.3 mm is nearly two pixels wide there, and half of the scanner's noise is gone."""

EDGE_MM: Final = 0.5
SURROUNDINGS_MM: Final = 6.0
TONE_MM: Final = 0.5
CELL_MM: Final = 1.0
TILE_MM: Final = 5.0

TEXT_SHARE: Final = (0.02, 0.6)
"""Between these shares of ink a tile is compared as text; above, it is a bar or the scanner's lid."""

STABLE: Final = (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""The constants of SSIM (Wang et al., IEEE Trans. Image Processing 13, 2004)."""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How a composed page stands to its scan: one measurement for each rule of the guard."""

    measurements: tuple[Measurement, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """The stable ids of the rules that were broken."""
        return tuple(each.name for each in self.measurements if each.verdict == "notable")

    @property
    def holds(self) -> bool:
        return not self.faults


def judge_fidelity(
    scan: Pixels, shown: Pixels, dpi: float, settings: FidelitySettings | None = None
) -> Fidelity:
    """Whether `shown` may stand for `scan`: uint8, gray or RGB, both of one height and width, at `dpi`.

    A gray image is compared with a coloured one in its brightness and as colourless. Raises PageFailed
    where one of them is no such image, ValueError where their sizes differ.
    """
    limits = settings or FidelitySettings()
    if scan.shape[:2] != shown.shape[:2]:
        raise ValueError(f"images of {scan.shape[:2]} and {shown.shape[:2]} pixels cannot be compared")
    step = max(1, round(dpi / LOOKED_AT_DPI))
    scan, shown = _inside(scan, dpi), _inside(shown, dpi)
    scan, shown, reached = block_means(scan, step), block_means(shown, step), dpi / step
    scan_gray, shown_gray = gray_of(scan), gray_of(shown)
    surroundings = _surroundings(scan_gray, reached)
    scan_ink = _Ink.of(scan_gray, surroundings, limits.ink_contrast)
    shown_ink = _Ink.of(shown_gray, surroundings, limits.ink_contrast)
    lost = _largest_mm(scan_ink.sure & ~_grown(shown_ink.possible), scan_ink.sure, reached, limits)
    invented = _largest_mm(shown_ink.sure & ~_grown(scan_ink.possible), shown_ink.sure, reached, limits)
    tone = _tone_share(scan_gray, shown_gray, reached)
    delta_e = _delta_e(scan, shown, reached)
    alike = _similarity(scan_gray, shown_gray, scan_ink.sure | shown_ink.sure, reached)
    return Fidelity(
        (
            _at_most(INK_LOST, lost, "mm", 0.0),
            _at_most(INK_INVENTED, invented, "mm", 0.0),
            _at_most(TONE, tone, "share", limits.max_tone_share),
            _at_most(COLOUR, delta_e, "delta_e", limits.max_delta_e),
            Measurement(
                SIMILARITY,
                round(alike, 3),
                "ssim",
                limits.min_similarity,
                "ok" if alike >= limits.min_similarity else "notable",
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class _Ink:
    """Where ink is beyond doubt, and where there may be some: half as dark is enough for that."""

    sure: Mask
    possible: Mask

    @staticmethod
    def of(gray: Gray, surroundings: Gray, contrast: float) -> _Ink:
        sure = cv2.convertScaleAbs(surroundings, alpha=1 - contrast)
        possible = cv2.convertScaleAbs(surroundings, alpha=1 - contrast / 2)
        return _Ink(np.asarray(gray < sure), np.asarray(gray < possible))


def _inside(pixels: Pixels, dpi: float) -> Pixels:
    """The image without its outermost half millimetre, where the scanner shows its own edge."""
    edge = round(EDGE_MM / MM_PER_INCH * dpi)
    if min(pixels.shape[:2]) <= 4 * edge:
        return pixels
    return pixels[edge : pixels.shape[0] - edge, edge : pixels.shape[1] - edge]


def _surroundings(gray: Gray, dpi: float) -> Gray:
    side = _odd(SURROUNDINGS_MM, dpi)
    return np.asarray(cv2.blur(gray, (side, side), borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _grown(mask: Mask) -> Mask:
    return np.asarray(cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8))).view(np.bool_)


def _largest_mm(missing: Mask, ink: Mask, dpi: float, limits: FidelitySettings) -> float:
    """The greatest extent of a piece in `missing` that the guard does not let pass; 0 where it does.

    What is missing at the side of ink that is there was worn away by a pixel: `ink` gives it back first.
    """
    if not missing.any():
        return 0.0
    rows, columns = np.nonzero(missing)
    top, left = max(0, rows.min() - 2), max(0, columns.min() - 2)
    window = (slice(top, rows.max() + 3), slice(left, columns.max() + 3))
    whole = _grown(missing[window]) & ink[window]
    _count, _labels, stats, _centroids = cv2.connectedComponentsWithStats(
        whole.view(np.uint8), connectivity=8
    )
    mm = MM_PER_INCH / dpi
    across = stats[1:, cv2.CC_STAT_WIDTH]
    down = stats[1:, cv2.CC_STAT_HEIGHT]
    # A piece of 0.3 mm covers at least half of each of so many pixels.
    dot, stroke = (max(1, int(size / mm)) for size in (limits.ink_mm, limits.stroke_mm))
    broad = np.maximum(across, down)
    dots = (np.minimum(across, down) > dot) | ((np.minimum(across, down) >= dot) & (broad > dot))
    counted = dots | (broad > stroke)
    return float(broad[counted].max() * mm) if counted.any() else 0.0


def _tone_share(scan: Gray, shown: Gray, dpi: float) -> float:
    """The greatest change of mean brightness over half a millimetre: soft and hard edges are even there."""
    side = _odd(TONE_MM, dpi)
    difference = cv2.subtract(scan, shown, dtype=cv2.CV_16S)
    mean = cv2.boxFilter(difference, cv2.CV_32F, (side, side), borderType=cv2.BORDER_REPLICATE)
    low, high, _low_at, _high_at = cv2.minMaxLoc(mean)
    return max(-low, high) / 255.0


def _delta_e(scan: Pixels, shown: Pixels, dpi: float) -> float:
    """The greatest distance of mean colours of a square millimetre, CIE 1976."""
    distance = np.linalg.norm(_cells(scan, dpi) - _cells(shown, dpi), axis=2)
    return float(distance.max())


def _cells(pixels: Pixels, dpi: float) -> NDArray[np.float32]:
    """The page's colours in L*a*b*, a square millimetre a pixel."""
    small = block_means(pixels, _step(CELL_MM, dpi)).astype(np.float32) / np.float32(255)
    rgb = small if small.ndim == 3 else cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), dtype=np.float32)


def _similarity(scan: Gray, shown: Gray, ink: Mask, dpi: float) -> float:
    """The least SSIM of the tiles of 5 mm that hold text; 1 where none does."""
    step = _step(TILE_MM, dpi)

    rows, columns = (max(1, size // step) * step for size in scan.shape)
    scan, shown, ink = scan[:rows, :columns], shown[:rows, :columns], ink[:rows, :columns]

    def tiles(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return block_means(values, step)

    share = tiles(ink.astype(np.float32))
    text = (share >= TEXT_SHARE[0]) & (share <= TEXT_SHARE[1])
    if not text.any():
        return 1.0
    x, y = scan.astype(np.float32), shown.astype(np.float32)
    mean_x, mean_y = tiles(x), tiles(y)
    variance_x, variance_y = tiles(x * x) - mean_x**2, tiles(y * y) - mean_y**2
    together = tiles(x * y) - mean_x * mean_y
    light, structure = STABLE
    alike = ((2 * mean_x * mean_y + light) * (2 * together + structure)) / (
        (mean_x**2 + mean_y**2 + light) * (variance_x + variance_y + structure)
    )
    return float(alike[text].min())


def _at_most(name: str, value: float, unit: str, limit: float) -> Measurement:
    return Measurement(name, round(value, 3), unit, limit, "ok" if value <= limit else "notable")


def _step(size_mm: float, dpi: float) -> int:
    return max(1, round(size_mm / MM_PER_INCH * dpi))


def _odd(size_mm: float, dpi: float) -> int:
    return max(1, round(size_mm / MM_PER_INCH * dpi)) | 1
