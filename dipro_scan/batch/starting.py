"""Workers that begin to load their libraries before the run itself has loaded its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from dipro_scan.batch.executor import StartedWorkers
from dipro_scan.translation import current_language


def started_workers(inputs: Iterable[Path], jobs: int | None) -> StartedWorkers:
    """For a run over `inputs` with so many `jobs` (None: one a core): one a file, and one more for its pages.

    None for an empty inbox, so that it costs a cron job next to nothing. They start with the context.
    """
    most = jobs or len(os.sched_getaffinity(0))
    files = sum(1 for _file in islice(_files(inputs), most))
    return StartedWorkers(min(most, files + 1) if files else 0, current_language())


def _files(inputs: Iterable[Path]) -> Iterator[str]:
    """What may hold pages; a look at names alone, the claim decides."""
    for path in inputs:
        if path.is_file():
            yield path.name
        for _folder, folders, files in os.walk(path):
            folders[:] = (name for name in folders if not name.startswith("."))
            yield from (name for name in files if not name.startswith("."))
