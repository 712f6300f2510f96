"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dipro_scan.model import Source


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked to do.

    `pipeline_file` is the path that was given instead of a pipeline's name. `sources` are claimed already
    and run instead of `inputs`; `again` holds hashes of sources to read although they are in quarantine;
    `settle_seconds` takes the place of the pipeline's.
    """

    inputs: tuple[Path, ...]
    jobs: int | None = None
    consume: bool = False
    quiet: bool = False
    pipeline_file: str | None = None
    sources: tuple[Source, ...] = ()
    again: frozenset[str] = frozenset()
    settle_seconds: float | None = None
