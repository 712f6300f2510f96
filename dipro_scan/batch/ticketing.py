"""Which ticket tells of which scan, whatever form their names have."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dipro_scan.intake.candidates import Candidate
from dipro_scan.intake.claim import claim_source
from dipro_scan.intake.tickets import (
    MAX_TICKET_BYTES,
    TICKET_SUFFIXES,
    NoTicket,
    ReadTicket,
    Ticket,
    TicketUnreadable,
    read_ticket,
)
from dipro_scan.model import IndexValues, Reason, Source, SourceRefused
from dipro_scan.settings import IntakeSettings
from dipro_scan.translation import _

_TICKET_LIMITS = IntakeSettings(max_megabytes=MAX_TICKET_BYTES / 1_000_000)


@dataclass(frozen=True, slots=True)
class Told:
    """What tickets say about one scan: index values, a pipeline, and why a person must look at it."""

    index: tuple[IndexValues, ...] = ()
    pipeline: str | None = None
    doubts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchedTicket:
    """A ticket and the scans of which it tells. `missing`: names of files in it that do not lie there."""

    candidate: Candidate
    read: ReadTicket | TicketUnreadable
    scans: tuple[tuple[Candidate, Ticket | None], ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimedTicket:
    """A ticket whose bytes are kept. It may leave the inbox once none of `scans` (paths) lies there.

    `complete`: every file that it names is among them.
    """

    source: Source
    scans: frozenset[Path]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Telling:
    """The tickets of a claim: what they tell by scan, and those that are kept."""

    told: dict[Candidate, Told] = field(default_factory=dict)
    claimed: tuple[ClaimedTicket, ...] = ()


def may_be_ticket(candidate: Candidate) -> bool:
    """By its name: a JSON, XML or CSV file."""
    return candidate.path.suffix.lower() in TICKET_SUFFIXES


def matched_tickets(tickets: Sequence[Candidate], scans: Sequence[Candidate]) -> list[MatchedTicket]:
    """The files among `tickets` that tell of a scan, and of which; the others are no tickets of ours.

    A ticket has the name of its scan with another ending, or one more (`a.pdf`: `a.xml`, `a.pdf.xml`), or
    names it, seen from its own folder. Letters may be composed in one name and not in the other, and large
    or small; where names differ in that alone, the one that is exactly the same counts.
    """
    places = _Places(scans)
    found = []
    for candidate in tickets:
        matched = _matched(candidate, places)
        if matched is not None:
            found.append(matched)
    return found


def claim_tickets(
    matched: Iterable[MatchedTicket], originals: Path, knows_pipeline: Callable[[str], bool]
) -> Telling:
    """Keeps the tickets with the originals and gathers what they tell.

    Of a ticket that cannot be kept as it was read nothing counts but the doubt. Raises Unwritable.
    """
    told: dict[Candidate, list[Told]] = defaultdict(list)
    claimed = []
    for item in matched:
        try:
            source = claim_source(item.candidate, originals, _TICKET_LIMITS)
        except SourceRefused:
            source = None
        if source is not None:
            scans = frozenset(scan.path for scan, _ticket in item.scans)
            claimed.append(ClaimedTicket(source, scans, complete=not item.missing))
        read = item.read
        if isinstance(read, ReadTicket) and (source is None or source.sha256 != read.sha256):
            read = TicketUnreadable(_("it changed while it was read, or was taken away"))
        for scan, ticket in item.scans:
            told[scan].append(_told(item.candidate.name, read, ticket, knows_pipeline))
    return Telling({scan: _together(parts) for scan, parts in told.items()}, tuple(claimed))


def _matched(candidate: Candidate, places: _Places) -> MatchedTicket | None:
    beside = places.beside(candidate)
    try:
        read = read_ticket(candidate.path, candidate.name)
    except NoTicket:
        return None
    except TicketUnreadable as error:
        meant = beside or (places.in_folder(candidate) if error.names_files else [])
        return MatchedTicket(candidate, error, tuple((scan, None) for scan in meant)) if meant else None
    scans: list[tuple[Candidate, Ticket | None]] = []
    missing = []
    for ticket in read.tickets:
        if ticket.file is None:
            scans += [(scan, ticket) for scan in beside]
        elif named := places.named(candidate, ticket.file):
            scans += [(scan, ticket) for scan in named]
        else:
            missing.append(ticket.file)
    if not scans and missing and beside:
        # It lies beside a scan and names another file, which is not there: one of the two is wrong.
        problem = TicketUnreadable(
            _("it names the file “%(file)s”, which does not lie there") % {"file": missing[0][:100]}
        )
        return MatchedTicket(candidate, problem, tuple((scan, None) for scan in beside))
    return MatchedTicket(candidate, read, tuple(scans), tuple(missing)) if scans else None


class _Places:
    """Scans by folder and name."""

    def __init__(self, scans: Sequence[Candidate]) -> None:
        self._by_path: dict[str, list[Candidate]] = defaultdict(list)
        self._by_stem: dict[str, list[Candidate]] = defaultdict(list)
        self._by_folder: dict[str, list[Candidate]] = defaultdict(list)
        for scan in scans:
            folder = _folder(scan)
            self._by_path[_key(folder, scan.path.name)].append(scan)
            self._by_stem[_key(folder, scan.path.stem)].append(scan)
            self._by_folder[folder].append(scan)

    def beside(self, ticket: Candidate) -> list[Candidate]:
        """The scans that have the ticket's name but for the ending, or but for its additional ending."""
        folder, stem = _folder(ticket), ticket.path.stem
        whole = self._by_path.get(_key(folder, stem), [])
        found = whole or self._by_stem.get(_key(folder, stem), [])
        return _exact(found, stem, lambda scan: scan.path.name if whole else scan.path.stem)

    def named(self, ticket: Candidate, file: str) -> list[Candidate]:
        """The scan at the path `file`, seen from the ticket's folder."""
        path = PurePosixPath(file)
        folder = str(Path(_folder(ticket)) / path.parent)
        found = self._by_path.get(_key(folder, path.name), [])
        return _exact(found, path.name, lambda scan: scan.path.name)

    def in_folder(self, ticket: Candidate) -> list[Candidate]:
        return self._by_folder.get(_folder(ticket), [])


def _folder(candidate: Candidate) -> str:
    return os.path.normpath(candidate.path.parent.absolute())


def _key(folder: str, name: str) -> str:
    return _composed(f"{folder}/{name}")


def _composed(text: str) -> str:
    """One form for all ways to write a name: composed letters, small letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _exact(found: list[Candidate], name: str, name_of: Callable[[Candidate], str]) -> list[Candidate]:
    """Those of exactly that name, where there are some; else all of `found`."""
    return [scan for scan in found if name_of(scan) == name] or found


def _told(
    name: str,
    read: ReadTicket | TicketUnreadable,
    ticket: Ticket | None,
    knows_pipeline: Callable[[str], bool],
) -> Told:
    if isinstance(read, TicketUnreadable) or ticket is None:
        sentence = _(
            "The ticket %(ticket)s cannot be used: %(problem)s. Say here what the document is, and have the"
            " ticket corrected for the next time."
        )
        return Told(doubts=(Reason("ticket_unreadable", sentence % {"ticket": name, "problem": read}),))
    problems, pipeline = list(ticket.problems), ticket.pipeline
    if pipeline is not None and not knows_pipeline(pipeline):
        problems.append(_("it names the pipeline “%(name)s”, which cannot be loaded") % {"name": pipeline})
        pipeline = None
    said = ticket.values != IndexValues(ticket.values.origin, ticket.values.shown)
    return Told((ticket.values,) if said else (), pipeline, tuple(_slip(name, text) for text in problems))


def _slip(name: str, problem: str) -> Reason:
    sentence = _(
        "The ticket %(ticket)s is not wholly right: %(problem)s. Check what it says and what is missing."
    )
    return Reason("ticket_unclear", sentence % {"ticket": name, "problem": problem})


def _together(parts: Sequence[Told]) -> Told:
    """What several tickets say of one scan; pipelines that differ are a doubt."""
    index = tuple(voice for part in parts for voice in part.index)
    doubts = tuple(doubt for part in parts for doubt in part.doubts)
    pipelines = list(dict.fromkeys(part.pipeline for part in parts if part.pipeline))
    if len(pipelines) > 1:
        sentence = _("Two tickets name different pipelines for it: %(names)s. The first one was taken.")
        doubts += (Reason("ticket_unclear", sentence % {"names": ", ".join(pipelines)}),)
    return Told(index, pipelines[0] if pipelines else None, doubts)
