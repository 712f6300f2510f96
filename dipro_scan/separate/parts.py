"""Parts of a stack: what lies between the ends of files, separator sheets and cover sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dipro_scan.model import PageRef, Reason
from dipro_scan.separate.sheets import Sheet, SheetKind
from dipro_scan.settings import SeparationSettings
from dipro_scan.translation import _


@dataclass(frozen=True, slots=True)
class Part:
    """Pages without a separator among them, paper and blank ones.

    `unit` numbers the files (or what the settings put together) that the parts of a stack lie in, from 0.
    `began` are the separator or cover sheet before it, and their backs; `begun_by` and `ended_by` say so.
    """

    unit: int
    began: tuple[Sheet, ...]
    sheets: tuple[Sheet, ...]
    begun_by: Reason | None
    ended_by: Reason

    @property
    def cover(self) -> Sheet | None:
        """The cover sheet that this part lies behind; what stands on it holds for this part alone."""
        return next((sheet for sheet in self.began if sheet.kind is SheetKind.COVER), None)

    @property
    def has_paper(self) -> bool:
        return any(sheet.kind is SheetKind.PAPER for sheet in self.sheets)


def parts_of(sheets: Sequence[Sheet], settings: SeparationSettings) -> Iterator[Part]:
    """The parts of a stack in order; together they hold every sheet once. Some hold separators only."""
    part = _OpenPart(0)
    previous: Sheet | None = None
    for sheet in sheets:
        if previous is not None and ends_between(previous.page.ref, sheet.page.ref, settings):
            yield part.closed(_file_boundary(previous.page.ref))
            part = _OpenPart(part.unit + 1)
        if previous is not None and part.has_back(previous, sheet):
            part.began.append(sheet)
        elif sheet.parts:
            reason = _parted_by(sheet)
            if part.began or part.sheets:
                yield part.closed(reason)
            part = _OpenPart(part.unit, reason, [sheet])
        else:
            part.sheets.append(sheet)
        previous = sheet
    if previous is not None:
        yield part.closed(_file_boundary(previous.page.ref))


def ends_between(one: PageRef, other: PageRef, settings: SeparationSettings) -> bool:
    """Whether a document must end between two pages that follow one another, because their files differ."""
    if one[:2] == other[:2]:
        return False
    if settings.one_per_folder:
        folder = folder_of(one.source)
        if folder != folder_of(other.source):
            return True
        if folder:
            return False
    return not settings.one_file_per_page


def folder_of(source: str) -> str:
    """The subfolder that a file's name says it lies in; empty where it lies in none."""
    return source.rpartition("/")[0]


@dataclass(slots=True)
class _OpenPart:
    unit: int
    begun_by: Reason | None = None
    began: list[Sheet] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)

    def closed(self, ended_by: Reason) -> Part:
        return Part(self.unit, tuple(self.began), tuple(self.sheets), self.begun_by, ended_by)

    def has_back(self, previous: Sheet, sheet: Sheet) -> bool:
        """Whether `sheet` is the other side of the paper that began this part.

        A blank side right behind it is. So is a second cover sheet with the same id while nothing but blank
        sides came in between, or an unreadable one right behind one that is unreadable as well.
        """
        if not self.began:
            return False
        front = self.began[0]
        if sheet.kind is SheetKind.BLANK:
            return previous is front and _may_be_back(front.page.ref, sheet.page.ref)
        if sheet.kind is not SheetKind.COVER or front.kind is not SheetKind.COVER:
            return False
        if sheet.cover is None or front.cover is None:
            return sheet.cover is front.cover and previous is front
        empty = all(item.kind is SheetKind.BLANK for item in self.sheets)
        return empty and sheet.cover.sheet_id == front.cover.sheet_id


def _may_be_back(front: PageRef, back: PageRef) -> bool:
    # A page in between may have been taken out before; then this is not the back.
    return front[:2] != back[:2] or back.source_page == front.source_page + 1


def _parted_by(sheet: Sheet) -> Reason:
    values = {"page": sheet.page.ref.source_page, "source": sheet.page.ref.source}
    if sheet.kind is SheetKind.COVER:
        return Reason("cover_sheet", _("Page %(page)d of %(source)s is a cover sheet.") % values)
    return Reason("separator_sheet", _("Page %(page)d of %(source)s is a separator sheet.") % values)


def _file_boundary(ref: PageRef) -> Reason:
    sentence = _("After page %(page)d the file %(source)s ends.")
    return Reason("file_boundary", sentence % {"page": ref.source_page, "source": ref.source})
