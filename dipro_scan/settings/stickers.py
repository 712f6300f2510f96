"""What a barcode on a sticker says, by the patterns of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dipro_scan.settings.bounded_pattern import whole_match
from dipro_scan.settings.schema import StickerPattern, StickerSettings

AKTENZEICHEN: Final = "aktenzeichen"

AKTENZEICHEN_FORM: Final = r"\d{1,2}[. \d]{0,15}\s?-\s?\d{1,6}/[\d/]{2,9}"
"""`63.10-0007/2025` and what people make of it; only the Aktenplan tells whether it is one."""


@dataclass(frozen=True, slots=True)
class Sticker:
    """`gives`: `aktenzeichen` or the name of another index value; `value`: what it says, as printed."""

    gives: str
    value: str


def sticker_of(text: str, settings: StickerSettings) -> Sticker | None:
    """What a barcode with this text says, by the first pattern that fits all of it; None where none does."""
    for pattern in settings.patterns:
        if (value := _value(text.strip(), pattern)) is not None:
            return Sticker(pattern.gives, value)
    return None


def _value(text: str, pattern: StickerPattern) -> str | None:
    match = whole_match(pattern.pattern or AKTENZEICHEN_FORM, text)
    if match is None:
        return None
    named = match.groupdict().get("value", text)
    return (named or "").strip() or None
