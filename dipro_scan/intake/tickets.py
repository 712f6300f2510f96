"""Tickets: what was written down about a scan, in a file beside it (index values, TR-03138 A.SC.7).

A ticket is no evidence of what stands on the paper: what it says is held against classes and plan later.
Here it is only read, in a form that can do no harm, and with every slip named.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from dipro_scan.intake.ticket_formats import (
    NAMES,
    TICKET_SUFFIXES,
    Entry,
    NoTicket,
    TicketUnreadable,
    entries_of,
)
from dipro_scan.model import IndexValues
from dipro_scan.settings import FIELD_IDS
from dipro_scan.settings.problems import part_problems
from dipro_scan.settings.schema import Identifier, Need, SettingProblem, Settings
from dipro_scan.translation import _, os_reason

__all__ = ["TICKET_SUFFIXES", "NoTicket", "ReadTicket", "Ticket", "TicketUnreadable", "read_ticket"]

MAX_TICKET_BYTES: Final = 1_000_000
_MAX_ENTRIES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says of one scan.

    `file` is the path of the scan below the ticket's own folder, NFC; None: the scan beside which the ticket
    lies. `values` are index values, `pipeline` the name of one, not looked up yet. `problems` are parts of it
    that could not be used, each a sentence without its full stop.
    """

    values: IndexValues
    file: str | None = None
    pipeline: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadTicket:
    """A ticket's file, and the SHA-256 of the bytes that were read."""

    tickets: tuple[Ticket, ...]
    sha256: str = field(repr=False, default="")


def read_ticket(path: Path, name: str) -> ReadTicket:
    """What the file says; `name` is how people know it, and ends as the file's kind does.

    Links are not followed, pipes not waited for, nothing is fetched. Raises TicketUnreadable for what should
    be a ticket and cannot be read, NoTicket for a file of the kind that is none.
    """
    data = _bytes_of(path)
    try:
        entries = entries_of(data, PurePosixPath(name).name)
    except TicketUnreadable as error:
        error.names_files = b"datei" in data.replace(b"\0", b"").lower()
        raise
    if len(entries) > _MAX_ENTRIES:
        raise TicketUnreadable(_("it has more than %(limit)d entries") % {"limit": _MAX_ENTRIES})
    tickets = tuple(_ticket(entry, name) for entry in entries)
    return ReadTicket(tickets, hashlib.sha256(data).hexdigest())


def _bytes_of(path: Path) -> bytes:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise TicketUnreadable(_("it is a link to another place; put the file itself there"))
        if not stat.S_ISREG(mode):
            raise TicketUnreadable(_("it is no ordinary file"))
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise TicketUnreadable(_("it is no ordinary file"))
            data = file.read(MAX_TICKET_BYTES + 1)
    except OSError as error:
        raise TicketUnreadable(_("it cannot be opened: %(reason)s") % {"reason": os_reason(error)}) from error
    if not data.strip():
        raise TicketUnreadable(_("it is empty"))
    if len(data) > MAX_TICKET_BYTES:
        raise TicketUnreadable(_("it is larger than 1 MB, which no ticket is"))
    return data


def _printable(text: str) -> str:
    if not text.isprintable():
        raise SettingProblem(_("a value holds line breaks or control characters"))
    return text


_Text = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
_Name = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_printable)]
_Long = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_printable)]


class _Checked(Settings):
    """The values that an entry may hold."""

    datei: _Long | None = None
    aktenzeichen: _Text | None = None
    klasse: _Text | None = None
    seiten: int | None = Field(None, ge=1, le=9999)
    schutzbedarf: Need | None = None
    bearbeiter: _Name | None = None
    operator: _Name | None = None
    station: _Name | None = None
    pipeline: Identifier | None = None
    felder: dict[str, _Long] = Field(default_factory=dict)


def _ticket(entry: Entry, shown: str) -> Ticket:
    """The entry judged value by value: what is wrong is named and left out, the rest counts."""
    given = {str(key): plain for key, value in entry.items() if (plain := _plain(key, value)) is not None}
    unknown = [key for key in given if key not in NAMES]
    fields = given.get("felder")
    if isinstance(fields, dict):
        unknown += [key for key in fields if key not in FIELD_IDS]
        given["felder"] = {key: value for key, value in fields.items() if key in FIELD_IDS}
    given = {key: value for key, value in given.items() if key in NAMES}
    problems = []
    if unknown:
        shown_names = ", ".join(f"“{key[:60]}”" for key in unknown[:5])
        problems.append(_("it has entries that are not known here: %(names)s") % {"names": shown_names})
    for place, sentence in part_problems(given, _Checked):
        problems.append(sentence)
        _leave_out(given, place)
    checked = _Checked.model_validate(given)
    file = _below(checked.datei) if checked.datei else None
    if checked.datei and file is None:
        problems.append(_("“datei” is “%(file)s”, which lies outside its folder") % {"file": checked.datei})
    if checked.bearbeiter and checked.operator and checked.bearbeiter != checked.operator:
        problems.append(_("“bearbeiter” and “operator” name two persons"))
    values = IndexValues(
        origin="ticket",
        shown=shown,
        class_id=checked.klasse,
        aktenzeichen=checked.aktenzeichen,
        pages=checked.seiten,
        schutzbedarf=checked.schutzbedarf,
        operator=checked.bearbeiter or checked.operator,
        station=checked.station,
        fields=dict(checked.felder),
    )
    return Ticket(values, file, checked.pipeline, tuple(problems))


def _plain(key: str, value: Any) -> Any:
    """A value as it is judged: text trimmed and NFC, digits of a page count a number, empty is nothing."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.strip())
        if key == "seiten" and text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
        return text or None
    if key == "felder" and isinstance(value, dict):
        plain = {str(name): _plain("", _written(item)) for name, item in value.items()}
        return {name: item for name, item in plain.items() if item is not None}
    return value


def _written(value: Any) -> Any:
    """Numbers as JSON has them, as text: a field's form is judged by its reader."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _leave_out(given: dict[str, Any], place: tuple[str | int, ...]) -> None:
    fields = given.get("felder")
    if len(place) > 1 and isinstance(fields, dict):
        fields.pop(str(place[1]), None)
    else:
        given.pop(str(place[0]), None) if place else given.clear()


def _below(file: str) -> str | None:
    """The path that an entry names, with `/`; None where it leads out of the ticket's folder."""
    path = PurePosixPath(file.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0][:2]:
        return None
    return str(path)
