"""Names for sizes of paper: ISO 216 and ISO 269, US letter, till receipts."""

from __future__ import annotations

from typing import Final

SIZES_MM: Final[dict[str, tuple[float, float]]] = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A6": (105.0, 148.0),
    "C4": (229.0, 324.0),
    "C5": (162.0, 229.0),
    "C6": (114.0, 162.0),
    "DL": (110.0, 220.0),
    "letter": (215.9, 279.4),
}
"""Short and long side. A: ISO 216; C and DL (envelopes): ISO 269; letter: ANSI Y14.1."""

RECEIPT_WIDTH_MM: Final = (50.0, 85.0)
"""Paper rolls of tills are 57 or 80 mm wide."""

RECEIPT_RATIO: Final = 1.7
"""A receipt is so many times longer than wide, at least; an identity card or bank card is 1.6."""


def cutting_tolerance_mm(side_mm: float) -> float:
    """What ISO 216 allows a side of cut paper to deviate: 1.5 mm up to 150, 2 up to 600, 3 beyond."""
    if side_mm <= 150.0:
        return 1.5
    return 2.0 if side_mm <= 600.0 else 3.0


def size_name(width_mm: float, height_mm: float, tolerance_mm: float) -> str | None:
    """The name of the size nearest to that of a sheet, either way round; None where none is near.

    Both sides may deviate by what ISO 216 allows and by `tolerance_mm` for measuring. "receipt" is a
    narrow, long strip that has no other name.
    """
    short, long = sorted((width_mm, height_mm))
    near = {}
    for name, sides in SIZES_MM.items():
        off = [abs(measured - side) for measured, side in zip((short, long), sides, strict=True)]
        if all(
            one <= cutting_tolerance_mm(side) + tolerance_mm for one, side in zip(off, sides, strict=True)
        ):
            near[name] = max(off)
    if near:
        return min(near, key=near.__getitem__)
    low, high = RECEIPT_WIDTH_MM
    return "receipt" if low <= short <= high and long >= RECEIPT_RATIO * short else None
