"""The guard of compact images: compares the page that layers show with the scan they were made from.

It knows nothing of how the layers were made, so that it can also judge them after they were encoded and
decoded again: two images of one size go in, and a measured value for each thing that could be wrong comes
out. Ink is looked for with another operator than the one that made the mask.
"""

from __future__ import annotations

import math
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
INK_DEPTH: Final = "fidelity_ink_depth"
COLOUR: Final = "fidelity_colour"
SIMILARITY: Final = "fidelity_similarity"

LOOKED_AT_DPI: Final = 150.0
"""A dot of 0.3 mm is nearly two pixels wide there, and half of the scanner's noise is gone."""

WEIGHT_SHARE: Final = 0.5
"""A dot of 0.3 mm makes half a millimetre darker by a third of its contrast; less than this share of the
least contrast of ink is noise, or the rim of a stroke."""

BLACK: Final = 60
"""What is darker than this gray level is black: L*a*b* tells shades there that nobody sees on paper."""

SIMILARITY_DPI: Final = 75.0
EDGE_MM: Final = 0.5
PAPER_EDGE_MM: Final = 1.5
THIN_MM: Final = 0.35
"""What is no thicker, and runs along an edge of the scan no farther away, is the edge of the paper."""

LID_SOFT_MM: Final = 1.0
"""So far from the lid its shadow, and the paper's torn edge, may reach."""

SURROUNDINGS_MM: Final = 6.0
TONE_MM: Final = 0.5
CELL_MM: Final = 1.0
TILE_MM: Final = 5.0
NEAR_MM: Final = 0.85
"""A letter is told from its neighbours by a place so wide."""

TEXT_SHARE: Final = (0.02, 0.6)
"""Between these shares of ink a tile is compared as text; above, it is a bar or the scanner's lid."""

STABLE: Final = (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""The constants of SSIM (Wang et al., IEEE Trans. Image Processing 13, 2004)."""


LIGHTNESS: Final = np.ascontiguousarray(
    cv2.cvtColor(
        np.repeat(np.arange(256, dtype=np.float32)[:, None, None] / 255, 3, axis=2), cv2.COLOR_RGB2LAB
    )[:, :, 0],
    dtype=np.float32,
)
"""L* of each gray level."""


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
    scan: Pixels,
    shown: Pixels,
    dpi: float,
    settings: FidelitySettings | None = None,
    beyond: Mask | None = None,
) -> Fidelity:
    """Whether `shown` may stand for `scan`: uint8, gray or RGB, both of one height and width, at `dpi`.

    `beyond`: where there is no paper but the scanner's lid, bool, at any resolution; it is not compared. A
    gray image is compared with a coloured one in its brightness and as colourless. Raises PageFailed where
    one of them is no such image, ValueError where their sizes differ.
    """
    limits = settings or FidelitySettings()
    if scan.shape[:2] != shown.shape[:2]:
        raise ValueError(f"images of {scan.shape[:2]} and {shown.shape[:2]} pixels cannot be compared")
    step = max(1, round(dpi / LOOKED_AT_DPI))
    lid = None if beyond is None or not beyond.any() else _reduced(beyond, scan.shape, dpi, step)
    scan, shown = _inside(scan, dpi), _inside(shown, dpi)
    scan, shown, reached = block_means(scan, step), block_means(shown, step), dpi / step
    if lid is not None:
        shown = np.asarray(cv2.copyTo(scan, lid, shown.copy()), dtype=np.uint8).reshape(shown.shape)
    scan_gray, shown_gray = gray_of(scan), gray_of(shown)
    surroundings = _surroundings(scan_gray, reached)
    darker = _darker(scan_gray, shown_gray, reached)
    scan_ink = _Ink.of(scan_gray, surroundings, limits.ink_contrast)
    shown_ink = _Ink.of(shown_gray, surroundings, limits.ink_contrast)
    weight = cv2.convertScaleAbs(surroundings, alpha=limits.ink_contrast * WEIGHT_SHARE)
    lost = _largest_mm(_gone(scan_ink, shown_ink, darker, weight), scan_ink.sure, reached, limits)
    lighter = -darker
    invented = _largest_mm(_gone(shown_ink, scan_ink, lighter, weight), shown_ink.sure, reached, limits)
    tone = float(np.abs(darker).max()) / 255.0
    depth = _depth_share(scan_gray, shown_gray, reached)
    if scan.ndim != shown.ndim:
        scan, shown = (each if each.ndim == 3 else _in_colour(each) for each in (scan, shown))
    delta_e = _delta_e(scan, shown, reached)
    alike = _similarity(scan_gray, shown_gray, scan_ink.sure | shown_ink.sure, reached)
    return Fidelity(
        (
            _at_most(INK_LOST, lost, "mm", 0.0),
            _at_most(INK_INVENTED, invented, "mm", 0.0),
            _at_most(TONE, tone, "share", limits.max_tone_share),
            _at_most(INK_DEPTH, depth, "share", limits.max_depth_share),
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


def _reduced(beyond: Mask, shape: tuple[int, ...], dpi: float, step: int) -> Gray:
    """`beyond`, and LID_SOFT_MM more, as large as the images that are compared."""
    height, width = _inside(np.broadcast_to(np.uint8(0), shape[:2]), dpi).shape
    top, left = (shape[0] - height) // 2 // step, (shape[1] - width) // 2 // step
    size = (-(-shape[1] // step), -(-shape[0] // step))
    whole = cv2.resize(beyond.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    side = _odd(2 * LID_SOFT_MM, dpi / step)
    grown = np.asarray(cv2.dilate(whole, np.ones((side, side), np.uint8)), dtype=np.uint8)
    rows, columns = -(-height // step), -(-width // step)
    return np.ascontiguousarray(grown[top : top + rows, left : left + columns])


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
    # A piece of 0.3 mm, however it lies on pixels of about half its size, darkens two of them each way.
    least = max(1, round(limits.ink_mm / mm))
    dot, stroke = (max(1, int(size / mm)) for size in (limits.ink_mm, limits.stroke_mm))
    broad = np.maximum(across, down)
    counted = ((np.minimum(across, down) >= least) & (broad > dot)) | (broad > stroke)
    counted &= ~_along_edge(stats[1:], (top, left), missing.shape, dpi)
    return float(broad[counted].max() * mm) if counted.any() else 0.0


def _along_edge(
    pieces: NDArray[np.int32], offset: tuple[int, int], shape: tuple[int, ...], dpi: float
) -> NDArray[np.bool_]:
    """Which pieces are thin lines along a near edge of the scan: the edge of the paper and its shadow.

    How dark it is there all in all is compared as everywhere (`TONE`, `INK_DEPTH`, `COLOUR`).
    """
    reach, thin = PAPER_EDGE_MM / MM_PER_INCH * dpi, THIN_MM / MM_PER_INCH * dpi
    left, top, width, height = (pieces[:, at] for at in range(4))
    top, left = top + offset[0], left + offset[1]
    upright = (width <= thin) & ((left + width <= reach) | (left >= shape[1] - reach))
    level = (height <= thin) & ((top + height <= reach) | (top >= shape[0] - reach))
    return np.asarray(upright | level)


def _darker(scan: Gray, shown: Gray, dpi: float) -> NDArray[np.int16]:
    """By how many gray levels half a millimetre of `scan` is darker than of `shown`.

    Soft and hard edges are even there.
    """
    side = _odd(TONE_MM, dpi)
    difference = cv2.subtract(shown, scan, dtype=cv2.CV_16S)
    mean = cv2.boxFilter(difference, cv2.CV_16S, (side, side), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(mean, dtype=np.int16).reshape(scan.shape)


def _gone(ink: _Ink, other: _Ink, darker: NDArray[np.int16], weight: Gray) -> Mask:
    """Where `ink` is beyond doubt, the other page has none, and that makes the place darker.

    A pixel of the scanner's noise, or the rim of a stroke that is shown a little thinner, does not.
    """
    return np.asarray(ink.sure & ~_grown(other.possible) & (darker >= weight))


def _in_colour(gray: Gray) -> Pixels:
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _depth_share(scan: Gray, shown: Gray, dpi: float) -> float:
    """By how much the darkest half millimetre near by differs, in shares of white: a stroke in a paler ink.

    The greatest difference that holds over half a millimetre counts.
    """
    soft, near = (np.ones((side, side), np.uint8) for side in (_odd(TONE_MM, dpi), _odd(NEAR_MM, dpi)))
    darkest = [
        cv2.erode(cv2.blur(gray, soft.shape, borderType=cv2.BORDER_REPLICATE), near) for gray in (scan, shown)
    ]
    return float(cv2.erode(cv2.absdiff(*darkest), soft).max()) / 255.0


def _delta_e(scan: Pixels, shown: Pixels, dpi: float) -> float:
    """The greatest distance of mean colours of a square millimetre, wherever it lies, CIE 1976."""
    lab = [_means(pixels, dpi) for pixels in (scan, shown)]
    difference = np.asarray(cv2.subtract(lab[0], lab[1]), dtype=np.float32).reshape(lab[0].shape)
    if difference.ndim == 2:
        return float(np.abs(difference).max())
    return math.sqrt(float(np.einsum("ijk,ijk->ij", difference, difference).max()))


def _means(pixels: Pixels, dpi: float) -> NDArray[np.float32]:
    """The mean colours of square millimetres, three to a millimetre, in L*a*b*; L* alone of a gray page."""
    step = max(1, round(dpi / SIMILARITY_DPI))
    small = block_means(pixels, step)
    side = _odd(CELL_MM, dpi / step)
    mean = cv2.blur(small, (side, side), borderType=cv2.BORDER_REPLICATE)
    mean = np.asarray(cv2.max(mean, np.full_like(mean, BLACK))).reshape(small.shape)
    if mean.ndim == 2:
        return np.asarray(cv2.LUT(mean, LIGHTNESS), dtype=np.float32).reshape(mean.shape)
    return np.asarray(cv2.cvtColor(mean.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def _similarity(scan: Gray, shown: Gray, ink: Mask, dpi: float) -> float:
    """The least SSIM of the tiles of 5 mm that hold text; 1 where none does.

    Pixels of a third of a millimetre are compared: what is finer is the scanner's noise, not text.
    """
    coarse = max(1, round(dpi / SIMILARITY_DPI))
    scan, shown = block_means(scan, coarse), block_means(shown, coarse)
    cover = block_means(ink.view(np.uint8) * np.uint8(255), coarse)
    step = _step(TILE_MM, dpi / coarse)

    rows, columns = (max(1, size // step) * step for size in scan.shape)
    scan, shown, cover = scan[:rows, :columns], shown[:rows, :columns], cover[:rows, :columns]

    def tiles(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return block_means(values, step)

    share = tiles(cover.astype(np.float32)) / 255
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
