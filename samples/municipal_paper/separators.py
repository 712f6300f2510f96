"""Sheets that a scanning office lays between documents, and the empty backs of its own."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import zxingcpp

from municipal_paper.truth import MM_PER_INCH, PAPER_DPI, Side, SideKind
from municipal_paper.typeset import ROOT, typeset_piece

WIDE_MM: Final = 5.08
NARROW_MM: Final = 2.03
PATCH_BARS: Final = {"1": "WWNN", "2": "WNNW", "3": "WNWN", "4": "NWWN", "6": "NNWW", "T": "NWNW"}
"""Patch codes as scanners know them: four bars, wide 0.2 and narrow 0.08 inches, narrow gaps."""

SEPARATOR_TEXT: Final = "DIPRO-SCAN-SEPARATOR"
A4_MM: Final = (210.0, 297.0)


@cache
def patch_sheet(kind: str, *, with_code: bool = False) -> Side:
    """A separator sheet: the patch code on top, along the edge that is fed first, and words for people.

    With `with_code` the sheet bears our QR code too. Raises KeyError for a kind that there is not.
    """
    side = typeset_piece(ROOT / "stamps" / "separator.typ", {"picks": [0] * 64, "patch": kind})
    image = side.image.copy()
    top = 18.0
    for bar in PATCH_BARS[kind]:
        height_mm = WIDE_MM if bar == "W" else NARROW_MM
        image[_px(top) : _px(top + height_mm), _px(30) : _px(180)] = 0
        top += height_mm + NARROW_MM
    if with_code:
        barcode = zxingcpp.create_barcode(SEPARATOR_TEXT, zxingcpp.BarcodeFormat.QRCode)
        modules = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=1))
        code = np.kron(modules, np.ones((_px(1.2), _px(1.2)), np.uint8))
        left, upper = _px(105) - code.shape[1] // 2, _px(150)
        image[upper : upper + code.shape[0], left : left + code.shape[1]] = code[:, :, None]
    return Side(image, side.text, side.words, SideKind.SEPARATOR)


@cache
def blank_side() -> Side:
    """The empty back of a sheet."""
    return Side(np.full((_px(A4_MM[1]), _px(A4_MM[0]), 3), 255, np.uint8), kind=SideKind.BLANK)


def _px(millimetres: float) -> int:
    return round(millimetres * PAPER_DPI / MM_PER_INCH)
