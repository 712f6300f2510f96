"""Claiming: what a run takes on, kept as it was, before anything else happens to it."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from dipro_scan.batch.settling import Pace, Settled, wait_until_settled
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
    of those that somebody took away before they could be claimed.
    """

    batch: Batch
    sequence: tuple[Source | Quarantined, ...]
    ignored: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

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
) -> Claim:
    """Claims all files of `inputs` in the order that the contracts give them, but nothing below `excluded`.

    `settle_seconds` takes the place of the pipeline's. Where documents go over the edges of files, nothing
    is taken while one of them is still being written. Raises UsageProblem for an input that does not exist
    or lies in an excluded folder, Unwritable where originals cannot be kept.
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
    settings = pipeline.intake
    beside = [candidate for candidate in candidates if _lies_beside(candidate, settings)]
    settled = wait_until_settled(
        [candidate for candidate in candidates if not _lies_beside(candidate, settings)],
        pipeline.inbox.settle_seconds if settle_seconds is None else settle_seconds,
        pipeline.inbox.patience_seconds,
        pace or Pace(),
    )
    if pipeline.separation.one_file_per_page and settled.changing:
        names = tuple(candidate.name for candidate in candidates if candidate not in beside)
        settled = Settled((), names, settled.gone)
    sequence: list[Source | Quarantined] = []
    gone = list(settled.gone)
    for candidate in settled.ready:
        try:
            sequence.append(claim_source(candidate, originals, settings))
        except SourceRefused as error:
            if os.path.lexists(candidate.path):
                sequence.append(_refused(candidate, error))
            else:
                gone.append(candidate.name)
    claim = claim_of(sequence, pipeline.name, [candidate.name for candidate in beside])
    return replace(claim, unsettled=settled.changing, gone=tuple(gone))


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
