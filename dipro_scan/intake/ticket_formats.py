"""The bytes of a ticket → its entries, as names and values not judged yet: JSON, XML and CSV.

What a scanner, a capture program or a clerk lays beside a scan may be anything; nothing in it is expanded,
fetched or believed here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dipro_scan.model import SettingsError
from dipro_scan.settings import FIELD_IDS
from dipro_scan.settings.csv_table import read_table
from dipro_scan.translation import _

Entry = dict[str, Any]
"""One ticket: values by name; `felder` holds further values by field id."""

NAMES: Final = frozenset(
    {"datei", "aktenzeichen", "klasse", "seiten", "schutzbedarf", "pipeline", "station"}
    | {"bearbeiter", "operator", "felder"}
)
"""What an entry may hold, and by which a ticket is known from other files of its kind."""


class TicketUnreadable(Exception):
    """A ticket, or what should be one, that cannot be read; `str(error)` says why, without a full stop.

    `names_files`: it seems to tell of files by their names, wherever it lies.
    """

    names_files = False


class NoTicket(Exception):
    """A sound file of the kind that says nothing of a ticket's: a list, an e-invoice, a program's own."""


def entries_of(data: bytes, name: str) -> tuple[Entry, ...]:
    """The entries of the ticket `name` (its file name); at least one. Raises TicketUnreadable, NoTicket."""
    return _READERS[Path(name).suffix.lower()](data, name)


def _from_json(data: bytes, _name: str) -> tuple[Entry, ...]:
    try:
        content = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise TicketUnreadable(_("it is not coded as UTF-8")) from error
    except json.JSONDecodeError as error:
        raise TicketUnreadable(_("it is no whole JSON (line %(line)d)") % {"line": error.lineno}) from error
    except (ValueError, RecursionError) as error:
        raise TicketUnreadable(_("its JSON is nested too deeply or holds a number without end")) from error
    if not isinstance(content, dict):
        raise NoTicket
    rows = content.get("tickets")
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        extra = [name for name in content if name not in ("schema", "tickets")]
        _check_schema(content.get("schema", 1))
        if extra:
            raise TicketUnreadable(_("it holds “%(name)s” beside “tickets”") % {"name": extra[0]})
        return _known(rows)
    found = _known([content])
    _check_schema(content.get("schema", 1))
    return tuple({key: value for key, value in entry.items() if key != "schema"} for entry in found)


def _from_xml(data: bytes, _name: str) -> tuple[Entry, ...]:
    root, has_doctype = _tree(data)
    if _local(root.tag) not in ("ticket", "tickets"):
        raise NoTicket
    if has_doctype:
        _refuse_doctype()
    _check_schema(root.get("schema", "1"))
    rows = [root] if _local(root.tag) == "ticket" else list(root)
    if not rows or any(_local(row.tag) != "ticket" for row in rows):
        raise TicketUnreadable(_("“tickets” must hold “ticket” elements and nothing else"))
    return tuple(_element_entry(row) for row in rows)


def _tree(data: bytes) -> tuple[Element, bool]:
    """The root element, and whether a DOCTYPE stands before it; with an entity in it, it is refused.

    An entity may stand for another file, or for more text than any memory holds: none is ever expanded.
    """
    builder, doctypes = TreeBuilder(), list[str]()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = lambda name, *_rest: doctypes.append(name)
    parser.EntityDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise TicketUnreadable(_("it is no whole XML (line %(line)d)") % {"line": error.lineno}) from error
    except (ValueError, LookupError) as error:
        raise TicketUnreadable(_("its XML is coded in a way that is not read here")) from error
    return builder.close(), bool(doctypes)


def _refuse_doctype(*_declared: object) -> NoReturn:
    raise TicketUnreadable(_("it holds a DOCTYPE, which may pull in other files; a ticket has none"))


def _from_csv(data: bytes, name: str) -> tuple[Entry, ...]:
    first_line = data.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0].lower()
    try:
        columns, rows = read_table(Path(name), (), data)
    except SettingsError as error:
        # Zeros are those of UTF-16, in which office programs save too: nobody can tell what it says.
        if b"\0" not in data and not any(known.encode() in first_line for known in NAMES):
            raise NoTicket from error
        sentence = str(error).removeprefix(f"{name}, ").removeprefix(f"{name}: ")
        raise TicketUnreadable(sentence.removesuffix(".")) from error
    if not NAMES & set(columns):
        raise NoTicket
    return tuple(_row_entry(row.values) for row in rows)


_READERS: Final[dict[str, Callable[[bytes, str], tuple[Entry, ...]]]] = {
    ".json": _from_json,
    ".xml": _from_xml,
    ".csv": _from_csv,
}
TICKET_SUFFIXES: Final = frozenset(_READERS)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        _refuse_twice(next(name for name in names if names.count(name) > 1))
    return found


def _refuse_twice(name: str) -> NoReturn:
    raise TicketUnreadable(_("“%(name)s” stands twice in it") % {"name": name[:60]})


def _no_number(text: str) -> Any:
    raise TicketUnreadable(_("“%(name)s” is no value") % {"name": text})


def _known(rows: Iterable[dict[str, Any]]) -> tuple[Entry, ...]:
    """`rows` where at least one of them has a name of ours. Raises NoTicket."""
    found = tuple(dict(row) for row in rows)
    if not any(NAMES & row.keys() for row in found):
        raise NoTicket
    return found


def _check_schema(schema: Any) -> None:
    if str(schema) != "1":
        raise TicketUnreadable(
            _("it is written in form %(schema)s, and only form 1 (“schema”) is known here")
            % {"schema": str(schema)[:20]}
        )


def _local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def _element_entry(element: Element) -> Entry:
    entry: Entry = {name: value for name, value in element.attrib.items() if name != "schema"}
    for child in element:
        name = _local(child.tag)
        if name in entry:
            _refuse_twice(name)
        if name == "felder":
            fields = [(_local(field.tag), _text(field)) for field in child]
            entry[name] = _each_once(fields)
        else:
            entry[name] = _text(child)
    return entry


def _text(element: Element) -> str:
    if len(element):
        name = {"name": _local(element.tag)[:60]}
        raise TicketUnreadable(_("“%(name)s” must hold text and nothing else") % name)
    return (element.text or "").strip()


def _row_entry(values: dict[str, str]) -> Entry:
    """A row of a table: columns named like a field are `felder`, empty cells say nothing."""
    filled = {name: value for name, value in values.items() if value}
    fields = {name: value for name, value in filled.items() if name in FIELD_IDS and name not in NAMES}
    plain: Entry = {name: value for name, value in filled.items() if name not in fields}
    return plain | {"felder": fields} if fields else plain
