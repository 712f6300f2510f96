"""The search text: a copy of the legal text in which words are found that the line or the reader broke.

The legal text stays what was read. Every difference between the two is a `Mend`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dipro_scan.model import Box, PageText, Word
from dipro_scan.ocr.german_slips import mended_word
from dipro_scan.ocr.hyphens import joined, may_be_cut
from dipro_scan.ocr.paragraph_slips import mended_sign
from dipro_scan.ocr.text_pages import in_xml


@dataclass(frozen=True, slots=True)
class Mend:
    """What was changed: on page `page` (from 1) the word in `box` (mm; of a joined word its first half).

    `before` is what the legal text has, with a line break where it has one. `rule` is a stable id, several
    joined by `+`.
    """

    page: int
    box: Box
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class SearchText:
    """The copy that is searched (an empty line between blocks, a form feed between pages) and its mends."""

    text: str
    mends: tuple[Mend, ...]


@dataclass(slots=True)
class _Entry:
    """A word on its way: `as_read` is what the legal text has, `text` what will be searched."""

    page: int
    box: Box
    as_read: str
    text: str
    rules: tuple[str, ...] = ()


@dataclass(slots=True)
class _Row:
    """A line: `block` and `page` number what it belongs to."""

    page: int
    block: int
    kind: str
    entries: list[_Entry]


def search_text(pages: Sequence[PageText]) -> SearchText:
    """The search text of a document's `pages`, in their order."""
    rows_of_pages = [_rows(number, page) for number, page in enumerate(pages, start=1)]
    mends: list[Mend] = []
    for rows in rows_of_pages:
        _join(rows)
        for row in rows:
            _mend_signs(row)
            mends += [_mend(entry) for entry in row.entries if entry.rules]
    return SearchText("\f".join(_text(rows) for rows in rows_of_pages), tuple(mends))


def _rows(number: int, page: PageText) -> list[_Row]:
    return [
        _Row(number, place, block.kind, [_entry(number, word) for word in line.words])
        for place, block in enumerate(page.blocks)
        for line in block.lines
        if line.words
    ]


def _entry(page: int, word: Word) -> _Entry:
    text = in_xml(word.text)
    return _Entry(page, word.box, text, text)


def _join(rows: list[_Row]) -> None:
    """Join what a line's end cut: the second half goes up to the first. Then mend the words."""
    for row, following in pairwise(rows):
        if not row.entries or not following.entries or row.kind != following.kind:
            continue
        head, tail = row.entries[-1], following.entries[0]
        if not may_be_cut(head.as_read) or (row.block != following.block and not tail.as_read[:1].islower()):
            continue
        if (both := joined(head.as_read, tail.as_read)) is not None:
            head.text, rule = both
            head.as_read = f"{head.as_read}\n{tail.as_read}"
            head.rules = (rule,)
            del following.entries[0]
    for row in rows:
        for entry in row.entries:
            if not entry.rules or entry.rules[0] != "hyphen_either":
                entry.text, rules = mended_word(entry.text)
                entry.rules += rules


def _mend_signs(row: _Row) -> None:
    words = [entry.as_read for entry in row.entries]
    for at, entry in enumerate(row.entries):
        mended, rule = mended_sign(words, at)
        if rule:
            entry.text, entry.rules = mended, (*entry.rules, rule)


def _mend(entry: _Entry) -> Mend:
    return Mend(entry.page, entry.box, entry.as_read, entry.text, "+".join(entry.rules))


def _text(rows: list[_Row]) -> str:
    blocks: dict[int, list[str]] = {}
    for row in rows:
        if row.entries:
            blocks.setdefault(row.block, []).append(" ".join(entry.text for entry in row.entries))
    return "\n\n".join("\n".join(lines) for lines in blocks.values())
