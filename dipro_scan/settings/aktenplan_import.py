"""An Aktenplan from a table (CSV) → the YAML that a pipeline reads, or what is wrong on which line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from dipro_scan.model import SettingsError, UsageProblem
from dipro_scan.settings.csv_table import TableRow, read_table
from dipro_scan.settings.problems import suggestion
from dipro_scan.settings.schema import AktenplanNode, parent_kennzeichen
from dipro_scan.translation import _

REQUIRED_COLUMNS = ("kennzeichen", "bezeichnung")
NOTED_COLUMNS = (
    "beschreibung",
    "schlagworte",
    "federfuehrung",
    "aufbewahrung_jahre",
    "aussonderungsart",
    "vertraulichkeit",
    "aktenzeichen_muster",
    "dokumentklassen",
    "gueltig_von",
    "gueltig_bis",
)
"""Columns that a plan may have and the settings do not: they are kept as comments. How long records are
kept, and what becomes of them, is said by the document class."""

COLUMNS = (*REQUIRED_COLUMNS, "parent", "ebene", "akten_typ", *NOTED_COLUMNS)
"""The columns that are understood, in any order; a table may have further ones only if they are empty."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_KENNZEICHEN = re.compile(r"\d{1,2}([. ]\d{1,2})*")
_TITLE_CHARACTERS = 64
_MAX_YEARS = 200
_FOREVER = "dauernd"
_DISPOSALS = ("A", "B", "V")
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class ImportedPlan:
    """The plan as YAML text, and the columns that stand there only as comments."""

    name: str
    text: str
    numbers: int
    noted_columns: tuple[str, ...]


def import_aktenplan(table: Path, name: str) -> tuple[ImportedPlan | None, list[SettingsError]]:
    """The plan in `table` under the name `name`, or every problem of the table, by line.

    Raises UsageProblem for a name that no plan may have, SettingsError where the file is no table.
    """
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            _(
                "“%(name)s” cannot be the name of a plan; use small letters a-z, digits, _ and -, and say "
                "it with --name."
            )
            % {"name": name}
        )
    header, rows = read_table(table, REQUIRED_COLUMNS)
    found = [*_unknown_columns(table, header, rows), *_row_problems(table, rows)]
    if found:
        return None, found
    noted = tuple(column for column in NOTED_COLUMNS if any(row.values.get(column) for row in rows))
    return ImportedPlan(name, _yaml(name, table, rows), len(rows), noted), []


def name_for(stem: str) -> str:
    """A file's stem as the name of a plan: `Aktenplan Köln 2026` → `aktenplan-koeln-2026`."""
    return re.sub(r"[^a-z0-9_]+", "-", stem.lower().translate(_FOLDED)).strip("-_")[:64]


def _unknown_columns(table: Path, header: tuple[str, ...], rows: list[TableRow]) -> list[SettingsError]:
    found = []
    for column in header:
        if column and column not in COLUMNS and any(row.values.get(column) for row in rows):
            sentence = _("there is no column “%(column)s” in a plan; %(hint)s")
            hint = suggestion(column, list(COLUMNS))
            found.append(_at(table, 1, sentence % {"column": column, "hint": hint}))
    return found


def _row_problems(table: Path, rows: list[TableRow]) -> list[SettingsError]:
    numbers = {row.values["kennzeichen"]: row.line for row in reversed(rows)}
    return [
        _at(table, row.line, problem) for row in rows for problem in _problems(row.values, row.line, numbers)
    ]


def _problems(values: Mapping[str, str], line: int, numbers: Mapping[str, int]) -> Iterator[str]:
    """What is wrong with one row; `numbers` are all Kennzeichen with the line where each stands first."""
    number = values["kennzeichen"]
    if not _KENNZEICHEN.fullmatch(number):
        yield _(
            "the Kennzeichen “%(number)s” must be groups of one or two digits, separated by points or "
            "blanks, such as 63.10"
        ) % {"number": number}
    else:
        yield from _tree_problems(values, number, line, numbers)
    title = values["bezeichnung"]
    if not title:
        yield _("the Bezeichnung of %(number)s is missing") % {"number": number}
    elif len(title) > _TITLE_CHARACTERS:
        yield _(
            "the Bezeichnung has %(count)d characters; %(limit)d are allowed, because folders are named by it"
        ) % {"count": len(title), "limit": _TITLE_CHARACTERS}
    yield from _value_problems(values)


def _tree_problems(
    values: Mapping[str, str], number: str, line: int, numbers: Mapping[str, int]
) -> Iterator[str]:
    first = numbers[number]
    if first != line:
        yield _("the Kennzeichen %(number)s already stands on line %(first)d") % {
            "number": number,
            "first": first,
        }
    parent = parent_kennzeichen(number)
    stated = values.get("parent", "")
    if stated and stated != (parent or ""):
        yield _("the parent of %(number)s is “%(stated)s”, but by its number it is “%(parent)s”") % {
            "number": number,
            "stated": stated,
            "parent": parent or _("none"),
        }
    if parent is not None and parent not in numbers:
        yield _("%(number)s has no parent in the table; add a row for %(parent)s") % {
            "number": number,
            "parent": parent,
        }
    level = values.get("ebene", "")
    if level and level != str(len(re.split(r"[. ]", number))):
        yield _("the ebene of %(number)s is “%(stated)s”, but its number has %(level)d groups") % {
            "number": number,
            "stated": level,
            "level": len(re.split(r"[. ]", number)),
        }


def _value_problems(values: Mapping[str, str]) -> Iterator[str]:
    kinds = _record_kinds()
    kind = values.get("akten_typ", "")
    if kind and kind not in kinds:
        yield _not_allowed("akten_typ", kind, ", ".join(kinds))
    disposal = values.get("aussonderungsart", "")
    if disposal and disposal not in _DISPOSALS:
        yield _not_allowed("aussonderungsart", disposal, ", ".join(_DISPOSALS))
    years = values.get("aufbewahrung_jahre", "")
    whole = years.isascii() and years.isdigit() and len(years) <= 3 and int(years) <= _MAX_YEARS
    if years and years != _FOREVER and not whole:
        yield _(
            "aufbewahrung_jahre is “%(value)s”; it must be a whole number up to %(limit)d, or %(word)s"
        ) % {
            "value": years,
            "limit": _MAX_YEARS,
            "word": _FOREVER,
        }
    for column, text in values.items():
        if not text.isprintable():
            yield _("the column “%(column)s” holds a character that cannot be printed; delete it") % {
                "column": column
            }


def _not_allowed(column: str, value: str, allowed: str) -> str:
    return _("%(column)s is “%(value)s”; allowed are: %(allowed)s") % {
        "column": column,
        "value": value,
        "allowed": allowed,
    }


def _record_kinds() -> tuple[str, ...]:
    """What the schema allows as `akten_typ`."""
    annotation = AktenplanNode.model_fields["akten_typ"].annotation
    return tuple(kind for part in get_args(annotation) for kind in get_args(part))


def _yaml(name: str, table: Path, rows: list[TableRow]) -> str:
    source = "".join(character if character.isprintable() else "?" for character in table.name)
    lines = [
        _("# Made from the table %(file)s. The numbers stay in quotation marks.") % {"file": source},
        "schema: 1",
        f"name: {json.dumps(name)}",
        f"title: {json.dumps(table.stem if table.stem.isprintable() else name, ensure_ascii=False)}",
        "",
        "nodes:",
    ]
    for row in rows:
        number = row.values["kennzeichen"]
        if parent_kennzeichen(number) is None and lines[-1] != "nodes:":
            lines.append("")
        noted = [f"{column}: {row.values[column]}" for column in NOTED_COLUMNS if row.values.get(column)]
        lines += [f"  # {note}" for note in noted]
        kind = row.values.get("akten_typ")
        entry = [f'kennzeichen: "{number}"', f"bezeichnung: {_quoted(row.values['bezeichnung'])}"]
        entry += [f"akten_typ: {kind}"] if kind else []
        lines.append(f"  - {{{', '.join(entry)}}}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _at(table: Path, line: int, problem: str) -> SettingsError:
    return SettingsError(
        _("%(file)s, line %(line)d: %(problem)s.") % {"file": table, "line": line, "problem": problem}
    )
