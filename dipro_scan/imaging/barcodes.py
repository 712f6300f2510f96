"""Barcodes on a page: looked for in a reduced image first, in the full one where that promises more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import zxingcpp

from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import MM_PER_INCH, ReadingImage

MATRIX: Final = tuple(getattr(zxingcpp.BarcodeFormat, name) for name in ("QRCode", "DataMatrix", "PDF417"))
LINEAR: Final = tuple(getattr(zxingcpp.BarcodeFormat, name) for name in ("Code128", "Code39"))
"""What stands on the paper of offices. Each further format costs time on every page, and the short ones
(ITF, Codabar) are also seen where there is no code."""

REDUCED_DPI: Final = 150.0
"""Where nearly all codes read, any way round, in a fifth of the time that the full image takes."""

MAX_FULL_PIXELS: Final = 20_000_000
"""Beyond this (A3 at 300 dpi) the full image is not searched: it would take a second."""

MAX_CANDIDATES: Final = 4
MIN_CANDIDATE_MM: Final = 6.0
CANDIDATE_MARGIN_MM: Final = 4.0
SMOOTHING_MM: Final = 0.17
"""Standard deviation: closes the pinholes and pits of coarse prints and copies within a module of 1 mm."""

MIN_CHARACTERS: Final = 3
"""Shorter barcodes of one dimension are rarely meant, and patterns of lines rarely make longer ones."""


class Extent(NamedTuple):
    """In pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Extent) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Barcode:
    """`format` as zxing names it, `extent` on the view's pixels."""

    format: str
    text: str
    extent: Extent


def find_barcodes(view: ReadingImage) -> tuple[Barcode, ...]:
    """QR codes, DataMatrix, Code 128, Code 39 and PDF417, any way round.

    First all of the page at 150 dpi; then, for codes too small for that, at full size; then, at full size
    and smoothed, the places where the first search saw a code and could not read it.
    """
    reduced, dpi = scaled_to(view, REDUCED_DPI)
    scale = view.dpi / dpi
    found: list[Barcode] = []
    unread: list[Extent] = []
    for result in _read(reduced, MATRIX + LINEAR, try_rotate=True, try_downscale=True, return_errors=True):
        extent = _extent(result, scale)
        if result.valid:
            _add(found, result, extent)
        else:
            unread.append(extent)
    if reduced is not view.pixels and view.pixels.size <= MAX_FULL_PIXELS:
        # Matrix codes read any way round as it is.
        for formats, turn in ((MATRIX, False), (LINEAR, True)):
            for result in _read(view.pixels, formats, try_rotate=turn, try_downscale=False):
                _add(found, result, _extent(result, 1.0))
    for place in _candidates(unread, found, view.dpi):
        for result, extent in _read_closely(view, place):
            _add(found, result, extent)
    return tuple(found)


def _read(pixels: Gray, formats: tuple[Any, ...], **options: Any) -> list[Any]:
    results: list[Any] = zxingcpp.read_barcodes(
        pixels, formats=formats, try_invert=False, text_mode=zxingcpp.TextMode.Plain, **options
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
            results = _read(pixels, MATRIX + LINEAR, try_rotate=True, try_downscale=True, binarizer=binarizer)
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
