"""Claiming: what a run takes on, kept as it was, before anything else happens to it."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path

from dipro_scan.batch.left_tickets import left_tickets, lone_tickets
from dipro_scan.batch.presorting import index_by_folder, pipeline_by_folder
from dipro_scan.batch.settling import Pace, Settled, wait_until_settled
from dipro_scan.batch.ticket_memory import TicketMemory
from dipro_scan.batch.ticketing import (
    ClaimedTicket,
    MatchedTicket,
    Telling,
    Told,
    claim_tickets,
    matched_tickets,
    may_be_ticket,
)
from dipro_scan.intake.candidates import Candidate, find_candidates
from dipro_scan.intake.claim import claim_source
from dipro_scan.model import Batch, Quarantined, Source, SourceRefused, UsageProblem
from dipro_scan.settings import IntakeSettings, Pipeline
from dipro_scan.translation import _

_BATCHES = uuid.uuid5(uuid.NAMESPACE_URL, "https://dipro-scan.example/batch")


@dataclass(frozen=True, slots=True)
class Claim:
    """The batch, what could not even be claimed, and what is no scan.

    `sequence` holds sources and refused files in the order in which they lie; what is refused or ignored
    stays where it is. `unsettled` are names of files still being written, left for the next run; `gone`
    of those that somebody took away before they could be claimed; `halves` of those that hold one side of a
    stack and are left until the other side is there. `tickets` told of sources, which carry what they said.
    `orphan_tickets`, which are among the ignored, tell of scans that do not lie there.
    `refused_pipelines` names, by the key of a refused file, the pipeline that would have read it.
    """

    batch: Batch
    sequence: tuple[Source | Quarantined, ...]
    ignored: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    tickets: tuple[ClaimedTicket, ...] = ()
    refused_pipelines: dict[str, str] = field(default_factory=dict)
    orphan_tickets: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Quarantined, ...]:
        return tuple(item for item in self.sequence if isinstance(item, Quarantined))


def claim_batch(
    inputs: Sequence[Path],
    pipeline: Pipeline,
    originals: Path,
    excluded: Sequence[Path] = (),
    *,
    settle_seconds: float | None = None,
    pace: Pace | None = None,
    knows_pipeline: Callable[[str], bool] = lambda _name: True,
    memory: TicketMemory | None = None,
) -> Claim:
    """Claims all files of `inputs` in the order that the contracts give them, but nothing below `excluded`.

    `settle_seconds` takes the place of the pipeline's. Where documents go over the edges of files, nothing
    is taken while one of them is still being written; a ticket and its scans are taken together. What tickets
    and folders say goes with each source; `knows_pipeline` tells which pipelines a ticket may name, `memory`
    which tickets earlier runs saw; what this one sees is noted there.

    Raises UsageProblem for an input that does not exist or lies in an excluded folder, Unwritable where
    originals cannot be kept.
    """
    closed = [folder.resolve() for folder in excluded]
    for given in inputs:
        if any(given.resolve().is_relative_to(folder) for folder in closed):
            raise UsageProblem(
                _("%(path)s lies in the records folder; what is filed is no scan to read.") % {"path": given}
            )
    candidates = [
        candidate
        for candidate in find_candidates(inputs)
        if not any(candidate.path.parent.resolve().is_relative_to(folder) for folder in closed)
    ]
    sorted_out = _sorted_out(candidates, pipeline)
    settled = wait_until_settled(
        sorted_out.waited_for(candidates),
        pipeline.inbox.settle_seconds if settle_seconds is None else settle_seconds,
        pipeline.inbox.patience_seconds,
        pace or Pace(),
    )
    sorted_out, settled = _kept_together(candidates, sorted_out, settled, pipeline)
    if pipeline.separation.one_file_per_page and settled.changing:
        names = tuple(candidate.name for candidate in sorted_out.waited_for(candidates))
        settled = Settled((), names, settled.gone)
    ready = set(settled.ready)
    matched = [item for item in sorted_out.tickets if any(scan in ready for scan, _ticket in item.scans)]
    telling = claim_tickets(matched, originals, knows_pipeline, memory)
    taken = _taken(
        [item for item in settled.ready if item not in sorted_out.ticket_files], telling, pipeline, originals
    )
    lone = lone_tickets(sorted_out.lone, inputs)
    sources = [item for item in taken.sequence if isinstance(item, Source)]
    left = left_tickets(matched, lone, sources, telling, originals)
    going = {ticket.source.path for ticket in left.claimed if ticket.complete}
    ignored = [candidate.name for candidate in sorted_out.ignored if candidate.path not in going]
    return replace(
        claim_of(taken.sequence, pipeline.name, ignored),
        unsettled=settled.changing,
        gone=(*settled.gone, *taken.gone),
        tickets=left.claimed,
        refused_pipelines=taken.refused_pipelines,
        orphan_tickets=tuple(candidate.name for candidate in left.orphans),
    )


@dataclass(slots=True)
class _Taken:
    """What became of the files that are ready: claimed, refused, or gone before that."""

    sequence: list[Source | Quarantined] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    refused_pipelines: dict[str, str] = field(default_factory=dict)


def _taken(ready: Sequence[Candidate], telling: Telling, pipeline: Pipeline, originals: Path) -> _Taken:
    taken = _Taken()
    for candidate in ready:
        try:
            source = claim_source(candidate, originals, pipeline.intake)
        except SourceRefused as error:
            if not os.path.lexists(candidate.path):
                taken.gone.append(candidate.name)
                continue
            refused = _refused(candidate, error)
            taken.sequence.append(refused)
            if reads := _pipeline_for(candidate, telling.told(candidate, None), pipeline):
                taken.refused_pipelines[refused.source_sha256 or ""] = reads
            continue
        told = telling.told(candidate, source.sha256)
        reads = _pipeline_for(candidate, told, pipeline)
        folder = index_by_folder(candidate.name, pipeline.inbox.rules)
        index = (*told.index, folder) if folder else told.index
        taken.sequence.append(replace(source, index=index, pipeline=reads, doubts=told.doubts))
    return taken


@dataclass(frozen=True, slots=True)
class _SortedOut:
    """Candidates by what they are: scans, tickets that tell of a scan, and files that are neither.

    Tickets that lie alone, `lone`, are among the ignored.
    """

    tickets: tuple[MatchedTicket, ...]
    ignored: tuple[Candidate, ...]
    lone: tuple[MatchedTicket, ...] = ()

    @property
    def ticket_files(self) -> frozenset[Candidate]:
        return frozenset(item.candidate for item in self.tickets)

    def waited_for(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """All but what is left alone anyway."""
        left = set(self.ignored) - self.ticket_files
        return [candidate for candidate in candidates if candidate not in left]


def _sorted_out(candidates: Sequence[Candidate], pipeline: Pipeline) -> _SortedOut:
    """A ticket that names a file which is not there is ignored, too: it will be needed again."""
    maybe = [item for item in candidates if pipeline.inbox.tickets and may_be_ticket(item)]
    beside = [item for item in candidates if _lies_beside(item, pipeline.intake)]
    none = {*maybe, *beside}
    found = matched_tickets(maybe, [item for item in candidates if item not in none])
    matched, lone = [item for item in found if item.scans], [item for item in found if not item.scans]
    used = {item.candidate for item in matched}
    unfinished = {item.candidate for item in matched if item.missing}
    ignored = [item for item in candidates if item in unfinished or (item not in used and item in beside)]
    alone = tuple(item for item in lone if item.candidate in beside)
    return _SortedOut(tuple(matched), tuple(ignored), alone)


def _kept_together(
    candidates: Sequence[Candidate], before: _SortedOut, settled: Settled, pipeline: Pipeline
) -> tuple[_SortedOut, Settled]:
    """Tickets as they are now, and no scan without its ticket: what is still written holds back the rest."""
    ready = set(settled.ready)
    there = [item for item in candidates if item in ready or os.path.lexists(item.path)]
    now = _sorted_out(there, pipeline)
    units = [
        {item.candidate, *(scan for scan, _ticket in item.scans)} for item in (*before.tickets, *now.tickets)
    ]
    units += _folders(before.waited_for(there)) if pipeline.separation.one_per_folder else []
    held = {item for item in before.waited_for(there) if item not in ready}
    grows = True
    while grows:
        reached = held.union(*(unit for unit in units if unit & held)) & set(there)
        grows, held = reached != held, reached
    changing = tuple(item.name for item in there if item in held)
    return now, Settled(tuple(item for item in settled.ready if item not in held), changing, settled.gone)


def _folders(candidates: Sequence[Candidate]) -> list[set[Candidate]]:
    """What lies in each subfolder, where all of it is one document."""
    folders: dict[Path, set[Candidate]] = {}
    for item in candidates:
        if "/" in item.name:
            folders.setdefault(item.path.parent, set()).add(item)
    return list(folders.values())


def _pipeline_for(candidate: Candidate, told: Told, pipeline: Pipeline) -> str | None:
    """The pipeline that a ticket names, else that of the folder; None for the run's own."""
    named = told.pipeline or pipeline_by_folder(candidate.name, pipeline.inbox.rules)
    return named if named != pipeline.name else None


def _lies_beside(candidate: Candidate, settings: IntakeSettings) -> bool:
    return any(fnmatch(candidate.name.lower(), pattern) for pattern in settings.beside)


def claim_of(sequence: Sequence[Source | Quarantined], pipeline: str, ignored: Sequence[str] = ()) -> Claim:
    """A claim of what was claimed already."""
    sources = tuple(item for item in sequence if isinstance(item, Source))
    return Claim(Batch(batch_id(sources), pipeline, sources), tuple(sequence), tuple(ignored))


def _refused(candidate: Candidate, error: SourceRefused) -> Quarantined:
    return Quarantined(
        source=candidate.name,
        source_sha256=path_key(candidate.path),
        reason=error.reason,
        message=str(error),
        path=shown_path(candidate.path),
    )


def shown_path(path: Path) -> str:
    """`path` as it can be printed and kept, whatever bytes it has."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")


def batch_id(sources: Sequence[Source]) -> str:
    """UUIDv5 of the ordered source hashes: the same stack has the same id."""
    return str(uuid.uuid5(_BATCHES, "\n".join(source.sha256 for source in sources)))


def path_key(path: Path) -> str:
    """Stands for the hash of a file that cannot be read: a symbolic link, a device, no permission.

    Another file of the same name, or the same one changed, has another key.
    """
    try:
        status = os.lstat(path)
        facts = (status.st_mode, status.st_size, status.st_mtime_ns)
    except OSError:
        facts = (0, 0, 0)
    return hashlib.sha256(b"path:%d:%d:%d:" % facts + os.fsencode(path.absolute())).hexdigest()
