"""The marks on printed sheets: patch codes and QR codes, drawn as vectors at their exact size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from dipro_scan.model import NARROW_BAR_MM, PATCH_BARS, WIDE_BAR_MM

MIN_MODULE_MM: Final = 1.0
"""Nearly four rows of the coarsest fax (98 lines an inch)."""

QR_SIDE_MM: Final = 45.0
MAX_QR_SIDE_MM: Final = 62.0
MAX_CHARACTERS: Final = 300
MIN_VERSION: Final = 6
"""41 modules a side. In a smaller code the three finder marks, without which no code is seen, take up a fifth
of the area and more; here less than a tenth."""

QUIET_MODULES: Final = 4
"""ISO/IEC 18004: so many modules around a QR code stay white."""

ERROR_CORRECTION: Final = "HQM"
"""Levels from the strongest, which mends 30 % of the code's words (ISO/IEC 18004); the first that fits."""

CODE_128_HEIGHT_MM: Final = 12.0
MAX_MODULE_MM: Final = 0.7

PATCH_HEIGHT_MM: Final = 2 * WIDE_BAR_MM + 5 * NARROW_BAR_MM


class QrCode:
    """A QR code of `text`, its modules at least 1 mm wide; sizes in mm.

    Raises ValueError where the text is too long for a sheet.
    """

    def __init__(self, text: str) -> None:
        dark = next(_fitting(text), None)
        if dark is None:
            raise ValueError(f"{len(text)} characters are too many for a QR code on a sheet")
        self._dark = dark
        self.module_mm = max(MIN_MODULE_MM, QR_SIDE_MM / len(dark))
        self.side_mm = len(dark) * self.module_mm
        self.quiet_mm = QUIET_MODULES * self.module_mm

    def draw(self, canvas: Canvas, left_mm: float, bottom_mm: float) -> None:
        # One path: renderers that smooth edges would leave hairlines between separate rectangles.
        path = canvas.beginPath()
        side = self.module_mm * mm
        for row, modules in enumerate(self._dark):
            y = bottom_mm * mm + (len(self._dark) - 1 - row) * side
            edges = np.flatnonzero(np.diff(np.concatenate([[False], modules, [False]]).astype(np.int8)))
            for first, end in zip(edges[::2], edges[1::2], strict=True):
                path.rect(left_mm * mm + float(first) * side, y, float(end - first) * side, side)
        canvas.drawPath(path, stroke=0, fill=1)


def _fitting(text: str) -> Iterator[NDArray[np.bool_]]:
    """The code at each level of correction at which it is small enough, the strongest first.

    True where a module is dark; shape (n, n).
    """
    if len(text) > MAX_CHARACTERS:
        return
    for level in ERROR_CORRECTION:
        dark = _modules(text, ec_level=level)
        if len(dark) < _modules_of(MIN_VERSION):
            dark = _modules(text, ec_level=level, version=MIN_VERSION)
        if len(dark) * MIN_MODULE_MM <= MAX_QR_SIDE_MM:
            yield dark


def _modules(text: str, **options: object) -> NDArray[np.bool_]:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, **options)
    return np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False)) < 128


def _modules_of(version: int) -> int:
    return 17 + 4 * version


def draw_patch(
    canvas: Canvas, kind: str, left_mm: float, edge_mm: float, width_mm: float, *, down: bool
) -> None:
    """Patch code `kind` (of `PATCH_BARS`), its first bar at height `edge_mm`, the others below or above."""
    place = edge_mm
    for letter in PATCH_BARS[kind]:
        bar = WIDE_BAR_MM if letter == "W" else NARROW_BAR_MM
        bottom = place - bar if down else place
        canvas.rect(left_mm * mm, bottom * mm, width_mm * mm, bar * mm, stroke=0, fill=1)
        place += -(bar + NARROW_BAR_MM) if down else bar + NARROW_BAR_MM


def draw_code_128(canvas: Canvas, text: str, bottom_mm: float, width_mm: float) -> None:
    """A Code 128 of `text` across the middle of the sheet, its modules as wide as fits, 0.7 mm at most."""
    code = Code128(text, barHeight=CODE_128_HEIGHT_MM * mm, barWidth=1, quiet=False)
    module = min(MAX_MODULE_MM, width_mm / code.width) * mm
    code = Code128(text, barHeight=CODE_128_HEIGHT_MM * mm, barWidth=module, quiet=False)
    code.drawOn(canvas, (A4[0] - code.width) / 2, bottom_mm * mm)
