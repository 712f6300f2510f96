"""A sheet to print words on, set in the sans-serif face that PDFium carries inside.

Pillow's built-in face has no umlauts, and no other font comes with the packages we need.
"""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from dipro_scan.model import MM_PER_INCH, POINTS_PER_INCH

_FACE: Final = "Helvetica"
_POINTS_PER_MM: Final = POINTS_PER_INCH / MM_PER_INCH
_BLACK_BELOW: Final = 128


class Sheet:
    """An empty sheet, set in the characters of Windows-1252; places are mm from its top left corner."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self._height = height_mm * _POINTS_PER_MM
        self._document = pypdfium2.PdfDocument.new()
        self._page = self._document.new_page(width_mm * _POINTS_PER_MM, self._height)
        self._font = pdfium.FPDFText_LoadStandardFont(self._document, _FACE.encode())

    def __enter__(self) -> Sheet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pdfium.FPDFFont_Close(self._font)
        self._page.close()
        self._document.close()

    def width_mm(self, text: str, type_mm: float) -> float:
        """How far `text` advances in type of this size."""
        total, width = 0.0, ctypes.c_float()
        for character in _printable(text):
            if pdfium.FPDFFont_GetGlyphWidth(self._font, ord(character), type_mm, ctypes.byref(width)):
                total += width.value
        return total

    def print(self, text: str, type_mm: float, left_mm: float, base_mm: float) -> None:
        """Sets `text` with its baseline beginning at a place."""
        item = pdfium.FPDFPageObj_CreateTextObj(self._document, self._font, type_mm * _POINTS_PER_MM)
        wide = ctypes.create_string_buffer((_printable(text) + "\0").encode("utf-16-le"))
        pdfium.FPDFText_SetText(item, ctypes.cast(wide, ctypes.POINTER(ctypes.c_ushort)))
        x, y = left_mm * _POINTS_PER_MM, self._height - base_mm * _POINTS_PER_MM
        pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, y)
        pdfium.FPDFPage_InsertObject(self._page, item)

    def render(self, dpi: int) -> Image.Image:
        """The printed sheet in black and white (mode `1`)."""
        pdfium.FPDFPage_GenerateContent(self._page)
        rendered: Image.Image = self._page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil()
        gray = rendered.convert("L")
        return gray.point(lambda value: 255 if value >= _BLACK_BELOW else 0).convert(
            "1", dither=Image.Dither.NONE
        )


def _printable(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")
