"""How pages become documents: sheets, stickers, two passes, what is missing."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from dipro_scan.settings.base import Identifier, NamePattern, SettingProblem, Settings
from dipro_scan.settings.bounded_pattern import fault_in
from dipro_scan.translation import _


class StickerPattern(Settings):
    """Which barcodes are stickers, and what they say.

    `gives` is `aktenzeichen`, or the name of another index value (`archivnummer`). `pattern` must fit the
    whole text; its group `value`, if it has one, is what counts. Without one the text is an Aktenzeichen.
    """

    gives: Identifier = "aktenzeichen"
    pattern: str | None = None

    @model_validator(mode="after")
    def _is_bounded(self) -> StickerPattern:
        if self.pattern is None and self.gives != "aktenzeichen":
            raise SettingProblem(
                _("write a “pattern” that tells which barcodes give “%(name)s”") % {"name": self.gives}
            )
        fault = fault_in(self.pattern) if self.pattern is not None else None
        if fault is not None:
            raise SettingProblem(fault, "pattern")
        return self


class StickerSettings(Settings):
    """Barcodes on first pages. Where one `starts_document`, its page begins a new one and stays in it."""

    patterns: tuple[StickerPattern, ...] = ()
    starts_document: bool = True


class SeparationSettings(Settings):
    """Where one document ends and the next begins.

    `separator_codes`: kinds of barcodes that part documents with the `separator_text`. `patch_text`: the name
    of a patch code that counts (`PATCHT`) counts too, in a barcode or alone on a page. `cover_sheets`: those
    of `sheets cover` begin a part and say what is in it. `every_pages`: a document has so many sides, the
    blank ones included. `blank_separates`: a blank page ends a document. `one_per_folder`: all files of a
    subfolder are one; those that lie in none remain one each. `propose`: where the pages look as if a new
    document began inside one, a person is asked.
    """

    separator_text: str = "DIPRO-SCAN-SEPARATOR"
    separator_codes: tuple[Literal["QRCode", "DataMatrix", "Code128", "Code39", "PDF417"], ...] = ("QRCode",)
    patch_codes: tuple[Literal["1", "2", "3", "4", "6", "T"], ...] = ("T",)
    patch_text: bool = False
    cover_sheets: bool = True
    stickers: StickerSettings = StickerSettings()
    every_pages: int | None = Field(None, ge=1, le=9999)
    blank_separates: bool = False
    set_aside_blank: bool = True
    one_file_per_page: bool = False
    one_per_folder: bool = False
    propose: bool = True

    def seen_on_pages(self) -> dict[str, Any]:
        """The values that bear on reading a page, as JSON values: the others cost no second reading."""
        seen = {"separator_text", "separator_codes", "patch_codes", "patch_text"}
        patterns = [pattern.model_dump(mode="json") for pattern in self.stickers.patterns]
        return {**self.model_dump(mode="json", include=seen), "stickers": patterns}


class CollationSettings(Settings):
    """Stacks whose fronts and backs came as two files, because the scanner reads one side only.

    `mode` is `two_passes` where that is so. `pairing`: `names` takes for one stack a file that fits a
    pattern of `fronts` and one in the same folder that fits a pattern of `backs`, where both `*` stand for
    the same text (names without ending, letter case ignored); other files are whole by themselves.
    `stations` takes each two files of a station one after the other, as they lie in the inbox.
    `backs_reversed`: the whole stack was turned over, so its last back came first. A half waits in the inbox
    for `wait_minutes`; if the other one did not come by then, it goes to review.
    """

    mode: Literal["none", "two_passes"] = "none"
    pairing: Literal["names", "stations"] = "names"
    fronts: tuple[NamePattern, ...] = ("*_vorder", "*_vorderseiten", "*_v", "*_fronts")
    backs: tuple[NamePattern, ...] = ("*_rück", "*_rueck", "*_rückseiten", "*_rueckseiten", "*_r", "*_backs")
    backs_reversed: bool = True
    wait_minutes: float = Field(30.0, ge=0, le=10080)


class CompletenessSettings(Settings):
    """What is noticed of pages that are missing, stuck together or scanned twice; each sends to review.

    `page_numbers`: gaps, repetitions and disorder in printed numbers (“Seite 2 von 6”). `double_feeds`: a
    page longer than its neighbours by more than `double_feed_mm`. `repeated_pages`: an image twice in a row,
    or another scan of the same side within two pages (unless `duplicates.rescans` is `ignore`).
    """

    page_numbers: bool = True
    double_feeds: bool = True
    double_feed_mm: float = Field(5.0, gt=0, le=300)
    repeated_pages: bool = True
