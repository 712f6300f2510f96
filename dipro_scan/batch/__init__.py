"""Carries a batch from inbox to records. The only room that knows the whole way; it wires the others.

Names are fetched when asked for: workers and commands load only the rooms that they use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dipro_scan.lazy_names import names_from

if TYPE_CHECKING:
    from dipro_scan.batch.accepting import Acceptance, accept, document_in_review, reject
    from dipro_scan.batch.configuring import check_pipelines, load_configuration
    from dipro_scan.batch.doctor import examine
    from dipro_scan.batch.inspection import inspect_files
    from dipro_scan.batch.mending import merge, rotate, split
    from dipro_scan.batch.quarantine import discard
    from dipro_scan.batch.rehearsal import rehearse
    from dipro_scan.batch.restoring import restorable_pages, restore
    from dipro_scan.batch.retrying import lift_quarantine, retry_source
    from dipro_scan.batch.review import load_case
    from dipro_scan.batch.run import RunRequest, run_batch
    from dipro_scan.batch.station import open_station
    from dipro_scan.batch.status import store_status

_HOMES = {
    "Acceptance": "accepting",
    "RunRequest": "run",
    "accept": "accepting",
    "check_pipelines": "configuring",
    "discard": "quarantine",
    "document_in_review": "accepting",
    "examine": "doctor",
    "inspect_files": "inspection",
    "lift_quarantine": "retrying",
    "load_case": "review",
    "load_configuration": "configuring",
    "merge": "mending",
    "open_station": "station",
    "rehearse": "rehearsal",
    "reject": "accepting",
    "restorable_pages": "restoring",
    "restore": "restoring",
    "retry_source": "retrying",
    "rotate": "mending",
    "run_batch": "run",
    "split": "mending",
    "store_status": "status",
}

__all__ = [
    "Acceptance",
    "RunRequest",
    "accept",
    "check_pipelines",
    "discard",
    "document_in_review",
    "examine",
    "inspect_files",
    "lift_quarantine",
    "load_case",
    "load_configuration",
    "merge",
    "open_station",
    "rehearse",
    "reject",
    "restorable_pages",
    "restore",
    "retry_source",
    "rotate",
    "run_batch",
    "split",
    "store_status",
]

__getattr__ = names_from(__name__, _HOMES)
