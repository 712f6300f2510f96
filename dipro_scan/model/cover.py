"""A cover sheet: what the paper that follows it is, as far as someone knew before it was scanned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

COVER_PAYLOAD: Final = re.compile(r"DS([1-9][0-9]{0,3})\|D\|")
"""How the text of every QR code begins that stands on a cover sheet of ours; its group is the version."""

COVER_MARK: Final = re.compile(r"DSD-[0-9A-Z]{1,16}")
"""The Code 128 that stands on a cover sheet besides: without its QR codes it is still no mere separator."""

ProtectionNeed = Literal["normal", "hoch", "sehr hoch"]
PROTECTION_NEEDS: Final[tuple[ProtectionNeed, ...]] = ("normal", "hoch", "sehr hoch")
"""From the lowest to the highest."""


def raised(need: ProtectionNeed, least: ProtectionNeed | None) -> ProtectionNeed:
    """The higher of the two; None asks for nothing."""
    return need if least is None else max(need, least, key=PROTECTION_NEEDS.index)


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """What a cover sheet says. None: it says nothing about that.

    `sheet_id`: 1 to 16 capital letters and digits, one sheet of paper; its front and back carry the same.
    `aktenzeichen`: in the plan's form. `class_id`: of a document class. `pages`: sides of paper that follow
    with something on them, the cover sheet and blank sides left out, 1 to 9999. `schutzbedarf`: the highest
    of its three values (BSI standard 200-2, maximum principle).

    Raises ValueError for anything else.
    """

    sheet_id: str
    aktenzeichen: str | None = None
    class_id: str | None = None
    pages: int | None = None
    schutzbedarf: ProtectionNeed | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9A-Z]{1,16}", self.sheet_id):
            raise ValueError(f"no id of a sheet: {self.sheet_id!r}")
        for text in (self.aktenzeichen, self.class_id):
            if text is not None and not (0 < len(text) <= 64 and text.isprintable()):
                raise ValueError(f"empty, longer than 64 characters or not printable: {text!r}")
        if self.pages is not None and not 1 <= self.pages <= 9999:
            raise ValueError(f"not a number of pages: {self.pages}")
        if self.schutzbedarf not in (None, "normal", "hoch", "sehr hoch"):
            raise ValueError(f"no Schutzbedarf: {self.schutzbedarf!r}")
