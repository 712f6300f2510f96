"""Claiming: what a run takes on, kept as it was, before anything else happens to it."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from dipro_scan.intake.candidates import find_candidates
from dipro_scan.intake.claim import claim_source
from dipro_scan.model import Batch, Quarantined, Source, SourceRefused
from dipro_scan.settings import IntakeSettings

_BATCHES = uuid.uuid5(uuid.NAMESPACE_URL, "https://dipro-scan.example/batch")


@dataclass(frozen=True, slots=True)
class Claim:
    """The batch, what could not even be claimed, and what is no scan. Both stay where they lie."""

    batch: Batch
    refused: tuple[Quarantined, ...]
    ignored: tuple[str, ...]


def claim_batch(inputs: Sequence[Path], pipeline: str, originals: Path, settings: IntakeSettings) -> Claim:
    """Claims all files of `inputs` in the order that the contracts give them.

    Raises UsageProblem for an input that does not exist, Unwritable where originals cannot be kept.
    """
    sources: list[Source] = []
    refused: list[Quarantined] = []
    ignored: list[str] = []
    for candidate in find_candidates(inputs):
        if any(fnmatch(candidate.name.lower(), pattern) for pattern in settings.beside):
            ignored.append(candidate.name)
            continue
        try:
            sources.append(claim_source(candidate, originals, settings))
        except SourceRefused as error:
            refused.append(
                Quarantined(
                    source=candidate.name,
                    source_sha256=path_key(candidate.path),
                    reason=error.reason,
                    message=str(error),
                    path=os.fsencode(candidate.path).decode("utf-8", "backslashreplace"),
                )
            )
    return Claim(Batch(batch_id(sources), pipeline, tuple(sources)), tuple(refused), tuple(ignored))


def batch_id(sources: Sequence[Source]) -> str:
    """UUIDv5 of the ordered source hashes: the same stack has the same id."""
    return str(uuid.uuid5(_BATCHES, "\n".join(source.sha256 for source in sources)))


def path_key(path: Path) -> str:
    """Stands for the hash of a file that cannot be read: a symbolic link, a device, no permission."""
    return hashlib.sha256(b"path:" + os.fsencode(path.absolute())).hexdigest()
