"""Separator and cover sheets to print: A4, both sides the same, readable for people and whichever way round.

Bars of a patch code run along the upper and the lower edge, each to be read from its edge; so the sheet
is the same for a scanner whichever way it is fed. QR codes stand in all four corners, because a blot or a
tear seldom takes more than one of them. Front and back carry the same, so that a sheet is known from
either side, also where only one of them is scanned.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dipro_scan.model import CLEAR_MM, CoverSheet
from dipro_scan.pdf.sheet_marks import PATCH_HEIGHT_MM, QrCode, draw_code_128, draw_patch
from dipro_scan.translation import _

WIDTH_MM: Final = 210.0
HEIGHT_MM: Final = 297.0
MARGIN_MM: Final = 20.0
EDGE_MM: Final = 12.0
"""From the edge of the sheet to the first bar: clear of what printers cannot reach."""

COVER_MARKS_MM: Final = (14.0, 34.0)
"""How far the two bars that mark a cover sheet lie above the lower end of what its QR codes leave free."""

_INNER_MM: Final = WIDTH_MM - 2 * MARGIN_MM
_FACE: Final = "DiproSheet"
_BOLD: Final = "DiproSheetBold"
_SMALLEST_PT: Final = 7.0


@dataclass(frozen=True, slots=True)
class PrintedCover:
    """A cover sheet and what is printed on it.

    `payload` is the text of its QR code; `title` and `class_title` are for people and stand in no code.
    """

    cover: CoverSheet
    payload: str
    title: str | None = None
    class_title: str | None = None


def separator_sheets(count: int, kind: str = "T", qr_text: str | None = None) -> bytes:
    """A PDF with `count` separator sheets (two pages each) with patch code `kind`.

    `qr_text` is what QR codes on the sheet say; without it there are none. The same arguments give the same
    bytes. Raises KeyError where there is no such patch code, ValueError where the text is too long.
    """
    printer = _Printer(_("Separator sheets"))
    code = QrCode(qr_text) if qr_text else None
    printer.canvas.beginForm("sheet")
    _draw_marks(printer.canvas, kind, code)
    _draw_separator_text(printer.canvas, kind)
    printer.canvas.endForm()
    for _sheet in range(count):
        printer.both_sides("sheet")
    return printer.pdf()


def cover_sheets(covers: Sequence[PrintedCover]) -> bytes:
    """A PDF with a sheet (two pages) for each of `covers`, with its QR code and patch code T.

    The same covers give the same bytes. Raises ValueError where a payload is too long for a sheet.
    """
    printer = _Printer(_("Cover sheets"))
    for number, printed in enumerate(covers, 1):
        code = QrCode(printed.payload)
        printer.canvas.beginForm(f"sheet{number}")
        _draw_marks(printer.canvas, "T", code)
        _upper, lower = _free_band(code)
        for above_mm in COVER_MARKS_MM:
            draw_code_128(printer.canvas, f"DSD-{printed.cover.sheet_id}", lower + above_mm, _INNER_MM)
        _draw_cover_text(printer.canvas, printed, _free_band(code))
        printer.canvas.endForm()
        printer.both_sides(f"sheet{number}")
    return printer.pdf()


class _Printer:
    """A PDF to which sheets are added, each drawn once and shown on its front and its back."""

    def __init__(self, title: str) -> None:
        _load_faces()
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor("dipro-scan")
        # Bars and modules are what they are only at 100 %.
        self.canvas.setViewerPreference("PrintScaling", "None")
        self.canvas.setViewerPreference("Duplex", "DuplexFlipLongEdge")

    def both_sides(self, form: str) -> None:
        for _side in range(2):
            self.canvas.doForm(form)
            self.canvas.showPage()

    def pdf(self) -> bytes:
        self.canvas.save()
        return self._buffer.getvalue()


@cache
def _load_faces() -> None:
    """Bitstream Vera, which comes with reportlab: embedded, so that every printer prints the same."""
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(_FACE, str(folder / "Vera.ttf")))
    pdfmetrics.registerFont(TTFont(_BOLD, str(folder / "VeraBd.ttf")))


def _draw_marks(canvas: Canvas, kind: str, code: QrCode | None) -> None:
    draw_patch(canvas, kind, MARGIN_MM, HEIGHT_MM - EDGE_MM, _INNER_MM, down=True)
    draw_patch(canvas, kind, MARGIN_MM, EDGE_MM, _INNER_MM, down=False)
    if code is None:
        return
    lower = EDGE_MM + PATCH_HEIGHT_MM + max(CLEAR_MM, code.quiet_mm)
    upper = HEIGHT_MM - lower - code.side_mm
    for bottom in (upper, lower):
        code.draw(canvas, MARGIN_MM, bottom)
        code.draw(canvas, WIDTH_MM - MARGIN_MM - code.side_mm, bottom)


def _free_band(code: QrCode) -> tuple[float, float]:
    """Where text may stand over the whole width: its upper and lower end, mm from below."""
    used = EDGE_MM + PATCH_HEIGHT_MM + max(CLEAR_MM, code.quiet_mm) + code.side_mm + code.quiet_mm
    return HEIGHT_MM - used, used


def _draw_separator_text(canvas: Canvas, kind: str) -> None:
    _print_centred(canvas, f"PATCH{kind}", _BOLD, 44, 158)
    _print_centred(canvas, _("SEPARATOR SHEET – DO NOT FILE"), _BOLD, 22, 142)
    sentences = (
        _("A new document begins behind this sheet.") if kind == "T" else "",
        _("Lay it into the stack either way up; both sides are the same."),
        _("Print at 100 %; it can be used again as long as it is clean."),
    )
    for line, sentence in enumerate(filter(None, sentences)):
        _print_centred(canvas, sentence, _FACE, 11, 130 - 6 * line)


def _draw_cover_text(canvas: Canvas, printed: PrintedCover, band: tuple[float, float]) -> None:
    upper, lower = band
    base = upper - 6
    _print_centred(canvas, _("COVER SHEET – DO NOT FILE"), _BOLD, 20, base)
    for line in _title_lines(printed.title):
        base -= 7
        _print_centred(canvas, line, _BOLD, 13, base)
    base -= 12
    for label, value in _facts(printed):
        canvas.setFont(_FACE, 10)
        canvas.drawString(MARGIN_MM * mm, base * mm, label)
        _print_fitting(canvas, value, MARGIN_MM + 52, base, _INNER_MM - 52)
        base -= 9
    sentence = _(
        "Lay this sheet in front of the paper that it describes, either way up; both sides are the same."
    )
    lines = simpleSplit(sentence, _FACE, 9, _INNER_MM * mm)
    for number, line in enumerate(reversed(lines)):
        _print_centred(canvas, line, _FACE, 9, lower + 3 + 4.5 * number)


def _facts(printed: PrintedCover) -> Iterator[tuple[str, str]]:
    cover = printed.cover
    if cover.aktenzeichen:
        yield _("Aktenzeichen"), cover.aktenzeichen
    if cover.class_id:
        title = printed.class_title
        yield _("Document class"), f"{title} ({cover.class_id})" if title else cover.class_id
    if cover.pages:
        yield _("Pages that follow"), str(cover.pages)
    if cover.schutzbedarf:
        yield _("Schutzbedarf"), cover.schutzbedarf
    yield _("Sheet"), cover.sheet_id


def _title_lines(title: str | None) -> list[str]:
    """At most two lines; the end of a longer title is left out."""
    lines = simpleSplit(title or "", _BOLD, 13, _INNER_MM * mm)
    return lines if len(lines) <= 2 else [lines[0], lines[1].rstrip() + " …"]


def _print_centred(canvas: Canvas, text: str, face: str, size_pt: float, base_mm: float) -> None:
    line, size = _fitting(text, face, size_pt, _INNER_MM)
    canvas.setFont(face, size)
    canvas.drawCentredString(WIDTH_MM / 2 * mm, base_mm * mm, line)


def _print_fitting(canvas: Canvas, text: str, left_mm: float, base_mm: float, width_mm: float) -> None:
    line, size = _fitting(text, _BOLD, 14, width_mm)
    canvas.setFont(_BOLD, size)
    canvas.drawString(left_mm * mm, base_mm * mm, line)


def _fitting(text: str, face: str, size_pt: float, width_mm: float) -> tuple[str, float]:
    """`text` and the size at which it is no wider than `width_mm`; cut where no size would do."""
    line = _in_face(text, face)
    width = float(pdfmetrics.stringWidth(line, face, size_pt)) / mm
    if width <= width_mm:
        return line, size_pt
    size = max(_SMALLEST_PT, size_pt * width_mm / width)
    while pdfmetrics.stringWidth(line, face, size) / mm > width_mm:
        line = line.rstrip(" …")[:-1] + "…"
    return line, size


def _in_face(text: str, face: str) -> str:
    """`text` in letters that the face has: `ź` as `z`, what has no such likeness as a question mark."""
    known = pdfmetrics.getFont(face).face.charToGlyph
    printable = []
    for letter in text:
        plain = letter if ord(letter) in known else unicodedata.normalize("NFKD", letter)[0]
        printable.append(plain if ord(plain) in known else "?")
    return "".join(printable)
