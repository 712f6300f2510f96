"""A table as office programs save it (CSV): comma or semicolon, UTF-8 or Windows letters."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from dipro_scan.model import SettingsError
from dipro_scan.settings.limited_file import MAX_BYTES, read_limited
from dipro_scan.translation import _

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "_", "-": "_"})
_EXCEL_SEPARATOR = re.compile(r"\A\"?sep=(.)\"?[ \t]*\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's values by column, blanks trimmed, and the line of the file on which the row begins."""

    line: int
    values: dict[str, str]


def read_table(
    path: Path, required: Collection[str], data: bytes | None = None
) -> tuple[tuple[str, ...], list[TableRow]]:
    """The columns of the table and its rows; empty rows are left out. `data`: what `path` held when read.

    Column names are compared in small letters, umlauts written out, blanks as underscores. Raises
    SettingsError, with the line, where the file is no table or lacks one of the columns `required`.
    """
    text = _decoded(path, read_limited(path) if data is None else data)
    separator = _EXCEL_SEPARATOR.match(text)
    body = text[separator.end() :] if separator else text
    skipped = 1 if separator else 0
    first_line = body.lstrip("\r\n").split("\n", 1)[0]
    delimiter = separator[1] if separator else max(";,", key=first_line.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] = ()
    rows: list[TableRow] = []
    begins = 1
    try:
        for cells in reader:
            line, begins = begins + skipped, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(path, line, cells, required)
            else:
                rows.append(_row(path, line, header, cells))
    except csv.Error as error:
        raise _problem(
            path,
            begins + skipped,
            _("this is no row of a table; check the quotation marks (%(why)s)") % {"why": error},
        ) from error
    if not rows:
        raise SettingsError(_("%(file)s: the table has no rows below its header.") % {"file": path})
    return header, rows


def _decoded(path: Path, data: bytes | None) -> str:
    if data is None:
        raise SettingsError(
            _("%(file)s is larger than %(megabytes)d MB; that is no table of a plan.")
            % {"file": path, "megabytes": MAX_BYTES // 1_000_000}
        )
    if b"\0" not in data:
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise SettingsError(
        _("%(file)s is no text table; save it as CSV (UTF-8) from your office program.") % {"file": path}
    )


def _header(path: Path, line: int, cells: list[str], required: Collection[str]) -> tuple[str, ...]:
    header = tuple(cell.strip().lower().translate(_FOLDED) for cell in cells)
    for column in required:
        if column not in header:
            raise _problem(
                path,
                line,
                _("the column “%(column)s” is missing; the first row must name the columns")
                % {"column": column},
            )
    for column in header:
        if column and header.count(column) > 1:
            raise _problem(path, line, _("the column “%(column)s” stands twice") % {"column": column})
    return header


def _row(path: Path, line: int, header: tuple[str, ...], cells: list[str]) -> TableRow:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise _problem(
            path,
            line,
            _(
                "the row has %(cells)d values for %(columns)d columns; put text with commas or semicolons in "
                "quotes"
            )
            % {"cells": len(cells), "columns": len(header)},
        )
    filled = [*cells, *[""] * (len(header) - len(cells))]
    values = {column: " ".join(cell.split()) for column, cell in zip(header, filled, strict=False)}
    return TableRow(line, values)


def _problem(path: Path, line: int, problem: str) -> SettingsError:
    return SettingsError(
        _("%(file)s, line %(line)d: %(problem)s.") % {"file": path, "line": line, "problem": problem}
    )
