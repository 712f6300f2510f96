"""Pages made by hand: a test says what matters of a page, and all else about it is plain."""

from __future__ import annotations

from typing import Any

from dipro_scan.model import BlankVerdict, Colour, PageGeometry, PageReading, PageText, Resolution


def page_reading(**told: Any) -> PageReading:
    """An upright A4 page, scanned in gray at 300 dpi, not blank, without text; but for what is told."""
    plain: dict[str, Any] = {
        "content_sha256": "0" * 64,
        "geometry": PageGeometry(210, 297),
        "resolution": Resolution(300, 300),
        "resolution_origin": "file",
        "colour": Colour.GRAY,
        "rotation_confidence": 1.0,
        "blank": BlankVerdict.NOT_BLANK,
        "text": PageText(),
        "engine": None,
    }
    return PageReading(**{**plain, **told})
