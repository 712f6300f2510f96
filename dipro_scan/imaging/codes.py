"""Barcodes and patch codes on a page, and what they mean."""

from __future__ import annotations

from typing import Final

from dipro_scan.imaging.barcodes import Barcode, find_barcodes
from dipro_scan.imaging.code_places import Extent, halved
from dipro_scan.imaging.patch import PatchCode, find_patch_codes
from dipro_scan.model import (
    COVER_MARK,
    COVER_PAYLOAD,
    MM_PER_INCH,
    PATCH_NAME,
    Box,
    Code,
    CodeMeaning,
    ReadingImage,
)
from dipro_scan.settings import SeparationSettings, sticker_of

_QR: Final = "QRCode"


def find_codes(view: ReadingImage, settings: SeparationSettings) -> tuple[Code, ...]:
    """Codes on the upright, straightened page from top to bottom, boxes in mm.

    A barcode of one of the pipeline's kinds with its `separator_text`, the patch codes it names, and, where
    it says so, a barcode with the name of one of these (`PATCHT`) mean `SEPARATOR`. A QR code that begins
    like those of our cover sheets means `COVER`, whether or not it is whole, and so does the Code 128 beside
    it. A barcode that fits one of the
    patterns for stickers means `AKTENZEICHEN`, whichever number of an Akte or archive it gives. Every other
    code means `NONE`. Types are named as zxing names them (`QRCode`, `Code128`) and `PatchT`.
    """
    half = halved(view)
    patches = find_patch_codes(half)
    found = [_patch_code(patch, settings) for patch in patches]
    for barcode in find_barcodes(view, half, [_extent(patch.box, view) for patch in patches]):
        place = view.box_mm(*barcode.extent)
        found.append(Code(barcode.format, barcode.text, _meaning(barcode, settings), place))
    return tuple(sorted(found, key=lambda code: (code.box.y0, code.box.x0, code.type) if code.box else ()))


def _patch_code(patch: PatchCode, settings: SeparationSettings) -> Code:
    parts = patch.kind in settings.patch_codes
    meaning = CodeMeaning.SEPARATOR if parts else CodeMeaning.NONE
    return Code(f"Patch{patch.kind}", patch.kind, meaning, patch.box)


def _extent(box: Box, view: ReadingImage) -> Extent:
    """`box` in pixels of `view`."""
    scale = view.dpi / MM_PER_INCH
    left, top = view.origin_mm
    return Extent(
        (box.x0 - left) * scale, (box.y0 - top) * scale, (box.x1 - left) * scale, (box.y1 - top) * scale
    )


def _meaning(barcode: Barcode, settings: SeparationSettings) -> CodeMeaning:
    text = barcode.text.strip()
    if barcode.format in settings.separator_codes and text == settings.separator_text:
        return CodeMeaning.SEPARATOR
    patch = PATCH_NAME.fullmatch(text)
    if settings.patch_text and patch is not None and patch[1] in settings.patch_codes:
        return CodeMeaning.SEPARATOR
    if barcode.format == _QR and COVER_PAYLOAD.match(barcode.text):
        return CodeMeaning.COVER
    if barcode.format == "Code128" and COVER_MARK.fullmatch(text):
        return CodeMeaning.COVER
    return CodeMeaning.AKTENZEICHEN if sticker_of(text, settings.stickers) else CodeMeaning.NONE
