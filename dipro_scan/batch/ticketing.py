"""Which ticket tells of which scan, whatever form their names have."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dipro_scan.batch.same_names import folded
from dipro_scan.batch.ticket_memory import Standing, TicketMemory
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
    """A ticket and the scans of which it tells, none where it lies alone.

    `missing`: names of files in it that do not lie there.
    """

    candidate: Candidate
    read: ReadTicket | TicketUnreadable
    scans: tuple[tuple[Candidate, Ticket | None], ...]
    missing: tuple[str, ...] = ()

    @property
    def sha256(self) -> str | None:
        """Of the bytes that were read; None where they say nothing that could be used."""
        return self.read.sha256 if isinstance(self.read, ReadTicket) else None


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

    voices: dict[Candidate, list[_Voice]] = field(default_factory=dict)
    claimed: tuple[ClaimedTicket, ...] = ()
    memory: TicketMemory | None = None

    def told(self, scan: Candidate, scan_sha256: str | None) -> Told:
        """What all tickets together say of the scan with these bytes; None for one that was refused."""
        parts = []
        for voice in self.voices.get(scan, ()):
            standing = self.standing(voice.ticket, voice.sha256, scan.path, scan_sha256)
            if standing is not Standing.SPENT:
                parts.append(voice.told if standing is Standing.OWN else voice.stale)
        return _together(parts)

    def standing(
        self, ticket: Candidate, sha256: str | None, scan: Path, scan_sha256: str | None
    ) -> Standing:
        """Whether the ticket is of that scan; one that cannot be read is a doubt about any."""
        if self.memory is None or sha256 is None or scan_sha256 is None:
            return Standing.OWN
        return self.memory.standing(ticket, sha256, scan, scan_sha256)


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one ticket says of one scan, and what is said where it is perhaps another's ticket."""

    ticket: Candidate
    sha256: str | None
    told: Told
    stale: Told


def may_be_ticket(candidate: Candidate) -> bool:
    """By its name: a JSON, XML or CSV file."""
    return candidate.path.suffix.lower() in TICKET_SUFFIXES


def matched_tickets(tickets: Sequence[Candidate], scans: Sequence[Candidate]) -> list[MatchedTicket]:
    """The tickets among the files `tickets`, and of which scans they tell; the others are none of ours.

    A ticket has the name of its scan with another ending, or one more (`a.pdf`: `a.xml`, `a.pdf.xml`), or
    names it, seen from its own folder. Letters may be composed in one name and not in the other, and large
    or small; where names differ in that alone, the one that is exactly the same counts. What cannot be read
    and lies alone may be anything.
    """
    places = _Places(scans)
    found = []
    for candidate in tickets:
        matched = _matched(candidate, places)
        if matched is not None:
            found.append(matched)
    return found


def claim_tickets(
    matched: Iterable[MatchedTicket],
    originals: Path,
    knows_pipeline: Callable[[str], bool],
    memory: TicketMemory | None = None,
) -> Telling:
    """Keeps the tickets with the originals and gathers what they tell.

    Of a ticket that cannot be kept as it was read nothing counts but the doubt. Raises Unwritable.
    """
    voices: dict[Candidate, list[_Voice]] = defaultdict(list)
    claimed = []
    for item in matched:
        source = kept_ticket(item.candidate, originals)
        if source is not None:
            scans = frozenset(scan.path for scan, _ticket in item.scans)
            claimed.append(ClaimedTicket(source, scans, complete=not item.missing))
        read = item.read
        if isinstance(read, ReadTicket) and (source is None or source.sha256 != read.sha256):
            read = TicketUnreadable(_("it changed while it was read, or was taken away"))
        for scan, ticket in item.scans:
            name = item.candidate.name
            told, stale = _told(name, read, ticket, knows_pipeline), _stale(name, ticket)
            voices[scan].append(_Voice(item.candidate, item.sha256, told, stale))
    return Telling(dict(voices), tuple(claimed), memory)


def kept_ticket(candidate: Candidate, originals: Path) -> Source | None:
    """The ticket, its bytes kept with the originals; None where it cannot be. Raises Unwritable."""
    try:
        return claim_source(candidate, originals, _TICKET_LIMITS)
    except SourceRefused:
        return None


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
    return MatchedTicket(candidate, read, tuple(scans), tuple(missing))


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
    return folded(f"{folder}/{name}")


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


def _stale(name: str, ticket: Ticket | None) -> Told:
    sentence = _(
        "The ticket %(ticket)s lay in the inbox before this scan came and may be that of another one; it was"
        " not used. It says: %(said)s. Check whether it is about this paper."
    )
    values = {"ticket": name, "said": _shown(ticket) if ticket else "–"}
    return Told(doubts=(Reason("ticket_stale", sentence % values),))


def _shown(ticket: Ticket) -> str:
    """What a ticket says, by the names that stand in it."""
    values = ticket.values
    said: dict[str, object | None] = {
        "klasse": values.class_id,
        "aktenzeichen": values.aktenzeichen,
        "seiten": values.pages,
        "schutzbedarf": values.schutzbedarf,
        "pipeline": ticket.pipeline,
        "bearbeiter": values.operator,
        "station": values.station,
        **values.fields,
    }
    return ", ".join(f"{name} “{value}”" for name, value in said.items() if value is not None) or "–"


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
