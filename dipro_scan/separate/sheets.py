"""What a page of the stack is: paper, blank, a separator or a cover sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dipro_scan.model import (
    BlankVerdict,
    CodeMeaning,
    CoverSheet,
    IndexValues,
    PageReading,
    ReadPage,
)
from dipro_scan.separate.cover import CoverUnreadable, decode_cover
from dipro_scan.settings import AKTENZEICHEN, SeparationSettings, StickerSettings, sticker_of
from dipro_scan.translation import _

NormalForm = Callable[[str], str | None]
"""An Aktenzeichen as it is written → in the plan's form; None where the plan has no such number."""

_NO_LETTER: Final = re.compile(r"[\W_]+")
_MOST_NAMES: Final = 8
"""A patch sheet names its code once, or at each edge and beside its bars."""


class SheetKind(StrEnum):
    PAPER = "paper"
    BLANK = "blank"
    SEPARATOR = "separator"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page at its `position` in the stack, from 0, and what it is.

    `cover` is what a cover sheet says; None where it cannot be read, and then `trouble` is the sentence that
    tells why. `stickers` are the different ones on a page of paper, from top to bottom.
    """

    position: int
    page: ReadPage
    kind: SheetKind
    cover: CoverSheet | None = None
    trouble: str | None = None
    stickers: tuple[IndexValues, ...] = ()

    @property
    def parts(self) -> bool:
        """Whether it ends what lies before it."""
        return self.kind in (SheetKind.SEPARATOR, SheetKind.COVER)


def sheets_of(
    pages: Sequence[ReadPage], settings: SeparationSettings, normal_form: NormalForm | None
) -> Iterator[Sheet]:
    """What each page is. With `normal_form`, a sticker's Aktenzeichen counts only where the plan has it."""
    for position, page in enumerate(pages):
        reading = page.reading
        if settings.cover_sheets and any(code.meaning is CodeMeaning.COVER for code in reading.codes):
            cover, trouble = _cover_on(reading)
            yield Sheet(position, page, SheetKind.COVER, cover, trouble)
        elif reading.is_separator or (settings.patch_text and _names_a_patch(reading, settings)):
            yield Sheet(position, page, SheetKind.SEPARATOR)
        elif reading.blank is BlankVerdict.BLANK and reading.failed is None:
            # A page whose reading failed was not judged; whatever its verdict says, it is paper.
            yield Sheet(position, page, SheetKind.BLANK)
        else:
            stickers = tuple(_stickers_on(reading, settings.stickers, normal_form))
            yield Sheet(position, page, SheetKind.PAPER, stickers=stickers)


def _cover_on(reading: PageReading) -> tuple[CoverSheet | None, str | None]:
    """What all readable codes of the sheet say, or why they say nothing that can be relied on."""
    covers: set[CoverSheet] = set()
    trouble = None
    for code in reading.codes:
        if code.meaning is not CodeMeaning.COVER:
            continue
        try:
            cover = decode_cover(code.text)
        except CoverUnreadable as error:
            trouble = str(error)
        else:
            covers |= {cover} if cover is not None else set()
    if len(covers) == 1:
        return covers.pop(), None
    if covers:
        return None, _("The page bears the QR codes of several cover sheets; scan one sheet at a time.")
    return None, trouble or _("The QR code of the cover sheet is damaged; print the sheet again.")


def _names_a_patch(reading: PageReading, settings: SeparationSettings) -> bool:
    """Whether nothing stands on the page but the name of a patch code that counts, perhaps repeatedly."""
    text = _NO_LETTER.sub("", reading.text.text).upper()
    names = {f"PATCH{kind}" for kind in settings.patch_codes}
    step = len("PATCHT")
    if not text or len(text) > _MOST_NAMES * step or reading.failed is not None:
        return False
    return {text[start : start + step] for start in range(0, len(text), step)} <= names


def _stickers_on(
    reading: PageReading, settings: StickerSettings, normal_form: NormalForm | None
) -> Iterator[IndexValues]:
    seen: set[tuple[str, str]] = set()
    for code in reading.codes:
        found = sticker_of(code.text, settings) if code.meaning is CodeMeaning.AKTENZEICHEN else None
        if found is None:
            continue
        value = found.value
        if found.gives == AKTENZEICHEN and normal_form is not None:
            in_plan = normal_form(value)
            if in_plan is None:
                continue
            value = in_plan
        if (found.gives, value) in seen:
            continue
        seen.add((found.gives, value))
        if found.gives == AKTENZEICHEN:
            yield IndexValues("sticker", value, aktenzeichen=value)
        else:
            yield IndexValues("sticker", value, fields={found.gives: value})
