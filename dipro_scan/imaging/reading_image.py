"""The image that is read: the page as it was scanned, or, where it has a flaw, a treated copy.

What a page needs is told by evidence that costs a few milliseconds. A page without flaws is returned as it
came, the same object; the archived page is never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dipro_scan.imaging.bleed import measure_show_through, without_show_through
from dipro_scan.imaging.broken_strokes import measure_breaks, with_joined_strokes
from dipro_scan.imaging.contrast import evened_ink, ink_depth
from dipro_scan.imaging.despeckle import measure_noise, smoothed
from dipro_scan.imaging.flatten import flattened, full_levels, with_sharp_edges
from dipro_scan.imaging.ground import Ground, find_ground
from dipro_scan.imaging.ink_colour import coloured_place, crossing_ink, without_coloured_ink
from dipro_scan.imaging.inverted import inverted_blocks, with_blocks_turned
from dipro_scan.imaging.levels import Gray
from dipro_scan.model import PageFailed, ProcessingStep, ReadingImage, Stamp
from dipro_scan.settings.reading_image_settings import ReadingImageSettings
from dipro_scan.translation import _

MIN_SIDE: Final = 64
"""Pixels; on less there is no line of print to improve."""

BAND_ROWS: Final = 48
"""Evidence is looked for in bands of so many rows: 4 mm at 300 dpi, a line of print."""

MAX_BANDS: Final = 12
"""So many of them, evenly spread, stand for a page that has more."""


@dataclass(frozen=True, slots=True)
class TreatedImage:
    """The image to read, and what was done to make it; without steps it is the view itself."""

    image: ReadingImage
    steps: tuple[ProcessingStep, ...] = ()


@dataclass(slots=True)
class _Treatment:
    """A page's pixels on their way, and what was done to them."""

    pixels: Gray
    dpi: float
    settings: ReadingImageSettings
    steps: list[ProcessingStep] = field(default_factory=list)

    def done(self, name: str, pixels: Gray, **parameters: float | int | str | bool) -> None:
        self.pixels = pixels
        self.steps.append(ProcessingStep(name, archive=False, parameters=parameters))


def treated_for_reading(
    view: ReadingImage,
    settings: ReadingImageSettings,
    colour: NDArray[np.uint8] | None = None,
    *,
    bitonal: bool = False,
    scanned_dpi: float | None = None,
    stamps: Sequence[Stamp] = (),
) -> TreatedImage:
    """`view` as it reads best.

    `colour`: RGB in the frame and size of `view.pixels`, None for scans in gray or black and white.
    `bitonal`: the scan holds black and white only (the view may hold grays where it was resampled).
    `scanned_dpi`: the lower of the scan's own two resolutions; None counts as that of the view.
    `stamps`: those seen on the view. Coloured ones are taken away: they are read by themselves, and beside
    print they mislead the engine about its rows and columns.

    Raises PageFailed where `view.pixels` or `colour` are not such arrays.
    """
    _check(view, colour)
    if not settings.enabled or min(view.pixels.shape) < MIN_SIDE:
        return TreatedImage(view)
    treatment = _Treatment(view.pixels, view.dpi, settings)
    if colour is not None and settings.remove_stamp_ink:
        _remove_stamp_ink(treatment, colour, stamps)
    if bitonal:
        _treat_bitonal(treatment, scanned_dpi)
    else:
        _treat_grays(treatment)
    if not treatment.steps:
        return TreatedImage(view)
    return TreatedImage(replace(view, pixels=treatment.pixels), tuple(treatment.steps))


def _check(view: ReadingImage, colour: NDArray[np.uint8] | None) -> None:
    pixels = view.pixels
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or not pixels.size:
        raise PageFailed(
            _("The page's image has the shape %(shape)s and the type %(type)s, which cannot be read as gray.")
            % {"shape": "×".join(map(str, pixels.shape)) or "0", "type": pixels.dtype}
        )
    if colour is not None and (colour.shape != (*pixels.shape, 3) or colour.dtype != np.uint8):
        raise PageFailed(
            _("The page's colours have the shape %(shape)s, which does not fit its gray image.")
            % {"shape": "×".join(map(str, colour.shape)) or "0"}
        )


def _remove_stamp_ink(treatment: _Treatment, colour: NDArray[np.uint8], stamps: Sequence[Stamp]) -> None:
    stamped = [coloured_place(stamp.box, treatment.dpi, treatment.pixels.shape) for stamp in stamps]
    places = (*crossing_ink(colour, treatment.dpi), *stamped)
    if places:
        cleaned = without_coloured_ink(treatment.pixels, colour, places)
        area = round(sum(place.area_mm2 for place in places), 1)
        treatment.done("remove_coloured_ink", cleaned, places=len(places), area_mm2=area)


def _treat_grays(treatment: _Treatment) -> None:
    settings, dpi = treatment.settings, treatment.dpi
    ground = find_ground(treatment.pixels, dpi)
    blocks = inverted_blocks(ground, dpi / ground.step) if settings.turn_inverted_blocks else None
    if blocks is not None:
        turned = with_blocks_turned(treatment.pixels, blocks, ground.step)
        treatment.done("turn_inverted_blocks", turned)
        ground = find_ground(turned, dpi)
    is_even = ground.dark_share < settings.min_dark_ground
    sample = _flat_sample(treatment.pixels, ground)
    if not is_even:
        levels = with_sharp_edges(full_levels(ground, treatment.pixels.shape), ground, treatment.pixels, dpi)
        flat = flattened(treatment.pixels, levels)
        treatment.done("even_ground", flat, dark_share=round(ground.dark_share, 3))
    noise = measure_noise(sample)
    if noise.grain_levels >= settings.min_grain_levels or noise.speck_share >= settings.min_speck_share:
        facts = {"grain_levels": round(noise.grain_levels, 1), "speck_share": round(noise.speck_share, 5)}
        treatment.done("smooth", smoothed(treatment.pixels, dpi), **facts)
        sample = smoothed(sample, dpi)
    _treat_ink(treatment, sample, ground if is_even else None)


def _treat_ink(treatment: _Treatment, sample: Gray, ground: Ground | None) -> None:
    """Faint print strengthened, or else what shows through removed. `ground`: what is still to be evened."""
    settings, dpi = treatment.settings, treatment.dpi
    depth = ink_depth(sample)
    if depth is None:
        return
    is_faint = depth <= settings.max_ink_depth
    through = None if is_faint else measure_show_through(sample, depth, dpi, BAND_ROWS)
    is_bled = through is not None and through.share >= settings.min_show_through and through.is_soft
    if not is_faint and not is_bled:
        return
    flat = treatment.pixels
    if ground is not None:
        flat = flattened(flat, full_levels(ground, flat.shape))
    if through is None:
        treatment.done("strengthen_ink", evened_ink(flat, dpi), ink_depth=round(depth, 3))
        return
    facts = {"share": round(through.share, 3), "depth": round(through.depth, 3)}
    treatment.done("remove_show_through", without_show_through(flat, depth, through), **facts)


def _treat_bitonal(treatment: _Treatment, scanned_dpi: float | None) -> None:
    """Black-and-white scans, faxes too, have no light to even and no gray to clear: specks go, and letters
    that fell apart are joined."""
    settings, dpi = treatment.settings, treatment.dpi
    noise = measure_noise(_sampled(treatment.pixels))
    if noise.speck_share >= settings.min_speck_share:
        smooth = smoothed(treatment.pixels, dpi)
        treatment.done("smooth", smooth, speck_share=round(noise.speck_share, 5))
        return
    breaks = measure_breaks(treatment.pixels, dpi)
    if breaks.fragments >= settings.min_fragments and breaks.area >= settings.min_fragment_area:
        facts = {"fragments": round(breaks.fragments, 2), "area": round(breaks.area, 3)}
        treatment.done("join_strokes", with_joined_strokes(treatment.pixels, dpi, scanned_dpi), **facts)


def _sampled(pixels: Gray) -> Gray:
    """Bands of rows from all over the page, one below the other; the whole of a page that has few."""
    starts = _band_starts(len(pixels), 1)
    if not starts:
        return pixels
    return np.concatenate([pixels[start : start + BAND_ROWS] for start in starts])


def _flat_sample(pixels: Gray, ground: Ground) -> Gray:
    """The bands of `_sampled` as they look on white ground."""
    starts = _band_starts(len(pixels), ground.step)
    if not starts:
        return flattened(pixels, full_levels(ground, pixels.shape))
    shape = (BAND_ROWS, pixels.shape[1])
    return np.concatenate(
        [flattened(pixels[row : row + BAND_ROWS], full_levels(ground, shape, row)) for row in starts]
    )


def _band_starts(rows: int, step: int) -> list[int]:
    """The first rows of the bands, whole multiples of `step`; none where the page is hardly larger."""
    if rows // BAND_ROWS <= MAX_BANDS:
        return []
    starts = np.linspace(0, rows - BAND_ROWS, MAX_BANDS).astype(int)
    return [int(start) // step * step for start in starts]
