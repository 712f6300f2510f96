"""Measurements of a page's image that say how well it was scanned, each against its threshold.

A value that cannot be measured (edges on an empty page, noise of a bitonal one) is left out.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.blank_evidence import seen_ink
from dipro_scan.imaging.blocks import block_means
from dipro_scan.imaging.colour import colour_share
from dipro_scan.imaging.effective_resolution import page_detail
from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.noise import noise_levels
from dipro_scan.imaging.paper_contrast import Mask, PaperContrast, paper_contrast
from dipro_scan.model import MM_PER_INCH, Colour, Measurement, PageFailed, ReadingImage
from dipro_scan.model.evidence import Verdict
from dipro_scan.settings.measurement_settings import MeasurementSettings
from dipro_scan.translation import _

BITONAL_SHARE: Final = 0.99
"""Share of pure black and pure white from which a page is bitonal, whatever its file says."""

MIN_INK_MM2: Final = 4.0
INK_PERCENTILE: Final = 75
PALE: Final = (0.025, 0.2)
"""Contrast (share of the paper's brightness) that print shining through reaches."""

PALE_CELL_MM: Final = 0.7
STROKE_REACH_MM: Final = 1.5


def measure_page(
    view: ReadingImage,
    settings: MeasurementSettings | None = None,
    *,
    colour: NDArray[np.uint8] | None = None,
    kept: Colour = Colour.COLOUR,
    contrast: PaperContrast | None = None,
    scanned_dpi: float | None = None,
) -> tuple[Measurement, ...]:
    """The measurements of a page. `colour`: its RGB pixels in the frame of `view`, for a scan in colour;
    `kept`: as what the page is archived; `contrast`: of `view`, where it is known already; `scanned_dpi`:
    what the file says, where `view` was enlarged or reduced from that.

    `effective_dpi`, `sharpness` (width of edges, mm), `contrast` and `noise` (gray levels), `clipped_black`,
    `clipped_white`, `colour_share`, `bleed_through` (shares, 0-1). Colour is notable where it is not kept.
    Raises PageFailed where `colour` does not lie in the frame of `view`.
    """
    settings = settings or MeasurementSettings()
    contrast = contrast or paper_contrast(view)
    found: list[Measurement] = []
    black, white = _pure_shares(contrast.gray)
    bitonal = _is_bitonal(view.pixels)
    detail = page_detail(view, contrast.gray)
    if detail is not None:
        claimed_dpi = min(view.dpi, scanned_dpi or view.dpi)
        least = max(settings.min_effective_dpi, settings.min_effective_share * claimed_dpi)
        found.append(_at_least("effective_dpi", detail.dpi, "dpi", round(least, 1)))
        if not bitonal:
            found.append(_at_most("sharpness", detail.edge_width_mm, "mm", settings.max_edge_width_mm))
    if not bitonal:
        found += _gray_measurements(view, contrast, (black, white), settings)
    if colour is not None:
        found.append(_colour(view, colour, kept, settings))
    return tuple(found)


def _gray_measurements(
    view: ReadingImage, contrast: PaperContrast, pure: tuple[float, float], settings: MeasurementSettings
) -> list[Measurement]:
    found = []
    ink = seen_ink(contrast)
    depth = contrast.darkness[ink & ~contrast.solid]
    if depth.size * contrast.mm**2 >= MIN_INK_MM2:
        levels = float(np.percentile(depth, INK_PERCENTILE))
        found.append(_at_least("contrast", levels, "gray levels", settings.min_contrast))
    noise = noise_levels(view.pixels)
    if noise is not None:
        found.append(_at_most("noise", noise, "gray levels", settings.max_noise))
    found.append(_at_most("clipped_black", pure[0], "1", settings.max_clipped_black))
    found.append(_at_most("clipped_white", pure[1], "1", settings.max_clipped_white))
    found.append(_at_most("bleed_through", _pale_share(contrast, ink), "1", settings.max_bleed_through))
    return found


def _colour(
    view: ReadingImage, colour: NDArray[np.uint8], kept: Colour, settings: MeasurementSettings
) -> Measurement:
    if colour.dtype != np.uint8 or colour.shape != (*view.pixels.shape, 3):
        raise PageFailed(_("The page's colours do not fit its image; scan the page again."))
    share = colour_share(colour, view.dpi)
    lost = share > settings.min_colour_share and kept is not Colour.COLOUR
    verdict: Verdict = "notable" if lost else "ok"
    return Measurement("colour_share", round(share, 6), "1", settings.min_colour_share, verdict)


def _at_least(name: str, value: float, unit: str, threshold: float) -> Measurement:
    return Measurement(name, round(value, 4), unit, threshold, "notable" if value < threshold else "ok")


def _at_most(name: str, value: float, unit: str, threshold: float) -> Measurement:
    return Measurement(name, round(value, 4), unit, threshold, "notable" if value > threshold else "ok")


def _pure_shares(gray: Gray) -> tuple[float, float]:
    """Shares of pixels that are all black and all white."""
    histogram = cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel() / gray.size
    return float(histogram[0]), float(histogram[255])


def _is_bitonal(pixels: Gray) -> bool:
    sample = pixels[:: max(1, pixels.shape[0] // 500)]
    return float(np.mean((sample == 0) | (sample == 255))) >= BITONAL_SHARE


def _pale_share(contrast: PaperContrast, ink: Mask) -> float:
    """Share of the paper, away from its own ink, that is darker by as much as print shining through."""
    cell = max(1, min(round(PALE_CELL_MM / MM_PER_INCH * contrast.dpi), *contrast.gray.shape))
    darker = block_means(contrast.darkness, cell).astype(np.float32)
    darker = (darker - float(np.median(darker))) / max(1.0, float(contrast.level))
    strong = ink & (contrast.darkness > PALE[1] * contrast.level) | contrast.solid
    covered = block_means(strong.view(np.uint8) * np.uint8(255), cell) > 0
    reach = 2 * max(1, round(STROKE_REACH_MM / PALE_CELL_MM / 2)) + 1
    near = cv2.dilate(covered.view(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    paper = ~near
    if not paper.any():
        return 0.0
    return float(np.mean((darker[paper] > PALE[0]) & (darker[paper] < PALE[1])))
