"""Barcodes and patch codes on a page, and which of them part documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import zxingcpp

from dipro_scan.imaging.levels import Gray
from dipro_scan.imaging.patch import find_patch_codes
from dipro_scan.imaging.view import scaled_to
from dipro_scan.model import Box, Code, CodeMeaning, ReadingImage
from dipro_scan.settings import SeparationSettings

REDUCED_DPI: Final = 150.0
"""Where nearly all codes read, in a fraction of the time that the full image takes."""

MAX_FULL_PIXELS: Final = 20_000_000
"""Beyond this (A3 at 300 dpi) the full image is not searched: it would take a second."""


def find_codes(view: ReadingImage, settings: SeparationSettings) -> tuple[Code, ...]:
    """Codes on the upright, straightened page from top to bottom, boxes in mm.

    A QR code with the pipeline's `separator_text` and the patch codes it names mean `SEPARATOR`; every
    other code means `NONE`. Types are named as zxing names them (`QRCode`, `Code128`) and `PatchT`.
    """
    codes = [*_barcodes(view, settings), *_patch_codes(view, settings)]
    return tuple(sorted(codes, key=lambda code: (code.box.y0, code.box.x0, code.type) if code.box else ()))


def _patch_codes(view: ReadingImage, settings: SeparationSettings) -> Iterator[Code]:
    for patch in find_patch_codes(view):
        parts = patch.kind in settings.patch_codes
        meaning = CodeMeaning.SEPARATOR if parts else CodeMeaning.NONE
        yield Code(f"Patch{patch.kind}", patch.kind, meaning, patch.box)


def _barcodes(view: ReadingImage, settings: SeparationSettings) -> Iterator[Code]:
    reduced, dpi = scaled_to(view, REDUCED_DPI)
    found, scale = zxingcpp.read_barcodes(reduced, text_mode=zxingcpp.TextMode.Plain), view.dpi / dpi
    if not found and reduced is not view.pixels and view.pixels.size <= MAX_FULL_PIXELS:
        found, scale = _in_full(view.pixels), 1.0
    for barcode in found:
        name = barcode.format.name
        parts = name == "QRCode" and barcode.text.strip() == settings.separator_text
        meaning = CodeMeaning.SEPARATOR if parts else CodeMeaning.NONE
        yield Code(name, barcode.text, meaning, _box(view, barcode, scale))


def _in_full(pixels: Gray) -> Any:
    """Small codes: matrix codes any way round, barcodes level. All others were looked for before."""
    return zxingcpp.read_barcodes(
        pixels,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
        text_mode=zxingcpp.TextMode.Plain,
    )


def _box(view: ReadingImage, barcode: Any, scale: float) -> Box:
    position = barcode.position
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    across, down = [corner.x * scale for corner in corners], [corner.y * scale for corner in corners]
    return view.box_mm(min(across), min(down), max(across), max(down))
