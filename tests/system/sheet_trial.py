"""Printed sheets put to the test: worn, looked at, and what was found held against what was printed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from worn_sheets import Extent, Pixels, Wear, rendered, scanned

from dipro_scan.imaging import find_codes, upright_view
from dipro_scan.model import COVER_MARK, CodeMeaning, CoverSheet, Resolution
from dipro_scan.pdf.sheet_marks import PATCH_HEIGHT_MM, QrCode
from dipro_scan.pdf.sheets import EDGE_MM, MARGIN_MM, PrintedCover, cover_sheets, separator_sheets
from dipro_scan.separate import encode_cover
from dipro_scan.settings import SeparationSettings

SETTINGS = SeparationSettings()
READ_DPI = 300
WIDTH, HEIGHT = 210.0, 297.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """`qr_text` None: the sheet has none; `kind`: its patch code."""

    name: str
    pdf: bytes
    kind: str
    qr_text: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """`lacking` and `wrong` name marks; `milliseconds` of processor time is what looking took."""

    lacking: tuple[str, ...]
    wrong: tuple[str, ...]
    milliseconds: float


def _cover(number: int) -> Sheet:
    cover = CoverSheet(f"TRIAL{number}", f"63.10-{number:04d}/2026", "baugenehmigung", 12, "sehr hoch")
    payload = encode_cover(cover)
    printed = PrintedCover(cover, payload, "Neubau eines Einfamilienhauses", "Baugenehmigung")
    return Sheet("cover", cover_sheets([printed]), "T", payload)


SHEETS = (
    Sheet("separator", separator_sheets(1, "T", SETTINGS.separator_text), "T", SETTINGS.separator_text),
    _cover(1),
    *(Sheet(f"patch {kind}", separator_sheets(1, kind), kind, None) for kind in "12346"),
    _cover(2),
)


def sought(sheet: Sheet) -> list[Extent]:
    """Where the sheet's marks lie, in mm."""
    far = EDGE_MM + PATCH_HEIGHT_MM
    marks = [
        (MARGIN_MM, EDGE_MM, WIDTH - MARGIN_MM, far),
        (MARGIN_MM, HEIGHT - far, WIDTH - MARGIN_MM, HEIGHT - EDGE_MM),
    ]
    if sheet.qr_text is not None:
        code = QrCode(sheet.qr_text)
        upper = far + max(6.35, code.quiet_mm)
        for top in (upper, HEIGHT - upper - code.side_mm):
            for left in (MARGIN_MM, WIDTH - MARGIN_MM - code.side_mm):
                marks.append((left, top, left + code.side_mm, top + code.side_mm))
    return marks


def tried(sheet: Sheet, wear: Wear) -> Found:
    """Wears the sheet, every mark of it smudged, and looks for what it carries."""
    scan = scanned(_printed(sheet.pdf, wear.dpi), wear, sought(sheet))
    view = upright_view(scan.pixels, 1, Resolution(scan.x_dpi, scan.y_dpi), READ_DPI)
    before = time.process_time()
    codes = find_codes(view, SETTINGS)
    milliseconds = (time.process_time() - before) * 1000
    texts = {(code.type, code.text) for code in codes}
    wanted = {(f"Patch{sheet.kind}", sheet.kind)}
    if sheet.qr_text is not None:
        wanted.add(("QRCode", sheet.qr_text))
    if sheet.name == "cover":
        # Another mark of the same, which may be lost as long as a QR code is not.
        texts -= {(kind, text) for kind, text in texts if kind == "Code128" and COVER_MARK.fullmatch(text)}
    meanings = {code.meaning for code in codes if code.type == "QRCode"}
    expected = CodeMeaning.COVER if sheet.name == "cover" else CodeMeaning.SEPARATOR
    wrong = {f"{kind} {text}" for kind, text in texts - wanted} | {str(one) for one in meanings - {expected}}
    lacking = tuple(sorted(kind for kind, _text in wanted - texts))
    return Found(lacking, tuple(sorted(wrong)), milliseconds)


@lru_cache(maxsize=4)
def _printed(pdf: bytes, dpi: int) -> Pixels:
    return rendered(pdf, 0, dpi)
