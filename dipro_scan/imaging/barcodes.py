"""Barcodes on a page: looked for in a reduced image first, in the full one only where one could lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp

from dipro_scan.imaging.code_places import Extent, code_places, halved
from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, ReadingImage

FORMATS: Final = tuple(
    getattr(zxingcpp.BarcodeFormat, name) for name in ("QRCode", "DataMatrix", "PDF417", "Code128", "Code39")
)
"""What stands on the paper of offices. Each further format costs time on every page, and the short ones
(ITF, Codabar) are also seen where there is no code."""

COARSE_DPI: Final = 100.0
"""Where large codes read in a tenth of the time that the full image takes."""

KNOWN_SLACK_MM: Final = 7.0
"""What a place may reach beyond a known code: its margin, and what the code's own extent lacks."""

SEARCHED_SHARE: Final = 0.5
"""Of the full image no more than this share is searched, or `FREE_PIXELS`: pictures and bold print come into
question too. What is left is searched at half size."""

FREE_PIXELS: Final = 3_000_000
MAX_SEARCHED_PIXELS: Final = 10_000_000
"""All of A4 at 300 dpi and more; beyond this the search would take a second."""

MAX_CANDIDATES: Final = 4
MIN_CANDIDATE_MM: Final = 6.0
CANDIDATE_MARGIN_MM: Final = 4.0
SMOOTHING_MM: Final = 0.17
"""Standard deviation: closes the pinholes and pits of coarse prints and copies within a module of 1 mm."""

MIN_CHARACTERS: Final = 3
"""Shorter barcodes of one dimension are rarely meant, and patterns of lines rarely make longer ones."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """`format` as zxing names it, `extent` on the view's pixels."""

    format: str
    text: str
    extent: Extent


def find_barcodes(
    view: ReadingImage, half: ReadingImage | None = None, known: Iterable[Extent] = ()
) -> tuple[Barcode, ...]:
    """QR codes, DataMatrix, Code 128, Code 39 and PDF417, any way round.

    First all of the page at 100 dpi; then, at full size and at 150 dpi, the places where `code_places` sees
    that a code could lie; then, at full size and smoothed, the places where one was seen and could not be
    read. `half`: the page at 150 dpi, where the caller has it. `known`: extents of other codes, where none
    of these can lie.
    """
    half = halved(view) if half is None else half
    found: list[Barcode] = []
    unread: list[Extent] = []
    coarse, dpi = scaled_to(view if _is_whole(view.dpi / COARSE_DPI) else half, COARSE_DPI)
    for result in _read(coarse, try_downscale=True, return_errors=True):
        _sort_in(result, _extent(result, view.dpi / dpi), found, unread)
    for place, fine in _searched_places(view, half, (*known, *(barcode.extent for barcode in found))):
        for result, extent in _read_place(view, half, place, fine):
            _sort_in(result, extent, found, unread)
    for place in _candidates(unread, found, view.dpi):
        for result, extent in _read_closely(view, place):
            _add(found, result, extent)
    return tuple(found)


def _is_whole(factor: float) -> bool:
    return abs(factor - round(factor)) < 0.001 * factor


def _sort_in(result: Any, extent: Extent, found: list[Barcode], unread: list[Extent]) -> None:
    if result.valid:
        _add(found, result, extent)
    else:
        unread.append(extent)


def _searched_places(
    view: ReadingImage, half: ReadingImage, known: tuple[Extent, ...]
) -> Iterator[tuple[Extent, bool]]:
    """The places to search, the likely ones first, and whether time allows for full size."""
    slack = KNOWN_SLACK_MM / MM_PER_INCH * view.dpi
    left = min(MAX_SEARCHED_PIXELS, max(FREE_PIXELS, SEARCHED_SHARE * view.pixels.size))
    for place in code_places(half, view.dpi / half.dpi):
        if any(code.covers(place, slack) for code in known):
            continue
        area = (place.right - place.left) * (place.bottom - place.top)
        fine = area <= left
        left -= area if fine else 0
        yield place, fine


def _read_place(
    view: ReadingImage, half: ReadingImage, place: Extent, fine: bool
) -> list[tuple[Any, Extent]]:
    """What lies at `place`: at full size, or else, for a code with pits and grains, at half size."""
    results = list(_read_part(view.pixels, place, 1.0)) if fine else []
    if half.pixels is view.pixels or any(result.valid for result, _extent in results):
        return results
    return [*results, *_read_part(half.pixels, place, view.dpi / half.dpi)]


def _read_part(pixels: Gray, place: Extent, scale: float) -> Iterator[tuple[Any, Extent]]:
    """What is seen at `place`, with its extent, on a view that is `scale` times as fine as `pixels`."""
    top, left = round(place.top / scale), round(place.left / scale)
    part = pixels[top : round(place.bottom / scale), left : round(place.right / scale)]
    if part.size == 0:
        return
    for result in _read(np.ascontiguousarray(part), return_errors=True):
        near = _extent(result, scale)
        right, down = left * scale, top * scale
        yield result, Extent(near.left + right, near.top + down, near.right + right, near.bottom + down)


def _read(pixels: Gray, *, try_downscale: bool = False, **options: Any) -> list[Any]:
    results: list[Any] = zxingcpp.read_barcodes(
        pixels,
        formats=FORMATS,
        try_rotate=True,
        try_downscale=try_downscale,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
        **options,
    )
    return results


def _add(found: list[Barcode], result: Any, extent: Extent) -> None:
    """Adds what is new: the same code is often seen in several searches."""
    barcode = Barcode(result.format.name, result.text, extent)
    linear = barcode.format.startswith("Code")
    if linear and len(barcode.text) < MIN_CHARACTERS:
        return
    if not any(barcode.text == other.text and extent.overlaps(other.extent) for other in found):
        found.append(barcode)


def _candidates(unread: list[Extent], found: list[Barcode], dpi: float) -> list[Extent]:
    """Places of some size at which no code was read, the largest first."""
    least = MIN_CANDIDATE_MM / MM_PER_INCH * dpi
    open_places = [
        place
        for place in unread
        if min(place.right - place.left, place.bottom - place.top) >= least
        and not any(place.overlaps(barcode.extent) for barcode in found)
    ]
    open_places.sort(key=lambda place: (place.left - place.right) * (place.bottom - place.top))
    return open_places[:MAX_CANDIDATES]


def _read_closely(view: ReadingImage, place: Extent) -> Iterator[tuple[Any, Extent]]:
    """What is read around `place` at full size by the first manner that reads anything."""
    margin = CANDIDATE_MARGIN_MM / MM_PER_INCH * view.dpi
    top, left = max(0, round(place.top - margin)), max(0, round(place.left - margin))
    part = view.pixels[top : round(place.bottom + margin), left : round(place.right + margin)]
    if part.size == 0:
        return
    sigma = SMOOTHING_MM / MM_PER_INCH * view.dpi
    smooth = np.asarray(cv2.GaussianBlur(part, (0, 0), sigma), dtype=np.uint8)
    for pixels in (np.ascontiguousarray(part), smooth):
        for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
            results = _read(pixels, try_downscale=True, binarizer=binarizer)
            for result in results:
                near = _extent(result, 1.0)
                yield (
                    result,
                    Extent(near.left + left, near.top + top, near.right + left, near.bottom + top),
                )
            if results:
                return


def _extent(result: Any, scale: float) -> Extent:
    position = result.position
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    across, down = [corner.x * scale for corner in corners], [corner.y * scale for corner in corners]
    return Extent(min(across), min(down), max(across), max(down))
