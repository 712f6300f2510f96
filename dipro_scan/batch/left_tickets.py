"""Tickets without their scans: those that a killed run left behind, and those whose scans are not there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dipro_scan.batch.ticket_memory import Standing
from dipro_scan.batch.ticketing import ClaimedTicket, MatchedTicket, Telling, kept_ticket, matched_tickets
from dipro_scan.intake.candidates import Candidate, names_to_be
from dipro_scan.model import Source


@dataclass(frozen=True, slots=True)
class LeftTickets:
    """`claimed` may leave the inbox with their scans, or alone; `orphans` tell of scans that lie nowhere."""

    claimed: tuple[ClaimedTicket, ...]
    orphans: tuple[Candidate, ...]


def lone_tickets(tickets: Sequence[MatchedTicket], inputs: Sequence[Path]) -> list[MatchedTicket]:
    """Those of `tickets` whose scans are neither there nor on their way.

    A ticket that was named by itself tells nothing: its scan may lie beside it and be named another time.
    """
    listed = [Path(os.path.realpath(given)) for given in inputs if given.is_dir()]
    by_folder: dict[Path, list[MatchedTicket]] = {}
    for item in tickets:
        by_folder.setdefault(Path(os.path.realpath(item.candidate.path.parent)), []).append(item)
    found = []
    for folder, items in by_folder.items():
        if any(folder.is_relative_to(given) for given in listed):
            expected = _expected([item.candidate for item in items])
            found += [item for item in items if item.candidate not in expected]
    return found


def left_tickets(
    matched: Sequence[MatchedTicket],
    lone: Sequence[MatchedTicket],
    sources: Sequence[Source],
    telling: Telling,
    originals: Path,
) -> LeftTickets:
    """Holds the tickets against what earlier runs saw, where that is known, and notes what this one sees.

    A ticket is left over where everything of which it told is done: nothing new is told by it, it may go.
    Raises Unwritable.
    """
    memory = telling.memory
    if memory is None:
        orphans = [item.candidate for item in (*matched, *lone) if item.missing or not item.scans]
        return LeftTickets(telling.claimed, tuple(orphans))
    claimed = {ticket.source.path: ticket for ticket in telling.claimed}
    hashes: Mapping[Path, str] = {source.path: source.sha256 for source in sources}
    orphans = []
    for item in (*matched, *lone):
        path, sha256 = item.candidate.path, item.sha256
        if sha256 is None:
            continue
        scans = _by_standing(item, sha256, hashes, telling)
        is_spent = not scans[Standing.OWN] and not scans[Standing.STALE]
        if is_spent and memory.consume and memory.is_left_over(item.candidate, sha256):
            if source := kept_ticket(item.candidate, originals):
                claimed[path] = ClaimedTicket(source, frozenset())
            continue
        missing = [file for file in item.missing if not memory.is_done_with(item.candidate, sha256, file)]
        if missing or not item.scans:
            orphans.append(item.candidate)
        if path in claimed:
            claimed[path] = replace(claimed[path], complete=not missing)
        memory.note(item.candidate, sha256, scans[Standing.OWN], complete=bool(item.scans) and not missing)
    return LeftTickets(tuple(claimed.values()), tuple(orphans))


def _by_standing(
    item: MatchedTicket, sha256: str, hashes: Mapping[Path, str], telling: Telling
) -> dict[Standing, dict[Path, str | None]]:
    """The scans of a ticket by what it is to them; None is the hash of one that was refused."""
    found: dict[Standing, dict[Path, str | None]] = {standing: {} for standing in Standing}
    for scan, _ticket in item.scans:
        scan_sha256 = hashes.get(scan.path)
        if scan_sha256 is not None or os.path.lexists(scan.path):
            standing = telling.standing(item.candidate, sha256, scan.path, scan_sha256)
            found[standing][scan.path] = scan_sha256
    return found


def _expected(tickets: Sequence[Candidate]) -> set[Candidate]:
    """Those of one folder's tickets whose scans are being written under names that are not yet their own."""
    folder = tickets[0].path.parent
    coming = [Candidate(folder / name, name) for name in names_to_be(folder)]
    return {item.candidate for item in matched_tickets(tickets, coming) if item.scans} if coming else set()
